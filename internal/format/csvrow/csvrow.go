// Package csvrow reads comma-separated values (RFC 4180) row by row, from large
// and hostile files: a row is a slice of fields that lie in the reader's own
// buffer, and its size is bounded.
//
// Lines end with LF or CRLF. A field may be put in quotation marks, within
// which a mark is written twice; a mark within a field that does not begin with
// one is an error, and so is text after a closing one. Empty lines are left
// out. Text is taken as UTF-8, UTF-16 or either with a byte order mark (see
// package text).
//
// It is several times as fast as encoding/csv for the tables of a register,
// which are wide and mostly empty, and unlike it has limits.
package csvrow

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/cleannet/cleannet/internal/format/text"
)

const (
	// MaxRow is the longest row, in bytes, marks included.
	MaxRow = 1 << 20
	// MaxFields is the most fields of a row.
	MaxFields = 4096

	startBuffer = 256 << 10
)

// Reader reads rows. It is used by one goroutine.
type Reader struct {
	src   io.Reader
	err   error // of src, once it has ended
	buf   []byte
	at    int // the next row's first byte
	line  int64
	next  int64 // the line after the row
	spans []span
	row   [][]byte
	ended bool
	blank bool // the row is an empty line
}

// span is where a field lies in the buffer.
type span struct {
	from, to int
	doubled  bool // marks in it are written twice
}

// Error is a fault of the form. It ends the reading.
type Error struct {
	Line int64 // of the row's first line, from 1
	Err  error
}

// Error names the line and the next step.
func (e *Error) Error() string {
	return fmt.Sprintf("line %d: %v: fetch the file again and compare its size", e.Line, e.Err)
}

// Unwrap returns the cause; io.ErrUnexpectedEOF if the file ends within a field.
func (e *Error) Unwrap() error { return e.Err }

// The faults that an [Error] wraps.
var (
	ErrBareQuote = errors.New("a quotation mark stands within a field that does not begin with one")
	ErrAfter     = errors.New("text follows a closing quotation mark")
	ErrTooLong   = fmt.Errorf("the row is longer than %d bytes", MaxRow)
	ErrFields    = fmt.Errorf("the row has more than %d fields", MaxFields)
)

// NewReader returns a reader of the rows of r.
func NewReader(r io.Reader) *Reader {
	return &Reader{src: text.NewReader(r), buf: make([]byte, 0, startBuffer), next: 1, ended: true}
}

// Line returns the line on which the row that was read last begins, from 1.
func (r *Reader) Line() int64 { return r.line }

// Ended reports whether the row that was read last is closed by a line break.
// The last row of a file need not be, but where one always is, the lack of it
// shows that the file was cut off.
func (r *Reader) Ended() bool { return r.ended }

// Read returns the next row, whose fields are valid until the next call and
// may be modified. The error is io.EOF at the end, an [*Error], or that of the
// underlying reader; once returned, it stays.
func (r *Reader) Read() ([][]byte, error) {
	for {
		done, err := r.scan()
		if err != nil {
			r.err, r.buf, r.at = err, nil, 0
			return nil, err
		}
		if !done {
			r.fill()
			continue
		}
		if r.blank {
			continue
		}
		return r.fields(), nil
	}
}

// fill reads on, and makes room for that. The row under way moves to the front.
func (r *Reader) fill() {
	if r.at > 0 {
		r.buf = r.buf[:copy(r.buf[:cap(r.buf)], r.buf[r.at:])]
		r.at = 0
	}
	if len(r.buf) == cap(r.buf) {
		grown := make([]byte, len(r.buf), 2*cap(r.buf))
		copy(grown, r.buf)
		r.buf = grown
	}
	const empty = 100 // reads without a byte, after which the reader is broken
	for range empty {
		n, err := r.src.Read(r.buf[len(r.buf):cap(r.buf)])
		r.buf = r.buf[:len(r.buf)+n]
		if n > 0 || err != nil {
			r.err = err
			return
		}
	}
	r.err = io.ErrNoProgress
}

// scan finds the fields of the next row. It reports false if the buffer ends
// before the row does and there may be more.
func (r *Reader) scan() (bool, error) {
	r.line = r.next
	r.spans = r.spans[:0]
	lines := int64(0)
	b, p := r.buf, r.at
	if p == len(b) {
		return false, r.err
	}
	for {
		if len(r.spans) == MaxFields {
			return false, &Error{r.line, ErrFields}
		}
		s, next, err := r.field(b, p, &lines)
		if err != nil {
			return false, err
		}
		if next < 0 {
			return false, r.more(len(b) - r.at)
		}
		r.spans = append(r.spans, s)
		switch {
		case next == len(b): // the file ends here
			r.at, r.next, r.ended, r.blank = next, r.line+lines, false, false
			return true, nil
		case b[next] == ',':
			p = next + 1
		default:
			if b[next] == '\r' {
				next++
			}
			r.blank = len(r.spans) == 1 && s == span{from: r.at, to: r.at}
			r.at, r.next, r.ended = next+1, r.line+lines+1, true
			return true, nil
		}
		if p == len(b) && r.err == nil {
			return false, r.more(len(b) - r.at)
		}
	}
}

// more says what hinders reading on within a row of which size bytes are there.
func (r *Reader) more(size int) error {
	switch {
	case r.err == io.EOF:
		return &Error{r.line, fmt.Errorf("the file ends within a field: %w", io.ErrUnexpectedEOF)}
	case r.err != nil:
		return r.err
	case size > MaxRow:
		return &Error{r.line, ErrTooLong}
	}
	return nil
}

// field finds the field that begins at p, and the place of what ends it: a
// comma, a line break, or the end of the file. The place is below zero if the
// buffer ends first.
func (r *Reader) field(b []byte, p int, lines *int64) (s span, next int, err error) {
	if p < len(b) && b[p] == '"' {
		return r.quoted(b, p+1, lines)
	}
	for i := p; i < len(b); i++ {
		switch b[i] {
		case ',', '\n':
			return span{from: p, to: i}, i, nil
		case '\r':
			if i+1 == len(b) && r.err == nil {
				return span{}, -1, nil
			}
			if i+1 < len(b) && b[i+1] == '\n' {
				return span{from: p, to: i}, i, nil
			}
		case '"':
			return span{}, 0, &Error{r.line, ErrBareQuote}
		}
	}
	if r.err == nil {
		return span{}, -1, nil
	}
	return span{from: p, to: len(b)}, len(b), nil
}

// quoted finds the end of a field whose opening mark was read.
func (r *Reader) quoted(b []byte, from int, lines *int64) (s span, next int, err error) {
	s.from = from
	for p := from; ; {
		i := bytes.IndexByte(b[p:], '"')
		if i < 0 {
			return span{}, -1, nil
		}
		if i > 0 {
			*lines += int64(bytes.Count(b[p:p+i], []byte{'\n'}))
		}
		p += i
		switch {
		case p+1 == len(b) && r.err == nil:
			return span{}, -1, nil
		case p+1 == len(b) || b[p+1] == ',' || b[p+1] == '\n':
			s.to = p
			return s, p + 1, nil
		case b[p+1] == '"':
			s.doubled = true
			p += 2
		case b[p+1] == '\r' && p+2 == len(b) && r.err == nil:
			return span{}, -1, nil
		case b[p+1] == '\r' && p+2 < len(b) && b[p+2] == '\n':
			s.to = p
			return s, p + 1, nil
		default:
			return span{}, 0, &Error{r.line, ErrAfter}
		}
	}
}

// fields returns the row that scan found.
func (r *Reader) fields() [][]byte {
	r.row = r.row[:0]
	for _, s := range r.spans {
		f := r.buf[s.from:s.to:s.to]
		if s.doubled {
			f = single(f)
		}
		r.row = append(r.row, f)
	}
	return r.row
}

// single writes each doubled mark once, in place.
func single(f []byte) []byte {
	out := f[:0]
	for i := 0; i < len(f); i++ {
		out = append(out, f[i])
		if f[i] == '"' {
			i++
		}
	}
	return out
}
