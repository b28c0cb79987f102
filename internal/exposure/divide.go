package exposure

import (
	"cmp"
	"slices"

	"github.com/cleannet/cleannet/internal/exposure/rib"
)

// piece is the part of a prefix's own addresses, those that no more-specific
// prefix of the table has, that lies in one country.
type piece struct {
	country   country
	addresses uint64
}

// shares is what the prefixes of a table have in each country.
type shares struct {
	starts []uint32 // by prefix, and the end
	pieces []piece
	home   []country // by prefix: where most of its own addresses are
	parent []int32   // by prefix: the nearest that covers it, -1 if none
}

func (s *shares) of(prefix int) []piece { return s.pieces[s.starts[prefix]:s.starts[prefix+1]] }

// own returns how many addresses the prefix has of its own.
func (s *shares) own(prefix int) uint64 {
	n := uint64(0)
	for _, p := range s.of(prefix) {
		n += p.addresses
	}
	return n
}

// divider cuts the space that a table announces into runs, each of the most
// specific prefix and of one country.
type divider struct {
	places *Places
	next   int // span that the current address may be in
	found  []foundPiece
}

type foundPiece struct {
	prefix uint32
	piece
}

// divide works out the shares of all prefixes. An IPv6 prefix has no addresses
// here, since counting them says nothing; its country is that of its first.
func (p *Places) divide(t *rib.Table) *shares {
	prefixes := t.Prefixes()
	s := &shares{home: make([]country, len(prefixes)), parent: make([]int32, len(prefixes))}
	d := divider{places: p}
	var stack []int32
	at := uint64(0)
	closing := func() {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if p := prefixes[top]; !p.V6 {
			end := p.First() + p.Size()
			d.cut(uint32(top), at, end)
			at = max(at, end)
		}
	}
	for i, prefix := range prefixes {
		for len(stack) > 0 && !prefixes[stack[len(stack)-1]].Covers(prefix) {
			closing()
		}
		s.parent[i] = -1
		if len(stack) > 0 {
			s.parent[i] = stack[len(stack)-1]
		}
		if !prefix.V6 {
			if len(stack) > 0 {
				d.cut(uint32(stack[len(stack)-1]), at, prefix.First())
			}
			at = prefix.First()
		}
		stack = append(stack, int32(i))
	}
	for len(stack) > 0 {
		closing()
	}
	s.gather(d.found, prefixes, p)
	return s
}

// cut gives the addresses from from up to but without to to a prefix. The runs
// come in ascending order.
func (d *divider) cut(prefix uint32, from, to uint64) {
	v4 := d.places.v4
	for from < to {
		for d.next < len(v4) && v4[d.next].last < from {
			d.next++
		}
		end, c := to, country(0)
		if d.next < len(v4) {
			if s := v4[d.next]; s.first > from {
				end = min(to, s.first)
			} else {
				end, c = min(to, s.last+1), s.country
			}
		}
		d.found = append(d.found, foundPiece{prefix, piece{c, end - from}})
		from = end
	}
}

// gather sorts what was found by prefix and adds up the runs of one country.
func (s *shares) gather(found []foundPiece, prefixes []rib.Prefix, places *Places) {
	slices.SortFunc(found, func(a, b foundPiece) int {
		return cmp.Or(cmp.Compare(a.prefix, b.prefix), cmp.Compare(a.country, b.country))
	})
	next := 0
	for i, p := range prefixes {
		s.starts = append(s.starts, uint32(len(s.pieces)))
		most := uint64(0)
		for ; next < len(found) && found[next].prefix == uint32(i); next++ {
			last := len(s.pieces) - 1
			if last >= int(s.starts[i]) && s.pieces[last].country == found[next].country {
				s.pieces[last].addresses += found[next].addresses
			} else {
				s.pieces = append(s.pieces, found[next].piece)
				last++
			}
			if n := s.pieces[last].addresses; n > most {
				most, s.home[i] = n, s.pieces[last].country
			}
		}
		switch {
		case p.V6:
			s.home[i] = places.at6(p.Netip().Addr())
		case most == 0: // wholly covered by more specific ones
			s.home[i] = places.at4(p.First())
		}
	}
	s.starts = append(s.starts, uint32(len(s.pieces)))
}
