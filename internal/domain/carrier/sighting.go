package carrier

import (
	"cmp"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// keepExemplars is how many entries are kept as proof of a sighting.
const keepExemplars = evidence.MaxRefs

// sighting is all that was seen of an adjacency, an origin or a transit.
type sighting struct {
	pair
	kept          uint8  // of exemplars
	stamp         uint32 // of the last path that shows it, so that none counts twice
	count, looped uint64
	first, last   uint32 // seconds since 1970, once counted
	peers         peerMask
	exemplars     [keepExemplars]uint32 // numbers, in the order of the input
}

// pair is what a sighting is of; right is 0 unless it is an adjacency.
type pair struct {
	left, right uint32
	kind        uint8
}

// The kinds of a pair, in the order of the kinds' names.
const (
	isAdjacency uint8 = iota
	isOrigin
	isTransit
)

// sightings numbers what paths show.
type sightings struct {
	all      list[sighting]
	masks    masks // peers of each
	networks networks
	adjacent map[uint64]uint32 // key: near and far; value: number, plus one
	stamp    uint32
	counts   [isTransit + 1]int // by kind
}

func newSightings() sightings {
	return sightings{adjacent: make(map[uint64]uint32)}
}

// of appends the numbers of all that a path shows, once each.
func (g *sightings) of(dst []uint32, path *mrt.Path) []uint32 {
	g.stamp++
	origins := path.Origins()
	for asn := range path.ASNs {
		p := pair{left: asn, kind: isTransit}
		if slices.Contains(origins, asn) {
			p.kind = isOrigin
		}
		dst = g.show(dst, p)
	}
	for near, far := range path.Adjacencies {
		dst = g.show(dst, pair{near, far, isAdjacency})
	}
	return dst
}

// show appends the number of a sighting that the current path has not shown
// before.
func (g *sightings) show(dst []uint32, p pair) []uint32 {
	no := g.number(p)
	s := g.all.at(no)
	if s.stamp == g.stamp {
		return dst
	}
	s.stamp = g.stamp
	return append(dst, no)
}

// number returns the number of a pair's sighting, a new one if need be.
func (g *sightings) number(p pair) uint32 {
	if p.kind != isAdjacency {
		n := &g.networks.at(p.left)[p.kind-isOrigin]
		if *n == 0 {
			*n = g.add(p)
		}
		return *n - 1
	}
	key := uint64(p.left)<<32 | uint64(p.right)
	n, ok := g.adjacent[key]
	if !ok {
		n = g.add(p)
		g.adjacent[key] = n
	}
	return n - 1
}

// add returns the number of a new sighting, plus one.
func (g *sightings) add(p pair) uint32 {
	s, no := g.all.add()
	s.pair = p
	g.counts[p.kind]++
	return no + 1
}

// count adds a path that shows the sighting to it.
func (g *sightings) count(no uint32, path *pathStat, peers *masks) {
	s := g.all.at(no)
	if s.count == 0 {
		s.first, s.last = path.first, path.last
	}
	s.count += path.count
	s.first, s.last = min(s.first, path.first), max(s.last, path.last)
	if path.looped {
		s.looped += path.count
		return
	}
	for p := range peers.parts(&path.peers) {
		*g.masks.of(no, &s.peers, p.word) |= p.mask
	}
}

// sorted returns the numbers of all sightings in the order of a shard's
// observations: by kind, then by networks.
func (g *sightings) sorted() []uint32 {
	type named struct {
		networks uint64
		no       uint32
	}
	var kinds [isTransit + 1][]named
	for kind := range kinds {
		kinds[kind] = make([]named, 0, g.counts[kind])
	}
	for no := range g.all.n {
		p := g.all.at(no).pair
		kinds[p.kind] = append(kinds[p.kind], named{uint64(p.left)<<32 | uint64(p.right), no})
	}
	order := make([]uint32, 0, g.all.n)
	for _, kind := range kinds {
		slices.SortFunc(kind, func(a, b named) int { return cmp.Compare(a.networks, b.networks) })
		for _, n := range kind {
			order = append(order, n.no)
		}
	}
	return order
}

// networks finds the sightings of a network as origin and as transit: their
// numbers, plus one. Almost all AS numbers in use are small and index a page.
type networks struct {
	small [128]*[networkPage][2]uint32
	large map[uint32]*[2]uint32
}

const networkPage = 1 << 12

func (n *networks) at(asn uint32) *[2]uint32 {
	if int(asn/networkPage) < len(n.small) {
		page := &n.small[asn/networkPage]
		if *page == nil {
			*page = new([networkPage][2]uint32)
		}
		return &(*page)[asn%networkPage]
	}
	numbers, ok := n.large[asn]
	if !ok {
		if n.large == nil {
			n.large = make(map[uint32]*[2]uint32)
		}
		numbers = new([2]uint32)
		n.large[asn] = numbers
	}
	return numbers
}
