package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/finding"
)

// report says what differs between the run and its replay, and chooses the
// exit code.
func (r *replaying) report(s streams, before, now *recorded) error {
	data := compareData(before.run, now.run)
	for _, d := range data {
		fmt.Fprintf(s.out, "not the same as then: %s\n", d)
	}
	differ := printDifferences(s.out, before.findings, now.findings)
	total := countOf(len(before.findings), "finding")
	switch {
	case differ > 0:
		fmt.Fprintf(s.out, "differs: %d of %s\n", differ, total)
		return exitCode{code: exitViolation}
	case len(data) > 0:
		fmt.Fprintf(s.out, "equal findings (%s), but from other data\n", total)
		if r.verdicts.strict {
			return exitCode{code: exitUnknown}
		}
	default:
		fmt.Fprintf(s.out, "equal: %s, from the same policy, company data and inputs\n", total)
	}
	return nil
}

// compareData says which of the things that verdicts come from have changed.
func compareData(before, now *finding.Run) []string {
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

func digests(inputs []finding.InputInfo) []string {
	var out []string
	for _, in := range inputs {
		out = append(out, in.SHA256)
	}
	slices.Sort(out)
	return out
}

// compareKnowledge names the files behind a registry that differs. Where the
// files are the same, what ships with the program is not.
func compareKnowledge(before, now []finding.KnowledgeInfo) []string {
	var out []string
	same := func(a finding.KnowledgeInfo) func(finding.KnowledgeInfo) bool {
		return func(b finding.KnowledgeInfo) bool { return a.Kind == b.Kind && a.SHA256 == b.SHA256 }
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

// printDifferences compares finding by finding, in the order of the run, then
// what is new, and returns how many differ.
func printDifferences(w io.Writer, before, now []*finding.Finding) (differ int) {
	byID := make(map[string]*finding.Finding, len(now))
	for _, f := range now {
		byID[f.ID] = f
	}
	for _, old := range before {
		f, ok := byID[old.ID]
		delete(byID, old.ID)
		if !ok {
			differ++
			fmt.Fprintf(w, "gone: %s %s\n", old.Verdict, describe(old))
			continue
		}
		if what := compareFindings(old, f); len(what) > 0 {
			differ++
			fmt.Fprintf(w, "changed: %s: %s\n", describe(old), strings.Join(what, "; "))
		}
	}
	for _, f := range now {
		if byID[f.ID] == f {
			differ++
			fmt.Fprintf(w, "new: %s %s\n", f.Verdict, describe(f))
		}
	}
	return differ
}

func describe(f *finding.Finding) string {
	var text strings.Builder
	text.WriteString(f.ID[:min(len(f.ID), finding.ShortID)] + " (" + f.Entry + ", " + f.Relation)
	for _, id := range []string{f.Subject.String(), f.Party.String(), f.Company.String()} {
		if id != "" {
			text.WriteString(", " + id)
		}
	}
	return text.String() + ")"
}

// compareFindings says in which parts two findings of one id differ.
func compareFindings(a, b *finding.Finding) []string {
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
	rest := func(f *finding.Finding) finding.Finding {
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
func proofOf(s finding.Step) string {
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
