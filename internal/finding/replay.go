package finding

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Difference is a finding that is not the same when a run is derived again: it
// is gone, is new, or differs in parts.
type Difference struct {
	Was, Now *Finding // nil where it is new, or gone
	Parts    []string // what differs, where both are there
}

// String says what differs in one line.
func (d Difference) String() string {
	switch {
	case d.Now == nil:
		return "gone: " + d.Was.Verdict.String() + " " + describe(d.Was)
	case d.Was == nil:
		return "new: " + d.Now.Verdict.String() + " " + describe(d.Now)
	}
	return "changed: " + describe(d.Was) + ": " + strings.Join(d.Parts, "; ")
}

// Differences compares two runs finding by finding, by id, in the order of the
// earlier one and then what is new. The names of files do not count, since they
// move; the text of a step does not, since its other parts say the same.
func Differences(before, now []*Finding) []Difference {
	byID := make(map[string]*Finding, len(now))
	for _, f := range now {
		byID[f.ID] = f
	}
	var out []Difference
	for _, old := range before {
		f, ok := byID[old.ID]
		delete(byID, old.ID)
		if !ok {
			out = append(out, Difference{Was: old})
		} else if parts := compareFindings(old, f); len(parts) > 0 {
			out = append(out, Difference{old, f, parts})
		}
	}
	for _, f := range now {
		if byID[f.ID] == f {
			out = append(out, Difference{Now: f})
		}
	}
	return out
}

func describe(f *Finding) string {
	var text strings.Builder
	text.WriteString(f.ID[:min(len(f.ID), ShortID)] + " (" + f.Entry + ", " + f.Relation)
	for _, id := range []string{f.Subject.String(), f.Party.String(), f.Company.String()} {
		if id != "" {
			text.WriteString(", " + id)
		}
	}
	return text.String() + ")"
}

// compareFindings says in which parts two findings of one id differ.
func compareFindings(a, b *Finding) []string {
	var out []string
	if a.Verdict != b.Verdict {
		out = append(out, fmt.Sprintf("verdict %s, now %s", a.Verdict, b.Verdict))
	}
	if a.Reason != b.Reason {
		out = append(out, fmt.Sprintf("reason %q, now %q", a.Reason, b.Reason))
	}
	if a.Count != b.Count {
		out = append(out, fmt.Sprintf("%d records, now %d", a.Count, b.Count))
	}
	if len(a.Chain) != len(b.Chain) {
		out = append(out, fmt.Sprintf("%d steps of proof, now %d", len(a.Chain), len(b.Chain)))
	} else {
		for i := range a.Chain {
			if x, y := proofOf(a.Chain[i]), proofOf(b.Chain[i]); x != y {
				out = append(out, fmt.Sprintf("step %d of the proof (%s): %s, now %s", i+1, a.Chain[i].Kind, x, y))
			}
		}
	}
	rest := func(f *Finding) Finding {
		c := *f
		c.Verdict, c.Reason, c.Count, c.Chain = 0, "", 0, nil
		return c
	}
	if x, y := jsonOf(rest(a)), jsonOf(rest(b)); x != y && len(out) == 0 {
		out = append(out, fmt.Sprintf("details %s, now %s", x, y))
	}
	return out
}

// proofOf writes a step without the names of files, which move, and without its
// text, which says the same for people.
func proofOf(s Step) string {
	s.Text, s.Name, s.File = "", "", ""
	return jsonOf(s)
}

func jsonOf(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// CompareData says in sentences which of the things that verdicts come from have changed.
func CompareData(before, now *Run) []string {
	var out []string
	note := func(what, then, today string) {
		if then != today && then != "" {
			out = append(out, fmt.Sprintf("%s: %s, now %s", what, then, today))
		}
	}
	note("program", before.Tool+" "+before.Version, now.Tool+" "+now.Version)
	note("policy "+before.Policy.ID, "sha256 "+before.Policy.Digest, "sha256 "+now.Policy.Digest)
	note("registry", "sha256 "+before.Registry, "sha256 "+now.Registry)
	if before.Registry != now.Registry {
		out = append(out, compareKnowledge(before.Knowledge, now.Knowledge)...)
	}
	had, has := digests(before.Inputs), digests(now.Inputs)
	for _, in := range before.Inputs {
		if !slices.Contains(has, in.SHA256) {
			out = append(out, fmt.Sprintf("input %q, sha256 %s, is not among those named", in.Name, in.SHA256))
		}
	}
	for _, in := range now.Inputs {
		if !slices.Contains(had, in.SHA256) {
			out = append(out, fmt.Sprintf("input %q, sha256 %s, is new", in.Name, in.SHA256))
		}
	}
	if slices.Equal(had, has) && before.Evidence != "" {
		note("what the readers took from the inputs", "sha256 "+before.Evidence, "sha256 "+now.Evidence)
	}
	return out
}

func digests(inputs []InputInfo) []string {
	var out []string
	for _, in := range inputs {
		out = append(out, in.SHA256)
	}
	slices.Sort(out)
	return out
}

// compareKnowledge names the files behind a registry that differs. Where the
// files are the same, what ships with the program is not.
func compareKnowledge(before, now []KnowledgeInfo) []string {
	var out []string
	same := func(a KnowledgeInfo) func(KnowledgeInfo) bool {
		return func(b KnowledgeInfo) bool { return a.Kind == b.Kind && a.SHA256 == b.SHA256 }
	}
	for _, k := range before {
		if !slices.ContainsFunc(now, same(k)) {
			out = append(out, fmt.Sprintf("company data %q (%s), sha256 %s, are not among those named", k.Name, k.Kind, k.SHA256))
		}
	}
	for _, k := range now {
		if !slices.ContainsFunc(before, same(k)) {
			out = append(out, fmt.Sprintf("company data %q (%s), sha256 %s, are new", k.Name, k.Kind, k.SHA256))
		}
	}
	return out
}
