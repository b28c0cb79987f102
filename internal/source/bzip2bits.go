package source

import "encoding/binary"

// bzBits reads bits, most significant first, from a byte slice. Beyond the
// slice it reads zeros; overrun tells.
type bzBits struct {
	data []byte
	pos  int    // next byte to load
	acc  uint64 // bits loaded, left-aligned
	n    int    // their number; below zero after an overrun
}

// newBzBits returns a reader from the given bit on, at most 7.
func newBzBits(data []byte, bit int) bzBits {
	r := bzBits{data: data}
	r.refill()
	r.drop(bit)
	return r
}

// refill loads bits so that at least 56 are there, if the data has them.
func (r *bzBits) refill() {
	if r.pos+8 <= len(r.data) {
		r.acc |= binary.BigEndian.Uint64(r.data[r.pos:]) >> uint(r.n)
		add := (63 - r.n) >> 3
		r.pos += add
		r.n += add << 3
		return
	}
	for r.n >= 0 && r.n <= 56 && r.pos < len(r.data) {
		r.acc |= uint64(r.data[r.pos]) << uint(56-r.n)
		r.pos++
		r.n += 8
	}
}

// drop consumes k bits, which must have been loaded.
func (r *bzBits) drop(k int) {
	r.acc <<= uint(k)
	r.n -= k
}

// take reads k bits, 1 to 32.
func (r *bzBits) take(k int) int {
	if r.n < k {
		r.refill()
	}
	v := r.acc >> uint(64-k)
	r.drop(k)
	return int(v)
}

// overrun reports whether more was read than there is.
func (r *bzBits) overrun() bool { return r.n < 0 }

// offset returns the position in bits from the start of the data.
func (r *bzBits) offset() int { return r.pos*8 - r.n }

const (
	bzMaxSymbols  = 258 // 256 byte values, one more run symbol, and the end
	bzMaxCodeBits = 20
	bzTableBits   = 10
	bzNoSymbol    = 0xffff
)

// bzCode is a canonical Huffman code. Codes of up to bzTableBits bits, nearly
// all that occur, are decoded by one look-up.
type bzCode struct {
	// table holds, at each prefix, symbol<<8 | length, or 0 for a longer code.
	table [1 << bzTableBits]uint32
	// For the longer ones: per length, the first code past those of that
	// length, and what to add to a code to get its place in order.
	limit  [bzMaxCodeBits + 1]int32
	offset [bzMaxCodeBits + 1]int32
	order  [bzMaxSymbols]uint16 // symbols by code
	count  int32
}

// build makes the code of the given lengths, 1 to 20 each. They need not be
// those of a complete code: words that are left over decode to bzNoSymbol, and
// of codes that ask for more words than there are the later ones have none.
// bzip2(1) takes both, which matters where nothing uses the code; where
// something does, the block's checksum judges.
func (c *bzCode) build(lengths []uint8) {
	var counts [bzMaxCodeBits + 1]int32
	for _, l := range lengths {
		counts[l]++
	}
	clear(c.table[:])
	code, place := int32(0), int32(0)
	for l := 1; l <= bzMaxCodeBits; l++ {
		code <<= 1
		c.offset[l] = place - code
		for sym, sl := range lengths {
			if int(sl) != l {
				continue
			}
			c.order[place] = uint16(sym)
			place++
			if l <= bzTableBits && code < 1<<l {
				entry := uint32(sym)<<8 | uint32(l)
				from := int(code) << (bzTableBits - l)
				for i := range 1 << (bzTableBits - l) {
					c.table[from+i] = entry
				}
			}
			code++
		}
		c.limit[l] = code
	}
	c.count = place
}

// symbol decodes the next symbol. At least bzMaxCodeBits must be loaded.
func (c *bzCode) symbol(r *bzBits) uint16 {
	if e := c.table[r.acc>>(64-bzTableBits)]; e != 0 {
		r.drop(int(e & 0xff))
		return uint16(e >> 8)
	}
	return c.long(r)
}

// long decodes a symbol whose code is longer than the table's index.
func (c *bzCode) long(r *bzBits) uint16 {
	for l := bzTableBits + 1; l <= bzMaxCodeBits; l++ {
		code := int32(r.acc >> uint(64-l))
		if code >= c.limit[l] {
			continue
		}
		r.drop(l)
		if i := code + c.offset[l]; 0 <= i && i < c.count {
			return c.order[i]
		}
		return bzNoSymbol
	}
	r.drop(bzMaxCodeBits)
	return bzNoSymbol
}

// bzCRC computes the CRC of a block's bytes: the polynomial of CRC-32 (IEEE
// 802.3), most significant bit first. It works on eight bytes at a time.
type bzCRC [8][256]uint32

func newBzCRC() *bzCRC {
	const poly = 0x04c11db7
	t := new(bzCRC)
	for i := range 256 {
		crc := uint32(i) << 24
		for range 8 {
			crc = crc<<1 ^ poly&-(crc>>31)
		}
		t[0][i] = crc
	}
	for k := 1; k < 8; k++ {
		for i := range 256 {
			prev := t[k-1][i]
			t[k][i] = prev<<8 ^ t[0][prev>>24]
		}
	}
	return t
}

// update adds bytes to a CRC that began as all ones and ends inverted.
func (t *bzCRC) update(crc uint32, b []byte) uint32 {
	for len(b) >= 8 {
		hi := crc ^ binary.BigEndian.Uint32(b)
		lo := binary.BigEndian.Uint32(b[4:])
		crc = t[7][hi>>24] ^ t[6][hi>>16&0xff] ^ t[5][hi>>8&0xff] ^ t[4][hi&0xff] ^
			t[3][lo>>24] ^ t[2][lo>>16&0xff] ^ t[1][lo>>8&0xff] ^ t[0][lo&0xff]
		b = b[8:]
	}
	for _, c := range b {
		crc = crc<<8 ^ t[0][byte(crc>>24)^c]
	}
	return crc
}
