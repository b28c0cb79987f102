package judge

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// rollUp answers for an entry and relation as a whole: unknown where evidence
// is missing, damaged or names parties that nobody is known to hold; clean
// where nothing is left open; nothing where single findings say it all.
func (j *judgement) rollUp(b *bench) *finding.Finding {
	e := b.entry
	f := &finding.Finding{
		Domain: e.Domain, Relation: b.relation.Name, Verdict: policy.Unknown,
		Effect: e.Effect, Severity: e.Severity, Policy: j.Policy.ID, Entry: e.ID, Remedy: e.Remedy,
	}
	f.ID = finding.Identify(f)
	f.Chain = []finding.Step{j.ruleStep(b)}
	switch {
	case e.Awaits != "":
		f.Reason = "This version of cleannet reads no evidence for it yet: " + e.Awaits + "."
		f.Missing = []finding.Missing{{What: "a reader for " + e.Awaits, Next: "examine it by other means until then"}}
		return f
	case b.examined == 0:
		f.Reason = fmt.Sprintf("Nothing of the kind %s was examined.", b.relation.Name)
		f.Missing = []finding.Missing{{What: "evidence of the kind " + b.relation.Name, Next: "give " + cmp.Or(j.Needs[e.Domain], "such evidence")}}
		return f
	}
	f.Count = b.examined
	f.Missing = append(j.gaps(e.Domain), b.strangers(j)...)
	switch {
	case len(f.Missing) > 0:
		parts := make([]string, len(f.Missing))
		for i, m := range f.Missing {
			parts[i] = m.What
		}
		f.Reason = fmt.Sprintf("%d observations examined; not known: %s.", b.examined, strings.Join(parts, "; "))
	case len(b.found) > 0:
		return nil
	default:
		f.Verdict = policy.Clean
		f.Reason = fmt.Sprintf("%d observations of the kind %s examined to their end; every party is resolved and none is one that the entry names.",
			b.examined, b.relation.Name)
	}
	return f
}

// gaps names the inputs of a domain that were not read to their end.
func (j *judgement) gaps(domain string) []finding.Missing {
	var out []finding.Missing
	for _, s := range j.Set.Shards() {
		in := &s.Input
		if in.Status == evidence.StatusRead || !slices.Contains(in.Domains, domain) {
			continue
		}
		out = append(out, finding.Missing{
			What: fmt.Sprintf("what the unread part of %s holds (%s: %s)", strings.Join(in.Names, ", "), in.Status, in.Reason),
			Next: "fetch or export the file again and collect it anew",
		})
	}
	if unopened, _ := j.Set.NotOpened(); len(unopened) > 0 {
		out = append(out, finding.Missing{
			What: fmt.Sprintf("what %d inputs hold that could not be opened, %s the first", len(unopened), unopened[0].Name),
			Next: unopened[0].Next,
		})
	}
	return out
}

// mostNamed is how many unresolved parties a finding names.
const mostNamed = 5

// strangers says which parties nobody is known to hold, the most seen first.
func (b *bench) strangers(j *judgement) []finding.Missing {
	if len(b.unresolved) == 0 {
		return nil
	}
	ids := slices.SortedFunc(maps.Keys(b.unresolved), func(x, y evidence.ID) int {
		return cmp.Or(cmp.Compare(b.unresolved[y], b.unresolved[x]), x.Compare(y))
	})
	names := make([]string, 0, mostNamed)
	for _, id := range ids[:min(len(ids), mostNamed)] {
		names = append(names, j.party(id).String())
	}
	more := ""
	if n := len(ids) - len(names); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return []finding.Missing{{
		What: fmt.Sprintf("who controls %d parties: %s%s", len(ids), strings.Join(names, ", "), more),
		Next: "name their companies and owners in a registry file of your own (--registry)",
	}}
}
