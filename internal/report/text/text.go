// Package text writes a run for people at a terminal: verdicts by domain, the
// findings behind them, what could not be read, and what was examined.
//
// It promises that violations come first, that nothing is left out without
// saying how much, that no byte of the evidence reaches the terminal as a
// control sequence, and that the same run gives the same bytes. Colour is used
// only when asked, and only on verdict words. Use [New] for a run and
// [Explain] for the whole proof of one finding.
package text

import (
	"cmp"
	"io"
	"strings"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// Options says how to write. The zero value is for a file: no colour, 100
// columns, long lists cut.
type Options struct {
	Color   bool // ANSI colours (ECMA-48 SGR) on verdict words
	Width   int  // of the terminal, in columns; 0 means 100, and it is kept within 60 and 140
	Verbose bool // show every finding, problem and input
}

// New returns a handler that gathers the run and writes it to w when it is
// closed, because people want violations first and a stream has them anywhere.
// It keeps a line of each finding and not its chain.
func New(w io.Writer, o Options) finding.Handler {
	return &report{out: newPrinter(w, o), verbose: o.Verbose}
}

// report gathers a run.
type report struct {
	out      *printer
	verbose  bool
	run      *finding.Run
	rows     []row
	problems []*finding.Problem
	coverage *finding.Coverage
}

// row is what the report keeps of a finding.
type row struct {
	id, domain, entry     string
	company, companyLabel string // id and what people call it
	label                 string // subject and party
	reason, exemplar      string
	verdict               policy.Verdict
	severity              int // 0 is the worst
	count                 uint64
	missing               []finding.Missing
}

// Run notes what was judged.
func (r *report) Run(run *finding.Run) error {
	r.run = run
	return nil
}

// Finding keeps a line of the finding.
func (r *report) Finding(f *finding.Finding) error {
	r.rows = append(r.rows, row{
		id: finding.Plain(f.ID[:min(len(f.ID), finding.ShortID)]), domain: f.Domain, entry: finding.Plain(f.Entry),
		company: f.Company.String(), companyLabel: companyLabel(f), label: parties(f),
		reason: finding.Plain(f.Reason), exemplar: exemplar(f), verdict: f.Verdict,
		severity: finding.SeverityRank(f.Severity), count: f.Count, missing: f.Missing,
	})
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

// Close writes the report. A stream without a run writes nothing.
func (r *report) Close() error {
	if r.run == nil {
		return r.out.flush()
	}
	r.header()
	var silent []string
	for _, d := range domains(r.rows) {
		if rows := rowsOf(r.rows, d); len(rows) > 0 {
			r.domain(d, rows)
		} else {
			silent = append(silent, finding.Plain(d))
		}
	}
	r.silence(silent)
	r.summary()
	r.listProblems()
	if r.coverage != nil {
		r.listCoverage(r.coverage)
	}
	return r.out.flush()
}

// header says what was judged, by what, and when.
func (r *report) header() {
	p, run := r.out, r.run
	p.wrap("", finding.Plain(cmp.Or(run.Policy.Title, run.Policy.ID))+", version "+run.Policy.Version)
	if run.Policy.Issuer != "" {
		p.wrap("", "issued by "+run.Policy.Issuer)
	}
	p.wrap("", "judged as of "+run.AsOf.String()+" by "+run.Tool+" "+run.Version)
	if !run.AsKnownAt.IsZero() {
		p.wrap("", "by what was known on "+run.AsKnownAt.String())
	}
	for _, a := range run.Assume {
		p.wrap("", "assuming that "+finding.Plain(a))
	}
	p.line("")
	p.field("policy", run.Policy.ID+", sha256 "+digest(run.Policy.Digest))
	p.field("registry", "sha256 "+digest(run.Registry))
	var total int64
	for _, in := range run.Inputs {
		total += in.Size
	}
	p.field("inputs", counted(uint64(len(run.Inputs)), "input")+", "+finding.Size(total))
	const listed = 8
	for i, in := range run.Inputs {
		if i == listed && !r.verbose {
			p.field("", more(len(run.Inputs)-listed, "--verbose"))
			break
		}
		p.columns("            ", in.Name, finding.Size(in.Size))
	}
}

// summary counts verdicts by domain and violations by company.
func (r *report) summary() {
	p := r.out
	p.line("")
	p.line("Summary")
	total := map[policy.Verdict]int{}
	var head strings.Builder
	head.WriteString("  " + pad("", 8))
	for _, v := range policy.Verdicts() {
		head.WriteString(padLeft(v.String(), summaryCell))
	}
	p.line(head.String())
	for _, d := range domains(r.rows) {
		counts := verdictCounts(rowsOf(r.rows, d))
		p.line("  " + pad(ellipsis(finding.Plain(d), 8), 8) + p.countCells(counts))
		for v, n := range counts {
			total[v] += n
		}
	}
	p.line("  " + pad("all", 8) + p.countCells(total))
	names, counts := violators(r.rows)
	if len(names) == 0 {
		return
	}
	p.line("")
	p.line("Violations by company")
	const listed = 12
	for i, name := range names {
		if i == listed && !r.verbose {
			p.wrap("  ", more(len(names)-listed, "--verbose"))
			break
		}
		p.columns("  ", name, finding.Number(uint64(counts[i])))
	}
}

// countCells writes one row of the summary; nothing is shown as a dash, so
// that the figures stand out.
func (p *printer) countCells(counts map[policy.Verdict]int) string {
	var line strings.Builder
	for _, v := range policy.Verdicts() {
		cell := padLeft("–", summaryCell)
		if n := counts[v]; n > 0 {
			cell = p.paint(v, padLeft(finding.Number(uint64(n)), summaryCell))
		}
		line.WriteString(cell)
	}
	return line.String()
}
