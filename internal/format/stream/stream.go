// Package text reads the text that public data sets come in, whatever their
// publisher's tools made of it: UTF-8 or UTF-16, with or without a byte order
// mark, with rows of CSV that may be broken or cut off.
//
// It promises bounded memory: a record may take a limited number of bytes, and
// a longer one ends the reading with [ErrLong]. Use [NewReader] first, and
// [NewRows] on it for CSV; [Line] and [Slug] make values fit to print.
package text

import (
	"bufio"
	"errors"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
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

// NewReader recognises the encoding by the first bytes: a byte order mark of
// UTF-8 or UTF-16, or, without one, the zero bytes that UTF-16 puts beside
// ASCII. Anything else passes as it is. Until Allow is called nothing can be
// read.
func NewReader(r io.Reader) *Reader {
	b := bufio.NewReaderSize(r, 32<<10)
	head, _ := b.Peek(3) // an error comes again from the first Read
	var decode *encoding.Decoder
	switch {
	case len(head) < 2:
	case head[0] == 0xff && head[1] == 0xfe, head[0] == 0xfe && head[1] == 0xff:
		decode = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
	case head[0] != 0 && head[1] == 0:
		decode = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()
	case head[0] == 0 && head[1] != 0:
		decode = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder()
	case string(head) == "\xef\xbb\xbf":
		_, _ = b.Discard(3) // they are in the buffer
	}
	if decode != nil {
		return &Reader{r: transform.NewReader(b, decode)}
	}
	return &Reader{r: b}
}

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
