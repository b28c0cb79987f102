package finding

import (
	"testing"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

func TestCompare(t *testing.T) {
	make1 := func(p, entry string, asn uint32, v policy.Verdict, e policy.Effect) *Finding {
		f := &Finding{Policy: p, Entry: entry, Relation: "adjacency", Party: evidence.ASN(asn), Verdict: v, Effect: e, Reason: "why"}
		f.ID = Identify(f)
		return f
	}
	before := []*Finding{
		make1("a", "one", 1, policy.Violation, policy.Prohibit),
		make1("a", "one", 2, policy.Violation, policy.Prohibit),
		make1("a", "one", 3, policy.Violation, policy.Prohibit),
		make1("a", "two", 1, policy.Clean, policy.Prohibit),
	}
	after := []*Finding{
		make1("b", "one", 1, policy.Violation, policy.Prohibit), // as before, of another policy
		make1("b", "one", 2, policy.Excepted, policy.Prohibit),
		make1("b", "one", 4, policy.Unknown, policy.Prohibit),
		make1("b", "two", 1, policy.Clean, policy.Review),
	}
	want := []string{"one asn:2 violation>excepted", "one asn:3 violation>", "one asn:4 >unknown", "two asn:1 clean>clean"}
	got := Compare(before, after)
	if len(got) != len(want) {
		t.Fatalf("got %d changes, want %d: %+v", len(got), len(want), got)
	}
	for i, c := range got {
		if text := c.Entry + " " + c.Party.String() + " " + c.Before + ">" + c.After; text != want[i] {
			t.Errorf("change %d: got %q, want %q", i, text, want[i])
		}
		if c.ID == "" || c.Reason == "" {
			t.Errorf("change %d names no finding: %+v", i, c)
		}
	}
	if got := Compare(after, after); got != nil {
		t.Errorf("a run compared with itself: %+v", got)
	}
}
