package text

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// domains lists the five domains in the order of the design, then those of
// foreign runs in alphabetical order.
func domains(rows []row) []string {
	list := finding.Domains()
	var others []string
	for _, r := range rows {
		if !slices.Contains(list, r.domain) && !slices.Contains(others, r.domain) {
			others = append(others, r.domain)
		}
	}
	slices.Sort(others)
	return append(list, others...)
}

func rowsOf(rows []row, domain string) []row {
	var out []row
	for _, r := range rows {
		if r.domain == domain {
			out = append(out, r)
		}
	}
	return out
}

func verdictCounts(rows []row) map[policy.Verdict]int {
	counts := map[policy.Verdict]int{}
	for _, r := range rows {
		counts[r.verdict]++
	}
	return counts
}

// violators returns the companies with violations and how many each has, the
// most first.
func violators(rows []row) (names []string, counts []int) {
	type company struct {
		label string
		n     int
	}
	byID := map[string]*company{}
	var list []*company
	for _, r := range rows {
		if r.verdict != policy.Violation {
			continue
		}
		key := cmp.Or(r.company, r.companyLabel)
		if byID[key] == nil {
			byID[key] = &company{label: r.companyLabel}
			list = append(list, byID[key])
		}
		byID[key].n++
	}
	slices.SortStableFunc(list, func(a, b *company) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.label, b.label))
	})
	for _, c := range list {
		names, counts = append(names, c.label), append(counts, c.n)
	}
	return names, counts
}

// group is the findings of one entry about one company with one verdict.
type group struct {
	entry, company string
	verdict        policy.Verdict
	rows           []row // those with the most records first
	records        uint64
}

// groups gathers rows, violations first, then by severity, entry and company.
func groups(rows []row) []group {
	rank := func(v policy.Verdict) int { return slices.Index(policy.Verdicts(), v) }
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(
			cmp.Compare(rank(a.verdict), rank(b.verdict)), cmp.Compare(a.severity, b.severity), cmp.Compare(a.entry, b.entry),
			cmp.Compare(a.companyLabel, b.companyLabel), cmp.Compare(a.company, b.company),
			cmp.Compare(b.count, a.count), cmp.Compare(a.label, b.label), cmp.Compare(a.id, b.id),
		)
	})
	var out []group
	for i, r := range rows {
		same := i > 0 && rows[i-1].verdict == r.verdict && rows[i-1].entry == r.entry && rows[i-1].company == r.company
		if !same {
			out = append(out, group{entry: r.entry, company: r.companyLabel, verdict: r.verdict})
		}
		g := &out[len(out)-1]
		g.rows = append(g.rows, r)
		g.records = max(g.records, g.records+r.count) // no sum that wrapped round
	}
	return out
}

// companyLabel is what people call the company of a finding, empty if the
// finding is about none.
func companyLabel(f *finding.Finding) string {
	return cmp.Or(finding.Plain(f.CompanyName), f.Company.Value())
}

// parties says who stands in relation with whom.
func parties(f *finding.Finding) string {
	subject, party := named(f.SubjectName, f.Subject), named(f.PartyName, f.Party)
	switch {
	case subject == "" && party == "":
		return "the whole evidence"
	case subject == "" || party == "":
		return subject + party
	}
	return subject + "  ·  " + party
}

// named gives the name with the identifier behind it, or what there is.
func named(name string, id evidence.ID) string {
	name = finding.Plain(name)
	switch {
	case name == "":
		return finding.Plain(id.String())
	case id.IsZero():
		return name
	}
	return name + " (" + finding.Plain(id.String()) + ")"
}

// exemplar is the first place in the bytes that shows the finding.
func exemplar(f *finding.Finding) string {
	for _, s := range f.Chain {
		if s.Kind != finding.StepBytes || s.Ref == nil {
			continue
		}
		where := cmp.Or(s.Name, digest(s.Ref.Input))
		if s.Ref.Path != "" {
			where += " › " + s.Ref.Path
		}
		return finding.Plain(strings.TrimSuffix(where+": "+s.Ref.Note, ": "))
	}
	return ""
}
