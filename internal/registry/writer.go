package registry

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cleannet/cleannet/internal/entity"
)

// Writer passes the facts of a loader on to its sink: each gets the source, and
// the report counts it. The zero Writer is of no use; see [NewWriter].
//
// An error of the sink stays and stops all that follows, so that a loader needs
// to ask for it once a record, with [Writer.Err].
type Writer struct {
	Report Report

	sink   entity.Sink
	source string
	err    error
}

// NewWriter returns a writer of facts under the source, which it gives to the
// sink at once.
func NewWriter(about entity.Source, sink entity.Sink) *Writer {
	return &Writer{sink: sink, source: about.ID, err: sink.Source(about)}
}

// Err returns what the sink refused with.
func (w *Writer) Err() error { return w.err }

// note counts a fact, unless the sink refused it.
func (w *Writer) note(err error) {
	if w.err = err; err == nil {
		w.Report.Facts++
	}
}

// Company gives a company.
func (w *Writer) Company(c entity.Company) {
	if w.err == nil {
		c.Source = w.source
		w.note(w.sink.Company(c))
	}
}

// Identifier gives an identifier.
func (w *Writer) Identifier(d entity.Identifier) {
	if w.err == nil {
		d.Source = w.source
		w.note(w.sink.Identifier(d))
	}
}

// Edge gives an edge.
func (w *Writer) Edge(e entity.Edge) {
	if w.err == nil {
		e.Source = w.source
		w.note(w.sink.Edge(e))
	}
}

// Listing gives a listing.
func (w *Writer) Listing(l entity.Listing) {
	if w.err == nil {
		l.Source = w.source
		w.note(w.sink.Listing(l))
	}
}

// Gap gives a gap.
func (w *Writer) Gap(g entity.Gap) {
	if w.err == nil {
		g.Source = w.source
		w.note(w.sink.Gap(g))
	}
}

// MaxText is the longest name, note or key that [Clean] lets pass, in bytes. The
// longest legal names that registers hold have some hundred characters.
const MaxText = 2 << 10

// Clean makes a foreign text fit for a line of a report: control characters,
// line separators and runs of space become one space, and bytes that are not
// UTF-8 become U+FFFD. It reports false for a text that is longer than
// [MaxText], which is no name.
func Clean(text string) (string, bool) {
	if len(text) > MaxText {
		return "", false
	}
	plain := utf8.ValidString(text)
	for i := 0; plain && i < len(text); i++ {
		c := text[i]
		plain = c > ' ' && c != 0x7f && c < utf8.RuneSelf ||
			c == ' ' && i > 0 && i+1 < len(text) && text[i+1] != ' '
	}
	if plain {
		return text, true
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Join(strings.Fields(text), " "), true
}

// Short makes a foreign value fit for a message or a record's key: clean, and
// not longer than a line holds.
func Short(value string) string {
	const most = 100
	value, ok := Clean(value)
	if !ok || len(value) > most {
		return "(long text)"
	}
	return value
}
