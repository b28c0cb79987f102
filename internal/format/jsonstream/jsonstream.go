// Package jsonstream cuts large and hostile JSON (RFC 8259) into its records,
// each of bounded size and depth, which the caller then takes apart with
// encoding/json. A decoder of the whole would hold a text as long as its sender
// likes.
//
// Three forms are told apart by their beginning: an array, whose elements are
// the records; an object that begins with an array under one of some given
// keys, likewise; and otherwise one value after another, as in JSON lines
// (RFC 7464 without its marks). Text is taken as UTF-8, UTF-16 or either with a
// byte order mark (see package text).
//
// It sees brackets and texts only: whether a record is well-formed is for
// encoding/json to say. That the file is whole it does see.
package jsonstream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/cleannet/cleannet/internal/format/text"
)

const (
	// MaxRecord is the longest record, in bytes.
	MaxRecord = 4 << 20
	// MaxDepth is how deep a record may nest.
	MaxDepth = 64

	startBuffer = 256 << 10
	// maxKey is how far to look for the key of a wrapping object.
	maxKey = 256
)

// Reader reads records. It is used by one goroutine.
type Reader struct {
	src  io.Reader
	err  error // of src, once it has ended
	keys []string

	buf   []byte
	at    int   // the next byte
	line  int64 // of the next byte
	from  int64 // line of the record
	form  form
	first bool // no element was read yet
	fail  error
}

// form is how the records are strung together.
type form uint8

const (
	unknown form = iota
	array
	wrapped // an array within an object
	values
	closed // the array is over
)

// Error is a fault of the form. It ends the reading.
type Error struct {
	Line int64 // from 1
	Err  error
}

// Error names the line and the next step.
func (e *Error) Error() string {
	return fmt.Sprintf("line %d: %v: fetch the file again and compare its size", e.Line, e.Err)
}

// Unwrap returns the cause; io.ErrUnexpectedEOF if the file ends too soon.
func (e *Error) Unwrap() error { return e.Err }

// The faults that an [Error] wraps.
var (
	ErrTooLong = fmt.Errorf("the record is longer than %d bytes", MaxRecord)
	ErrTooDeep = fmt.Errorf("the record nests deeper than %d", MaxDepth)
	ErrSyntax  = errors.New("this is no JSON")
)

// Decode takes a record apart with encoding/json. It reports false for one that
// is sound but does not fit v; the error is an [*Error] for one that is no JSON.
func Decode(record []byte, line int64, v any) (ok bool, err error) {
	err = json.Unmarshal(record, v)
	if broken, is := errors.AsType[*json.SyntaxError](err); is {
		return false, &Error{line, broken}
	}
	return err == nil, nil
}

// NewReader returns a reader of the records of r. Keys name the arrays that may
// stand first in a wrapping object.
func NewReader(r io.Reader, keys ...string) *Reader {
	return &Reader{src: text.NewReader(r), keys: keys, buf: make([]byte, 0, startBuffer), line: 1, first: true}
}

// Line returns the line on which the record that was read last begins, from 1.
func (r *Reader) Line() int64 { return r.from }

// Lines reports whether the records are values one after another, so that the
// end of the file is the only sign of their end. It is known after the first
// record.
func (r *Reader) Lines() bool { return r.form == values }

// Next returns the next record, valid until the next call. The error is io.EOF
// at the end, an [*Error], or that of the underlying reader; it stays.
func (r *Reader) Next() ([]byte, error) {
	if r.fail != nil {
		return nil, r.fail
	}
	record, err := r.next()
	if err != nil {
		r.fail, r.buf, r.at = err, nil, 0
	}
	return record, err
}

func (r *Reader) next() ([]byte, error) {
	if r.form == unknown {
		if err := r.begin(); err != nil {
			return nil, err
		}
	}
	c, err := r.space()
	switch {
	case err == io.EOF && (r.form == closed || r.form == values):
		return nil, io.EOF
	case err == io.EOF:
		return nil, r.faultf("the file ends before the array does: %w", io.ErrUnexpectedEOF)
	case err != nil:
		return nil, err
	case r.form == closed:
		return nil, r.faultf("%q follows the end of the array: %w", c, ErrSyntax)
	case r.form == values:
		return r.value()
	}
	if c == ']' {
		return nil, r.end()
	}
	if !r.first {
		if c != ',' {
			return nil, r.faultf("%q stands where a comma should: %w", c, ErrSyntax)
		}
		r.at++
		if _, err := r.space(); err != nil {
			return nil, r.early(err)
		}
	}
	r.first = false
	return r.value()
}

// begin finds out the form.
func (r *Reader) begin() error {
	c, err := r.space()
	if err != nil {
		return err // nothing but space: the caller sees an empty file
	}
	r.form = values
	switch c {
	case '[':
		r.form = array
		r.at++
	case '{':
		for len(r.buf)-r.at < maxKey && r.err == nil {
			if err := r.fill(); err != nil {
				return err
			}
		}
		if n := r.wrapper(r.buf[r.at:min(len(r.buf), r.at+maxKey)]); n > 0 {
			r.form = wrapped
			r.skip(n)
		}
	}
	return nil
}

// wrapper returns how long the beginning of a wrapping object is, up to and
// with the bracket of its array; 0 if it is none.
func (r *Reader) wrapper(b []byte) int {
	for _, key := range r.keys {
		n := 0
		for _, token := range []string{"{", `"` + key + `"`, ":", "["} {
			n += len(b[n:]) - len(bytes.TrimLeft(b[n:], " \t\r\n"))
			if !bytes.HasPrefix(b[n:], []byte(token)) {
				n = 0
				break
			}
			n += len(token)
		}
		if n > 0 {
			return n
		}
	}
	return 0
}

// end reads what follows the array's last element.
func (r *Reader) end() error {
	r.at++
	if r.form == wrapped {
		switch c, err := r.space(); {
		case err != nil:
			return r.early(err)
		case c != '}':
			return r.faultf("%q follows the array where the object should end: %w", c, ErrSyntax)
		}
		r.at++
	}
	r.form = closed
	c, err := r.space()
	if err == nil {
		return r.faultf("%q follows the end of the array: %w", c, ErrSyntax)
	}
	return err
}

// early turns the end of the file, where it must not be, into a fault.
func (r *Reader) early(err error) error {
	if err == io.EOF {
		return r.faultf("the file ends too soon: %w", io.ErrUnexpectedEOF)
	}
	return err
}

func (r *Reader) faultf(format string, args ...any) error {
	return &Error{r.line, fmt.Errorf(format, args...)}
}

// skip goes on by n bytes.
func (r *Reader) skip(n int) {
	r.line += int64(bytes.Count(r.buf[r.at:r.at+n], []byte{'\n'}))
	r.at += n
}

// space goes on to the next byte that is no space and shows it.
func (r *Reader) space() (byte, error) {
	for {
		for ; r.at < len(r.buf); r.at++ {
			switch c := r.buf[r.at]; c {
			case '\n':
				r.line++
			case ' ', '\t', '\r':
			default:
				return c, nil
			}
		}
		if r.err != nil {
			return 0, r.err
		}
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
}

// fill reads on, and makes room for that. What is under way moves to the front.
func (r *Reader) fill() error {
	if r.at > 0 {
		r.buf = r.buf[:copy(r.buf[:cap(r.buf)], r.buf[r.at:])]
		r.at = 0
	}
	if len(r.buf) > MaxRecord {
		return r.faultf("%w", ErrTooLong)
	}
	if len(r.buf) == cap(r.buf) {
		r.buf = slices.Grow(r.buf, cap(r.buf))
	}
	const most = 100 // reads without a byte, after which the reader is broken
	for tries, n := 0, 0; n == 0 && r.err == nil; tries++ {
		if tries == most {
			r.err = io.ErrNoProgress
			break
		}
		n, r.err = r.src.Read(r.buf[len(r.buf):cap(r.buf)])
		r.buf = r.buf[:len(r.buf)+n]
	}
	return nil
}

// value returns the value that begins at the next byte.
func (r *Reader) value() ([]byte, error) {
	r.from = r.line
	s := scanner{}
	for {
		n, done, err := s.scan(r.buf[r.at:], r.err != nil)
		if err != nil {
			return nil, r.faultf("%w", err)
		}
		if done {
			record := r.buf[r.at : r.at+n]
			r.skip(n)
			return record, nil
		}
		if r.err != nil {
			return nil, r.early(r.err)
		}
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
}

// scanner finds the end of one value. It keeps its place between calls.
type scanner struct {
	at      int // bytes seen
	depth   int
	quoted  bool // within a text
	escaped bool // after a backslash in a text
}

// scan looks at b, the value's bytes so far, of which it has seen the first
// already. It returns the value's length if it is done. Last says that nothing
// follows b.
func (s *scanner) scan(b []byte, last bool) (n int, done bool, err error) {
	for ; s.at < len(b); s.at++ {
		c := b[s.at]
		if s.quoted {
			switch {
			case s.escaped:
				s.escaped = false
			case c == '\\':
				s.escaped = true
			case c == '"':
				s.quoted = false
				if s.depth == 0 {
					return s.at + 1, true, nil
				}
			}
			continue
		}
		switch c {
		case '"':
			if s.depth == 0 && s.at > 0 {
				return 0, false, ErrSyntax
			}
			s.quoted = true
		case '{', '[':
			if s.depth == 0 && s.at > 0 {
				return 0, false, ErrSyntax
			}
			if s.depth++; s.depth > MaxDepth {
				return 0, false, ErrTooDeep
			}
		case '}', ']':
			if s.depth == 0 {
				return s.at, s.at > 0, whenEmpty(s.at)
			}
			if s.depth--; s.depth == 0 {
				return s.at + 1, true, nil
			}
		case ',', ' ', '\t', '\r', '\n':
			if s.depth == 0 {
				return s.at, s.at > 0, whenEmpty(s.at)
			}
		}
	}
	return s.at, last && s.depth == 0 && !s.quoted && s.at > 0, nil
}

// whenEmpty is the fault of a value without a byte.
func whenEmpty(n int) error {
	if n == 0 {
		return ErrSyntax
	}
	return nil
}
