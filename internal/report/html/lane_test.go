package html

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
)

func TestLanes(t *testing.T) {
	at := func(note string) finding.Step {
		return finding.Step{Kind: finding.StepBytes, Ref: &evidence.Ref{Note: note}}
	}
	long := "198.51.100.0/24 from 192.0.2.1 AS64496: path " + strings.Repeat("64497 64498 ", evidence.MaxNote)
	f := &finding.Finding{
		Relation: "adjacency", Party: evidence.ASN(4134), PartyName: "Carrier\x1b", Subject: evidence.ASN(64500), SubjectName: "Harbor",
		Chain: []finding.Step{
			at("198.51.100.0/24 from 192.0.2.1 AS64496: path 64496 64500 4134 4134 {64497,64498}"),
			at("203.0.113.0/24 from 192.0.2.1 AS64496: path 64496 64500 4134 4134 {64497,64498}"),
			at("203.0.113.0/24 from 192.0.2.2 AS64499: path 4134 64499 64500"),
			at("no path at all"),
			at(long[:evidence.MaxNote]),
			{Kind: finding.StepRule, Text: "the rule"},
		},
	}
	lanes := lanesOf(f)
	if len(lanes) != 3 {
		t.Fatalf("%d lanes, want 3: %+v", len(lanes), lanes)
	}
	want := []lane{
		{Prefix: "198.51.100.0/24", Peer: "192.0.2.1 AS64496", More: 1, Hops: []hop{
			{Text: "AS64496"}, {Text: "AS64500", Name: "Harbor", Role: "subject"},
			{Text: "AS4134 ×2", Name: finding.Plain("Carrier\x1b"), Role: "party", Meets: true}, {Text: "{64497,64498}"},
		}},
		{Prefix: "203.0.113.0/24", Peer: "192.0.2.2 AS64499", Hops: []hop{ // not beside each other here
			{Text: "AS4134", Name: finding.Plain("Carrier\x1b"), Role: "party"}, {Text: "AS64499"},
			{Text: "AS64500", Name: "Harbor", Role: "subject"},
		}},
	}
	if diff := cmp.Diff(want, lanes[:2]); diff != "" {
		t.Error(diff)
	}
	if n := len(lanes[2].Hops); n != mostHops+1 || lanes[2].Hops[mostHops].Text != "…" {
		t.Errorf("a long path has %d hops, want %d and a sign that there are more", n, mostHops)
	}
	f.Chain = nil
	for i := range 20 {
		f.Chain = append(f.Chain, at("203.0.113.0/24 from 192.0.2.2 AS64499: path 64499 "+strings.Repeat("1", i%9+1)))
	}
	if n := len(lanesOf(f)); n != mostLanes {
		t.Errorf("%d lanes are drawn, want %d at most", n, mostLanes)
	}
}
