package judge

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
)

// run completes the caller's run message.
func (j *judgement) run() *finding.Run {
	r := j.Run
	p := j.Policy
	r.Policy = finding.PolicyInfo{ID: p.ID, Title: p.Title, Issuer: p.Issuer, Version: p.Version, Digest: p.Digest}
	r.Registry = j.Registry.Digest()
	r.AsOf = j.AsOf
	r.Inputs = []finding.InputInfo{}
	for _, s := range j.Set.Shards() {
		r.Inputs = append(r.Inputs, finding.InputInfo{
			Name: strings.Join(s.Input.Names, ", "), SHA256: s.Input.Digest, Size: s.Input.Size,
		})
	}
	return &r
}

func (j *judgement) problems() []*finding.Problem {
	var out []*finding.Problem
	unopened, _ := j.Set.NotOpened()
	for _, p := range unopened {
		out = append(out, &finding.Problem{Input: p.Name, Path: p.Path, Offset: -1, Message: p.Message, Next: p.Next})
	}
	for _, s := range j.Set.Shards() {
		list, _ := s.Problems()
		for _, p := range list {
			out = append(out, &finding.Problem{
				Input: j.names[s.Input.Digest], SHA256: s.Input.Digest, Path: p.Path, Offset: p.Offset,
				Reader: p.Reader, Message: p.Message, Next: p.Next,
			})
		}
	}
	return out
}

// outdated returns the inputs of which readers took only what a registry with
// other identifiers than today's knew. What this one knows beyond that, they
// could not have seen.
func outdated(c *Case) []*evidence.Input {
	var out []*evidence.Input
	now := ""
	for _, s := range c.Set.Shards() {
		if s.Input.Lexicon == "" {
			continue // all of it was taken
		}
		if now == "" {
			now = c.Registry.Lexicon().Digest()
		}
		if s.Input.Lexicon != now {
			out = append(out, &s.Input)
		}
	}
	return out
}

// outdatedNotes says so for the coverage.
func (j *judgement) outdatedNotes() []string {
	var notes []string
	for _, in := range j.outdated {
		notes = append(notes, fmt.Sprintf("%s was collected with other identifiers than this registry has (lexicon %.8s) by a reader that looks "+
			"for those only (of %s): what the registry has learned since cannot show in it; collect it again",
			strings.Join(in.Names, ", "), in.Lexicon, strings.Join(in.Readers, ", ")))
	}
	return notes
}

func (j *judgement) coverage() *finding.Coverage {
	c := &finding.Coverage{
		Read: []finding.Covered{}, Skipped: []finding.Skipped{}, Records: []finding.RecordCount{},
		Observed: []finding.ObservedCount{}, Notes: slices.Concat(j.notes, j.outdatedNotes()),
	}
	totals := make(map[string]uint64)
	for _, s := range j.Set.Shards() {
		in := &s.Input
		covered := finding.Covered{
			Name: strings.Join(in.Names, ", "), SHA256: in.Digest, Status: in.Status, Reason: in.Reason,
			Readers: append([]string{}, in.Readers...),
		}
		for _, n := range in.Counts {
			covered.Records = append(covered.Records, finding.RecordCount{Name: n.Name, Count: n.N})
			totals[n.Name] += n.N
		}
		c.Read = append(c.Read, covered)
		for _, k := range in.Skipped {
			c.Skipped = append(c.Skipped, finding.Skipped{Name: covered.Name, Path: k.Path, Reason: k.Reason})
		}
		listed, more := s.Problems()
		c.Problems += uint64(len(listed)) + more
	}
	unopened, skipped := j.Set.NotOpened()
	c.Problems += uint64(len(unopened))
	for _, k := range skipped {
		c.Skipped = append(c.Skipped, finding.Skipped{Name: k.Name, Path: k.Path, Reason: k.Reason})
	}
	for _, name := range slices.Sorted(maps.Keys(totals)) {
		c.Records = append(c.Records, finding.RecordCount{Name: name, Count: totals[name]})
	}
	for _, key := range slices.Sorted(maps.Keys(j.observed)) {
		domain, kind, _ := strings.Cut(key, "/")
		c.Observed = append(c.Observed, finding.ObservedCount{Domain: domain, Kind: kind, Count: j.observed[key]})
	}
	slices.SortStableFunc(c.Read, func(a, b finding.Covered) int { return strings.Compare(a.Name, b.Name) })
	return c
}
