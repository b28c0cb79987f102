package carrier

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// keepExemplars is how many entries are kept as proof of a sighting.
const keepExemplars = evidence.MaxRefs

// pair names what was seen: an adjacency of two networks, or a network alone
// as origin or in transit.
type pair struct {
	kind        uint8
	left, right uint32 // right is 0 unless kind is adjacency
}

// The kinds of a pair, in the order of the kinds' names.
const (
	isAdjacency uint8 = iota
	isOrigin
	isTransit
)

func (p pair) compare(q pair) int {
	return cmp.Or(cmp.Compare(p.kind, q.kind), cmp.Compare(p.left, q.left), cmp.Compare(p.right, q.right))
}

// sighting is all that was seen of a pair.
type sighting struct {
	count, looped uint64
	first, last   uint32
	peers         []uint32 // numbers in the worker's list, sorted
	exemplars     []*exemplar
}

// expand decodes every path once and counts what it shows.
func (t *pathTable) expand() {
	t.seen = make(map[pair]*sighting, len(t.paths)/2)
	t.paths = nil
	names := t.peerNames()
	var path mrt.Path
	var shown []pair
	var buf []byte
	for s := range t.stats.all {
		if err := path.Decode(s.raw); err != nil {
			t.counts.lost += s.count
			t.problem(s.exemplars[0].offset, fmt.Sprintf("%d entries like that of %s: %v",
				s.count, s.exemplars[0].prefix, err))
			continue
		}
		shown = appendShown(shown[:0], &path)
		looped := path.HasLoop()
		buf = s.describe(buf, names[s.peer], &path)
		for _, p := range shown {
			seen, ok := t.seen[p]
			if !ok {
				seen = &sighting{first: s.first, last: s.last}
				t.seen[p] = seen
			}
			seen.add(s, looped)
		}
	}
}

// describe writes down what the path's exemplars have in common, after their
// prefix. It takes the text into the buffer, which it returns for reuse.
func (s *pathStat) describe(buf []byte, from string, path *mrt.Path) []byte {
	buf = append(append(append(buf[:0], " from "...), from...), ": path "...)
	buf, _ = path.AppendText(buf) // never fails
	s.note = string(buf)
	return buf
}

// appendShown appends what a path shows, each thing once.
func appendShown(shown []pair, path *mrt.Path) []pair {
	for left, right := range path.Adjacencies {
		shown = append(shown, pair{isAdjacency, left, right})
	}
	origins := path.Origins()
	for _, asn := range origins {
		shown = append(shown, pair{kind: isOrigin, left: asn})
	}
	for asn := range path.ASNs {
		if !slices.Contains(origins, asn) {
			shown = append(shown, pair{kind: isTransit, left: asn})
		}
	}
	slices.SortFunc(shown, pair.compare)
	return slices.Compact(shown)
}

func (g *sighting) add(s *pathStat, looped bool) {
	g.count += s.count
	g.first, g.last = min(g.first, s.first), max(g.last, s.last)
	if looped {
		g.looped += s.count
	} else if i, found := slices.BinarySearch(g.peers, s.peer); !found {
		g.peers = slices.Insert(g.peers, i, s.peer)
	}
	for i := range s.exemplars {
		g.keep(&s.exemplars[i])
	}
}

// keep puts an exemplar among the first ones by offset and prefix.
func (g *sighting) keep(x *exemplar) {
	if n := len(g.exemplars); n == keepExemplars && x.offset > g.exemplars[n-1].offset {
		return
	}
	i, found := slices.BinarySearchFunc(g.exemplars, x, (*exemplar).compare)
	if found || i >= keepExemplars {
		return
	}
	g.exemplars = slices.Insert(g.exemplars, i, x)
	if len(g.exemplars) > keepExemplars {
		g.exemplars = g.exemplars[:keepExemplars]
	}
}

func (x *exemplar) compare(y *exemplar) int {
	return cmp.Or(
		cmp.Compare(x.offset, y.offset),
		x.prefix.Addr().Compare(y.prefix.Addr()),
		cmp.Compare(x.prefix.Bits(), y.prefix.Bits()),
		x.stat.compare(y.stat),
	)
}

// compare orders paths by peer and bytes, so that the choice among the entries
// of one record does not depend on the workers.
func (s *pathStat) compare(o *pathStat) int {
	if s == o {
		return 0
	}
	return cmp.Or(
		s.from.Addr.Compare(o.from.Addr),
		cmp.Compare(s.from.ASN, o.from.ASN),
		s.from.BGPID.Compare(o.from.BGPID),
		bytes.Compare(s.raw.ASPath, o.raw.ASPath),
		bytes.Compare(s.raw.AS4Path, o.raw.AS4Path),
	)
}

// absorb adds another worker's sighting, whose peers are numbered otherwise:
// renumber translates them.
func (g *sighting) absorb(o *sighting, renumber []uint32) {
	g.count += o.count
	g.looped += o.looped
	g.first, g.last = min(g.first, o.first), max(g.last, o.last)
	for _, p := range o.peers {
		if i, found := slices.BinarySearch(g.peers, renumber[p]); !found {
			g.peers = slices.Insert(g.peers, i, renumber[p])
		}
	}
	for _, x := range o.exemplars {
		g.keep(x)
	}
}
