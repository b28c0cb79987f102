package judge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// TestResult is how one example of a policy document came out.
type TestResult struct {
	Test     policy.Test
	Failures []string // empty if it passed; each begins with its place
}

// RunTests judges the examples that stand in a policy document.
func RunTests(ctx context.Context, p *policy.Policy, reg *entity.Registry) ([]TestResult, error) {
	var out []TestResult
	for _, t := range p.Tests {
		known := p
		if !t.AsKnownAt.IsZero() {
			known = p.KnownAt(t.AsKnownAt)
		}
		found, err := judgeTest(ctx, known, reg, t)
		if err != nil {
			return out, err
		}
		result := TestResult{Test: t}
		for _, want := range t.Expect {
			failure, err := checkOne(ctx, known, reg, t, want, found)
			if err != nil {
				return out, err
			}
			if failure != "" {
				result.Failures = append(result.Failures, want.Place.String()+": "+failure)
			}
		}
		out = append(out, result)
	}
	return out, nil
}

// checkOne compares one expectation with the entry itself, with what it says
// of a supposed observation, or with the findings of the test's observations.
func checkOne(ctx context.Context, p *policy.Policy, reg *entity.Registry, t policy.Test,
	want policy.Expectation, found []*finding.Finding) (string, error) {
	if i := slices.IndexFunc(p.Entries, func(e *policy.Entry) bool { return e.ID == want.Entry }); i >= 0 {
		e := p.Entries[i]
		if state, why := e.State(t.AsOf); want.State != nil && state != *want.State {
			return fmt.Sprintf("want the entry %s, got %s: %s", *want.State, state, why), nil
		}
		if due := e.Due(t.AsOf); want.Due != nil && due != *want.Due {
			return fmt.Sprintf("want %d phases due, got %d", *want.Due, due), nil
		}
		if want.Suppose {
			supposed, err := suppose(ctx, p, reg, t, want, e)
			if err != nil {
				return "", err
			}
			want.Subject, want.Company = evidence.ID{}, ""
			return checkExpectation(want, supposed), nil
		}
	}
	if want.Judges {
		return checkExpectation(want, found), nil
	}
	return "", nil
}

func judgeTest(ctx context.Context, p *policy.Policy, reg *entity.Registry, t policy.Test) ([]*finding.Finding, error) {
	var c collector
	err := Judge(ctx, Case{Set: exampleSet(t, t.Observations), Registry: reg, Policy: p, AsOf: t.AsOf}, &c)
	return c.findings, err
}

// exampleSet is the evidence of a test, as if read whole from its document.
func exampleSet(t policy.Test, observations []evidence.Observation) *evidence.Set {
	digest := sha256.Sum256([]byte(t.Name))
	shard := evidence.NewShard(evidence.Input{
		Digest: hex.EncodeToString(digest[:]), Names: []string{t.Place.String()}, Status: evidence.StatusRead,
	})
	for _, o := range observations {
		shard.Observe(o)
	}
	set := new(evidence.Set)
	set.Add(shard)
	return set
}

// suppose judges an observation that nobody made by one entry: the company or
// identifier in the entry's relation to somebody protected. What evidence must
// bring beside that, corroboration and second observations, is taken as given.
func suppose(ctx context.Context, p *policy.Policy, reg *entity.Registry, t policy.Test,
	want policy.Expectation, e *policy.Entry) ([]*finding.Finding, error) {
	kind := &evidence.Kind{
		Domain: e.Domain, Name: "supposed", Phrase: "supposed, {party} stands in a relation that the entry is about",
		Roles: []evidence.Role{{Name: "party", Party: true}},
	}
	one := *e
	one.Awaits, one.Requires, one.Also, one.Protects = "", nil, nil, policy.Protection{}
	one.Relations = []policy.Relation{{Name: kind.Name, Kind: kind, Roles: []string{"party"}}}
	only := *p
	only.Entries = []*policy.Entry{&one}
	party := want.Subject
	switch {
	case want.Company != "":
		party = evidence.Company(want.Company)
	case party.IsZero(): // a class of products, of no maker in particular
		party = evidence.Company("supposed-maker")
	}
	o := evidence.Observation{
		Domain: kind.Domain, Kind: kind.Name, Thing: want.Subject, Count: 1,
		Subjects: []evidence.Subject{{Role: "party", ID: party}}, Attrs: want.Supposed,
	}
	var c collector
	err := Judge(ctx, Case{Set: exampleSet(t, []evidence.Observation{o}), Registry: reg, Policy: &only, AsOf: t.AsOf}, &c)
	return c.findings, err
}

func checkExpectation(want policy.Expectation, found []*finding.Finding) string {
	matching := 0
	var near []*finding.Finding
	for _, f := range found {
		switch {
		case want.Entry != "" && f.Entry != want.Entry,
			want.Company != "" && f.Company != evidence.Company(want.Company),
			!want.Subject.IsZero() && f.Subject != want.Subject && f.Party != want.Subject:
			continue
		case want.None && f.Party.IsZero():
			continue // the entry's roll-up is there even where nothing was found
		}
		near = append(near, f)
		if f.Verdict == want.Verdict {
			matching++
		}
	}
	switch {
	case want.None && len(near) > 0:
		return fmt.Sprintf("want no finding, got %s: %s", near[0].Verdict, near[0].Reason)
	case want.None || matching > 0:
		return ""
	case len(near) > 0:
		return fmt.Sprintf("want %s, got %s: %s", want.Verdict, near[0].Verdict, near[0].Reason)
	}
	return fmt.Sprintf("want %s, got no finding", want.Verdict)
}

// collector is a finding.Handler that keeps the findings.
type collector struct{ findings []*finding.Finding }

func (c *collector) Run(*finding.Run) error { return nil }
func (c *collector) Finding(f *finding.Finding) error {
	c.findings = append(c.findings, f)
	return nil
}
func (c *collector) Problem(*finding.Problem) error   { return nil }
func (c *collector) Coverage(*finding.Coverage) error { return nil }
func (c *collector) Close() error                     { return nil }
