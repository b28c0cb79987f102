package html

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cleannet/cleannet/internal/evidence"
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

	rank int
}

// newRow makes a row and puts its steps into the table.
func newRow(f *finding.Finding, steps *stepTable) row {
	r := row{
		ID: visible(f.ID), Short: visible(f.ID[:min(len(f.ID), finding.ShortID)]),
		Domain: visible(f.Domain), Relation: visible(f.Relation),
		Verdict: f.Verdict.String(), Effect: visible(string(f.Effect)), Severity: visible(string(f.Severity)),
		Subject: visible(f.SubjectName), SubjectID: visible(f.Subject.String()),
		Party: visible(f.PartyName), PartyID: visible(f.Party.String()),
		Company: visible(f.CompanyName), CompanyID: visible(f.Company.String()),
		Entry: visible(f.Entry), Policy: visible(f.Policy), Reason: visible(f.Reason), Remedy: visible(f.Remedy),
		Count: f.Count, Records: number(f.Count), Chain: []int{}, Missing: []finding.Missing{},
		rank: slices.Index(policy.Verdicts(), f.Verdict),
	}
	if r.Company == "" {
		r.Company = visible(f.Company.Value())
	}
	if r.Subject == "" {
		r.Subject, r.SubjectID = cmp.Or(r.SubjectID, "the whole evidence"), ""
	}
	for i := range f.Chain {
		r.Chain = append(r.Chain, steps.add(newStep(&f.Chain[i])))
	}
	for _, m := range f.Missing {
		r.Missing = append(r.Missing, finding.Missing{What: visible(m.What), Next: visible(m.Next)})
	}
	return r
}

// compareRows puts the worst first, then by domain, company and id.
func compareRows(a, b row) int {
	return cmp.Or(
		cmp.Compare(a.rank, b.rank), cmp.Compare(severityRank(a.Severity), severityRank(b.Severity)),
		cmp.Compare(domainRank(a.Domain), domainRank(b.Domain)), cmp.Compare(a.Domain, b.Domain),
		cmp.Compare(a.Company, b.Company), cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID),
	)
}

func severityRank(s string) int {
	list := []string{string(policy.Critical), string(policy.High), string(policy.Medium), string(policy.Low)}
	if i := slices.Index(list, s); i >= 0 {
		return i
	}
	return len(list)
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
	out := step{Kind: visible(string(s.Kind)), Text: visible(s.Text), Facts: []fact{}}
	add := func(name, text string) {
		if text != "" {
			out.Facts = append(out.Facts, fact{visible(name), visible(text)})
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
			add(a.Key, attribute(a))
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
		out.URL = webAddress(src.URL)
		out.Source = visible(cmp.Or(src.Title, src.ID, src.URL))
		var notes []string
		if !src.Retrieved.IsZero() {
			notes = append(notes, "retrieved "+src.Retrieved.String())
		}
		if src.Licence != "" {
			notes = append(notes, "licence "+visible(src.Licence))
		}
		out.Note = strings.Join(notes, ", ")
	}
	return out
}

// attribute writes the value of an attribute, and how exact it is.
func attribute(a evidence.Attr) string {
	if a.Op() == evidence.OpSet {
		text := strings.Join(a.Words(), ", ")
		if a.More() {
			text += ", and more"
		}
		return text
	}
	text := strconv.FormatInt(a.Number(), 10)
	if rel := a.Error(); rel > 0 {
		text = fmt.Sprintf("about %s (standard error %.1f %%)", text, 100*rel)
	}
	return text
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

// visible makes text of the evidence harmless to read: control and format
// characters, which could hide text or turn its order (Unicode Standard Annex
// 9), are spelled out; line breaks become spaces.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			b.WriteByte(' ')
		case r == utf8.RuneError:
			b.WriteRune(utf8.RuneError)
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// webAddress passes addresses of the web and nothing else.
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}

// number groups the digits by thousands.
func number[T int | int64 | uint64](n T) string {
	digits := strconv.FormatUint(uint64(max(n, 0)), 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
