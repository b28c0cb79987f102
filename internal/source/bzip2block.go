package source

// bzBlock decompresses one block, up to the run-length coding that was applied
// first and is undone last: what it yields is at most 900,000 bytes, whatever
// they expand to. It is reused from block to block.
type bzBlock struct {
	crc   uint32 // of the final bytes, as stored
	codes [6]bzCode
	picks []uint8 // which code each group of 50 symbols uses
	tt    []uint32
}

const (
	bzGroup    = 50      // symbols that use the same code
	bzMaxPicks = 1 << 15 // the selector count has 15 bits
)

// decode decompresses the block that begins, with its magic, at seg.from. It
// appends to out, and returns also the bit after the block.
func (b *bzBlock) decode(seg *bzSegment, out []byte) ([]byte, int, error) {
	r := newBzBits(seg.data, seg.from)
	out, err := b.decodeBits(&r, seg.level*bzLevelSize, out)
	if r.overrun() {
		// Whatever seemed wrong, it was made of the zeros read past the end.
		err = &fault{reason: Truncated, msg: "block is cut short"}
	}
	return out, r.offset(), err
}

func (b *bzBlock) decodeBits(r *bzBits, limit int, out []byte) ([]byte, error) {
	r.take(24)
	r.take(24)
	b.crc = uint32(r.take(32))
	if r.take(1) != 0 {
		return out, unsupportedf("a randomised block, as written by bzip2 before 0.9.5")
	}
	origin := r.take(24)
	used, n := readUsed(r)
	if n == 0 {
		return out, corruptf("block uses no bytes")
	}
	codes, err := b.readCodes(r, n+2)
	if err != nil {
		return out, err
	}
	size, counts, err := b.readSymbols(r, used[:n], codes, limit)
	if err != nil {
		return out, err
	}
	if origin >= size {
		return out, corruptf("block begins at %d of %d", origin, size)
	}
	return b.untransform(origin, size, &counts, out), nil
}

// readUsed reads which byte values occur: a map of 16 ranges, then a map of 16
// values for each range in use.
func readUsed(r *bzBits) (used [256]byte, n int) {
	ranges := r.take(16)
	for i := range 16 {
		if ranges>>(15-i)&1 == 0 {
			continue
		}
		values := r.take(16)
		for j := range 16 {
			if values>>(15-j)&1 != 0 {
				used[n] = byte(i*16 + j)
				n++
			}
		}
	}
	return used, n
}

// readCodes reads the selectors and the code lengths for the given number of
// symbols, and returns the codes.
func (b *bzBlock) readCodes(r *bzBits, symbols int) ([]bzCode, error) {
	groups := r.take(3)
	picks := r.take(15)
	if groups < 2 || groups > len(b.codes) || picks == 0 {
		return nil, corruptf("block has %d codes and %d groups", groups, picks)
	}
	front := [6]uint8{0, 1, 2, 3, 4, 5}
	b.picks = b.picks[:0]
	for range picks {
		k := 0
		for r.take(1) != 0 {
			if k++; k >= groups {
				return nil, corruptf("block selects a code that it does not have")
			}
		}
		pick := front[k]
		copy(front[1:k+1], front[:k])
		front[0] = pick
		b.picks = append(b.picks, pick)
	}
	for i := range groups {
		if err := readLengths(r, symbols, &b.codes[i]); err != nil {
			return nil, err
		}
	}
	return b.codes[:groups], nil
}

// readLengths reads one code: each length is coded as its difference to the
// one before.
func readLengths(r *bzBits, symbols int, code *bzCode) error {
	var lengths [bzMaxSymbols]uint8
	length := r.take(5)
	for i := range symbols {
		for {
			if length < 1 || length > bzMaxCodeBits {
				return corruptf("block has a code of %d bits", length)
			}
			if r.take(1) == 0 {
				break
			}
			length += 1 - 2*r.take(1)
		}
		lengths[i] = uint8(length)
	}
	code.build(lengths[:symbols])
	return nil
}

// readSymbols decodes the symbols: run lengths of the byte value that was used
// last, or which of the values comes next, counted from the last used one. It
// leaves the bytes in the low bits of b.tt and returns how many there are, of
// all and of each value.
func (b *bzBlock) readSymbols(r *bzBits, used []byte, codes []bzCode, limit int) (int, [256]uint32, error) { //nolint:gocognit // one loop over the symbols of a block; parts of it would share all its state
	var counts [256]uint32
	var recent [256]byte // values, the last used first
	copy(recent[:], used)
	tt := b.tt
	size, run, weight := 0, 0, 1
	end := uint16(len(used) + 1)
	for _, pick := range b.picks {
		code := &codes[pick]
		for range bzGroup {
			if r.n < bzMaxCodeBits {
				r.refill()
			}
			sym := code.symbol(r)
			if sym <= 1 {
				// Runs are written in digits 1 and 2 of base two.
				if run += weight << sym; run > limit-size {
					return 0, counts, errBzLong(limit)
				}
				weight <<= 1
				continue
			}
			if run > 0 {
				c := recent[0]
				counts[c] += uint32(run)
				if size+run > len(tt) {
					tt = b.grow(size+run, limit)
				}
				fill := tt[size : size+run]
				for i := range fill {
					fill[i] = uint32(c)
				}
				size += run
				run, weight = 0, 1
			}
			if sym >= end {
				if sym != end {
					return 0, counts, corruptf("block has an undefined code")
				}
				return size, counts, nil
			}
			if size >= len(tt) {
				if size >= limit {
					return 0, counts, errBzLong(limit)
				}
				tt = b.grow(size+1, limit)
			}
			c := toFront(&recent, int(sym-1))
			counts[c]++
			tt[size] = uint32(c)
			size++
		}
		if r.overrun() {
			break
		}
	}
	return 0, counts, corruptf("block has no end")
}

// grow makes room for n symbols, at most limit. Few blocks in many small
// archives need all of it, so it is not allocated at once.
func (b *bzBlock) grow(n, limit int) []uint32 {
	tt := make([]uint32, min(max(n, 2*len(b.tt), 4096), max(limit, n)))
	copy(tt, b.tt)
	b.tt = tt
	return tt
}

// toFront moves the value at place i, below 256, to the front and returns it.
func toFront(recent *[256]byte, i int) byte {
	c := recent[i&0xff]
	if i < 16 {
		for ; i > 0; i-- {
			recent[i&0xff] = recent[(i-1)&0xff]
		}
	} else {
		copy(recent[1:i+1], recent[:i])
	}
	recent[0] = c
	return c
}

// untransform undoes the Burrows-Wheeler transform: the low bits of b.tt hold
// its last column, from which the high bits become a chain through the text
// (M. Burrows and D. Wheeler, SRC Research Report 124, 1994, algorithm D).
func (b *bzBlock) untransform(origin, size int, counts *[256]uint32, out []byte) []byte {
	tt := b.tt[:size]
	sum := uint32(0)
	for i, n := range counts {
		counts[i] = sum
		sum += n
	}
	for i, v := range tt {
		c := v & 0xff
		tt[counts[c]] |= uint32(i) << 8
		counts[c]++
	}
	start := len(out)
	out = append(out, make([]byte, size)...)
	dst := out[start:]
	at := tt[origin] >> 8
	for i := range dst {
		v := tt[at]
		dst[i] = byte(v)
		at = v >> 8
	}
	return out
}

// errBzLong: the block has more bytes than the stream's level allows.
func errBzLong(limit int) error { return corruptf("block has more than %d bytes", limit) }
