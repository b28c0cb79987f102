package source

import (
	"encoding/binary"
	"io"
)

// The bzip2 format has no specification but its source; the names here are
// those of J. Tsai's "BZIP2: Format Specification". A file is a sequence of
// byte-aligned streams; a stream is a header, blocks that follow each other at
// any bit, and an end. What makes it possible to decompress in parallel is
// that each block and each end begins with 48 bits that hardly occur
// elsewhere.
const (
	bzBlockMagic = 0x314159265359 // begins a block: the digits of pi
	bzEndMagic   = 0x177245385090 // begins the end: those of its square root
	bzMagicBits  = 48
	bzMagicMask  = 1<<bzMagicBits - 1

	bzLevelSize = 100_000 // bytes of a block per level
	bzCRCBits   = 32

	// bzMaxPacked bounds a compressed block in bytes: 900,000 symbols of 20
	// bits, and its tables.
	bzMaxPacked = 2304 << 10
	bzChunk     = 256 << 10
)

// bzSegment is what the scanner finds: a block, or the end of a stream.
type bzSegment struct {
	at    int64  // where it begins, in bits from the start of the data
	level int    // 1 to 9
	data  []byte // a copy of the bytes that a block lies in, nil for an end
	from  int    // bit in data at which the block begins, 0 to 7
	to    int    // bit in data at which the next segment begins
	last  bool   // no next one was found: the data ends
	crc   uint32 // of an end: the stream's combined CRC as stored
}

// bzScanner splits compressed data into segments without decompressing it.
type bzScanner struct {
	r    io.Reader
	buf  []byte // a window of the data
	base int64  // offset of the window in bytes
	err  error  // what ended r: io.EOF at its end
	hint bzHint

	start int64  // bit at which the current block begins, -1 outside a stream
	level int    // of the current stream
	crc   uint32 // of the stream so far, from the CRCs stored in its blocks
	tail  func(error)
}

func newBzScanner(r io.Reader, note func(error)) *bzScanner {
	return &bzScanner{r: r, start: -1, tail: note, hint: newBzHint()}
}

// next returns the next segment, io.EOF after the last end, and
// io.ErrUnexpectedEOF if the data ends elsewhere.
func (s *bzScanner) next() (bzSegment, error) {
	if s.start < 0 {
		if err := s.header(); err != nil {
			return bzSegment{}, err
		}
	}
	if s.magicAt(s.start) == bzEndMagic {
		return s.end()
	}
	return s.block()
}

// header reads the header of the next stream. It returns io.EOF where none
// follows, after passing over what follows instead.
func (s *bzScanner) header() error {
	first := s.base == 0 && s.level == 0
	if !s.want(10) && s.err != io.EOF {
		return s.err
	}
	if !matchBzip2(s.buf) {
		switch {
		case first || len(s.buf) > 0 && isBzPrefix(s.buf):
			return io.ErrUnexpectedEOF
		case len(s.buf) == 0:
			return io.EOF
		}
		garbage := int64(0)
		if !allZero(s.buf) {
			garbage = int64(len(s.buf))
		}
		s.buf = nil
		return passOver(s.r, garbage, s.tail)
	}
	s.level = int(s.buf[3] - '0')
	s.crc = 0
	s.start = (s.base + 4) * 8
	return nil
}

// isBzPrefix reports whether b, shorter than a header and a magic, may be the
// beginning of both.
func isBzPrefix(b []byte) bool {
	const header = "BZh"
	n := min(len(b), len(header))
	return len(b) < 10 && string(b[:n]) == header[:n]
}

// end returns the end of a stream, at s.start.
func (s *bzScanner) end() (bzSegment, error) {
	at := s.start
	if !s.wantBit(at + bzMagicBits + bzCRCBits) {
		return bzSegment{}, noEOF(s.err)
	}
	seg := bzSegment{at: at, level: s.level, crc: s.crcAt(at)}
	s.start = -1
	s.drop((at + bzMagicBits + bzCRCBits + 7) / 8)
	return seg, nil
}

// block returns the block at s.start, up to the next segment.
func (s *bzScanner) block() (bzSegment, error) {
	at := s.start
	if !s.wantBit(at + bzMagicBits + bzCRCBits) {
		return bzSegment{}, noEOF(s.err)
	}
	crc := foldBzCRC(s.crc, s.crcAt(at))
	end, last, err := s.find(at+bzMagicBits+bzCRCBits, at+8*bzMaxPacked, crc)
	if err != nil {
		return bzSegment{}, err
	}
	first := at / 8
	seg := bzSegment{at: at, level: s.level, from: int(at % 8), to: int(end - first*8), last: last}
	seg.data = append(seg.data, s.buf[first-s.base:(end+7)/8-s.base]...)
	s.crc = crc
	s.start = end
	s.drop(end / 8)
	return seg, nil
}

// find returns the bit at which the segment after a block begins, searching
// from the given bit to the limit; crc is what the end of the stream should
// hold if the block is the last. Where the data ends first, it returns that and
// true: the block may be whole, and the next call of next reports the
// truncation.
func (s *bzScanner) find(from, limit int64, crc uint32) (bit int64, last bool, err error) {
	for {
		at := s.hint.find(s.buf, int(from-s.base*8))
		if at < 0 {
			from = max(from, (s.base+int64(len(s.buf)))*8-bzMagicBits+1)
			switch {
			case from > limit:
				return 0, false, corruptf("no end of a block within %d bytes", bzMaxPacked)
			case s.want(len(s.buf) + 1):
				continue
			case s.err != io.EOF:
				return 0, false, s.err
			}
			return (s.base + int64(len(s.buf))) * 8, true, nil
		}
		bit := s.base*8 + int64(at)
		if s.magicAt(bit) == bzBlockMagic || s.isEnd(bit, crc) {
			return bit, false, nil
		}
		from = bit + 1
	}
}

// isEnd tells an end of a stream from 48 bits that happen to look like one: it
// holds the right CRC, or else a stream or the end of the data follows it.
func (s *bzScanner) isEnd(bit int64, crc uint32) bool {
	after := (bit+bzMagicBits+bzCRCBits+7)/8 - s.base
	s.want(int(after) + 10)
	if int(after) > len(s.buf) {
		return true // and too short, which end reports
	}
	rest := s.buf[after:]
	return s.crcAt(bit) == crc || len(rest) == 0 || matchBzip2(rest)
}

// foldBzCRC combines a block's CRC into the stream's.
func foldBzCRC(stream, block uint32) uint32 { return (stream<<1 | stream>>31) ^ block }

// want reads until the window holds n bytes, and reports whether it does.
func (s *bzScanner) want(n int) bool {
	for len(s.buf) < n && s.err == nil {
		have := len(s.buf)
		s.buf = append(s.buf, make([]byte, bzChunk)...)
		var m int
		m, s.err = readBlock(s.r, s.buf[have:])
		s.buf = s.buf[:have+m]
	}
	return len(s.buf) >= n
}

// wantBit reads until the window holds what lies before the given bit.
func (s *bzScanner) wantBit(bit int64) bool { return s.want(int((bit+7)/8 - s.base)) }

// drop moves the window to begin at the given byte. The copying it costs is a
// small part of a block's decompression.
func (s *bzScanner) drop(offset int64) {
	n := copy(s.buf, s.buf[offset-s.base:])
	s.buf = s.buf[:n]
	s.base = offset
}

// magicAt returns the 48 bits at the given bit, or 0 beyond the window.
func (s *bzScanner) magicAt(bit int64) uint64 {
	if !s.wantBit(bit + bzMagicBits) {
		return 0
	}
	return bitsAt(s.buf, int(bit-s.base*8), bzMagicBits)
}

// crcAt returns the 32 bits after the magic at the given bit.
func (s *bzScanner) crcAt(bit int64) uint32 {
	return uint32(bitsAt(s.buf, int(bit+bzMagicBits-s.base*8), bzCRCBits))
}

// bitsAt returns n bits, at most 57, at the given bit of b.
func bitsAt(b []byte, bit, n int) uint64 {
	var w [8]byte
	copy(w[:], b[bit/8:])
	return binary.BigEndian.Uint64(w[:]) << (bit % 8) >> (64 - n)
}

// bzHint finds the two magics at any bit. A magic covers at least five whole
// bytes, whatever its alignment, so of the byte pairs at every fourth byte one
// lies wholly within it: as one of 64 pairs, for 2 magics, 8 alignments and 4
// places. The set of those pairs, 8 KiB, rules out nearly all positions.
type bzHint []uint64

func newBzHint() bzHint {
	set := make(bzHint, 1<<16/64)
	for _, magic := range []uint64{bzBlockMagic, bzEndMagic} {
		for shift := range 8 {
			for place := range 4 {
				// The magic's first whole byte begins after (8-shift)%8 bits.
				skip := (8-shift)%8 + 8*place
				pair := magic >> (bzMagicBits - 16 - skip) & 0xffff
				set[pair/64] |= 1 << (pair % 64)
			}
		}
	}
	return set
}

// find returns the first bit, from the given one on, at which b holds a whole
// magic, or -1.
func (set bzHint) find(b []byte, from int) int {
	const back = 4 // bytes from the pair back to where the magic may begin
	for i := from / 8; i+1 < len(b); i += 4 {
		pair := uint(b[i])<<8 | uint(b[i+1])
		if set[pair/64]&(1<<(pair%64)) == 0 {
			continue
		}
		first := max(from, (i-back)*8)
		for bit := first; bit < (i+1)*8 && bit+bzMagicBits <= len(b)*8; bit++ {
			if m := bitsAt(b, bit, bzMagicBits); m == bzBlockMagic || m == bzEndMagic {
				return bit
			}
		}
	}
	return -1
}
