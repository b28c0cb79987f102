package json_test

import (
	"bytes"
	stdjson "encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/report/json"
)

func savedRun(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// replay reads a saved run and writes it again.
func replay(run []byte) ([]byte, error) {
	var b bytes.Buffer
	h := json.New(&b, json.Options{})
	if err := finding.Read(bytes.NewReader(run), h); err != nil {
		return nil, err
	}
	return b.Bytes(), h.Close()
}

// TestRoundTrip: reading a run and writing it gives the same bytes.
func TestRoundTrip(t *testing.T) {
	want := savedRun(t)
	got, err := replay(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("replayed run (-want +got):\n%s", diff)
	}
}

// TestForm looks for what the contract promises of the bytes.
func TestForm(t *testing.T) {
	run := string(savedRun(t))
	for _, bad := range []string{":null", `\u003c`, `\u003e`, `\u0026`, `\ufffd`} {
		if strings.Contains(run, bad) {
			t.Errorf("the run holds %q", bad)
		}
	}
	for line := range strings.Lines(run) {
		var m map[string]stdjson.RawMessage
		if err := stdjson.Unmarshal([]byte(line), &m); err != nil || len(m) != 1 {
			t.Errorf("a line with keys %q and error %v, want one key: %.80s", slices.Collect(maps.Keys(m)), err, line)
		}
	}
}

// TestEmptyLists: a run of nothing has lists and no null, and a backslash
// before the letters of an escape is none.
func TestEmptyLists(t *testing.T) {
	var b bytes.Buffer
	h := json.New(&b, json.Options{})
	o := evidence.Observation{Domain: "carrier", Kind: "adjacency"}
	for _, err := range []error{
		h.Run(&finding.Run{}),
		h.Finding(&finding.Finding{
			Verdict: policy.Clean, Reason: `\ufffd` + "\xff\\\xff",
			Chain: []finding.Step{{Kind: finding.StepObservation, Observed: &o}},
		}),
		h.Finding(&finding.Finding{}),
		h.Coverage(&finding.Coverage{Read: []finding.Covered{{}}}),
		h.Close(),
		json.Observation(&b, &o),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	const want = `{"run":{"tool":"","version":"","policy":{"id":"","title":"","version":"","digest":""},"registry":"","as_of":"","inputs":[]}}
{"finding":{"id":"","domain":"","relation":"","verdict":"clean","effect":"","severity":"","policy":"","entry":"","reason":"\\ufffd�\\�","count":0,"chain":[{"step":"observation","text":"","observation":{"domain":"carrier","kind":"adjacency","subjects":[],"count":0,"attrs":{},"refs":[]}}]}}
{"finding":{"id":"","domain":"","relation":"","verdict":"unknown","effect":"","severity":"","policy":"","entry":"","reason":"","count":0,"chain":[]}}
{"coverage":{"read":[{"name":"","sha256":"","status":"","readers":[]}],"skipped":[],"records":[],"observed":[],"problems":0}}
{"observation":{"domain":"carrier","kind":"adjacency","subjects":[],"count":0,"attrs":{},"refs":[]}}
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// schema compiles the published JSON Schema.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "..", "docs", "schema", "run.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchema holds the saved run against the published schema.
func TestSchema(t *testing.T) {
	s := schema(t)
	var b bytes.Buffer
	b.Write(savedRun(t))
	o := evidence.Observation{
		Domain: "carrier", Kind: "adjacency", Subjects: []evidence.Subject{{Role: "left", ID: evidence.ASN(64496)}},
		Attrs: []evidence.Attr{evidence.Sum("paths", 2), evidence.Words("tags", "a")}, Refs: []evidence.Ref{{Input: "00"}},
	}
	if err := json.Observation(&b, &o); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%.80s: %v", line, err)
		}
	}
	for name, bad := range map[string]string{
		"no key":      `{}`,
		"two keys":    `{"problem":{"input":"a","offset":-1,"message":"m"},"coverage":{}}`,
		"unknown key": `{"event":{}}`,
		"null list":   `{"coverage":{"read":null,"skipped":[],"records":[],"observed":[],"problems":0}}`,
		"odd verdict": strings.Replace(oneFinding, `"clean"`, `"safe"`, 1),
		"no chain":    strings.Replace(oneFinding, `,"chain":[]`, ``, 1),
		"odd id":      strings.Replace(oneFinding, `0123456789abcdef`, `x`, 1),
	} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(v) == nil {
			t.Errorf("%s: the schema passes %s", name, bad)
		}
	}
}

const oneFinding = `{"finding":{"id":"0123456789abcdef","domain":"apps","relation":"offers","verdict":"clean",` +
	`"effect":"review","severity":"low","policy":"p","entry":"e","reason":"r","count":0,"chain":[]}}`

// TestSchemaComplete: the schema names every key that the types can write, in
// each message that the saved run has.
func TestSchemaComplete(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "schema", "run.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for key, x := range v {
				if key == "attrs" || key == "attr_errors" {
					continue
				}
				if !bytes.Contains(text, []byte(`"`+key+`":`)) {
					t.Errorf("the schema does not name %q", key)
				}
				walk(x)
			}
		}
	}
	for line := range strings.Lines(string(savedRun(t))) {
		var v any
		if err := stdjson.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		walk(v)
	}
}

// FuzzRoundTrip: what Read accepts is written in a form that stays.
func FuzzRoundTrip(f *testing.F) {
	lines := bytes.SplitAfter(savedRun(f), []byte("\n"))
	last := len(lines) - 2 // the text ends with a line end
	f.Add(slices.Concat(lines[0], lines[1], lines[last-1], lines[last]))
	f.Add([]byte(`{"run":{}}` + "\n" + `{"finding":{"reason":"\ufffd\\ufffd"}}` + "\n" + `{"coverage":{}}`))
	f.Add([]byte(`{"run":{}}` + "\n" + `{"finding":{"chain":[{"observation":{"attrs":{"a":[],"b":-1},"attr_errors":{"b":0.1,"a":2},"attr_more":["a","b"]}}]}}` + "\n" + `{"coverage":{}}`))
	f.Fuzz(func(t *testing.T, run []byte) {
		first, err := replay(run)
		if err != nil {
			return
		}
		second, err := replay(first)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, first)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("the bytes change (-first +second):\n%s", cmp.Diff(string(first), string(second)))
		}
	})
}
