// Package text reads text in the encodings that spreadsheets and registers
// write as UTF-8: UTF-8 with or without a byte order mark, and UTF-16 of either
// order, with the mark or without.
//
// Without a mark UTF-16 shows itself by the zero byte beside its first
// character, which for the forms that are read here is an ASCII character (the
// rule of RFC 4627, 3). Whether text that comes out is valid UTF-8 is not
// checked; UTF-16 that is broken gives U+FFFD.
package text

import (
	"bufio"
	"bytes"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// encoding is how text is written.
type encoding uint8

const (
	utf8 encoding = iota
	utf8Mark
	utf16Little
	utf16Big
)

const (
	markUTF8   = "\xef\xbb\xbf"
	markLittle = "\xff\xfe"
	markBig    = "\xfe\xff"
)

// detect looks at the first bytes of a text.
func detect(head []byte) encoding {
	switch {
	case bytes.HasPrefix(head, []byte(markUTF8)):
		return utf8Mark
	case bytes.HasPrefix(head, []byte(markLittle)):
		return utf16Little
	case bytes.HasPrefix(head, []byte(markBig)):
		return utf16Big
	case len(head) >= 4 && head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		return utf16Little
	case len(head) >= 4 && head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		return utf16Big
	}
	return utf8
}

func (e encoding) decoder() transform.Transformer {
	order := unicode.LittleEndian
	if e == utf16Big {
		order = unicode.BigEndian
	}
	return unicode.UTF16(order, unicode.UseBOM).NewDecoder()
}

// NewReader returns a reader of the text that r holds, as UTF-8 without a byte
// order mark. It reads the first bytes of r at once; an error of that comes
// from the reader that it returns.
func NewReader(r io.Reader) io.Reader {
	head := bufio.NewReader(r)
	first, _ := head.Peek(4) // an error comes again with the next read
	switch e := detect(first); e {
	case utf8Mark:
		head.Discard(len(markUTF8)) //nolint:errcheck // they were seen
	case utf16Little, utf16Big:
		return transform.NewReader(head, e.decoder())
	}
	return head
}

// Head returns the first bytes of a text as UTF-8 without a byte order mark.
// They may end within a character.
func Head(first []byte) []byte {
	switch e := detect(first); e {
	case utf8Mark:
		return first[len(markUTF8):]
	case utf16Little, utf16Big:
		out, _, err := transform.Bytes(e.decoder(), first[:len(first)&^1])
		if err != nil {
			return nil
		}
		return out
	}
	return first
}
