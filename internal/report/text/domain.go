package text

import (
	"strings"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// How much of a domain is shown unless everything is asked for.
const (
	maxGroups  = 12 // groups of a domain
	maxDetails = 3  // findings of a group that show reason and exemplar
)

// maxRows is how many findings of a group are shown.
func maxRows(v policy.Verdict) int {
	switch v {
	case policy.Violation:
		return 8
	case policy.Clean:
		return 1
	}
	return 4
}

// silence says of which domains there is no verdict at all, in one line: it is
// to be seen, and most policies are about one domain only.
func (r *report) silence(names []string) {
	if len(names) > 0 {
		r.out.line("")
		r.out.wrap("", strings.Join(names, ", ")+": no rule gave an answer: nothing was examined for it, or no rule is about it")
	}
}

// domain writes the verdicts of one domain and the findings behind them.
func (r *report) domain(name string, rows []row) {
	p := r.out
	p.line("")
	counts := verdictCounts(rows)
	var words []string
	for _, v := range policy.Verdicts() {
		if n := counts[v]; n > 0 {
			words = append(words, p.paint(v, verdictCount(n, v)))
		}
	}
	p.line(finding.Plain(name) + ": " + strings.Join(words, ", "))
	list := groups(rows)
	left := 0
	for i, g := range list {
		if i >= maxGroups && !r.verbose {
			left += len(g.rows)
			continue
		}
		r.group(g)
	}
	if left > 0 {
		p.wrap("  ", more(left, "--format json, or cleannet explain ID"))
	}
}

// verdictCount says "3 violations" or "3 unknown".
func verdictCount(n int, v policy.Verdict) string {
	if v == policy.Violation {
		return counted(uint64(n), "violation")
	}
	return finding.Number(uint64(n)) + " " + v.String()
}

// group writes the line of a group and its first findings.
func (r *report) group(g group) {
	p := r.out
	title := g.entry
	if g.company != "" {
		title += "  ·  " + g.company
	}
	right := counted(uint64(len(g.rows)), "finding")
	if g.records > 0 {
		right += ", " + counted(g.records, "record")
	}
	p.line("")
	p.painted("  ", g.verdict, pad(g.verdict.String(), 9)+"  ", title, right)
	reason := ""
	for i, row := range g.rows {
		if i == maxRows(g.verdict) && !r.verbose {
			p.wrap("    ", more(len(g.rows)-i, "--format json, or cleannet explain ID"))
			return
		}
		count := ""
		if row.count > 0 {
			count = finding.Number(row.count)
		}
		p.columns("    "+pad(row.id, 8)+"  ", row.label, count)
		if i >= maxDetails && !r.verbose {
			continue
		}
		const indent = "              "
		if row.reason != reason {
			p.wrap(indent, row.reason)
			reason = row.reason
		}
		if row.exemplar != "" {
			p.cut(indent, row.exemplar)
		}
		for _, m := range row.missing {
			p.wrap(indent, "missing: "+finding.Plain(m.What))
			p.wrap(indent, "next: "+finding.Plain(m.Next))
		}
	}
}

// more says how many entries of a list are not shown, and how to see them.
func more(n int, how string) string {
	return "… and " + finding.Number(uint64(n)) + " more (" + how + ")"
}
