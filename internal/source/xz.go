package source

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"io"
)

// xzMagic begins a stream, xzFooterMagic ends it.
const (
	xzMagic       = "\xfd7zXZ\x00"
	xzFooterMagic = "YZ"
)

// xzReader reads "The .xz File Format", version 1.2.1: streams of blocks, each
// with a check, and an index. All of it is verified.
//
// Only the LZMA2 filter is known: the branch filters for machine code are not.
type xzReader struct {
	r    *countReader
	note func(error)

	window  int64 // the largest dictionary that may be kept
	lzma2   *lzma2Reader
	flags   [2]byte // of the stream
	inBlock bool
	head    xzHeader
	start   int64     // offset of the block's header
	size    int64     // uncompressed bytes of the block so far
	check   hash.Hash // of the block, nil if it cannot be verified
	index   xzIndex
}

// openXZ returns a reader of the streams in r.
func openXZ(r *bufio.Reader, with decoding) (io.ReadCloser, error) {
	counted := &countReader{r: r}
	x := &xzReader{r: counted, lzma2: newLZMA2Reader(counted), note: with.note, window: with.window}
	if err := x.streamHeader(); err != nil {
		return nil, err
	}
	return x, nil
}

func (x *xzReader) Close() error { return nil }

// Read implements [io.Reader].
func (x *xzReader) Read(p []byte) (int, error) {
	for {
		if !x.inBlock {
			if err := x.nextBlock(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := x.lzma2.Read(p)
		x.size += int64(n)
		if x.check != nil {
			x.check.Write(p[:n])
		}
		switch {
		case err == io.EOF:
			if err := x.endBlock(); err != nil {
				return n, err
			}
		case err != nil:
			return n, err
		}
		if n > 0 {
			return n, nil
		}
	}
}

// streamHeader reads a stream header (2.1.1).
func (x *xzReader) streamHeader() error {
	var b [12]byte
	if err := x.r.full(b[:]); err != nil {
		return err
	}
	if string(b[:6]) != xzMagic {
		return corruptf("no stream header")
	}
	if crc32.ChecksumIEEE(b[6:8]) != binary.LittleEndian.Uint32(b[8:]) {
		return corruptf("stream header fails its checksum")
	}
	if b[6] != 0 || b[7] > 15 {
		return unsupportedf("stream flags %#x", b[6:8])
	}
	copy(x.flags[:], b[6:8])
	x.index = newXZIndex()
	return nil
}

// nextBlock starts the next block, of this stream or a following one. It
// returns io.EOF after the last.
func (x *xzReader) nextBlock() error {
	x.start = x.r.n
	var b [1]byte
	if err := x.r.full(b[:]); err != nil {
		return err
	}
	if b[0] == 0 {
		if err := x.endStream(); err != nil {
			return err
		}
		return x.nextStream()
	}
	header := make([]byte, (int(b[0])+1)*4)
	header[0] = b[0]
	if err := x.r.full(header[1:]); err != nil {
		return err
	}
	h, err := parseXZHeader(header)
	if err != nil {
		return err
	}
	if h.dict > x.window {
		return errWindow(x.window)
	}
	x.lzma2.start(int(h.dict))
	x.head, x.inBlock, x.size, x.check = h, true, 0, xzCheck(x.flags[1])
	return nil
}

// endBlock verifies what follows the data of a block (3.2 to 3.4).
func (x *xzReader) endBlock() error {
	x.inBlock = false
	packed := x.r.n - x.start - int64(x.head.len)
	if x.head.hasPacked && packed != x.head.packed || x.head.hasSize && x.size != x.head.size {
		return corruptf("block is not of the size that it says")
	}
	if err := x.r.padding(packed); err != nil {
		return err
	}
	sum := make([]byte, xzCheckSize(x.flags[1]))
	if err := x.r.full(sum); err != nil {
		return err
	}
	if x.check != nil && !bytes.Equal(sum, littleEndianSum(x.check, x.flags[1])) {
		return corruptf("block fails its checksum")
	}
	x.index.add(int64(x.head.len)+packed+int64(len(sum)), x.size)
	return nil
}

// endStream reads the index, whose first byte has been read, and the footer
// (2.1.2, 4).
func (x *xzReader) endStream() error {
	start := x.r.n - 1
	x.r.crc = crc32.Update(0, crc32.IEEETable, []byte{0})
	x.r.summing = true
	defer func() { x.r.summing = false }()
	records, err := x.r.varint()
	if err != nil {
		return err
	}
	if records != x.index.records {
		return corruptf("index lists %d blocks of %d", records, x.index.records)
	}
	listed := newXZIndex()
	for range records {
		packed, err := x.r.varint()
		if err != nil {
			return err
		}
		size, err := x.r.varint()
		if err != nil {
			return err
		}
		listed.add(packed, size)
	}
	if listed.sum() != x.index.sum() {
		return corruptf("index does not fit the blocks")
	}
	if err := x.r.padding(x.r.n - start); err != nil {
		return err
	}
	sum := x.r.crc
	x.r.summing = false
	var b [16]byte
	if err := x.r.full(b[:]); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(b[:]) != sum {
		return corruptf("index fails its checksum")
	}
	footer := b[4:]
	backward := (int64(binary.LittleEndian.Uint32(footer[4:])) + 1) * 4
	switch {
	case binary.LittleEndian.Uint32(footer) != crc32.ChecksumIEEE(footer[4:10]):
		return corruptf("stream footer fails its checksum")
	case string(footer[10:]) != xzFooterMagic, [2]byte(footer[8:10]) != x.flags,
		backward != x.r.n-12-start:
		return corruptf("stream footer does not fit the stream")
	}
	return nil
}

// nextStream goes over stream padding to the next stream (2.2). Padding comes
// in fours: one to three zeros at the end of a file are what its writer did not
// finish, or somebody appended, and the specification wants that said.
func (x *xzReader) nextStream() error {
	for {
		b, err := x.r.r.Peek(len(xzMagic))
		switch {
		case len(b) == 0:
			return err
		case string(b) == xzMagic:
			return x.streamHeader()
		case len(b) < 4 || !allZero(b[:4]):
			if err := x.r.full(make([]byte, 1)); err != nil {
				return err
			}
			return passOver(x.r, 1, x.note)
		}
		if err := x.r.full(make([]byte, 4)); err != nil {
			return err
		}
	}
}
