package finding

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// tape keeps the messages of a stream.
type tape struct{ messages []Message }

func (t *tape) add(m Message) error        { t.messages = append(t.messages, m); return nil }
func (t *tape) Run(r *Run) error           { return t.add(Message{Run: r}) }
func (t *tape) Finding(f *Finding) error   { return t.add(Message{Finding: f}) }
func (t *tape) Problem(p *Problem) error   { return t.add(Message{Problem: p}) }
func (t *tape) Coverage(c *Coverage) error { return t.add(Message{Coverage: c}) }
func (t *tape) Close() error               { return nil }
func lines(messages ...string) string      { return strings.Join(messages, "\n") + "\n" }
func replay(s string, most int) (tape, error) {
	var t tape
	err := read(strings.NewReader(s), &t, most)
	return t, err
}

const (
	run      = `{"run":{"tool":"cleannet"}}`
	aFinding = `{"finding":{"id":"0123456789abcdef","verdict":"violation"}}`
	problem  = `{"problem":{"input":"rib","message":"broken"}}`
	coverage = `{"coverage":{"problems":1}}`
)

func TestReadRefuses(t *testing.T) {
	for _, tt := range []struct{ name, stream, want string }{
		{"empty", "", "cut off"},
		{"no run", lines(aFinding, coverage), "line 1: a saved run has exactly one run"},
		{"two runs", lines(run, run, coverage), "line 2: a saved run has exactly one run"},
		{"cut off", lines(run, aFinding), "cut off"},
		{"cut within a line", run + "\n" + aFinding[:20], "line 2: not a message"},
		{"after the coverage", lines(run, coverage, aFinding), "line 3: a message follows the coverage"},
		{"finding after problem", lines(run, problem, aFinding, coverage), "line 3: a finding follows a problem"},
		{"two in a line", lines(run, aFinding[:len(aFinding)-1]+","+problem[1:], coverage), "line 2: it holds 2 messages"},
		{"too long", lines(run, `{"finding":{"id":"`+strings.Repeat("x", 500)+`"}}`, coverage), "line 2: longer than 200 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := replay(tt.stream, 200); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestReadToleratesNewerVersions(t *testing.T) {
	got, err := replay(lines(run, "", `{"exposure":{"x":1}}`,
		`{"finding":{"id":"a","verdict":"suspected","new_key":[1]}}`, problem, coverage), MaxLine)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.messages) != 4 {
		t.Fatalf("got %d messages, want 4", len(got.messages))
	}
	if v := got.messages[1].Finding.Verdict; v != policy.Unknown {
		t.Errorf("a verdict of a newer version: got %v, want unknown", v)
	}
}

func TestReadRoundTrip(t *testing.T) {
	want := []Message{
		{Run: &Run{Tool: "cleannet", Inputs: []InputInfo{{Name: "rib", SHA256: "00", Size: 3}}}},
		{Finding: &Finding{
			ID: "1", Verdict: policy.Excepted, Subject: evidence.ASN(64496), Party: evidence.ASN(64511),
			Count: 1 << 60, Chain: []Step{{Kind: StepBytes, Ref: &evidence.Ref{Input: "00", Length: 7}}},
			Missing: []Missing{{What: "a", Next: "b"}},
		}},
		{Problem: &Problem{Input: "rib", Offset: -1, Message: "broken"}},
		{Coverage: &Coverage{Problems: 1}},
	}
	var b strings.Builder
	for _, m := range want {
		if err := json.NewEncoder(&b).Encode(m); err != nil {
			t.Fatal(err)
		}
	}
	got, err := replay(b.String(), MaxLine)
	if err != nil {
		t.Fatal(err)
	}
	plain := cmp.Options{
		cmp.Comparer(func(a, b evidence.ID) bool { return a == b }),
		cmp.Comparer(func(a, b entity.Date) bool { return a == b }),
	}
	if diff := cmp.Diff(want, got.messages, plain); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestIdentifySeparatesItsParts(t *testing.T) {
	a := Finding{Policy: "p", Entry: "ab", Relation: "c", Subject: evidence.ASN(1), Count: 1, Reason: "x"}
	b := a
	b.Count, b.Reason, b.Verdict = 9, "y", policy.Violation
	if Identify(&a) != Identify(&b) {
		t.Error("the id changed with evidence and verdict")
	}
	b = a
	b.Entry, b.Relation = "a", "bc"
	if Identify(&a) == Identify(&b) {
		t.Error("two entries share an id")
	}
}
