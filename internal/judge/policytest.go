package judge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

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
		found, err := judgeTest(ctx, p, reg, t)
		if err != nil {
			return out, err
		}
		result := TestResult{Test: t}
		for _, want := range t.Expect {
			if failure := checkExpectation(want, found); failure != "" {
				result.Failures = append(result.Failures, want.Place.String()+": "+failure)
			}
		}
		out = append(out, result)
	}
	return out, nil
}

func judgeTest(ctx context.Context, p *policy.Policy, reg *entity.Registry, t policy.Test) ([]*finding.Finding, error) {
	digest := sha256.Sum256([]byte(t.Name))
	shard := evidence.NewShard(evidence.Input{
		Digest: hex.EncodeToString(digest[:]), Names: []string{t.Place.String()}, Status: evidence.StatusRead,
	})
	for _, o := range t.Observations {
		shard.Observe(o)
	}
	var set evidence.Set
	set.Add(shard)
	var c collector
	err := Judge(ctx, Case{Set: &set, Registry: reg, Policy: p, AsOf: t.AsOf}, &c)
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
