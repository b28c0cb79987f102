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
	case b.station.observed == 0 && b.confirms():
		return nil // the relation that it confirms answers
	case b.station.observed == 0:
		f.Reason = fmt.Sprintf("Nothing of the kind %s was examined%s.", b.relation.Name, j.leftOut())
		f.Missing = append([]finding.Missing{{
			What: "evidence of the kind " + b.relation.Name, Next: "give " + cmp.Or(j.Needs[e.Domain], "such evidence"),
		}}, j.gaps(e.Domain)...)
		return f
	}
	f.Count = b.station.observed
	f.Missing = append(j.gaps(e.Domain), b.strangers(j)...)
	examined := plural(b.station.observed, "observation", "observations") + " of the kind " + b.relation.Name + " examined"
	switch {
	case len(f.Missing) > 0:
		parts := make([]string, len(f.Missing))
		for i, m := range f.Missing {
			parts[i] = m.What
		}
		f.Reason = fmt.Sprintf("%s; not known: %s.", examined, strings.Join(parts, "; "))
	case len(b.matters) > 0:
		return nil
	default:
		f.Verdict = policy.Clean
		f.Reason = fmt.Sprintf("%s, in inputs that were read to their end: none is of a company that the entry selects "+
			"in a case that it is about, and no party that matters is unresolved%s%s.", examined, b.passedOver(j), j.leftOut())
	}
	return f
}

// confirms reports whether the relation only proves by other means what another
// relation of the entry is about, so that its absence leaves nothing open.
func (b *bench) confirms() bool {
	return slices.ContainsFunc(b.entry.Relations, func(r policy.Relation) bool {
		return r.Name == b.relation.Kind.Confirms
	})
}

// leftOut says, as the end of a sentence, how much was given and not examined
// because no reader takes it. That clean does not speak of it must be plain.
func (j *judgement) leftOut() string {
	inputs, parts := 0, 0
	for _, s := range j.Set.Shards() {
		if st := s.Input.Status; st == evidence.StatusUnrecognised || st == evidence.StatusEmpty {
			inputs++
			continue
		}
		parts += len(s.Input.Skipped)
	}
	_, skipped := j.Set.NotOpened()
	inputs += len(skipped)
	var counts []string
	if inputs > 0 {
		counts = append(counts, plural(uint64(inputs), "input", "inputs"))
	}
	if parts > 0 {
		counts = append(counts, plural(uint64(parts), "part of an input", "parts of inputs"))
	}
	if len(counts) == 0 {
		return ""
	}
	return "; left out, as the coverage lists: " + strings.Join(counts, " and ")
}

// gaps names the inputs that were not read to their end, or only as far as
// another registry knew, and may hold evidence of a domain.
func (j *judgement) gaps(domain string) []finding.Missing {
	if out, ok := j.unread[domain]; ok {
		return slices.Clone(out)
	}
	var out []finding.Missing
	for _, s := range j.Set.Shards() {
		if !mayHold(s, domain) {
			continue
		}
		in := &s.Input
		what := fmt.Sprintf("what the unread part of %s holds (%s", strings.Join(in.Names, ", "), in.Status)
		if in.Reason != "" {
			what += ": " + in.Reason
		}
		out = append(out, finding.Missing{What: what + ")", Next: "fetch or export the file again and collect it anew"})
	}
	for _, in := range j.outdated {
		if slices.Contains(in.Domains, domain) {
			out = append(out, finding.Missing{
				What: "what " + strings.Join(in.Names, ", ") + " holds of identifiers that the registry it was collected with did not know",
				Next: "collect it anew with the registry of today",
			})
		}
	}
	if unopened, _ := j.Set.NotOpened(); len(unopened) > 0 {
		what := "what " + unopened[0].Name + " holds, which could not be opened"
		if n := len(unopened); n > 1 {
			what = fmt.Sprintf("what %d inputs hold that could not be opened, %s the first", n, unopened[0].Name)
		}
		out = append(out, finding.Missing{
			What: what,
			Next: cmp.Or(unopened[0].Next, "make it readable and collect it anew"),
		})
	}
	j.unread[domain] = out
	return slices.Clone(out)
}

// mayHold reports whether the unread part of an input may hold evidence of a
// domain: if one of its readers met the damage, that of the reader's domain;
// if it was met outside any reader, as where an archive breaks off, of any.
func mayHold(s *evidence.Shard, domain string) bool {
	in := &s.Input
	if in.Status != evidence.StatusPartial && in.Status != evidence.StatusFailed {
		return false
	}
	problems, more := s.Problems()
	return more > 0 || len(in.Domains) == 0 || slices.Contains(in.Domains, domain) ||
		slices.ContainsFunc(problems, func(p evidence.Problem) bool { return p.Reader == "" })
}

// strangers says of which parties too little is known, the most seen first.
func (b *bench) strangers(j *judgement) []finding.Missing {
	var out []finding.Missing
	unplaced := b.unplaced
	if b.crowd != nil {
		if n, names := b.crowd.named(j, b.among); n > 0 {
			out = append(out, finding.Missing{
				What: "who controls " + plural(uint64(n), "party", "parties") + ": " + names,
				Next: "name their companies and owners in a registry file of your own (--registry)",
			})
		}
		for _, what := range slices.Sorted(maps.Keys(b.crowd.doubtful)) {
			parties := b.crowd.doubtful[what]
			out = append(out, finding.Missing{
				What: "of " + plural(uint64(len(parties)), "party", "parties") + " " + what + ": " + j.mostSeen(parties),
				Next: "add it with its source to a registry file of your own (--registry)",
			})
		}
		unplaced = sumOf(unplaced, b.crowd.unplaced)
	}
	if n := len(unplaced); n > 0 {
		out = append(out, finding.Missing{
			What: "the registered country of " + plural(uint64(n), "counterpart", "counterparts") +
				" whose address space lies mostly outside the protected countries: " + j.mostSeen(unplaced),
			Next: giveRegister,
		})
	}
	return out
}

// sumOf adds the records of two maps, neither of which it changes.
func sumOf(a, b map[evidence.ID]uint64) map[evidence.ID]uint64 {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	out := maps.Clone(b)
	for id, n := range a {
		out[id] += n
	}
	return out
}

// named says how many parties of the crowd nobody is known to hold, and names
// the most seen, less the records in among. The crowd is sorted once for all
// its benches.
func (c *crowd) named(j *judgement, among map[evidence.ID]uint64) (int, string) {
	if c.sorted == nil {
		c.sorted = bySight(c.unresolved)
	}
	n := len(c.sorted)
	top := make(map[evidence.ID]uint64, mostNamed)
	for id, less := range among { // few: the strangers of the entry's own companies
		switch all := c.unresolved[id]; {
		case less >= all:
			n--
		default:
			top[id] = all - less
		}
	}
	untouched := 0
	for _, id := range c.sorted {
		if untouched == mostNamed {
			break
		}
		if _, ok := among[id]; !ok {
			top[id] = c.unresolved[id]
			untouched++
		}
	}
	return n, j.naming(top, n)
}

// passedOver says, as the end of a clause, whose undecided control the entry
// ignores.
func (b *bench) passedOver(j *judgement) string {
	if len(b.ignored) == 0 {
		return ""
	}
	return "; passed over, as the entry asks, because it is not known whether they are controlled: " + j.mostSeen(b.ignored)
}

// mostNamed is how many identifiers of a sort a finding names.
const mostNamed = 5

func (j *judgement) mostSeen(records map[evidence.ID]uint64) string {
	return j.naming(records, len(records))
}

// naming names the most seen of some identifiers, which are those most seen of
// n in all.
func (j *judgement) naming(records map[evidence.ID]uint64, n int) string {
	ids := bySight(records)
	names := make([]string, 0, mostNamed)
	for _, id := range ids[:min(len(ids), mostNamed)] {
		names = append(names, j.party(id).String())
	}
	text := strings.Join(names, ", ")
	if more := n - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// bySight sorts identifiers by their records, the most seen first.
func bySight(records map[evidence.ID]uint64) []evidence.ID {
	return slices.SortedFunc(maps.Keys(records), func(x, y evidence.ID) int {
		return cmp.Or(cmp.Compare(records[y], records[x]), x.Compare(y))
	})
}
