package source

// lzmaDecoder decodes LZMA, as I. Pavlov's "LZMA specification" (2015) defines
// it, in chunks of which both sizes are known: what LZMA2 is made of. It is
// written here and not taken from a library for two reasons: its window grows
// with the data, where others allocate what a header asks for, which lets some
// bytes cost 128 MiB again and again; and on whole chunks in memory it is
// faster than on a stream.
type lzmaDecoder struct {
	// The range coder (section "The range decoder").
	in    []byte
	pos   int
	width uint32
	code  uint32
	short bool // whether more was read than there is

	lc, lp, pb uint
	state      uint
	rep        [4]uint32 // last distances, less one

	isMatch    [lzmaStates][16]lzmaProb
	isRep      [lzmaStates]lzmaProb
	isRep0     [lzmaStates]lzmaProb
	isRep1     [lzmaStates]lzmaProb
	isRep2     [lzmaStates]lzmaProb
	isRep0Long [lzmaStates][16]lzmaProb
	slots      [4][64]lzmaProb
	special    [128 - 14]lzmaProb
	align      [16]lzmaProb
	matchLen   lzmaLen
	repLen     lzmaLen
	literals   [0x300 << 4]lzmaProb
}

// setProps takes the parameters of the model. It reports whether they are
// valid for LZMA2.
func (d *lzmaDecoder) setProps(b byte) bool {
	if b > lzmaMaxProps {
		return false
	}
	d.pb = uint(b / 45)
	d.lp = uint(b % 45 / 9)
	d.lc = uint(b % 9)
	return d.lc+d.lp <= 4
}

// reset forgets what the model has learnt.
func (d *lzmaDecoder) reset() {
	d.state = 0
	d.rep = [4]uint32{}
	for i := range lzmaStates {
		even(d.isMatch[i][:])
		even(d.isRep0Long[i][:])
	}
	even(d.isRep[:])
	even(d.isRep0[:])
	even(d.isRep1[:])
	even(d.isRep2[:])
	for i := range d.slots {
		even(d.slots[i][:])
	}
	even(d.special[:])
	even(d.align[:])
	d.matchLen.reset()
	d.repLen.reset()
	even(d.literals[:0x300<<(d.lc+d.lp)])
}

// decode appends size bytes, decoded from the whole of in, to window, which
// holds what came before, and returns it. total is how many bytes came since
// the dictionary was reset; those of them in window can be copied from, as far
// back as dict.
func (d *lzmaDecoder) decode(in, window []byte, size, total, dict int) ([]byte, error) {
	if len(in) < 5 || in[0] != 0 {
		return window, corruptf("chunk has no range coder's header")
	}
	d.in, d.pos, d.short = in, 5, false
	d.width = 1<<32 - 1
	d.code = uint32(in[1])<<24 | uint32(in[2])<<16 | uint32(in[3])<<8 | uint32(in[4])
	end := len(window) + size
	start := len(window) - total // may lie before the window
	for len(window) < end {
		pos := uint(len(window)-start) & (1<<d.pb - 1)
		if d.bit(&d.isMatch[d.state][pos]) == 0 {
			window = append(window, d.literal(window, uint(len(window)-start)))
			continue
		}
		n := d.match(pos)
		if d.short {
			return window, corruptf("chunk is cut short")
		}
		known := min(len(window)-start, len(window), dict)
		if int64(d.rep[0]) >= int64(known) {
			return window, corruptf("chunk refers back %d bytes of %d", d.rep[0], known)
		}
		if n > end-len(window) {
			return window, corruptf("chunk is longer than it says")
		}
		window = appendMatch(window, int(d.rep[0])+1, n)
	}
	d.normalise()
	if d.short || d.pos != len(in) || d.code != 0 {
		return window, corruptf("chunk does not end where it should")
	}
	return window, nil
}

// appendMatch appends n bytes from distance back, which may overlap.
func appendMatch(window []byte, distance, n int) []byte {
	for n > 0 {
		from := window[len(window)-distance:]
		k := min(n, len(from))
		window = append(window, from[:k]...)
		n -= k
	}
	return window
}

// literal decodes one byte.
func (d *lzmaDecoder) literal(window []byte, at uint) byte {
	prev := byte(0)
	if at > 0 && len(window) > 0 {
		prev = window[len(window)-1]
	}
	context := (at&(1<<d.lp-1))<<d.lc + uint(prev)>>(8-d.lc)
	probs := d.literals[0x300*context:][:0x300]
	symbol := uint32(1)
	if d.state >= 7 {
		// After a match the byte that would have gone on with it is a hint.
		hint := uint32(0)
		if back := int(d.rep[0]) + 1; back <= len(window) {
			hint = uint32(window[len(window)-back])
		}
		offset := uint32(0x100)
		for symbol < 0x100 {
			hint <<= 1
			match := hint & offset
			bit := d.bit(&probs[offset+match+symbol])
			symbol = symbol<<1 | bit
			offset &= match ^ (bit - 1)
		}
	}
	for symbol < 0x100 {
		symbol = symbol<<1 | d.bit(&probs[symbol])
	}
	switch {
	case d.state < 4:
		d.state = 0
	case d.state < 10:
		d.state -= 3
	default:
		d.state -= 6
	}
	return byte(symbol)
}

// match decodes a match: its distance becomes d.rep[0], and its length is
// returned.
func (d *lzmaDecoder) match(pos uint) int {
	later := uint(0) // whether the state is one after a match
	if d.state >= 7 {
		later = 3
	}
	if d.bit(&d.isRep[d.state]) == 0 {
		d.rep[3], d.rep[2], d.rep[1] = d.rep[2], d.rep[1], d.rep[0]
		d.state = 7 + later
		n := d.length(&d.matchLen, pos)
		d.rep[0] = d.distance(min(n-2, 3))
		return n
	}
	if d.bit(&d.isRep0[d.state]) == 0 {
		if d.bit(&d.isRep0Long[d.state][pos]) == 0 {
			d.state = min(9+later, 11)
			return 1
		}
	} else {
		which := 1
		if d.bit(&d.isRep1[d.state]) != 0 {
			which = 2 + int(d.bit(&d.isRep2[d.state]))
		}
		distance := d.rep[which]
		copy(d.rep[1:which+1], d.rep[:which])
		d.rep[0] = distance
	}
	d.state = 8 + later
	return d.length(&d.repLen, pos)
}

// length decodes a length, 2 to 273.
func (d *lzmaDecoder) length(l *lzmaLen, pos uint) int {
	if d.bit(&l.choice) == 0 {
		return 2 + int(d.tree(l.low[pos][:], 3))
	}
	if d.bit(&l.choice2) == 0 {
		return 10 + int(d.tree(l.mid[pos][:], 3))
	}
	return 18 + int(d.tree(l.high[:], 8))
}

// distance decodes a distance, less one.
func (d *lzmaDecoder) distance(kind int) uint32 {
	slot := d.tree(d.slots[kind][:], 6)
	if slot < 4 {
		return slot
	}
	n := slot>>1 - 1
	distance := (2 | slot&1) << n
	if slot < 14 {
		return distance + d.reverse(d.special[distance-slot:], n)
	}
	for i := n - 1; i >= 4; i-- {
		d.normalise()
		d.width >>= 1
		if d.code >= d.width {
			d.code -= d.width
			distance |= 1 << i
		}
	}
	return distance + d.reverse(d.align[1:], 4)
}
