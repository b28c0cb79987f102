package carrier

import "bytes"

// find returns the number of the path with the key, given as its tag and the
// rest of it, and its hash; a new number if it is not known yet.
func (t *pathTable) find(tag byte, rest []byte, hash uint64) (no uint32, known bool) {
	mask := uint64(len(t.slots) - 1)
	at := hash & mask
	for ; t.slots[at] != 0; at = (at + 1) & mask {
		if t.slots[at]>>32 != hash {
			continue
		}
		no = uint32(t.slots[at]) - 1
		if key := t.keys.get(t.stats.at(no).key); key[0] == tag && bytes.Equal(key[1:], rest) {
			return no, true
		}
	}
	s, no := t.stats.add()
	s.key = t.keys.keep(tag, rest)
	t.slots[at] = hash<<32 | uint64(no+1)
	if int(no) > len(t.slots)/2 {
		t.grow()
	}
	return no, false
}

// grow doubles the slots. Their hashes are all that it takes.
func (t *pathTable) grow() {
	old := t.slots
	t.slots = make([]uint64, 2*len(old))
	mask := uint64(len(t.slots) - 1)
	for _, slot := range old {
		if slot == 0 {
			continue
		}
		at := slot >> 32 & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = slot
	}
}
