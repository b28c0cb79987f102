package carrier

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// keepExemplars is how many entries are kept as proof of a sighting.
const keepExemplars = evidence.MaxRefs

// sighting is all that was seen of an adjacency, an origin or a transit.
type sighting struct {
	count, looped uint64
	first, last   uint32
	stamp         uint32   // of the path that was counted last, so that none counts twice
	kept          int      // of exemplars
	peers         []uint32 // numbers in the worker's list, sorted
	few           [4]uint32
	exemplars     [keepExemplars]*exemplar
}

// proof returns the exemplars that were kept, in order.
func (g *sighting) proof() []*exemplar { return g.exemplars[:g.kept] }

// add counts a path, once.
func (g *sighting) add(s *pathStat, looped bool, stamp uint32) {
	if g.stamp == stamp {
		return
	}
	if g.stamp == 0 {
		g.first, g.last = s.first, s.last
		g.peers = g.few[:0]
	}
	g.stamp = stamp
	g.count += s.count
	g.first, g.last = min(g.first, s.first), max(g.last, s.last)
	if looped {
		g.looped += s.count
	} else {
		g.seenBy(s.peer)
	}
	for i := range s.exemplars {
		if !g.keep(&s.exemplars[i]) {
			break // the others of the path stand further on
		}
	}
}

// seenBy adds a peer.
func (g *sighting) seenBy(peer uint32) {
	if i, found := slices.BinarySearch(g.peers, peer); !found {
		g.peers = slices.Insert(g.peers, i, peer)
	}
}

// keep puts an exemplar among the first ones. It reports false if that and all
// later ones are of no use.
func (g *sighting) keep(x *exemplar) bool {
	i := g.kept
	for i > 0 && x.compare(g.exemplars[i-1]) < 0 {
		i--
	}
	if i == keepExemplars {
		return false
	}
	g.kept = min(g.kept+1, keepExemplars)
	copy(g.exemplars[i+1:g.kept], g.exemplars[i:])
	g.exemplars[i] = x
	return true
}

func (x *exemplar) compare(y *exemplar) int {
	if c := cmp.Compare(x.offset, y.offset); c != 0 {
		return c
	}
	return cmp.Or(
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
	if g.stamp == 0 {
		g.first, g.last = o.first, o.last
		g.peers = g.few[:0]
		g.stamp = 1
	}
	g.count += o.count
	g.looped += o.looped
	g.first, g.last = min(g.first, o.first), max(g.last, o.last)
	for _, p := range o.peers {
		g.seenBy(renumber[p])
	}
	for _, x := range o.proof() {
		g.keep(x)
	}
}

// sightings are all of a worker. AS numbers get dense numbers, so that only an
// adjacency costs a look-up of its own.
type sightings struct {
	dense    map[uint32]uint32 // AS number → place in the slices below
	asns     []uint32
	origins  []*sighting
	transits []*sighting
	adjacent map[uint64]*sighting // key: dense numbers, near and far
	room     pool[sighting]
	stamp    uint32
}

func newSightings() *sightings {
	return &sightings{dense: make(map[uint32]uint32), adjacent: make(map[uint64]*sighting)}
}

func (g *sightings) number(asn uint32) uint32 {
	n, ok := g.dense[asn]
	if !ok {
		n = uint32(len(g.asns))
		g.dense[asn] = n
		g.asns = append(g.asns, asn)
		g.origins = append(g.origins, nil)
		g.transits = append(g.transits, nil)
	}
	return n
}

// at returns the sighting in a slot, a new one if it is empty.
func (g *sightings) at(slot **sighting) *sighting {
	if *slot == nil {
		*slot = &g.room.take(1)[0]
	}
	return *slot
}

func (g *sightings) adjacency(near, far uint32) *sighting {
	key := uint64(near)<<32 | uint64(far)
	s, ok := g.adjacent[key]
	if !ok {
		s = &g.room.take(1)[0]
		g.adjacent[key] = s
	}
	return s
}

// count adds what a path shows.
func (g *sightings) count(s *pathStat, path *mrt.Path) {
	g.stamp++
	looped := path.HasLoop()
	origins := path.Origins()
	for asn := range path.ASNs {
		n := g.number(asn)
		if slices.Contains(origins, asn) {
			g.at(&g.origins[n]).add(s, looped, g.stamp)
		} else {
			g.at(&g.transits[n]).add(s, looped, g.stamp)
		}
	}
	for near, far := range path.Adjacencies {
		g.adjacency(g.dense[near], g.dense[far]).add(s, looped, g.stamp)
	}
}

// absorb adds what another worker saw.
func (g *sightings) absorb(o *sightings, renumber []uint32) {
	numbers := make([]uint32, len(o.asns))
	for i, asn := range o.asns {
		n := g.number(asn)
		numbers[i] = n
		if s := o.origins[i]; s != nil {
			g.at(&g.origins[n]).absorb(s, renumber)
		}
		if s := o.transits[i]; s != nil {
			g.at(&g.transits[n]).absorb(s, renumber)
		}
	}
	for key, s := range o.adjacent {
		g.adjacency(numbers[key>>32], numbers[uint32(key)]).absorb(s, renumber)
	}
}

// pair names what a sighting is of; right is 0 unless it is an adjacency.
type pair struct {
	kind        uint8
	left, right uint32
	seen        *sighting
}

// The kinds of a pair, in the order of the kinds' names.
const (
	isAdjacency uint8 = iota
	isOrigin
	isTransit
)

// sorted returns everything in the order of a shard's observations.
func (g *sightings) sorted() []pair {
	out := make([]pair, 0, len(g.adjacent)+2*len(g.asns))
	for key, s := range g.adjacent {
		out = append(out, pair{isAdjacency, g.asns[key>>32], g.asns[uint32(key)], s})
	}
	for i, asn := range g.asns {
		if s := g.origins[i]; s != nil {
			out = append(out, pair{isOrigin, asn, 0, s})
		}
		if s := g.transits[i]; s != nil {
			out = append(out, pair{isTransit, asn, 0, s})
		}
	}
	slices.SortFunc(out, func(p, q pair) int {
		if c := cmp.Compare(p.kind, q.kind); c != 0 {
			return c
		}
		if c := cmp.Compare(p.left, q.left); c != 0 {
			return c
		}
		return cmp.Compare(p.right, q.right)
	})
	return out
}
