package html

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// row is a finding as the page shows it. The template and the script read the
// same fields, so that both show the same.
type row struct {
	ID        string            `json:"id"`
	Short     string            `json:"short"`
	Domain    string            `json:"domain"`
	Relation  string            `json:"relation"`
	Verdict   string            `json:"verdict"`
	Effect    string            `json:"effect"`
	Severity  string            `json:"severity"`
	Subject   string            `json:"subject"`
	SubjectID string            `json:"subjectId"`
	Party     string            `json:"party"`
	PartyID   string            `json:"partyId"`
	Company   string            `json:"company"`
	CompanyID string            `json:"companyId"`
	Entry     string            `json:"entry"`
	Policy    string            `json:"policy"`
	Reason    string            `json:"reason"`
	Remedy    string            `json:"remedy"`
	Count     uint64            `json:"count"`
	Records   string            `json:"records"` // Count, as people read it
	Chain     []int             `json:"chain"`   // into the table of steps
	Missing   []finding.Missing `json:"missing"`
	Lanes     []lane            `json:"lanes"` // paths that show it

	rank int
}

// newRow makes a row and puts its steps into the table.
func newRow(f *finding.Finding, steps *stepTable) row {
	r := row{
		ID: finding.Plain(f.ID), Short: finding.Plain(f.ID[:min(len(f.ID), finding.ShortID)]),
		Domain: finding.Plain(f.Domain), Relation: finding.Plain(f.Relation),
		Verdict: f.Verdict.String(), Effect: finding.Plain(string(f.Effect)), Severity: finding.Plain(string(f.Severity)),
		Subject: finding.Plain(f.SubjectName), SubjectID: finding.Plain(f.Subject.String()),
		Party: finding.Plain(f.PartyName), PartyID: finding.Plain(f.Party.String()),
		Company: finding.Plain(f.CompanyName), CompanyID: finding.Plain(f.Company.String()),
		Entry: finding.Plain(f.Entry), Policy: finding.Plain(f.Policy), Reason: finding.Plain(f.Reason), Remedy: finding.Plain(f.Remedy),
		Count: f.Count, Records: finding.Number(f.Count), Chain: []int{}, Missing: []finding.Missing{}, Lanes: lanesOf(f),
		rank: slices.Index(policy.Verdicts(), f.Verdict),
	}
	if r.Company == "" {
		r.Company = finding.Plain(f.Company.Value())
	}
	if r.Subject == "" {
		r.Subject, r.SubjectID = cmp.Or(r.SubjectID, "the whole evidence"), ""
	}
	for i := range f.Chain {
		r.Chain = append(r.Chain, steps.add(newStep(&f.Chain[i])))
	}
	for _, m := range f.Missing {
		r.Missing = append(r.Missing, finding.Missing{What: finding.Plain(m.What), Next: finding.Plain(m.Next)})
	}
	return r
}

// compareRows puts the worst first, then by domain, company and id.
func compareRows(a, b row) int {
	return cmp.Or(
		cmp.Compare(a.rank, b.rank), cmp.Compare(finding.SeverityRank(policy.Severity(a.Severity)), finding.SeverityRank(policy.Severity(b.Severity))),
		cmp.Compare(finding.DomainRank(a.Domain), finding.DomainRank(b.Domain)), cmp.Compare(a.Domain, b.Domain),
		cmp.Compare(a.Company, b.Company), cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID),
	)
}

// step is a step of a chain as the page shows it.
type step struct {
	Kind   string `json:"kind"`
	Text   string `json:"text"`
	Facts  []fact `json:"facts"`
	Source string `json:"source"`
	URL    string `json:"url"`
	Note   string `json:"note"` // of the source: when retrieved, licence
}

// fact is a named detail.
type fact struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// newStep spells a step out.
func newStep(s *finding.Step) step {
	out := step{Kind: finding.Plain(string(s.Kind)), Text: finding.Plain(s.Text), Facts: []fact{}}
	add := func(name, text string) {
		if text != "" {
			out.Facts = append(out.Facts, fact{finding.Plain(name), finding.Plain(text)})
		}
	}
	if r := s.Ref; r != nil {
		add("input", s.Name)
		add("path", r.Path)
		add("bytes", fmt.Sprintf("%d, length %d, in the decompressed content", r.Offset, r.Length))
		add("sha256", r.Input)
		add("there", r.Note)
	}
	if o := s.Observed; o != nil {
		for _, sub := range o.Subjects {
			add(sub.Role, sub.ID.String())
		}
		add("thing", o.Thing.String())
		if !o.First.IsZero() {
			add("seen", o.First.UTC().Format(time.RFC3339)+" to "+o.Last.UTC().Format(time.RFC3339))
		}
		for _, a := range o.Attrs {
			add(a.Key, finding.Attribute(a))
		}
	}
	if !s.From.IsZero() || !s.To.IsZero() {
		add("edge", s.From.String()+" → "+s.To.String())
	}
	add("relation", s.Relation)
	add("share", s.Share)
	add("sum", s.Sum)
	add("valid", s.Valid)
	if s.File != "" {
		add("rule at", s.File+":"+strconv.Itoa(s.Line))
	}
	if src := s.Source; src != nil {
		out.URL = finding.WebAddress(src.URL)
		out.Source = finding.Plain(cmp.Or(src.Title, src.ID, src.URL))
		var notes []string
		if !src.Retrieved.IsZero() {
			notes = append(notes, "retrieved "+src.Retrieved.String())
		}
		if src.Licence != "" {
			notes = append(notes, "licence "+finding.Plain(src.Licence))
		}
		out.Note = strings.Join(notes, ", ")
	}
	return out
}

// stepTable keeps each different step once: thousands of findings share their
// rule and their company's owners.
type stepTable struct {
	list  []step
	index map[string]int
}

func newStepTable() *stepTable { return &stepTable{index: map[string]int{}} }

func (t *stepTable) add(s step) int {
	key := fmt.Sprintf("%q", s)
	i, ok := t.index[key]
	if !ok {
		i = len(t.list)
		t.index[key] = i
		t.list = append(t.list, s)
	}
	return i
}
