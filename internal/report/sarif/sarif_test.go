package sarif

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/testkit"
)

var update = flag.Bool("update", false, "write the golden file")

// replay feeds the saved run to a handler.
func replay(t *testing.T, h finding.Handler) {
	t.Helper()
	in, err := os.Open(filepath.Join("..", "testdata", "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := finding.Read(in, h); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

// thinned passes on the first finding of each entry and verdict.
type thinned struct {
	finding.Handler
	seen map[string]bool
}

func (th *thinned) Finding(f *finding.Finding) error {
	key := f.Entry + f.Verdict.String()
	if th.seen[key] {
		return nil
	}
	th.seen[key] = true
	return th.Handler.Finding(f)
}

func TestGolden(t *testing.T) {
	var b bytes.Buffer
	replay(t, &thinned{New(&b, Options{}), map[string]bool{}})
	testkit.Golden(t, filepath.Join("testdata", "run.sarif"), b.String(), *update)
}

// TestGrades is the whole table of verdicts and effects.
func TestGrades(t *testing.T) {
	want := map[policy.Verdict][3]grade{ // prohibit, restrict, review
		policy.Violation: {{"fail", "error"}, {"fail", "warning"}, {"review", "none"}},
		policy.Excepted:  {{"fail", "error"}, {"fail", "warning"}, {"fail", "note"}},
		policy.Pending:   {{"review", "none"}, {"review", "none"}, {"review", "none"}},
		policy.Unknown:   {{"open", "none"}, {"open", "none"}, {"open", "none"}},
		policy.Clean:     {{"pass", "none"}, {"pass", "none"}, {"pass", "none"}},
	}
	for _, v := range policy.Verdicts() {
		for i, e := range []policy.Effect{policy.Prohibit, policy.Restrict, policy.Review} {
			got := gradeOf(v, e)
			if got != want[v][i] {
				t.Errorf("%s, %s: got %v, want %v", v, e, got, want[v][i])
			}
			if (got.kind == "fail") == (got.level == "none") {
				t.Errorf("%s, %s: kind %s with level %s (section 3.27.10)", v, e, got.kind, got.level)
			}
		}
	}
}

// TestStructure keeps what the standard asks beyond its schema.
func TestStructure(t *testing.T) {
	var b bytes.Buffer
	replay(t, New(&b, Options{}))
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	r := log.Runs[0]
	for i, a := range r.Artifacts {
		if a.Location.Index != i {
			t.Errorf("artifact %d says it is %d", i, a.Location.Index)
		}
		if a.Parent != nil && *a.Parent >= i {
			t.Errorf("artifact %d has parent %d, which is not before it", i, *a.Parent)
		}
	}
	place := func(what string, at *physicalLocation) {
		if at == nil {
			return
		}
		i := at.Artifact.Index
		if i >= 0 && r.Artifacts[i].Location.URI != at.Artifact.URI {
			t.Errorf("%s: %q is at index %d of another artifact", what, at.Artifact.URI, i)
		}
	}
	for _, res := range r.Results {
		if r.Tool.Driver.Rules[res.RuleIndex].ID != res.RuleID {
			t.Errorf("%s: rule index %d is of rule %q", res.RuleID, res.RuleIndex, r.Tool.Driver.Rules[res.RuleIndex].ID)
		}
		if (res.Kind == "fail") == (res.Level == "none") {
			t.Errorf("%s: kind %s with level %s", res.RuleID, res.Kind, res.Level)
		}
		if excepted := res.Properties["verdict"] == "excepted"; excepted != (len(res.Suppressions) == 1) {
			t.Errorf("%s: %d suppressions of a finding that is %v", res.RuleID, len(res.Suppressions), res.Properties["verdict"])
		}
		for i, l := range res.Related {
			if l.ID != i+1 {
				t.Errorf("%s: related location %d has id %d", res.RuleID, i, l.ID)
			}
		}
		for _, l := range slices.Concat(res.Locations, res.Related) {
			place(res.RuleID, l.Physical)
		}
	}
	for _, n := range r.Invocations[0].Notifications {
		for _, l := range n.Locations {
			place("notification", l.Physical)
		}
	}
	if got, want := len(r.Invocations[0].Notifications), 2; got != want {
		t.Errorf("got %d notifications, want %d", got, want)
	}
}

// TestOfficialSchema holds a log against the schema of OASIS, which is not
// kept here for its licence: CLEANNET_SARIF_SCHEMA names a copy.
func TestOfficialSchema(t *testing.T) {
	path := os.Getenv("CLEANNET_SARIF_SCHEMA")
	if path == "" {
		t.Skip("set CLEANNET_SARIF_SCHEMA to a copy of sarif-schema-2.1.0.json to run this test")
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	var full, none, cut bytes.Buffer
	replay(t, New(&full, Options{}))
	h := New(&none, Options{})
	for _, err := range []error{h.Run(&finding.Run{Tool: "cleannet"}), h.Coverage(&finding.Coverage{}), h.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	h = New(&cut, Options{})
	odd := evidence.Ref{Offset: -1, Length: -1, Path: "a b"}
	for _, err := range []error{
		h.Run(&finding.Run{Tool: "cleannet"}),
		h.Finding(&finding.Finding{Chain: []finding.Step{{Ref: &odd, Kind: finding.StepBytes}, {Source: &finding.Source{URL: "http://[::"}}}}),
		h.Problem(&finding.Problem{}), h.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range []*bytes.Buffer{&full, &none, &cut} {
		v, err := jsonschema.UnmarshalJSON(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Error(err)
		}
	}
}

func TestReference(t *testing.T) {
	for in, want := range map[string]string{
		"a/b c.gz": "a/b%20c.gz", "": "unnamed", "漢": "%E6%BC%A2", "a:b": "./a:b", "//host/x": "/.//host/x",
		"C:\\x": "./C:%5Cx", "x?y#z": "x%3Fy%23z", "\xff": "%FF", "/abs": "/abs",
	} {
		if got := reference(in); got != want {
			t.Errorf("reference(%q): got %q, want %q", in, got, want)
		}
	}
}

func TestText(t *testing.T) {
	got := text("{0} [x](javascript:alert(1))")
	if want := "{{0}} [x] (javascript:alert(1))"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
