package delimited

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// MaxRecord bounds the bytes of a row, as UTF-8. Memory is bounded by it.
const MaxRecord = 1 << 20

// maxFields bounds the values of a row.
const maxFields = 10_000

// Encoding is how text is written as bytes.
type Encoding string

// The encodings that are found out.
const (
	UTF8    Encoding = "UTF-8"
	UTF8BOM Encoding = "UTF-8 with a byte order mark"
	UTF16LE Encoding = "UTF-16LE"
	UTF16BE Encoding = "UTF-16BE"
)

// Format is what a file is written in.
type Format struct {
	Encoding  Encoding
	BOM       bool // the file starts with a byte order mark
	Delimiter byte
	Newline   string // of the first row: "\n", "\r\n" or, in a file without "\n", "\r"
}

// Row is a row of a table.
type Row struct {
	Line   int      // in the file, of its first line, from 1
	Fields []string // values, without their quotes
	Raw    string   // as it stands in the file, without the end of its line
	// Problem says what is wrong with the row, empty if nothing is. Such a row
	// has no fields.
	Problem string
}

// Reader reads rows. It is not safe for concurrent use.
type Reader struct {
	format  Format
	in      *bufio.Reader
	line    int
	pending []string // lines read ahead, with their ends
	size    int      // bytes of pending
	err     error    // of in, io.EOF included
}

// NewReader finds out the format from the first bytes of in. An empty input is
// no error; it has no rows. Zero bytes are one: programs, archives, workbooks
// and UTF-32 have them, and their lines would be taken for names.
func NewReader(in io.Reader) (*Reader, error) {
	const peek = 64 << 10
	raw := bufio.NewReaderSize(in, peek)
	head, err := raw.Peek(peek)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return nil, err
	}
	r := &Reader{format: Format{Delimiter: ',', Newline: "\n"}}
	r.format.Encoding, r.format.BOM = encodingOf(head)
	switch r.format.Encoding {
	case UTF16LE:
		r.in = bufio.NewReaderSize(decode(raw, unicode.LittleEndian, r.format.BOM), peek)
	case UTF16BE:
		r.in = bufio.NewReaderSize(decode(raw, unicode.BigEndian, r.format.BOM), peek)
	default:
		r.in = raw
		if r.format.BOM {
			if _, err := raw.Discard(len(utf8BOM)); err != nil {
				return nil, err
			}
		}
	}
	if text, err := r.in.Peek(peek); err == nil || len(text) > 0 {
		if bytes.IndexByte(text, 0) >= 0 {
			return nil, errors.New("zero bytes, which no table of text has: save it as CSV in UTF-8, or name another file")
		}
		r.format.Delimiter = delimiterOf(text)
		r.format.Newline = newlineOf(text)
	}
	return r, nil
}

const utf8BOM = "\xef\xbb\xbf"

func decode(raw io.Reader, order unicode.Endianness, bom bool) io.Reader {
	policy := unicode.IgnoreBOM
	if bom {
		policy = unicode.UseBOM
	}
	return transform.NewReader(raw, unicode.UTF16(order, policy).NewDecoder())
}

// Format returns what the file is written in.
func (r *Reader) Format() Format { return r.format }

// Read returns the next row, io.EOF after the last. Lines without a character
// are rows without fields. A quote that does not end makes only its line a
// broken row: what follows is read as rows again. Another error ends reading; it
// names the line.
func (r *Reader) Read() (Row, error) {
	if err := r.ahead(1); err != nil {
		return Row{}, err
	}
	row := Row{Line: r.line + 1}
	n, open := 1, endsOpen(r.pending[0], r.format.Delimiter, false)
	for open {
		if r.size > MaxRecord || r.ahead(n+1) != nil { // the error comes again when that line is read
			break
		}
		open = endsOpen(r.pending[n], r.format.Delimiter, true)
		n++
	}
	if open {
		n, row.Problem = 1, "a quote that begins here does not end"
	}
	row.Raw = trimNewline(strings.Join(r.pending[:n], ""))
	if row.Problem == "" && !utf8.ValidString(row.Raw) {
		row.Problem = "bytes that are not " + string(r.format.Encoding) + ": save the file in that encoding"
	}
	if row.Problem == "" {
		row.Fields, row.Problem = parse(row.Raw, r.format.Delimiter)
	}
	r.take(n)
	return row, nil
}

// ahead reads until n lines are pending. Its error is io.EOF if there are
// fewer.
func (r *Reader) ahead(n int) error {
	for len(r.pending) < n {
		if r.err != nil {
			return r.err
		}
		var line []byte
		for {
			part, err := r.in.ReadSlice(r.format.Newline[len(r.format.Newline)-1])
			line = append(line, part...)
			switch {
			case len(line) > MaxRecord:
				r.err = fmt.Errorf("line %d: longer than %d bytes, which no row of a table is: split the file, or name another",
					r.line+len(r.pending)+1, MaxRecord)
				return r.err
			case errors.Is(err, bufio.ErrBufferFull):
				continue
			case errors.Is(err, io.EOF):
				r.err = io.EOF
			case err != nil:
				r.err = fmt.Errorf("line %d: %w: the file cannot be read to its end", r.line+len(r.pending)+1, err)
				return r.err
			}
			break
		}
		if len(line) == 0 {
			return r.err
		}
		r.pending = append(r.pending, string(line))
		r.size += len(line)
	}
	return nil
}

func (r *Reader) take(n int) {
	for _, l := range r.pending[:n] {
		r.size -= len(l)
	}
	r.pending = r.pending[n:]
	r.line += n
}

// endsOpen tells whether a quote is open at the end of a line.
func endsOpen(line string, delimiter byte, open bool) bool {
	start := !open // of a value
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case open && c == '"' && i+1 < len(line) && line[i+1] == '"':
			i++
		case open:
			open = c != '"'
		case start && c == '"':
			open, start = true, false
		default:
			start = c == delimiter
		}
	}
	return open
}

func trimNewline(s string) string { return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r") }

// parse parts a record into fields, or says what is wrong with it. A quote
// inside a value that does not begin with one is a character, as spreadsheets
// take it.
func parse(record string, delimiter byte) (fields []string, problem string) {
	if record == "" {
		return nil, ""
	}
	for rest := record; ; {
		if len(fields) == maxFields {
			return nil, fmt.Sprintf("more than %d values", maxFields)
		}
		if !strings.HasPrefix(rest, `"`) {
			value, after, more := strings.Cut(rest, string(delimiter))
			fields = append(fields, value)
			if !more {
				return fields, ""
			}
			rest = after
			continue
		}
		value, after, ok := quoted(rest[1:])
		if !ok {
			return nil, "a quote that does not end"
		}
		fields = append(fields, value)
		if after == "" {
			return fields, ""
		}
		if after[0] != delimiter {
			return nil, "characters after the quote that ends a value"
		}
		rest = after[1:]
	}
}

// quoted reads a value up to its closing quote.
func quoted(s string) (value, after string, ok bool) {
	var b strings.Builder
	for {
		at := strings.IndexByte(s, '"')
		if at < 0 {
			return "", "", false
		}
		b.WriteString(s[:at])
		s = s[at+1:]
		if !strings.HasPrefix(s, `"`) {
			return b.String(), s, true
		}
		b.WriteByte('"')
		s = s[1:]
	}
}
