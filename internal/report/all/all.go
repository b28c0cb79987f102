// Package all lists the report formats. It is the one place that names every
// member of the family, and it registers nothing: [Formats] returns fresh
// values, which the command looks through by name.
package all

import (
	"io"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/report/html"
	"github.com/cleannet/cleannet/internal/report/json"
	"github.com/cleannet/cleannet/internal/report/sarif"
	"github.com/cleannet/cleannet/internal/report/text"
)

// Format is a form in which a run can be reported.
type Format struct {
	Name string // as in --format
	Doc  string // one line for the help text
	// New returns a handler that writes to w, which stays the caller's to
	// close. tty tells that w is a terminal, where colour is welcome.
	New func(w io.Writer, tty bool) finding.Handler
}

// Formats returns every format, the default one first.
func Formats() []Format {
	return []Format{
		{"text", "verdicts by domain, for people", func(w io.Writer, tty bool) finding.Handler {
			return text.New(w, text.Options{Color: tty})
		}},
		{"json", "one message a line, the public contract; can be replayed into any other format",
			func(w io.Writer, _ bool) finding.Handler { return json.New(w, json.Options{}) }},
		{"html", "one page that needs no network, with filters, proofs and coverage",
			func(w io.Writer, _ bool) finding.Handler { return html.New(w, html.Options{}) }},
		{"sarif", "SARIF 2.1.0, for code hosts and security dashboards",
			func(w io.Writer, _ bool) finding.Handler { return sarif.New(w, sarif.Options{}) }},
	}
}

// Explain writes the whole proof of one finding as text for people. The run
// may be nil; tty tells that w is a terminal.
func Explain(w io.Writer, run *finding.Run, f *finding.Finding, tty bool) error {
	return text.Explain(w, run, f, text.Options{Color: tty})
}

// Saved returns the handler of the form in which runs are kept: the JSON
// stream that [finding.Read] takes in again.
func Saved(w io.Writer) finding.Handler { return json.New(w, json.Options{}) }
