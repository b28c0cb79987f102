// Package stream reads records of public data sets one at a time from files that
// may be broken, cut off or hostile: rows of CSV of which one may be odd without
// spoiling the next, and elements of JSON arrays wherever in a document they
// lie. (For large tables in perfect order package csvrow is faster; for JSON
// whose records lie at the top, so is jsonstream.)
//
// It promises bounded memory: a record may take a limited number of bytes, and
// a longer one ends the reading with [ErrLong]. Text is UTF-8 or UTF-16, see
// package text. Use [NewReader] first, then [NewRows] or [Arrays] on it.
package stream

import (
	"errors"
	"io"

	"github.com/cleannet/cleannet/internal/format/text"
)

// ErrLong says that a record takes more bytes than it may: the file is damaged
// or of another form.
var ErrLong = errors.New("a record is longer than any of this form may be: the file is damaged or of another form, fetch it again")

// Reader yields a file's text as UTF-8 without a byte order mark. Whoever
// parses it calls [Reader.Allow] before each record. It is not safe for
// concurrent use.
type Reader struct {
	r    io.Reader
	left int
	last byte
}

// NewReader returns a reader of the text that r holds. Until Allow is called
// nothing can be read.
func NewReader(r io.Reader) *Reader { return &Reader{r: text.NewReader(r)} }

// Allow lets the next record take up to n bytes, counted from here on. A
// parser that reads ahead needs less.
func (r *Reader) Allow(n int) { r.left = n }

// Read implements [io.Reader]. It returns [ErrLong] when what was allowed is
// used up.
func (r *Reader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, ErrLong
	}
	n, err := r.r.Read(p[:min(len(p), r.left)])
	r.left -= n
	if n > 0 {
		r.last = p[n-1]
	}
	return n, err
}
