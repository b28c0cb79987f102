package carrier

import (
	"cmp"
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

// share is what a path, or a trail of many, adds to a sighting.
type share struct {
	networks uint64
	from     uint32
	origin   shareOrigin
}

// shareOrigin says what a share comes from.
type shareOrigin uint8

const (
	fromTrail  shareOrigin = iota // of plain paths
	fromPath                      // any other path, or the head of one
	fromLooped                    // a path with a loop, or its head: its peers do not count
	fromPassed                    // all trails that begin with a network
)

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
	var passed kindSightings
	t.gather(sortShares(shares[isAdjacency]), &t.shown[isAdjacency], &passed)
	t.gather(sortShares(shares[isOrigin]), &t.shown[isOrigin], nil)
	for i := range passed.all {
		shares[isTransit] = append(shares[isTransit], share{passed.all[i].networks, uint32(i), fromPassed})
	}
	t.passed = passed
	t.gather(sortShares(shares[isTransit]), &t.shown[isTransit], nil)
	t.passed = kindSightings{}
	t.trim()
}

// spread finds the trail of a path that has one. What any other shows is shared
// out.
func (t *pathTable) spread(no uint32, shares *[kinds][]share) {
	key := t.keys.get(t.stats.at(no).key)
	switch key[0] {
	case tagHead, tagLoopedHead:
		from := fromPath
		if key[0] == tagLoopedHead {
			from = fromLooped
		}
		a := headOf(key)
		for _, asn := range a[:2] {
			shares[isTransit] = append(shares[isTransit], share{uint64(asn), no, from})
		}
		for i, near := range a[:2] {
			shares[isAdjacency] = append(shares[isAdjacency], share{pairOf(near, a[i+1]), no, from})
		}
		return
	}
	raw := mrt.RawPathOf(key)
	plain := false
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
	from := fromPath
	if t.path.HasLoop() {
		from = fromLooped
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
			shares[kind] = append(shares[kind], share{n, no, from})
		}
	}
}

// share shares out what was seen of the trails: a trail shows that its first
// number is the origin, or a neighbour of the next one, unless they are the
// same. What passes through a network adds up from its neighbours.
func (t *trails) share(shares *[kinds][]share) {
	shares[isAdjacency] = slices.Grow(shares[isAdjacency], len(t.links))
	for no := 1; no < len(t.seen); no++ {
		l := t.links[no]
		next := t.links[l.rest].asn
		switch {
		case t.seen[no].count == 0: // of a path that turned out to have a loop
		case l.rest == 0:
			shares[isOrigin] = append(shares[isOrigin], share{uint64(l.asn), uint32(no), fromTrail})
		case l.asn != next:
			shares[isAdjacency] = append(shares[isAdjacency], share{pairOf(l.asn, next), uint32(no), fromTrail})
		}
	}
}

// gather adds up shares, which are sorted, to sightings. Trails that begin with
// the same number follow each other: what they show together goes to passed.
func (t *pathTable) gather(shares []share, to, passed *kindSightings) {
	to.all = make([]sighting, 0, different(shares))
	for i := range shares {
		from := &shares[i]
		if i == 0 || from.networks != shares[i-1].networks {
			to.all = append(to.all, sighting{networks: from.networks})
		}
		no := uint32(len(to.all) - 1)
		s := &to.all[no]
		seen, masks := t.shared(from)
		s.add(seen)
		if from.origin == fromLooped {
			s.looped += seen.count
			continue
		}
		to.masks.join(no, &s.peers, masks, &seen.peers)
		if passed == nil || from.origin != fromTrail {
			continue
		}
		near := from.networks >> 32
		if n := len(passed.all); n == 0 || passed.all[n-1].networks != near {
			passed.all = append(passed.all, sighting{networks: near})
		}
		no = uint32(len(passed.all) - 1)
		s = &passed.all[no]
		s.add(seen)
		passed.masks.join(no, &s.peers, masks, &seen.peers)
	}
}

// shared returns what a share adds.
func (t *pathTable) shared(s *share) (*seen, *masks) {
	switch s.origin {
	case fromTrail:
		return &t.trails.seen[s.from], &t.trails.masks
	case fromPassed:
		return &t.passed.all[s.from].seen, &t.passed.masks
	}
	return &t.stats.at(s.from).seen, &t.masks
}

func different(shares []share) int {
	n := 0
	for i := range shares {
		if i == 0 || shares[i].networks != shares[i-1].networks {
			n++
		}
	}
	return n
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

// sortShares sorts shares by their networks, eight bits at a time from the
// lowest on, which for as many numbers as a table has takes a fraction of the
// time of comparing them. Bits that are the same in all are passed over.
func sortShares(shares []share) []share {
	if len(shares) < 256 {
		slices.SortStableFunc(shares, func(a, b share) int { return cmp.Compare(a.networks, b.networks) })
		return shares
	}
	var differ uint64
	for i := range shares {
		differ |= shares[i].networks ^ shares[0].networks
	}
	other := make([]share, len(shares))
	for shift := 0; shift < 64; shift += 8 {
		if differ>>shift&0xff == 0 {
			continue
		}
		var starts [256]int
		for i := range shares {
			starts[shares[i].networks>>shift&0xff]++
		}
		at := 0
		for digit, n := range starts {
			starts[digit], at = at, at+n
		}
		for i := range shares {
			digit := shares[i].networks >> shift & 0xff
			other[starts[digit]] = shares[i]
			starts[digit]++
		}
		shares, other = other, shares
	}
	return shares
}
