package mrt

import (
	"errors"
	"fmt"
	"io"
)

// ErrNotMRT is the error of input in which no record was found.
var ErrNotMRT = errors.New("not MRT data")

// ErrLost is the error of input in which the search for the next record was
// given up.
var ErrLost = errors.New("the rest of the input was not read")

// Scanner splits MRT input into records. It is used by one goroutine at a
// time; the chunks that it hands out may be used by others.
//
// Where the input is damaged the scanner looks for the next place at which one
// record follows another, and reports what lies before it as a [Gap].
type Scanner struct {
	r      io.Reader
	limits Limits

	tail    []byte // input read but not yet handed out
	offset  int64  // of tail in the input
	readErr error  // the sticky error of r, io.EOF at its end
	fatal   error  // why the scanner gave up
	seen    bool   // a record has been found, whole or cut
	table   *PeerTable

	inGap    bool // the search for the next record is on
	gapStart int64

	free chan *Chunk // spare chunks

	chunk  *Chunk // that Next is in, nil if none
	cursor cursor
}

// NewScanner returns a scanner of the MRT data in r. It reads nothing yet.
func NewScanner(r io.Reader, limits Limits) *Scanner {
	// Sixteen spare chunks serve more goroutines than one reader can feed.
	return &Scanner{r: r, limits: limits.withDefaults(), free: make(chan *Chunk, 16)}
}

// NextChunk returns the next chunk, with at least one record or one gap. The
// caller should release it when done with it.
//
// The error is io.EOF at the end of the input. It wraps [ErrNotMRT] or
// [ErrLost] if no further record was found, or else the error of the reader. In
// each case all whole records before that point have been returned, and the
// scanner stays at the error.
func (s *Scanner) NextChunk() (*Chunk, error) {
	if s.fatal != nil || s.readErr != nil && len(s.tail) == 0 {
		return nil, s.finalError()
	}
	c := s.newChunk()
	pos := 0
	for {
		s.fill(c)
		pos = s.walk(c, pos)
		found := len(c.spans)+len(c.gaps) > 0
		rest := len(c.data) - pos
		switch {
		case s.fatal != nil || s.readErr != nil && rest == 0:
			s.setTail(c, len(c.data))
			if !found {
				c.Release()
				return nil, s.finalError()
			}
			return c, nil
		case rest > pos:
			// Too little is decided. Memory is moved only when at least as
			// much goes as stays, which keeps the cost linear even for input
			// that makes the scanner look far ahead again and again.
			c.data = append(make([]byte, 0, 2*cap(c.data)), c.data...)
		case found:
			s.setTail(c, pos)
			return c, nil
		default: // nothing but garbage so far
			c.data = c.data[:copy(c.data, c.data[pos:])]
			c.offset += int64(pos)
			pos = 0
		}
	}
}

// finalError returns why the scanner ended.
func (s *Scanner) finalError() error {
	switch {
	case s.fatal != nil:
		return s.fatal
	case s.readErr == io.EOF:
		return io.EOF
	}
	return fmt.Errorf("mrt: read at offset %d: %w", s.offset, s.readErr)
}

// newChunk returns an empty chunk that starts with the tail.
func (s *Scanner) newChunk() *Chunk {
	var c *Chunk
	select {
	case c = <-s.free:
	default:
		c = new(Chunk)
	}
	c.home = s.free
	// A chunk that a giant record blew up does not keep its memory for ever.
	if size := s.limits.ChunkSize; cap(c.data) < size || cap(c.data) > 8*size {
		c.data = make([]byte, 0, max(size, len(s.tail)))
	}
	c.data = append(c.data[:0], s.tail...)
	c.offset = s.offset
	c.spans = c.spans[:0]
	c.gaps = c.gaps[:0]
	c.tables = append(c.tables[:0], tableSwitch{0, s.table})
	return c
}

// setTail makes the data of c from pos on the start of the next chunk. It
// stays in the memory of c, to which nobody but newChunk writes.
func (s *Scanner) setTail(c *Chunk, pos int) {
	s.tail = c.data[pos:]
	s.offset = c.offset + int64(pos)
	c.data = c.data[:pos]
}

// fill reads until the memory of c is full or the input ends.
func (s *Scanner) fill(c *Chunk) {
	for idle := 0; s.readErr == nil && len(c.data) < cap(c.data); {
		room := c.data[len(c.data):cap(c.data)]
		n, err := s.r.Read(room)
		switch {
		case n < 0 || n > len(room):
			n, err = 0, errors.New("reader returned an impossible count")
		case n > 0:
			idle = 0
		case err == nil:
			if idle++; idle == 100 {
				err = io.ErrNoProgress
			}
		}
		c.data = c.data[:len(c.data)+n]
		s.readErr = err
	}
}

// walk finds the records and gaps in the data of c from pos on, and returns
// the place up to which all is decided.
func (s *Scanner) walk(c *Chunk, pos int) int {
	final := s.readErr != nil
	for pos < len(c.data) && s.fatal == nil {
		if s.inGap {
			pos = s.search(c, pos, final)
			if s.inGap {
				return pos
			}
			continue
		}
		verdict, n := s.limits.judge(c.data[pos:], final)
		at := c.offset + int64(pos)
		switch verdict {
		case undecided:
			return pos
		case noRecord:
			s.inGap, s.gapStart = true, at
		case tornRecord:
			c.gaps = append(c.gaps, Gap{at, int64(n), GapTorn})
		case cutRecord:
			if !s.seen && n < headerSize && s.readErr == io.EOF {
				s.fatal = fmt.Errorf("mrt: only %d bytes: %w", at+int64(n), ErrNotMRT)
				return pos
			}
			s.seen = true
			c.gaps = append(c.gaps, Gap{at, int64(n), GapCut})
		case wholeRecord, batchRecord:
			s.seen = true
			s.accept(c, pos, n, verdict == batchRecord)
		}
		pos += n
	}
	return pos
}

// accept adds the record of n bytes at pos to c.
func (s *Scanner) accept(c *Chunk, pos, n int, batched bool) {
	b := c.data[pos : pos+n]
	if Type(b[5]) == TypeTableDumpV2 && uint16(b[7]) == PeerIndexTable {
		s.table = parsePeerTable(b[headerSize:], c.offset+int64(pos))
		c.tables = append(c.tables, tableSwitch{len(c.spans), s.table})
	}
	c.spans = append(c.spans, span{uint32(pos), uint32(n), batched})
}

// search looks for the next record from pos on, and returns the place up to
// which there is none. The gap ends when it finds one, when the input ends, or
// when it gives up.
func (s *Scanner) search(c *Chunk, pos int, final bool) int {
	maxGap := s.limits.MaxGap
	if !s.seen {
		maxGap = min(maxGap, maxFirstGap)
	}
	limit := maxGap - (c.offset - s.gapStart) // in terms of pos
	for ; pos < len(c.data) && int64(pos) < limit; pos++ {
		found, decided := s.limits.chained(c.data[pos:], final)
		if found {
			s.endGap(c, pos)
		}
		if found || !decided {
			return pos
		}
	}
	gaveUp := int64(pos) >= limit
	if !gaveUp && !final {
		return pos
	}
	if !s.seen && (gaveUp || s.readErr == io.EOF) {
		s.fatal = fmt.Errorf("mrt: no record in the first %d bytes: %w", c.offset+int64(pos), ErrNotMRT)
		return pos
	}
	if gaveUp {
		s.fatal = fmt.Errorf("mrt: no record in %d bytes after offset %d: %w", maxGap, s.gapStart, ErrLost)
	}
	s.endGap(c, pos)
	return pos
}

// endGap ends the open gap at pos.
func (s *Scanner) endGap(c *Chunk, pos int) {
	s.inGap = false
	c.gaps = append(c.gaps, Gap{s.gapStart, c.offset + int64(pos) - s.gapStart, GapGarbage})
}
