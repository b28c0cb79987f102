package numbers

import (
	"bytes"
	"iter"
	"net/netip"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/cleannet/cleannet/internal/entity"
)

// Search returns the holders in whose name every word of the query occurs,
// without regard to case and anywhere in the name ("link" finds "Starlink"),
// by ascending AS number, the first limit of them, or all if limit is not
// positive. Words are separated by space; a query without words finds
// nothing. It reads all names, which takes some milliseconds.
func (t *Table) Search(query string, limit int) []entity.ASHolder {
	words := bytes.Fields(appendLower(nil, []byte(query)))
	holders, names, ok := t.identities()
	if !ok || len(words) == 0 {
		return nil
	}
	matches := make([]bool, len(names.ends)) // many AS numbers can share a name
	var lower []byte
	for i := range matches {
		lower = appendLower(lower[:0], names.name(uint32(i)))
		matches[i] = containsAll(lower, words)
	}
	var found []entity.ASHolder
	for row, n := range holders.names {
		if n == 0 || !matches[n-1] {
			continue
		}
		found = append(found, holders.holder(row, names))
		if len(found) == limit {
			break
		}
	}
	return found
}

func containsAll(text []byte, words [][]byte) bool {
	return !slices.ContainsFunc(words, func(w []byte) bool { return !bytes.Contains(text, w) })
}

// appendLower appends text in lower case, as strings.ToLower has it.
func appendLower(to, text []byte) []byte {
	for len(text) > 0 {
		if c := text[0]; c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			to, text = append(to, c), text[1:]
			continue
		}
		r, n := utf8.DecodeRune(text)
		to, text = utf8.AppendRune(to, unicode.ToLower(r)), text[n:]
	}
	return to
}

// Prefixes yields the addresses that an AS number originates as the fewest
// prefixes that cover exactly them: IPv4 before IPv6, ascending. They are not
// the prefixes it announces.
func (t *Table) Prefixes(asn uint32) iter.Seq[netip.Prefix] {
	return func(yield func(netip.Prefix) bool) {
		if v4 := t.v4.value(); v4 != nil {
			for i := range v4.ranges {
				if r := &v4.ranges[i]; r.value == asn {
					first, last := r.wide()
					if !eachPrefix(ipv4, first, last, yield) {
						return
					}
				}
			}
		}
		if v6 := t.v6.value(); v6 != nil {
			for i := range v6.ranges {
				if r := &v6.ranges[i]; r.value == asn && !eachPrefix(ipv6, r.first, r.last, yield) {
					return
				}
			}
		}
	}
}

// eachPrefix yields the fewest prefixes that cover exactly the addresses
// first to last. It returns false if yield did.
func eachPrefix(f family, first, last wide, yield func(netip.Prefix) bool) bool {
	for {
		// The largest block that begins at first is bounded by its alignment
		// and by what is left.
		bits := min(first.trailingZeros(), uint(f))
		size := last.sub(first).inc()
		if !size.isZero() { // zero is the whole IPv6 space, which every alignment allows
			bits = min(bits, size.bitLen()-1)
		}
		if !yield(netip.PrefixFrom(f.addr(first), int(f)-int(bits))) {
			return false
		}
		end := first.add(ipv6.max().shr(128 - bits)) // a block of 2^bits addresses
		if end == last {
			return true
		}
		first = end.inc()
	}
}
