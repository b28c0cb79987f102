package bods

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry/registrytest"
	"github.com/cleannet/cleannet/internal/testkit"
	"github.com/cleannet/cleannet/internal/testkit/bodsfile"
)

var update = flag.Bool("update", false, "write the golden files again")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; if the change is meant, run with -update (-want +got):\n%s", path, diff)
	}
}

func TestConformance(t *testing.T) {
	statements := bodsfile.Statements(1, 12)
	registrytest.Run(t, Loader(),
		registrytest.Sample{Name: "array.json", Content: bodsfile.Array(statements), People: bodsfile.People(12), Ends: true},
		registrytest.Sample{Name: "lines.jsonl", Content: bodsfile.Lines(statements), People: bodsfile.People(12)},
	)
}

// TestArrayAndLines reads the same statements in both forms.
func TestArrayAndLines(t *testing.T) {
	statements := bodsfile.Statements(2, 40)
	array := registrytest.Load(t, Loader(), "a", bodsfile.Array(statements))
	lines := registrytest.Load(t, Loader(), "l", bodsfile.Lines(statements))
	for _, r := range []*registrytest.Result{&array, &lines} {
		for i := range r.Report.Problems {
			r.Report.Problems[i].Line = 0
		}
	}
	if diff := cmp.Diff(array.Text(), lines.Text()); diff != "" {
		t.Errorf("lines differ from the array (-array +lines):\n%s", diff)
	}
}

// TestGenerator validates what the generator writes by the standard's schema.
func TestGenerator(t *testing.T) {
	c := jsonschema.NewCompiler()
	dir := filepath.Dir(testkit.Data(t, "registry/bods/schema/statement.json"))
	for _, name := range []string{"statement", "components", "entity-record", "person-record", "relationship-record"} {
		f, err := os.Open(filepath.Join(dir, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(doc.(map[string]any)["$id"].(string), doc); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile("urn:statement")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(20) {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(bodsfile.Array(bodsfile.Statements(seed, 20))))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	// The schema must be able to say no.
	bad := bodsfile.Statements(1, 1)
	bad[0]["recordStatus"] = "gone"
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(bodsfile.Array(bad)))
	if err != nil {
		t.Fatal(err)
	}
	if schema.Validate(doc) == nil {
		t.Error("the schema takes an unknown recordStatus")
	}
}

// TestExamples keeps what the standard's examples give. Each must make a
// registry by itself, which checks that nothing is counted twice.
func TestExamples(t *testing.T) {
	dir := filepath.Dir(testkit.Data(t, "registry/bods/examples/indirect-ownership.json"))
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(names) != 10 {
		t.Fatalf("%d examples, %v: want 10", len(names), err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !Loader().Match(name, content[:min(len(content), 4096)]) {
				t.Error("Match refuses the example")
			}
			res := registrytest.Load(t, Loader(), name, content)
			golden(t, strings.TrimSuffix(filepath.Base(name), ".json")+".txt", res.Text())
			if _, err := entity.New(res.Records, nil); err != nil {
				t.Errorf("the facts make no registry: %v", err)
			}
		})
	}
}

// statements completes statements that say only what a test is about.
func statements(t *testing.T, text string) []byte {
	t.Helper()
	var all []bodsfile.Object
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	for i, s := range all {
		details := s["recordDetails"].(map[string]any)
		for key, v := range map[string]any{"statementId": "s" + string(rune('0'+i)), "recordStatus": "new", "statementDate": "2020-01-01", "publicationDetails": map[string]any{}} {
			if _, ok := s[key]; !ok {
				s[key] = v
			}
		}
		if s["recordType"] == "entity" && details["entityType"] == nil {
			details["entityType"] = map[string]any{"type": "registeredEntity"}
			details["name"] = s["recordId"]
		}
	}
	return bodsfile.Array(all)
}

const twoCompanies = `{"recordId": "a", "recordType": "entity", "recordDetails": {}},
	{"recordId": "b", "recordType": "entity", "recordDetails": {}},
	{"recordId": "p", "recordType": "person", "recordDetails": {"names": [{"fullName": "Nemo Nobody"}]}}`

func TestRules(t *testing.T) {
	for _, tc := range []struct {
		name, statements string
		want             []string // lines that must be there
		not              []string // texts that must not
	}{
		{"updated twice, then closed", `{"recordId": "r", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "a", "interests": [{"type": "shareholding", "share": {"exact": 10}, "startDate": "2015-01-01"}]}},
			{"recordId": "r", "recordStatus": "updated", "statementDate": "2021-01-01", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "a", "interests": [{"type": "shareholding", "share": {"exact": 60}, "startDate": "2015-01-01"}]}},
			{"recordId": "r", "recordStatus": "closed", "statementDate": "2022-01-01", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "a"}}`,
			[]string{
				"edge  sample-a → sample-b  10%  shareholding  valid 2015-01-01..2021-01-01, known 2020-01-01..  [record r]",
				"edge  sample-a → sample-b  60%  shareholding  valid 2021-01-01..2022-01-01, known 2021-01-01..  [record r]",
			}, []string{"problem"}},
		{"statements out of order", `{"recordId": "r", "recordStatus": "updated", "statementDate": "2021-01-01", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "a", "interests": [{"type": "shareholding", "share": {"exact": 60}}]}},
			{"recordId": "r", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "a", "interests": [{"type": "shareholding", "share": {"exact": 10}}]}}`,
			[]string{
				"edge  sample-a → sample-b  10%  shareholding  valid ..2021-01-01, known 2020-01-01..  [record r]",
				"edge  sample-a → sample-b  60%  shareholding  valid 2021-01-01.., known 2021-01-01..  [record r]",
			}, []string{"problem"}},
		{"only the end is known", `{"recordId": "r", "recordStatus": "closed", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "a", "interests": [{"type": "votingRights", "share": {"exclusiveMinimum": 50}}]}}`,
			[]string{"edge  sample-a → sample-b  50.0001%–100%  voting-rights  valid ..2020-01-01, known 2020-01-01..  [record r]"}, nil},
		{"persons", `{"recordId": "r", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "p", "interests": [
				{"type": "shareholding", "share": {"minimum": 25, "maximum": 50}}, {"type": "boardChair"}, {"type": "trustee"}]}}`,
			[]string{
				"edge  (a person) → sample-b  25%–50%  shareholding  valid always, known 2020-01-01..  [record r]",
				"dropped 1: office of a natural person", "dropped 1: interest in a trust", "dropped 1: natural person",
			}, []string{"Nemo"}},
		{"indirect beside direct", `{"recordId": "r", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "a", "interests": [{"type": "shareholding", "directOrIndirect": "direct", "share": {"exact": 100}}]}},
			{"recordId": "q", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "p", "interests": [{"type": "shareholding", "directOrIndirect": "indirect", "share": {"exact": 75}}]}}`,
			[]string{"edge  (a person) → sample-b  0%–75%  shareholding  note=indirect, and perhaps a part of what is held directly  valid always, known 2020-01-01..  [record q]"}, nil},
		{"indirect alone", `{"recordId": "q", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "a", "interests": [{"type": "shareholding", "directOrIndirect": "indirect", "share": {"exact": 75}}]}}`,
			[]string{"edge  sample-a → sample-b  75%  shareholding  valid always, known 2020-01-01..  [record q]"}, nil},
		{"two classes of shares", `{"recordId": "r", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "a", "interests": [{"type": "shareholding", "share": {"exact": 40}}, {"type": "shareholding", "share": {"exact": 30}}]}}`,
			[]string{"edge  sample-a → sample-b  40%–70%  shareholding  note=joined from several interests of the kind  valid always, known 2020-01-01..  [record r]"}, nil},
		{"a share that is none", `{"recordId": "r", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "a", "interests": [{"type": "shareholding", "share": {"minimum": 60, "maximum": 50}}]}}`,
			[]string{"edge  sample-a → sample-b  0%–100%  shareholding  valid always, known 2020-01-01..  [record r]", "problem, line 45, record r: the share is no range within 0 and 100: it is taken as unknown"}, nil},
		{"anonymous owner", `{"recordId": "x", "recordType": "entity", "recordDetails": {"entityType": {"type": "anonymousEntity"}, "name": "Hidden", "unspecifiedEntityDetails": {"reason": "interestedPartyExemptFromDisclosure"}}},
			{"recordId": "r", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "x", "interests": [{"type": "shareholding"}]}}`,
			[]string{"gap  sample-b  interested-party-exempt-from-disclosure  valid always, known 2020-01-01..  [record r]", "dropped 1: entity that is not named"}, []string{"Hidden"}},
		{"a party that the file lacks", `{"recordId": "r", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "Nemo Nobody", "interests": [{"type": "shareholding"}]}}`,
			[]string{"problem, line 45, record r: the interested party is no record of the file: the relationship was left out"}, []string{"Nemo", "edge"}},
		{"replaced on its day", `{"recordId": "r", "recordType": "relationship", "recordDetails": {"subject": "b", "interestedParty": "a", "interests": [{"type": "shareholding", "share": {"exact": 1}}]}},
			{"recordId": "r", "recordType": "relationship", "recordStatus": "updated", "recordDetails": {"subject": "b", "interestedParty": "a", "interests": [{"type": "shareholding", "share": {"exact": 2}}]}}`,
			[]string{"edge  sample-a → sample-b  2%  shareholding  valid 2020-01-01.., known 2020-01-01..  [record r]"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := registrytest.Load(t, Loader(), "x", statements(t, "["+twoCompanies+","+tc.statements+"]"))
			got := res.Text()
			if res.Err != nil {
				t.Fatal(res.Err)
			}
			for _, want := range tc.want {
				if !strings.Contains(got, want+"\n") {
					t.Errorf("got\n%swant a line %q", got, want)
				}
			}
			for _, not := range tc.not {
				if strings.Contains(got, not) {
					t.Errorf("got\n%swant no %q", got, not)
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"an older version", `[{"statementID": "x", "statementType": "entityStatement"}]`, "line 1: the statements are of a version before 0.4"},
		{"not JSON", `[{"statementId": tru}]`, "line 1: invalid character"},
		{"cut off", `[{"statementId": "x"}`, "the file ends before the array does"},
		{"no statement", `[]`, "the file holds no record"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := registrytest.Load(t, Loader(), "x", []byte(tc.in))
			if res.Err == nil || !strings.Contains(res.Err.Error(), tc.want) {
				t.Errorf("got error %v, want one with %q", res.Err, tc.want)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(bodsfile.Array(bodsfile.Statements(1, 3)))
	f.Add(bodsfile.Lines(bodsfile.Statements(2, 3)))
	f.Fuzz(func(t *testing.T, content []byte) {
		res := registrytest.Load(t, Loader(), "fuzz", content)
		registrytest.Honest(t, "fuzz", res)
	})
}
