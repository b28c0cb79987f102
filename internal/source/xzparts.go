package source

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"slices"
)

// xzHeader is what a block header says (3.1).
type xzHeader struct {
	len                int // of the header
	packed, size       int64
	hasPacked, hasSize bool
	dict               int64 // dictionary size that LZMA2 asks for
}

// parseXZHeader parses a whole block header, its size byte included.
func parseXZHeader(b []byte) (xzHeader, error) {
	h := xzHeader{len: len(b)}
	end := len(b) - 4
	if crc32.ChecksumIEEE(b[:end]) != binary.LittleEndian.Uint32(b[end:]) {
		return h, corruptf("block header fails its checksum")
	}
	flags, rest := b[1], b[2:end]
	if flags&0x3c != 0 {
		return h, unsupportedf("block flags %#x", flags)
	}
	ok := true
	number := func() (v int64) {
		var good bool
		v, rest, good = cutVarint(rest)
		ok = ok && good
		return v
	}
	if h.hasPacked = flags&0x40 != 0; h.hasPacked {
		h.packed = number()
	}
	if h.hasSize = flags&0x80 != 0; h.hasSize {
		h.size = number()
	}
	id, props := number(), number()
	switch {
	case !ok:
		return h, corruptf("block header has no valid sizes and filters")
	case flags&3 != 0 || id != 0x21:
		return h, unsupportedf("a filter other than LZMA2")
	case props != 1 || len(rest) < 1 || !allZero(rest[1:]):
		return h, corruptf("block header has no valid LZMA2 properties")
	}
	if rest[0] > 40 {
		return h, corruptf("LZMA2 dictionary size %#x", rest[0])
	}
	// 4 KiB, 6 KiB, 8 KiB, 12 KiB and so on (5.3.1); 40 is all but 4 GiB.
	h.dict = int64(2|rest[0]&1) << (rest[0]/2 + 11)
	return h, nil
}

// cutVarint takes a multibyte integer from the front of b (1.2).
func cutVarint(b []byte) (v int64, rest []byte, ok bool) {
	for i, c := range b[:min(len(b), 9)] {
		v |= int64(c&0x7f) << (7 * i)
		if c&0x80 == 0 {
			return v, b[i+1:], c != 0 || i == 0
		}
	}
	return 0, b, false
}

// xzIndex is what the blocks read so far should look like in the index. The
// list is hashed, not kept: a stream may have any number of blocks.
type xzIndex struct {
	records int64
	h       hash.Hash
}

func newXZIndex() xzIndex { return xzIndex{h: sha256.New()} }

func (x *xzIndex) add(packed, size int64) {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], uint64(packed))
	binary.LittleEndian.PutUint64(b[8:], uint64(size))
	x.h.Write(b[:])
	x.records++
}

func (x *xzIndex) sum() [sha256.Size]byte { return [sha256.Size]byte(x.h.Sum(nil)) }

// Checks that a block may carry (2.1.1.2).
const (
	xzCRC32  = 1
	xzCRC64  = 4
	xzSHA256 = 10
)

// xzCheckSize returns the size in bytes of the check with the given number.
func xzCheckSize(id byte) int {
	if id == 0 {
		return 0
	}
	return 4 << ((id - 1) / 3)
}

// xzCheck returns the hash of a check, nil for none and for one that is not
// defined, which the format allows a reader to pass over.
func xzCheck(id byte) hash.Hash {
	switch id {
	case xzCRC32:
		return crc32.NewIEEE()
	case xzCRC64:
		return crc64.New(crc64.MakeTable(crc64.ECMA))
	case xzSHA256:
		return sha256.New()
	}
	return nil
}

// littleEndianSum returns a check as it is stored: CRCs are little-endian,
// which is not how package hash gives them.
func littleEndianSum(h hash.Hash, id byte) []byte {
	sum := h.Sum(nil)
	if id != xzSHA256 {
		slices.Reverse(sum)
	}
	return sum
}

// countReader counts the bytes read, and sums those of an index.
type countReader struct {
	r       *bufio.Reader
	n       int64
	summing bool
	crc     uint32
}

func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// full fills b; the end of the data is io.ErrUnexpectedEOF.
func (c *countReader) full(b []byte) error {
	if _, err := io.ReadFull(c, b); err != nil {
		return noEOF(err)
	}
	if c.summing {
		c.crc = crc32.Update(c.crc, crc32.IEEETable, b)
	}
	return nil
}

// varint reads a multibyte integer.
func (c *countReader) varint() (int64, error) {
	var b [9]byte
	for i := range b {
		if err := c.full(b[i : i+1]); err != nil {
			return 0, err
		}
		if b[i]&0x80 == 0 {
			v, _, ok := cutVarint(b[:i+1])
			if !ok {
				break
			}
			return v, nil
		}
	}
	return 0, corruptf("index has no valid number")
}

// padding reads the zeros that fill n bytes up to a multiple of four.
func (c *countReader) padding(n int64) error {
	b := make([]byte, -n&3)
	if err := c.full(b); err != nil {
		return err
	}
	if !allZero(b) {
		return corruptf("padding is not zero")
	}
	return nil
}
