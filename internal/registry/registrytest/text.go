package registrytest

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
)

// Text writes what came of a file for a golden file: a line for each fact, in
// the order in which the sink got them by kind, then the report.
func (r *Result) Text() string {
	var b strings.Builder
	line := func(kind string, parts ...string) {
		b.WriteString(kind)
		for _, p := range parts {
			if p != "" && !strings.HasSuffix(p, "=") {
				b.WriteString("  " + p)
			}
		}
		b.WriteString("\n")
	}
	when := func(valid, known entity.Interval) string {
		out := "valid " + valid.String()
		if known != (entity.Interval{}) {
			out += ", known " + known.String()
		}
		return out
	}
	for _, c := range r.Records.Companies {
		state := ""
		if c.StateOwned {
			state = "state-owned"
		}
		line("company", c.Slug, fmt.Sprintf("%q", c.Name), "aliases="+quoted(c.Aliases), "country="+c.Country, "headquarters="+c.Headquarters,
			"tags="+strings.Join(c.Tags, ","), state, "note="+c.Note, when(entity.Interval{}, c.Known), "["+c.Record+"]")
	}
	for _, d := range r.Records.Identifiers {
		line("identifier", d.Company, d.ID.String(), "note="+d.Note, when(d.Valid, d.Known), "["+d.Record+"]")
	}
	for _, e := range r.Records.Edges {
		line("edge", cmp.Or(e.Owner, "(a person)")+" → "+e.Asset, e.Share.String(), e.Interest, "note="+e.Note, when(e.Valid, e.Known), "["+e.Record+"]")
	}
	for _, l := range r.Records.Listings {
		line("listing", l.Company, l.List, "program="+l.Program, "note="+l.Note, when(l.Valid, l.Known), "["+l.Record+"]")
	}
	for _, g := range r.Records.Gaps {
		line("gap", g.Company, g.Reason, "note="+g.Note, when(g.Valid, g.Known), "["+g.Record+"]")
	}
	fmt.Fprintf(&b, "%d records, %d facts\n", r.Report.Records, r.Report.Facts)
	for _, d := range r.Report.Dropped {
		fmt.Fprintf(&b, "dropped %d: %s\n", d.Count, d.Reason)
	}
	for _, p := range r.Report.Problems {
		fmt.Fprintf(&b, "problem, line %d, %s: %s\n", p.Line, p.Record, p.Message)
	}
	if r.Err != nil {
		fmt.Fprintf(&b, "error: %v\n", r.Err)
	}
	return b.String()
}

func quoted(texts []string) string {
	var out []string
	for _, t := range texts {
		out = append(out, fmt.Sprintf("%q", t))
	}
	return strings.Join(out, ",")
}
