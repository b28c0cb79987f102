package source

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// compression is a way of compressing that can be removed.
type compression struct {
	name string
	// windowed is whether its header says how much memory it takes.
	windowed bool
	// match reports whether the head of some content is compressed so.
	match func(head []byte) bool
	// open returns the decompressor. It may read ahead of what it needs, and
	// returns io.EOF only where the data ends as its format says.
	open func(r *bufio.Reader, with decoding) (io.ReadCloser, error)
}

// decoding is what a decompressor gets from the input that it works for.
type decoding struct {
	note   func(error) // takes what was passed over
	window int64       // the largest window that may be kept
	zstd   *zstdCache
}

// decoding returns what a decompressor within f gets. The outermost may have a
// window of maxWindow, and each further one half as much as the one around it,
// so that nesting them does not multiply the memory.
func (f *File) decoding(note func(error)) decoding {
	return decoding{note: note, window: maxWindow >> min(f.windows, 7), zstd: &f.in.zstd}
}

// compressions returns those that are recognised, by name of the tool.
func compressions() []compression {
	return []compression{
		{"gzip", false, matchGzip, openGzip},
		{"bzip2", false, matchBzip2, openBzip2},
		{"zstd", true, matchZstd, openZstd},
		{"xz", true, matchXZ, openXZ},
	}
}

// matchGzip: magic, deflate, and no reserved flag (RFC 1952, 2.3.1).
func matchGzip(head []byte) bool {
	return len(head) >= 4 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8 && head[3]&0xe0 == 0
}

// matchBzip2: magic, level, and the magic of a block or of the end.
func matchBzip2(head []byte) bool {
	if len(head) < 10 || string(head[:3]) != "BZh" || head[3] < '1' || head[3] > '9' {
		return false
	}
	magic := binary.BigEndian.Uint64(head[2:10]) & bzMagicMask
	return magic == bzBlockMagic || magic == bzEndMagic
}

// matchZstd: a frame, or a skippable frame before one (RFC 8878, 3.1).
func matchZstd(head []byte) bool {
	for range 4 {
		if len(head) < 8 {
			return len(head) >= 4 && binary.LittleEndian.Uint32(head) == 0xFD2FB528
		}
		magic := binary.LittleEndian.Uint32(head)
		if magic&^0xf != 0x184D2A50 {
			return magic == 0xFD2FB528
		}
		size := binary.LittleEndian.Uint32(head[4:])
		if uint64(size)+8 > uint64(len(head)) {
			return false
		}
		head = head[8+size:]
	}
	return false
}

// matchXZ: the magic of a stream (The .xz File Format 1.2.1, 2.1.1.1).
func matchXZ(head []byte) bool { return bytes.HasPrefix(head, []byte(xzMagic)) }

// peel removes the compressions around the content, one after the other, as
// far as the depth allows. Its error is a *Problem if nothing is in it at all,
// or the context's; other errors are left to the call that reads.
func (f *File) peel() error {
	for {
		head, err := f.Head(HeadMax)
		if err == io.EOF {
			return newProblem(f.in.name, f.member, 0, Empty, errors.New("no data"))
		}
		if err != nil {
			if isCancel(err) {
				return err
			}
			return nil
		}
		c, ok := recognise(head)
		if !ok {
			f.archive = archiveOf(head)
			return nil
		}
		if err := f.in.account.layer(f.depth); err != nil {
			f.cur, f.err = nil, f.problem(err)
			return nil
		}
		f.push(c)
	}
}

// recognise returns the compression that the head shows.
func recognise(head []byte) (compression, bool) {
	for _, c := range compressions() {
		if c.match(head) {
			return c, true
		}
	}
	return compression{}, false
}

// push puts a decompressor on top of the stream, in a goroutine of its own.
func (f *File) push(c compression) {
	f.depth++
	f.layers = append(f.layers, c.name)
	s := &stage{
		compression: c,
		up:          &blockReader{src: f.src, cur: f.cur},
		account:     &f.in.account,
	}
	s.with = f.decoding(func(err error) { f.note(s.produced, err) })
	if c.windowed {
		f.windows++
	}
	p := newPipe(f.halt, f.in.env, blockSize)
	f.pipes = append(f.pipes, p)
	f.src, f.cur, f.at = p, nil, nil
	f.stages.Go(func() {
		defer s.close()
		p.produce(s.fill)
	})
}

// stage is a decompressor at work.
type stage struct {
	compression
	up       *blockReader
	dec      io.ReadCloser
	account  *account
	with     decoding
	produced int64
}

// fill decompresses one block. A decoder that panics has met data that its
// authors did not think of: that is corrupt data, not a crash.
func (s *stage) fill(buf []byte) (n int, err error) {
	defer func() {
		if v := recover(); v != nil {
			n, err = 0, corruptf("%s decoder failed: %v", s.name, v)
		}
	}()
	if s.dec == nil {
		dec, err := s.open(bufio.NewReaderSize(s.up, 64<<10), s.with)
		if err != nil {
			return 0, s.explain(err)
		}
		s.dec = dec
	}
	n, err = readBlock(s.dec, buf)
	s.produced += int64(n)
	if err := s.account.expand(int64(n)); err != nil {
		return 0, err
	}
	return n, s.explain(err)
}

// explain turns a decoder's error into one that says whose fault it was.
func (s *stage) explain(err error) error {
	switch {
	case err == nil || err == io.EOF:
		return err
	case s.up.err != nil && s.up.err != io.EOF:
		// It comes from below, and the decoder may have disguised it.
		return s.up.err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &fault{reason: Truncated, msg: s.name + " data", err: io.ErrUnexpectedEOF}
	}
	if _, ok := errors.AsType[*LimitError](err); ok {
		return err
	}
	if e, ok := errors.AsType[*fault](err); ok {
		return &fault{reason: e.reason, msg: s.name + " data", err: err}
	}
	return &fault{reason: Corrupt, msg: s.name + " data", err: err}
}

// close ends the decoder. What it says no longer matters, and neither does a
// panic: all bytes that were wanted have been read.
func (s *stage) close() {
	if s.dec != nil {
		guard(s.name, s.dec.Close) //nolint:errcheck // see above
	}
}

// blockReader reads a stream as an [io.Reader] and keeps its error.
type blockReader struct {
	src stream
	cur []byte
	err error
}

func (r *blockReader) Read(p []byte) (int, error) {
	if len(r.cur) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if r.cur, r.err = r.src.next(); r.err != nil {
			return 0, r.err
		}
	}
	n := copy(p, r.cur)
	r.cur = r.cur[n:]
	return n, nil
}
