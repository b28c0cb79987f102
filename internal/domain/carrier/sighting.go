package carrier

import (
	"slices"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// The kinds of sightings, in the order of the kinds' names.
const (
	isAdjacency = iota
	isOrigin
	isTransit
	kinds
)

// sightings is everything that was seen, by kind.
type sightings [kinds]kindSightings

// kindSightings is everything of one kind, in the order of observations.
type kindSightings struct {
	all   []sighting
	masks masks // peers of each
}

// sighting is all that was seen of an adjacency, an origin or a transit.
type sighting struct {
	networks uint64 // near and far; or just the one
	looped   uint64 // how often on a path with a loop
	seen
	lists peerLists // in the end
}

// pairOf returns two networks as sightings name them.
func pairOf(near, far uint32) uint64 { return uint64(near)<<32 | uint64(far) }

// finish works out what the paths show, once all entries are there.
func (t *pathTable) finish() {
	t.slots, t.lasts = nil, nil
	var shares [kinds][]share
	t.ends, t.trails = make([]uint32, t.stats.n), newTrails(t.stats.n)
	for no := range t.stats.n {
		t.spread(no, &shares)
	}
	t.trails.seen = make([]seen, len(t.trails.links))
	for no, end := range t.ends {
		if end != 0 {
			s, to := t.stats.at(uint32(no)), &t.trails.seen[end]
			to.add(&s.seen)
			t.trails.masks.join(end, &to.peers, &t.masks, &s.peers)
		}
	}
	t.trails.settle()
	t.trails.share(&shares)
	spare := make([]share, max(len(shares[isAdjacency]), len(shares[isOrigin])))
	t.gather(sortShares(shares[isAdjacency], spare), &t.shown[isAdjacency], &t.passed)
	t.gather(sortShares(shares[isOrigin], spare), &t.shown[isOrigin], nil)
	for i := range t.passed.all {
		near := uint32(t.passed.all[i].networks)
		shares[isTransit] = append(shares[isTransit], share{0, near, uint32(fromPassed) | uint32(i)})
	}
	spare = make([]share, len(shares[isTransit]))
	t.gather(sortShares(shares[isTransit], spare), &t.shown[isTransit], nil)
	t.passed = kindSightings{}
}

// spread finds the trail of a path that has one. What any other shows is shared
// out.
func (t *pathTable) spread(no uint32, shares *[kinds][]share) {
	key := t.keys.get(t.stats.at(no).key)
	switch key[0] {
	case tagHead, tagLoopedHead:
		from := uint32(fromPath)
		if key[0] == tagLoopedHead {
			from = uint32(fromLooped)
		}
		a := headOf(key)
		for _, asn := range a[:2] {
			shares[isTransit] = append(shares[isTransit], share{0, asn, from | no})
		}
		for i, near := range a[:2] {
			shares[isAdjacency] = append(shares[isAdjacency], share{near, a[i+1], from | no})
		}
		return
	}
	raw := mrt.RawPathOf(key)
	var plain bool
	if t.asns, plain = raw.AppendSequence(t.asns[:0]); plain {
		t.ends[no] = t.trails.plain(t.asns)
	}
	if t.ends[no] == 0 {
		t.spreadOther(no, raw, shares)
	}
}

// spreadOther shares out what a path shows that has no trail.
func (t *pathTable) spreadOther(no uint32, raw mrt.RawPath, shares *[kinds][]share) {
	if err := t.path.Decode(raw); err != nil {
		first := t.exemplars.at(t.stats.at(no).exemplars[0])
		t.broken = append(t.broken, brokenPath{*t.spots.at(first.spot), no, err})
		return
	}
	from := uint32(fromPath)
	if t.path.HasLoop() {
		from = uint32(fromLooped)
	}
	var shown [kinds][]uint64
	origins := slices.Sorted(slices.Values(t.path.Origins()))
	for asn := range t.path.ASNs {
		kind := isTransit
		if _, ends := slices.BinarySearch(origins, asn); ends {
			kind = isOrigin
		}
		shown[kind] = append(shown[kind], uint64(asn))
	}
	for near, far := range t.path.Adjacencies {
		shown[isAdjacency] = append(shown[isAdjacency], pairOf(near, far))
	}
	for kind, networks := range shown {
		slices.Sort(networks)
		for _, n := range slices.Compact(networks) { // once for each path
			shares[kind] = append(shares[kind], share{uint32(n >> 32), uint32(n), from | no})
		}
	}
}

// share shares out what was seen of the trails: a trail shows that its first
// number is the origin, or a neighbour of the next one, unless they are the
// same. What passes through a network adds up from its neighbours.
func (t *trails) share(shares *[kinds][]share) {
	shares[isAdjacency] = slices.Grow(shares[isAdjacency], len(t.links))
	shares[isOrigin] = slices.Grow(shares[isOrigin], len(t.links)/4)
	for no := 1; no < len(t.seen); no++ {
		l := t.links[no]
		next := t.links[l.rest].asn
		switch {
		case t.seen[no].count == 0: // of a path that turned out to have a loop
		case l.rest == 0:
			shares[isOrigin] = append(shares[isOrigin], share{0, l.asn, uint32(no)})
		case l.asn != next:
			shares[isAdjacency] = append(shares[isAdjacency], share{l.asn, next, uint32(no)})
		}
	}
}

// trim forgets the exemplars that no sighting has kept.
func (t *pathTable) trim() {
	numbers := make([]uint32, t.exemplars.n) // new ones, from 1
	for kind := range t.shown {
		for i := range t.shown[kind].all {
			s := &t.shown[kind].all[i]
			for _, x := range s.exemplars[:s.kept] {
				numbers[x] = 1
			}
		}
	}
	n := uint32(0)
	for x, used := range numbers {
		if used != 0 {
			*t.exemplars.at(n) = *t.exemplars.at(uint32(x))
			n++
			numbers[x] = n
		}
	}
	t.exemplars.n = n
	for kind := range t.shown {
		for i := range t.shown[kind].all {
			s := &t.shown[kind].all[i]
			for j, x := range s.exemplars[:s.kept] {
				s.exemplars[j] = numbers[x] - 1
			}
		}
	}
}
