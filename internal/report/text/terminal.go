package text

import (
	"bufio"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// printer writes lines of a given width. It keeps the first error; the text
// that it is given is already plain where it comes from evidence.
type printer struct {
	w     *bufio.Writer
	width int
	color bool
}

// The widths that the layout can stand, and that of a figure in the summary.
const (
	defaultWidth = 100
	summaryCell  = 10
	minWidth     = 60  // the summary needs them
	maxWidth     = 140 // longer lines are hard to follow back
)

func newPrinter(w io.Writer, o Options) *printer {
	if o.Width == 0 {
		o.Width = defaultWidth
	}
	return &printer{w: bufio.NewWriter(w), width: min(max(o.Width, minWidth), maxWidth), color: o.Color}
}

// flush returns the first error of any write before it.
func (p *printer) flush() error { return p.w.Flush() }

// line writes a line without the space at its end. bufio keeps the error.
func (p *printer) line(s string) {
	_, _ = p.w.WriteString(strings.TrimRight(s, " ") + "\n")
}

// wrap writes text in as many lines as it needs, each after the indent.
func (p *printer) wrap(indent, text string) {
	room := max(p.width-columnsOf(indent), 16)
	line, used := "", 0
	flush := func() {
		if used > 0 {
			p.line(indent + line)
		}
		line, used = "", 0
	}
	for word := range strings.FieldsSeq(text) {
		for columnsOf(word) > room { // no space to break at
			flush()
			head := firstColumns(word, room)
			p.line(indent + head)
			word = word[len(head):]
		}
		n := columnsOf(word)
		if used > 0 && used+1+n > room {
			flush()
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	flush()
}

// cut writes text in one line, cut with an ellipsis.
func (p *printer) cut(indent, text string) {
	p.line(indent + ellipsis(text, p.width-columnsOf(indent)))
}

// columns writes text at the left, cut if need be, and a figure at the right.
func (p *printer) columns(indent, left, right string) {
	left, room := finding.Plain(left), p.width-columnsOf(indent)
	if right == "" {
		p.line(indent + ellipsis(left, room))
		return
	}
	room = max(room-columnsOf(right)-2, 8)
	p.line(indent + pad(ellipsis(left, room), room) + "  " + right)
}

// painted is columns with a coloured verdict word in front. On a narrow
// terminal the figure goes to a line of its own.
func (p *printer) painted(indent string, v policy.Verdict, word, left, right string) {
	lead := columnsOf(indent) + columnsOf(word)
	room := p.width - lead - columnsOf(right) - 2
	if room < 24 {
		p.line(indent + p.paint(v, word) + ellipsis(left, p.width-lead))
		p.line(strings.Repeat(" ", lead) + right)
		return
	}
	p.line(indent + p.paint(v, word) + pad(ellipsis(left, room), room) + "  " + right)
}

// field writes a line of the header: a name, and what it is.
func (p *printer) field(name, text string) {
	p.line("  " + pad(name, 10) + ellipsis(finding.Plain(text), p.width-12))
}

// paint colours a word by its verdict: SGR parameters of ECMA-48, section
// 8.3.117. The words say the same without it.
func (p *printer) paint(v policy.Verdict, s string) string {
	if !p.color {
		return s
	}
	code := "35" // unknown: magenta
	switch v {
	case policy.Violation:
		code = "1;31"
	case policy.Pending:
		code = "33"
	case policy.Excepted:
		code = "36"
	case policy.Clean:
		code = "32"
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// columnsOf is how many columns a terminal gives the text: two for wide East
// Asian characters (Unicode Standard Annex 11), none for combining marks.
func columnsOf(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if r < utf8.RuneSelf {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// firstColumns is the longest beginning that fits, at least one character.
func firstColumns(s string, room int) string {
	used := 0
	for i, r := range s {
		if used += runeColumns(r); used > room && i > 0 {
			return s[:i]
		}
	}
	return s
}

func ellipsis(s string, room int) string {
	if columnsOf(s) <= room {
		return s
	}
	return strings.TrimRight(firstColumns(s, max(room-1, 1)), " ") + "…"
}

func pad(s string, n int) string     { return s + strings.Repeat(" ", max(n-columnsOf(s), 0)) }
func padLeft(s string, n int) string { return strings.Repeat(" ", max(n-columnsOf(s), 0)) + s }

func counted(n uint64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return finding.Number(n) + " " + noun + "s"
}

// digest shortens a digest to what people compare by eye.
func digest(s string) string { return finding.Plain(s[:min(len(s), 16)]) }
