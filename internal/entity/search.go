package entity

import (
	"bytes"
	"encoding/binary"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Search returns companies whose slug, name or alias matches the query, exact
// matches first, then those that hold every word of it; within each, by slug.
// It is a finding aid: names propose, only identifiers decide. It reads all
// names, on all processors: a second for some ten million.
func (r *Registry) Search(query string) []*Company {
	words := strings.Fields(strings.ToLower(query))
	if len(words) == 0 {
		return nil
	}
	s := search{r: r, whole: []byte(strings.Join(words, " "))}
	for _, w := range words {
		s.words = append(s.words, []byte(w))
	}
	slices.SortStableFunc(s.words, func(a, b []byte) int { return len(b) - len(a) }) // the rarest is likely the longest
	const least = 20_000                                                             // companies for which another goroutine pays
	n := r.count()
	parts := make([]found, max(min(runtime.GOMAXPROCS(0), n/least), 1))
	var wg sync.WaitGroup
	for i := range parts {
		wg.Go(func() { parts[i] = s.part(i*n/len(parts), (i+1)*n/len(parts)) })
	}
	wg.Wait()
	var exact, partial []*Company
	for _, p := range parts {
		exact, partial = append(exact, p.exact...), append(partial, p.partial...)
	}
	return append(exact, partial...)
}

// search is a query as it is compared: lower case, with single spaces.
type search struct {
	r     *Registry
	whole []byte
	words [][]byte
}

type found struct{ exact, partial []*Company }

// part searches the companies of some places.
func (s *search) part(from, to int) found {
	var out found
	var lower []byte
	for place := from; place < to; place++ {
		best := 0
		s.r.texts(place, func(name []byte) bool {
			lower = toLower(lower[:0], name)
			switch {
			case bytes.Equal(lower, s.whole):
				best = 2
			case best == 0 && containsAll(lower, s.words):
				best = 1
			}
			return best < 2
		})
		if best == 0 {
			continue
		}
		c := s.r.at(int32(place))
		switch {
		case !s.r.knew(c.Known):
		case best == 2:
			out.exact = append(out.exact, c)
		default:
			out.partial = append(out.partial, c)
		}
	}
	return out
}

// toLower appends a text in lower case.
func toLower(into, text []byte) []byte {
	for i, c := range text {
		if c >= utf8.RuneSelf {
			return append(into[:len(into)-i], bytes.ToLower(text)...)
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		into = append(into, c)
	}
	return into
}

func containsAll(name []byte, words [][]byte) bool {
	for _, w := range words {
		if !bytes.Contains(name, w) {
			return false
		}
	}
	return true
}

// texts calls with the slug, the name and the aliases of a company until it is
// told to stop.
func (r *Registry) texts(place int, yield func([]byte) bool) {
	im, at := r.im, place
	if i := place - r.im.companies(); i >= 0 {
		im, at = r.over.im, int(r.over.added[i])
	}
	row := im.row(secCompanies, at)
	if !yield(im.bytesAt(u32(row))) || !yield(im.bytesAt(u32(row[4:]))) {
		return
	}
	for b := im.bytesAt(u32(row[8:])); len(b) > 0; {
		size, head := binary.Uvarint(b)
		if head <= 0 || size > uint64(len(b)-head) {
			return
		}
		if !yield(b[head : head+int(size)]) {
			return
		}
		b = b[head+int(size):]
	}
}

// Names yields the names and aliases of the companies at places from up to,
// but not including, to: places are those of [Registry.Companies], from 0 to
// [Registry.Len]. It makes nothing of them, so that millions cost a fraction
// of a second; the bytes must not be changed. Names of companies that were
// not known at the registry's date of knowledge are among them.
func (r *Registry) Names(from, to int) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for place := from; place < to; place++ {
			first, more := true, true
			r.texts(place, func(name []byte) bool {
				more = first || yield(place, name) // the first is the slug
				first = false
				return more
			})
			if !more {
				return
			}
		}
	}
}

// At returns the company at a place below [Registry.Len], false if it was not
// known at the registry's date of knowledge.
func (r *Registry) At(place int) (*Company, bool) {
	c := r.at(int32(place))
	return c, r.knew(c.Known)
}
