package carrier

import (
	"hash/maphash"
	"math/bits"
)

// trails is the tree of all plain paths from their origins on: one sequence of
// numbers without a loop. A trail is a number and the trail behind it; 0 is the
// empty one. Paths that end in the same way share the trails of their ends, so
// what they show together is added up once and not for each of them.
type trails struct {
	links []link
	slots []uint32 // open addressing: numbers of trails
	mix   uint64   // makes the hashes unforeseeable
	seen  []seen   // of each, once settled
	masks masks
	last  []numbered // the last path, from its origin on
}

// numbered is a number of a path and the trail that it begins.
type numbered struct{ asn, no uint32 }

// link is a trail.
type link struct{ asn, rest uint32 }

// newTrails returns trails with memory for those of so many paths.
func newTrails(paths uint32) trails {
	// Multiplying by an odd number picked at random is a universal hash
	// (Dietzfelbinger and others, J. Algorithms 25, 1997).
	mix := maphash.String(maphash.MakeSeed(), "trails") | 1
	// Of the paths of real tables two and a half trails each are new.
	n := 64 + int(paths)/2*5
	return trails{links: make([]link, 1, n), slots: make([]uint32, 1<<bits.Len(uint(2*n-1))), mix: mix}
}

// find returns the number of a trail, 0 if there is none, and its slot.
func (t *trails) find(l link) (no uint32, slot uint64) {
	shift := 64 - bits.TrailingZeros64(uint64(len(t.slots)))
	mask := uint64(len(t.slots) - 1)
	slot = (uint64(l.asn)<<32 | uint64(l.rest)) * t.mix >> shift
	for ; t.slots[slot] != 0; slot = (slot + 1) & mask {
		if no = t.slots[slot]; t.links[no] == l {
			return no, slot
		}
	}
	return 0, slot
}

// add adds a trail that [trails.find] did not find, and had the slot for.
func (t *trails) add(l link, slot uint64) uint32 {
	no := uint32(len(t.links))
	t.links = append(t.links, l)
	t.slots[slot] = no
	if len(t.links) > len(t.slots)/2 {
		t.slots = make([]uint32, 2*len(t.slots))
		for i, l := range t.links[1:] {
			_, slot := t.find(l)
			t.slots[slot] = uint32(i + 1)
		}
	}
	return no
}

// step returns the trail of a number before another trail.
func (t *trails) step(asn, rest uint32) uint32 {
	l := link{asn, rest}
	no, slot := t.find(l)
	if no == 0 {
		no = t.add(l, slot)
	}
	return no
}

// plain returns the trail of numbers without a loop, 0 if they have one. Paths
// that are met one after the other often end alike, so as much of the last one
// as does is taken over.
func (t *trails) plain(asns []uint32) uint32 {
	var no uint32
	same := 0
	for i := len(asns) - 1; i >= 0 && same < len(t.last) && t.last[same].asn == asns[i]; i-- {
		no = t.last[same].no
		same++
	}
	t.last = t.last[:same]
	for i := len(asns) - 1 - same; i >= 0; i-- {
		l := link{asns[i], no}
		var slot uint64
		if no, slot = t.find(l); no == 0 { // those that are known were looked at
			if returns(asns[i:]) {
				return 0
			}
			no = t.add(l, slot)
		}
		t.last = append(t.last, numbered{l.asn, no})
	}
	return no
}

// returns reports whether the first number stands behind others again.
func returns(asns []uint32) bool {
	i := 1
	for i < len(asns) && asns[i] == asns[0] {
		i++
	}
	for ; i < len(asns); i++ {
		if asns[i] == asns[0] {
			return true
		}
	}
	return false
}

// settle adds what was seen of each trail to the trail behind it.
func (t *trails) settle() {
	for no := uint32(len(t.links)) - 1; no > 0; no-- {
		if rest := t.links[no].rest; rest != 0 {
			from, to := &t.seen[no], &t.seen[rest]
			to.add(from)
			t.masks.join(rest, &to.peers, &t.masks, &from.peers)
		}
	}
}
