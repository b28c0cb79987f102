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
}

// link is a trail.
type link struct{ asn, rest uint32 }

func newTrails() trails {
	// Multiplying by an odd number picked at random is a universal hash
	// (Dietzfelbinger and others, J. Algorithms 25, 1997).
	mix := maphash.String(maphash.MakeSeed(), "trails") | 1
	return trails{links: make([]link, 1), slots: make([]uint32, 1<<12), mix: mix}
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

// plain returns the trail of numbers without a loop, 0 if they have one.
func (t *trails) plain(asns []uint32) uint32 {
	var no uint32
	for i := len(asns) - 1; i >= 0; i-- {
		l := link{asns[i], no}
		var slot uint64
		if no, slot = t.find(l); no != 0 {
			continue // its numbers were looked at when it was added
		}
		if returns(asns[i:]) {
			return 0
		}
		no = t.add(l, slot)
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
