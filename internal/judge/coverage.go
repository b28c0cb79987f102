package judge

import (
	"cmp"
	"maps"
	"slices"
	"strings"

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

func (j *judgement) coverage() *finding.Coverage {
	c := &finding.Coverage{
		Read: []finding.Covered{}, Skipped: []finding.Skipped{}, Records: []finding.RecordCount{},
		Observed: []finding.ObservedCount{}, Notes: j.notes,
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
	for key, at := range j.stations {
		if at.observed > 0 {
			c.Observed = append(c.Observed, finding.ObservedCount{Domain: key.domain, Kind: key.name, Count: at.observed})
		}
	}
	slices.SortFunc(c.Observed, func(a, b finding.ObservedCount) int {
		return cmp.Or(cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Kind, b.Kind))
	})
	slices.SortStableFunc(c.Read, func(a, b finding.Covered) int { return strings.Compare(a.Name, b.Name) })
	return c
}
