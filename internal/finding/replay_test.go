package finding_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// TestDifferences derives one finding again, with one thing changed.
func TestDifferences(t *testing.T) {
	base := func() *finding.Finding {
		return &finding.Finding{
			ID: "4641d94c00000000", Entry: "carrier", Relation: "adjacency", Verdict: policy.Violation, Reason: "neighbours", Count: 2,
			Chain: []finding.Step{{Kind: "bytes", Name: "a.mrt", File: "a.mrt", Text: "read"}},
		}
	}
	const about = "4641d94c (carrier, adjacency)"
	tests := []struct {
		name   string
		change func(f *finding.Finding)
		want   []string
	}{
		{"nothing", func(*finding.Finding) {}, nil},
		{"files moved", func(f *finding.Finding) {
			f.Chain[0].Name, f.Chain[0].File, f.Chain[0].Text = "b.mrt", "b.mrt", "read it"
		}, nil},
		{"verdict", func(f *finding.Finding) { f.Verdict = policy.Clean }, []string{"changed: " + about + ": verdict violation, now clean"}},
		{"reason and count", func(f *finding.Finding) { f.Reason, f.Count = "none", 3 },
			[]string{"changed: " + about + `: reason "neighbours", now "none"; 2 records, now 3`}},
		{"proof is longer", func(f *finding.Finding) { f.Chain = append(f.Chain, finding.Step{}) },
			[]string{"changed: " + about + ": 1 steps of proof, now 2"}},
		{"another id", func(f *finding.Finding) { f.ID = "00000000ffffffff" },
			[]string{"gone: violation " + about, "new: violation 00000000 (carrier, adjacency)"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			now := base()
			test.change(now)
			var got []string
			for _, d := range finding.Differences([]*finding.Finding{base()}, []*finding.Finding{now}) {
				got = append(got, d.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCompareData names what verdicts rest on and has changed.
func TestCompareData(t *testing.T) {
	run := func() *finding.Run {
		return &finding.Run{
			Tool: "cleannet", Version: "1", Registry: "aa", Policy: finding.PolicyInfo{ID: "p", Digest: "bb"}, Evidence: "cc",
			Inputs:    []finding.InputInfo{{Name: "a.mrt", SHA256: "dd"}},
			Knowledge: []finding.KnowledgeInfo{{Kind: finding.KnowledgeRegistry, Name: "r.yaml", SHA256: "ee"}},
		}
	}
	tests := []struct {
		name   string
		change func(r *finding.Run)
		want   []string
	}{
		{"nothing", func(*finding.Run) {}, nil},
		{"an input moved", func(r *finding.Run) { r.Inputs[0].Name = "b.mrt" }, nil},
		{"program", func(r *finding.Run) { r.Version = "2" }, []string{"program: cleannet 1, now cleannet 2"}},
		{"policy", func(r *finding.Run) { r.Policy.Digest = "b2" }, []string{"policy p: sha256 bb, now sha256 b2"}},
		{"another input", func(r *finding.Run) { r.Inputs[0].SHA256 = "d2" },
			[]string{`input "a.mrt", sha256 dd, is not among those named`, `input "a.mrt", sha256 d2, is new`}},
		{"what ships", func(r *finding.Run) { r.Registry = "a2" }, []string{"registry: sha256 aa, now sha256 a2"}},
		{"company data", func(r *finding.Run) { r.Registry, r.Knowledge = "a2", nil },
			[]string{"registry: sha256 aa, now sha256 a2", `company data "r.yaml" (registry), sha256 ee, are not among those named`}},
		{"readers", func(r *finding.Run) { r.Evidence = "c2" }, []string{"what the readers took from the inputs: sha256 cc, now sha256 c2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			now := run()
			test.change(now)
			if diff := cmp.Diff(test.want, finding.CompareData(run(), now)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
