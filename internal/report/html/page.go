package html

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// pageRows is how many findings a page of the table holds. As many stand in
// the document with their whole proof; the others stand there by their main
// fields for readers without scripts, and with their proof for the script.
const pageRows = 200

// page is what the template shows.
type page struct {
	assets
	Title, Headline string
	Run             *finding.Run
	AsOf            string
	Judged, Answers string // sentences below the headline
	Verdicts        []string
	Matrix          []matrixRow
	Companies       []companyCount
	Rows, Rest      []row
	Total           string
	Data            data
	Problems        []problem
	MoreProblems    string
	Coverage        *coverage
	Notes           []string
}

// data is what the script shows.
type data struct {
	PageRows int    `json:"pageRows"`
	Findings []row  `json:"findings"`
	Steps    []step `json:"steps"`
}

// matrixRow is a domain's verdicts.
type matrixRow struct {
	Domain string
	Cells  []matrixCell
}

// matrixCell counts one verdict of one domain.
type matrixCell struct {
	Domain, Verdict, Count string // Count is empty for none
}

// companyCount is a company and its violations; Share is of the largest count,
// in percent.
type companyCount struct {
	Name, ID, Count string
	Share           int
}

// problem is a problem as the page shows it.
type problem struct{ Where, Message, Next string }

// coverage is the coverage as the page shows it.
type coverage struct {
	Read            string
	Records, Kinds  []fact
	Inputs, NotRead []fact
	Notes           []string
}

// page puts everything together.
func (r *report) page() *page {
	slices.SortStableFunc(r.rows, compareRows)
	p := &page{
		assets: newAssets(), Run: r.run, AsOf: longDate(r.run.AsOf),
		Title:     finding.Plain(cmp.Or(r.title, r.run.Policy.Title, r.run.Policy.ID)),
		Companies: companies(r.rows), Matrix: matrix(r.rows), Total: finding.Number(len(r.rows)),
		Rows: r.rows[:min(len(r.rows), pageRows)], Rest: r.rows[min(len(r.rows), pageRows):],
		Data: data{PageRows: pageRows, Findings: append([]row{}, r.rows...), Steps: append([]step{}, r.steps.list...)},
	}
	for _, v := range policy.Verdicts() {
		p.Verdicts = append(p.Verdicts, v.String())
	}
	for _, n := range r.run.DataNotes {
		p.Notes = append(p.Notes, finding.Plain(n))
	}
	r.addProblems(p)
	p.Headline, p.Judged, p.Answers = r.sentences(len(p.Companies))
	if r.coverage != nil {
		p.Coverage = newCoverage(r.coverage)
	}
	return p
}

// sentences says in words what the counts say in figures.
func (r *report) sentences(companies int) (headline, judged, answers string) {
	counts := map[string]int{}
	for _, row := range r.rows {
		counts[row.Verdict]++
	}
	headline = "No violation found in what was examined"
	if n := counts["violation"]; n > 0 {
		headline = plural(n, "violation", "violations")
		if companies > 0 {
			headline += " by " + plural(companies, "company", "companies")
		}
	}
	var size int64
	for _, in := range r.run.Inputs {
		size += in.Size
	}
	pol := r.run.Policy
	judged = fmt.Sprintf("Examined %s (%s) against %s, version %s", plural(len(r.run.Inputs), "input", "inputs"),
		finding.Size(size), finding.Plain(cmp.Or(pol.Title, pol.ID)), finding.Plain(pol.Version))
	if pol.Issuer != "" {
		judged += ", issued by " + finding.Plain(pol.Issuer)
	}
	judged += ", as of " + longDate(r.run.AsOf) + "."
	var parts []string
	for _, part := range []struct{ verdict, text string }{
		{"unknown", "unknown"}, {"pending", "pending"}, {"excepted", "excepted by a waiver"}, {"clean", "clean"},
	} {
		if n := counts[part.verdict]; n > 0 {
			parts = append(parts, finding.Number(n)+" "+part.text)
		}
	}
	if len(parts) > 0 {
		answers = "Other answers: " + strings.Join(parts, ", ") + ". "
	}
	if r.coverage != nil && r.coverage.Problems > 0 {
		answers += plural(int(min(r.coverage.Problems, 1<<62)), "problem", "problems") + " left something unread."
	}
	return headline, judged, answers
}

// matrix counts verdicts by domain: the five first, then those of foreign
// runs.
func matrix(rows []row) []matrixRow {
	domains := finding.Domains()
	five := len(domains)
	counts := map[[2]string]int{}
	for _, r := range rows {
		if !slices.Contains(domains, r.Domain) {
			domains = append(domains, r.Domain)
		}
		counts[[2]string{r.Domain, r.Verdict}]++
	}
	slices.Sort(domains[five:])
	var out []matrixRow
	for _, d := range domains {
		line := matrixRow{Domain: d}
		for _, v := range policy.Verdicts() {
			cell := matrixCell{Domain: d, Verdict: v.String()}
			if n := counts[[2]string{d, v.String()}]; n > 0 {
				cell.Count = finding.Number(n)
			}
			line.Cells = append(line.Cells, cell)
		}
		out = append(out, line)
	}
	return out
}

// companies counts violations by company, the most first.
func companies(rows []row) []companyCount {
	counts, names := map[string]int{}, map[string]string{}
	for _, r := range rows {
		if id := cmp.Or(r.CompanyID, r.Company); r.Verdict == "violation" && id != "" {
			counts[id]++
			names[id] = r.Company
		}
	}
	var out []companyCount
	var ids []string
	for id := range counts {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(names[a], names[b]), cmp.Compare(a, b))
	})
	for _, id := range ids {
		out = append(out, companyCount{names[id], id, finding.Number(counts[id]), max(100*counts[id]/counts[ids[0]], 1)})
	}
	return out
}

// Proof gives the steps of a row to the template.
func (p *page) Proof(r row) []step {
	out := make([]step, len(r.Chain))
	for i, n := range r.Chain {
		out[i] = p.Data.Steps[n]
	}
	return out
}

func (r *report) addProblems(p *page) {
	for _, pr := range r.problems {
		where := finding.Plain(pr.Input)
		if pr.Path != "" {
			where += " › " + finding.Plain(pr.Path)
		}
		if pr.Offset >= 0 {
			where += ", at byte " + finding.Number(pr.Offset)
		}
		p.Problems = append(p.Problems, problem{where, finding.Plain(pr.Message), finding.Plain(pr.Next)})
	}
	if r.coverage != nil && r.coverage.Problems > uint64(len(r.problems)) {
		p.MoreProblems = finding.Number(r.coverage.Problems - uint64(len(r.problems)))
	}
}

func newCoverage(c *finding.Coverage) *coverage {
	out := &coverage{}
	whole := 0
	for _, in := range c.Read {
		status := string(in.Status)
		if in.Status == evidence.StatusRead {
			whole++
			status = "read to the end"
		}
		if len(in.Readers) > 0 {
			status += " by " + strings.Join(in.Readers, ", ")
		}
		if in.Reason != "" {
			status += ": " + in.Reason
		}
		out.Inputs = append(out.Inputs, fact{finding.Plain(in.Name), finding.Plain(status)})
	}
	out.Read = fmt.Sprintf("%s of %s read to the end", finding.Number(whole), plural(len(c.Read), "input", "inputs"))
	for _, n := range c.Records {
		out.Records = append(out.Records, fact{finding.Plain(n.Name), finding.Number(n.Count)})
	}
	for _, n := range c.Observed {
		out.Kinds = append(out.Kinds, fact{finding.Plain(n.Domain + ", " + n.Kind), finding.Number(n.Count)})
	}
	for _, s := range c.Skipped {
		name := s.Name
		if s.Path != "" {
			name += " › " + s.Path
		}
		out.NotRead = append(out.NotRead, fact{finding.Plain(name), finding.Plain(s.Reason)})
	}
	for _, n := range c.Notes {
		out.Notes = append(out.Notes, finding.Plain(n))
	}
	return out
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return finding.Number(n) + " " + many
}

// longDate writes 5 August 2020, which no country misreads.
func longDate(d entity.Date) string {
	if d.IsZero() {
		return "an unknown date"
	}
	return d.Time().Format("2 January 2006")
}
