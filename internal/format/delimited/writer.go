package delimited

import (
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Writer writes rows in the format of the file that they come from. Call
// [Writer.Close] after the last row.
type Writer struct {
	w      io.WriteCloser
	format Format
}

// NewWriter returns a writer to w. It writes the byte order mark, if the format
// has one.
func NewWriter(w io.Writer, f Format) (*Writer, error) {
	out := &Writer{nopCloser{w}, f}
	switch f.Encoding {
	case UTF16LE:
		out.w = transform.NewWriter(w, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder())
	case UTF16BE:
		out.w = transform.NewWriter(w, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder())
	}
	if f.BOM {
		if _, err := io.WriteString(out.w, "\ufeff"); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// Extend writes a row as it was, with columns added. Missing values are added
// before them, so that the row has width columns of its own. Of a broken row
// the text becomes the first value, quoted.
func (w *Writer) Extend(r Row, width int, added []string) error {
	var b strings.Builder
	have := len(r.Fields)
	switch {
	case r.Problem != "":
		b.WriteString(quote(strings.ToValidUTF8(r.Raw, "\ufffd"), w.format.Delimiter, true))
		have = 1
	default:
		b.WriteString(r.Raw)
		have = max(have, 1)
	}
	for ; have < width; have++ {
		b.WriteByte(w.format.Delimiter)
	}
	for _, value := range added {
		b.WriteByte(w.format.Delimiter)
		b.WriteString(quote(value, w.format.Delimiter, false))
	}
	b.WriteString(w.format.Newline)
	_, err := io.WriteString(w.w, b.String())
	return err
}

// Close writes what is left. It does not close the writer below.
func (w *Writer) Close() error { return w.w.Close() }

// quote puts a value in quotes where it needs them, or always. A value that a
// spreadsheet would take for a formula cannot come in here: what is added are
// words of ours and of the registry, and the row itself stays as it was.
func quote(value string, delimiter byte, always bool) string {
	if !always && !strings.ContainsAny(value, "\"\r\n"+string(delimiter)) {
		return value
	}
	return `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
}
