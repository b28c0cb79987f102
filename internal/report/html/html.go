// Package html writes a run as one page that needs no network: for a manager
// who wants the headline, and for an engineer who wants the bytes.
//
// It promises that the page is one file without outside references, that all
// text of the evidence is escaped and that a content security policy holds
// even if it were not, that headline, counts and every finding are there with
// scripts off, and that equal runs give equal bytes. Scripts add filters,
// sorting and pages of rows, so that 20,000 findings stay usable. Use [New].
package html

import (
	"crypto/sha256"
	_ "embed" // for the parts of the page
	"encoding/base64"
	"html/template"
	"io"

	"github.com/cleannet/cleannet/internal/finding"
)

//go:embed report.tmpl
var pageTemplate string

//go:embed report.css
var styleSheet string

//go:embed report.js
var script string

// Options says how to write. The zero value is a good default.
type Options struct {
	Title string // of the page; empty means the title of the policy
}

// New returns a handler that gathers the run and writes one page to w when it
// is closed. Steps that findings share are kept once.
func New(w io.Writer, o Options) finding.Handler {
	return &report{w: w, title: o.Title, steps: newStepTable()}
}

// report gathers a run.
type report struct {
	w        io.Writer
	title    string
	run      *finding.Run
	rows     []row
	steps    *stepTable
	problems []*finding.Problem
	coverage *finding.Coverage
}

// Run notes what was judged.
func (r *report) Run(run *finding.Run) error {
	r.run = run
	return nil
}

// Finding keeps the finding as a row of the table.
func (r *report) Finding(f *finding.Finding) error {
	r.rows = append(r.rows, newRow(f, r.steps))
	return nil
}

// Problem keeps the problem.
func (r *report) Problem(p *finding.Problem) error {
	r.problems = append(r.problems, p)
	return nil
}

// Coverage keeps the coverage.
func (r *report) Coverage(c *finding.Coverage) error {
	r.coverage = c
	return nil
}

// Close writes the page. A stream without a run writes nothing.
func (r *report) Close() error {
	if r.run == nil {
		return nil
	}
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return err
	}
	return t.Execute(r.w, r.page())
}

// assets are the style sheet and the script, with the digests by which the
// content security policy admits them and nothing else (CSP Level 3, section
// 2.3.1).
type assets struct {
	Style     template.CSS
	Script    template.JS
	StyleSum  string
	ScriptSum string
}

func newAssets() assets {
	sum := func(s string) string {
		d := sha256.Sum256([]byte(s))
		return "sha256-" + base64.StdEncoding.EncodeToString(d[:])
	}
	return assets{
		Style:    template.CSS(styleSheet), //nolint:gosec // ours, embedded when built
		Script:   template.JS(script),      //nolint:gosec // ours, embedded when built
		StyleSum: sum(styleSheet), ScriptSum: sum(script),
	}
}
