package policy

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

const schemaFile = "../../docs/schema/policy.schema.json"

func loadSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(readFile(t, schemaFile)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("policy.json", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("policy.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// valueOf is a document as JSON Schema sees it.
func valueOf(t *testing.T, name string, data []byte) any {
	t.Helper()
	_, root, err := yamldoc.Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return root.Value()
}

func TestSchemaAcceptsShippedPolicies(t *testing.T) {
	schema := loadSchema(t)
	docs := shipped(t)
	docs["full.yaml"] = readFile(t, "testdata/full.yaml")
	for name, data := range docs {
		if err := schema.Validate(valueOf(t, name, data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	schema := loadSchema(t)
	for name, data := range map[string][]byte{
		"unknown key":                 document(since2020+"    colour: red\n", ""),
		"no in_force":                 document("", ""),
		"exception without expiry":    document(since2020, "exceptions: [{id: x, who: a, approved_by: b, authority: c, reason: d, from: 2020-01-01, entries: [one]}]"),
		"cascade without a threshold": bytes.Replace(document(since2020, ""), []byte(", threshold: 50"), nil, 1),
		"select and all_but":          document(since2020+"    all_but: {companies: [acme]}\n", ""),
		"country in small letters":    document(since2020+"    protects: {countries: [us]}\n", ""),
	} {
		if err := schema.Validate(valueOf(t, name, data)); err == nil {
			t.Errorf("%s: the schema accepts it", name)
		}
	}
}

// rawSchema is the part of the schema that the tests below read.
type rawSchema struct {
	Description string               `json:"description"`
	Properties  map[string]rawSchema `json:"properties"`
	Defs        map[string]rawSchema `json:"$defs"`
}

func readSchema(t *testing.T) rawSchema {
	t.Helper()
	var s rawSchema
	if err := json.Unmarshal(readFile(t, schemaFile), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchemaHasTheCompilersKeys holds both lists of keys against each other,
// and wants a description of each.
func TestSchemaHasTheCompilersKeys(t *testing.T) {
	s := readSchema(t)
	defs := maps.Clone(s.Defs)
	defs["document"] = s
	for _, object := range objects() {
		def, ok := defs[object]
		if !ok {
			t.Errorf("object %q: not in the schema", object)
			continue
		}
		want := slices.Sorted(slices.Values(keysOf(object)))
		got := slices.Sorted(maps.Keys(def.Properties))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("keys of %q (-compiler +schema):\n%s", object, diff)
		}
		for key, property := range def.Properties {
			if property.Description == "" {
				t.Errorf("key %q of %q has no description in the schema", key, object)
			}
		}
		delete(defs, object)
	}
	delete(defs, "relations") // either a word or an object of one free key
	for name := range defs {
		t.Errorf("object %q of the schema is unknown to the compiler", name)
	}
}

// TestSchemaHasTheCompilersWords does the same for words of closed lists.
func TestSchemaHasTheCompilersWords(t *testing.T) {
	var s struct {
		Defs struct {
			Control struct {
				Properties struct {
					Interests struct {
						AnyOf []struct {
							Enum []string `json:"enum"`
						} `json:"anyOf"`
					} `json:"interests"`
				} `json:"properties"`
			} `json:"control"`
			Entry struct {
				Properties struct {
					Domain   struct{ Enum []string }   `json:"domain"`
					Effect   struct{ Enum []Effect }   `json:"effect"`
					Severity struct{ Enum []Severity } `json:"severity"`
				} `json:"properties"`
			} `json:"entry"`
			Expectation struct {
				Properties struct {
					Verdict struct{ Enum []string } `json:"verdict"`
				} `json:"properties"`
			} `json:"expectation"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(readFile(t, schemaFile), &s); err != nil {
		t.Fatal(err)
	}
	var verdicts []string
	for _, v := range Verdicts() {
		verdicts = append(verdicts, v.String())
	}
	entry := s.Defs.Entry.Properties
	for _, tc := range []struct {
		name      string
		want, got any
	}{
		{"domain", Domains(), entry.Domain.Enum},
		{"effect", Effects(), entry.Effect.Enum},
		{"severity", Severities(), entry.Severity.Enum},
		{"verdict", verdicts, s.Defs.Expectation.Properties.Verdict.Enum},
		{"interest", entity.Interests(), s.Defs.Control.Properties.Interests.AnyOf[1].Enum},
	} {
		if diff := cmp.Diff(tc.want, tc.got); diff != "" {
			t.Errorf("words of %s (-compiler +schema):\n%s", tc.name, diff)
		}
	}
}
