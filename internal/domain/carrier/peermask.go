package carrier

import (
	"iter"
	"math/bits"
)

// peerMask is a set of peers, by their numbers. Almost always 64 neighbouring
// numbers are all of it; what goes beyond lies in the [masks] that it belongs
// to. The zero value is empty.
type peerMask struct {
	mask uint64 // bit i: peer 64*word+i
	word uint32
	next uint32 // number of the next mask, plus one
}

// masks is what the sets of peers of many owners hold beyond their first word.
type masks struct {
	more  list[peerMask]
	index map[uint64]uint32 // key: owner and word; value: number in more
}

// maxWalk is how many masks of a set are looked at one by one. More are found
// by the index, so that an input with a million peers takes no longer for each.
const maxWalk = 8

// of returns the bits that the set of the owner has for a word.
func (m *masks) of(owner uint32, set *peerMask, word uint32) *uint64 {
	if set.mask == 0 {
		set.word = word
	}
	at := set
	for walked := 1; walked < maxWalk && at.word != word; walked++ {
		if at.next == 0 {
			return &m.append(at, word).mask
		}
		at = m.more.at(at.next - 1)
	}
	if at.word == word {
		return &at.mask
	}
	key := uint64(owner)<<32 | uint64(word)
	no, ok := m.index[key]
	if !ok {
		if m.index == nil {
			m.index = make(map[uint64]uint32)
		}
		no = m.more.n
		m.index[key] = no
		m.append(at, word)
	}
	return &m.more.at(no).mask
}

// append puts a word behind a mask.
func (m *masks) append(at *peerMask, word uint32) *peerMask {
	added, no := m.more.add()
	added.word, added.next = word, at.next
	at.next = no + 1
	return added
}

// add adds a peer to the set of the owner.
func (m *masks) add(owner uint32, set *peerMask, peer uint32) {
	*m.of(owner, set, peer/64) |= 1 << (peer % 64)
}

// join adds a set that belongs to other masks to that of the owner.
func (m *masks) join(owner uint32, set *peerMask, others *masks, other *peerMask) {
	for at := other; ; at = others.more.at(at.next - 1) {
		if at.mask != 0 {
			*m.of(owner, set, at.word) |= at.mask
		}
		if at.next == 0 {
			return
		}
	}
}

// parts yields the masks of a set, in no order that means anything.
func (m *masks) parts(set *peerMask) iter.Seq[*peerMask] {
	return func(yield func(*peerMask) bool) {
		for at := set; yield(at) && at.next != 0; {
			at = m.more.at(at.next - 1)
		}
	}
}

// peers yields the peers of a mask alone.
func (p *peerMask) peers(yield func(uint32) bool) {
	for mask := p.mask; mask != 0; mask &= mask - 1 {
		if !yield(64*p.word + uint32(bits.TrailingZeros64(mask))) {
			return
		}
	}
}
