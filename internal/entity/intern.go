package entity

import (
	"encoding/binary"
	"hash/maphash"
)

// maxText is the longest text that a fact may hold, in bytes. It keeps one
// hostile record from filling the registry.
const maxText = 1 << 24

// interner gives equal texts one number. Texts lie in pages that never move,
// and the hash table holds numbers only, so that millions of them cost little
// more than their bytes. The zero interner is ready for use; its number 0 is
// the empty text.
type interner struct {
	seed  maphash.Seed
	pages [][]byte
	at    []uint32 // by number: page and offset of the length and the text
	slots []uint32 // open addressing; 0 is free
}

// pageBits is the size of a page. Offsets have the other 32 - pageBits bits,
// so that an interner holds up to 4 GiB.
const pageBits = 20

// number returns the number of a text, false if the interner is full.
func (in *interner) number(s string) (uint32, bool) {
	if s == "" {
		return 0, true
	}
	if in.at == nil {
		in.seed, in.at = maphash.MakeSeed(), make([]uint32, 1, 64)
	}
	if 2*len(in.at) >= len(in.slots) {
		in.grow()
	}
	slot := in.slot(s)
	if n := in.slots[slot]; n != 0 {
		return n, true
	}
	at, ok := in.store(s)
	if !ok {
		return 0, false
	}
	n := uint32(len(in.at))
	in.at = append(in.at, at)
	in.slots[slot] = n
	return n, true
}

// find returns the number of a text that was given one already.
func (in *interner) find(s string) (uint32, bool) {
	if s == "" || len(in.slots) == 0 {
		return 0, s == ""
	}
	n := in.slots[in.slot(s)]
	return n, n != 0
}

// slot returns where a text's number stands in the table, or would stand.
func (in *interner) slot(s string) uint64 {
	mask := uint64(len(in.slots) - 1)
	at := maphash.String(in.seed, s) & mask
	for in.slots[at] != 0 && string(in.bytes(in.slots[at])) != s {
		at = (at + 1) & mask
	}
	return at
}

func (in *interner) grow() {
	in.slots = make([]uint32, max(2*len(in.slots), 64))
	mask := uint64(len(in.slots) - 1)
	for n := 1; n < len(in.at); n++ {
		slot := maphash.Bytes(in.seed, in.bytes(uint32(n))) & mask
		for in.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		in.slots[slot] = uint32(n)
	}
}

func (in *interner) store(s string) (uint32, bool) {
	need := len(s) + binary.MaxVarintLen32
	last := len(in.pages) - 1
	if last < 0 || len(in.pages[last])+need > 1<<pageBits { // a longer text has a page for itself
		if last+1 == 1<<(32-pageBits) {
			return 0, false
		}
		var page []byte
		if last >= 0 { // the first grows as it fills: most registries are small
			page = make([]byte, 0, max(1<<pageBits, need))
		}
		in.pages = append(in.pages, page)
		last++
	}
	at := uint32(last)<<pageBits | uint32(len(in.pages[last]))
	in.pages[last] = binary.AppendUvarint(in.pages[last], uint64(len(s)))
	in.pages[last] = append(in.pages[last], s...)
	return at, true
}

// bytes returns the text of a number; the caller must not change it.
func (in *interner) bytes(n uint32) []byte {
	if n == 0 {
		return nil
	}
	at := in.at[n]
	page := in.pages[at>>pageBits][at&(1<<pageBits-1):]
	size, head := binary.Uvarint(page)
	return page[head : head+int(size)]
}

func (in *interner) text(n uint32) string { return string(in.bytes(n)) }

// count returns how many numbers are given out.
func (in *interner) count() int { return max(len(in.at), 1) }

// size returns how many bytes the texts and their lengths take.
func (in *interner) size() int {
	total := 0
	for _, page := range in.pages {
		total += len(page)
	}
	return total
}

// joinTexts writes a list as one text: each item's length and the item.
func joinTexts(list []string) string {
	if len(list) == 0 {
		return ""
	}
	var b []byte
	for _, s := range list {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return string(b)
}

// splitTexts undoes joinTexts. What is malformed ends the list.
func splitTexts(s string) []string {
	var list []string
	for b := []byte(s); len(b) > 0; {
		size, head := binary.Uvarint(b)
		if head <= 0 || size > uint64(len(b)-head) {
			break
		}
		list = append(list, string(b[head:head+int(size)]))
		b = b[head+int(size):]
	}
	return list
}
