package carrier

// share is what a path, or a trail of many, adds to a sighting.
type share struct {
	near, far uint32 // near is 0 but for adjacencies
	from      uint32 // number, with its origin in the highest bits
}

// shareOrigin says what a share comes from.
type shareOrigin uint32

const (
	fromTrail  shareOrigin = iota << originBit // of plain paths
	fromPath                                   // any other path, or the head of one
	fromLooped                                 // a path with a loop, or its head: its peers do not count
	fromPassed                                 // all trails that begin with a network

	originBit  = 30
	originMask = fromPassed
)

func (s *share) origin() shareOrigin { return shareOrigin(s.from) & originMask }

func (s *share) networks() uint64 { return pairOf(s.near, s.far) }

// gather adds up shares, which are sorted, to sightings. Trails that begin with
// the same number follow each other: what they show together goes to passed.
func (t *pathTable) gather(shares []share, to, passed *kindSightings) {
	to.all = make([]sighting, 0, different(shares))
	for i := range shares {
		from := &shares[i]
		if i%glance == 0 {
			t.glance(shares[i:min(i+glance, len(shares))])
		}
		networks := from.networks()
		if n := len(to.all); n == 0 || to.all[n-1].networks != networks {
			to.all = append(to.all, sighting{networks: networks})
		}
		no := uint32(len(to.all) - 1)
		s := &to.all[no]
		seen, masks := t.shared(from)
		s.add(seen)
		if from.origin() == fromLooped {
			s.looped += seen.count
			continue
		}
		to.masks.join(no, &s.peers, masks, &seen.peers)
		if passed == nil || from.origin() != fromTrail {
			continue
		}
		near := uint64(from.near)
		if n := len(passed.all); n == 0 || passed.all[n-1].networks != near {
			passed.all = append(passed.all, sighting{networks: near})
		}
		no = uint32(len(passed.all) - 1)
		s = &passed.all[no]
		s.add(seen)
		passed.masks.join(no, &s.peers, masks, &seen.peers)
	}
}

// glance is how many shares are looked at ahead of their turn.
const glance = 16

// glance looks at what shares will add. It lies all over the memory: asked for
// at once, it comes in the time that one of it takes.
func (t *pathTable) glance(shares []share) {
	for i := range shares {
		seen, _ := t.shared(&shares[i])
		t.glanced ^= seen.count
	}
}

// shared returns what a share adds.
func (t *pathTable) shared(s *share) (*seen, *masks) {
	no := s.from &^ uint32(originMask)
	switch s.origin() {
	case fromTrail:
		return &t.trails.seen[no], &t.trails.masks
	case fromPassed:
		return &t.passed.all[no].seen, &t.passed.masks
	}
	return &t.stats.at(no).seen, &t.masks
}

// different counts the sightings that sorted shares belong to.
func different(shares []share) int {
	n := 0
	for i := range shares {
		if i == 0 || shares[i].networks() != shares[i-1].networks() {
			n++
		}
	}
	return n
}

// sortShares sorts shares by their networks, some bits at a time from the lowest
// on, which for as many numbers as a table has takes a fraction of the time of
// comparing them. Bits that are the same in all are passed over. The result is
// in one of the two slices, of which the second is not shorter.
func sortShares(shares, spare []share) []share {
	if len(shares) == 0 {
		return shares
	}
	spare = spare[:len(shares)]
	const digit = 11 // bits
	var differ uint64
	for i := range shares {
		differ |= shares[i].networks() ^ shares[0].networks()
	}
	for _, shift := range []int{0, digit, 2 * digit, 32, 32 + digit, 32 + 2*digit} {
		const mask = 1<<digit - 1
		if differ>>shift&mask == 0 {
			continue
		}
		var starts [mask + 1]uint32
		for i := range shares {
			starts[shares[i].networks()>>shift&mask]++
		}
		at := uint32(0)
		for d, n := range starts {
			starts[d], at = at, at+n
		}
		for i := range shares {
			d := shares[i].networks() >> shift & mask
			spare[starts[d]] = shares[i]
			starts[d]++
		}
		shares, spare = spare, shares
	}
	return shares
}
