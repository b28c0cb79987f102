package text

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
)

// Explain writes the whole proof of one finding: each step from the bytes to
// the rule by number, with what it says, where it was read and when. Nothing
// is cut. The run gives the policy's name; it may be nil.
func Explain(w io.Writer, run *finding.Run, f *finding.Finding, o Options) error {
	e := explainer{newPrinter(w, o)}
	e.what(run, f)
	e.line("")
	e.line("Proof, from the bytes to the rule")
	if len(f.Chain) == 0 {
		e.wrap("  ", "no steps: the finding is about the evidence as a whole")
	}
	for i := range f.Chain {
		e.step(i+1, &f.Chain[i])
	}
	if len(f.Missing) > 0 {
		e.line("")
		e.line("What is missing")
		for _, m := range f.Missing {
			e.wrap("  ", finding.Plain(m.What))
			e.wrap("    ", "next: "+finding.Plain(m.Next))
		}
	}
	return e.flush()
}

// explainer writes the parts of an explanation.
type explainer struct{ *printer }

// what says what the finding is, before how it is proved.
func (e explainer) what(run *finding.Run, f *finding.Finding) {
	e.line("Finding " + finding.Plain(f.ID))
	e.line("")
	e.line("  " + pad("verdict", 10) + "  " + e.paint(f.Verdict, f.Verdict.String()) +
		finding.Plain(fmt.Sprintf(" (%s, %s)", f.Effect, f.Severity)))
	e.item("relation", f.Domain+", "+f.Relation)
	e.item("subject", named(f.SubjectName, f.Subject))
	e.item("party", named(f.PartyName, f.Party))
	e.item("company", named(f.CompanyName, f.Company))
	e.item("reason", f.Reason)
	e.item("remedy", f.Remedy)
	e.item("records", finding.Number(f.Count))
	e.item("entry", f.Entry+" of "+f.Policy)
	if run != nil {
		by := ""
		if run.Policy.Issuer != "" {
			by = ", issued by " + run.Policy.Issuer
		}
		e.item("policy", run.Policy.Title+", version "+run.Policy.Version+by)
		e.item("as of", run.AsOf.String())
	}
}

// item writes a name and its text, which wraps below itself; none if empty.
func (e explainer) item(name, text string) { e.hanging("  ", 10, name, text) }

// detail is item at the indent of a step.
func (e explainer) detail(name, text string) { e.hanging("      ", 8, name, text) }

func (e explainer) hanging(indent string, column int, name, text string) {
	if text == "" {
		return
	}
	var b strings.Builder
	inner := newPrinter(&b, Options{})
	inner.width = max(e.width-len(indent)-column-2, 16)
	inner.wrap("", finding.Plain(text))
	_ = inner.flush() // a strings.Builder takes everything
	for i, l := range strings.Split(strings.TrimRight(b.String(), "\n"), "\n") {
		if i > 0 {
			name = ""
		}
		e.line(indent + pad(name, column) + "  " + l)
	}
}

// step writes one step. Which details it has depends on its kind.
func (e explainer) step(n int, s *finding.Step) {
	e.line("")
	e.line(padLeft(strconv.Itoa(n), 3) + "   " + finding.Plain(string(s.Kind)))
	e.wrap("      ", finding.Plain(s.Text))
	if r := s.Ref; r != nil {
		e.detail("input", s.Name)
		e.detail("path", r.Path)
		e.detail("bytes", byteRange(r))
		e.detail("sha256", r.Input)
		e.detail("there", r.Note)
	}
	if s.Observed != nil {
		e.observation(s.Observed)
	}
	if !s.From.IsZero() || !s.To.IsZero() {
		e.detail("edge", strings.TrimSpace(s.From.String()+" → "+s.To.String()))
	}
	e.detail("relation", s.Relation)
	e.detail("share", s.Share)
	e.detail("sum", s.Sum)
	e.detail("valid", s.Valid)
	if s.File != "" {
		e.detail("rule at", s.File+":"+strconv.Itoa(s.Line))
	}
	if s.Source != nil {
		e.source(s.Source)
	}
}

func byteRange(r *evidence.Ref) string {
	at := strconv.FormatInt(r.Offset, 10)
	if r.Length > 0 {
		at += " to " + strconv.FormatInt(r.Offset+r.Length-1, 10)
	}
	return at + ", in the decompressed content"
}

// observation writes what was observed: parties in their roles, times and
// attributes.
func (e explainer) observation(o *evidence.Observation) {
	for _, s := range o.Subjects {
		e.detail(finding.Plain(s.Role), s.ID.String())
	}
	e.detail("thing", o.Thing.String())
	e.detail("records", finding.Number(o.Count))
	if !o.First.IsZero() {
		e.detail("first", o.First.UTC().Format(time.RFC3339))
		e.detail("last", o.Last.UTC().Format(time.RFC3339))
	}
	for _, a := range o.Attrs {
		e.detail(finding.Plain(a.Key), finding.Attribute(a))
	}
}

// source writes where a step was read.
func (e explainer) source(s *finding.Source) {
	title := s.Title
	if title == "" {
		title = s.ID
	}
	e.detail("source", title)
	e.detail("", s.URL)
	var rest []string
	if !s.Retrieved.IsZero() {
		rest = append(rest, "retrieved "+s.Retrieved.String())
	}
	if s.Licence != "" {
		rest = append(rest, "licence "+s.Licence)
	}
	e.detail("", strings.Join(rest, ", "))
}
