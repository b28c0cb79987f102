package yamldoc

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parse(t *testing.T, text string) (*Doc, Node) {
	t.Helper()
	doc, root, err := Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc, root
}

func messages(err error) []string {
	var out []string
	for _, p := range Problems(err) {
		out = append(out, p.Error())
	}
	return out
}

func TestParseRefuses(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"empty", "", "test.yaml:1:1: document is empty"},
		{"two documents", "a: 1\n---\nb: 2\n", "test.yaml:2:1: more than one YAML document in the file: split it"},
		{"anchor", "a: &x 1\n", "test.yaml:1:4: anchors and aliases are not allowed: write the value out"},
		{"bomb", "a: &x [1]\nb: &y [*x, *x]\nc: [*y, *y]\n", "test.yaml:1:4: anchors and aliases are not allowed: write the value out"},
		{"deep", strings.Repeat("[", 100) + strings.Repeat("]", 100), "test.yaml:1:65: nested deeper than 64 levels"},
		{"too large", strings.Repeat("#", MaxBytes+1), "test.yaml: document of 16777217 bytes is larger than the limit of 16777216"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := Parse("test.yaml", []byte(tc.text))
			got := messages(err)
			if len(got) == 0 || got[0] != tc.want {
				t.Errorf("got %q, want first %q", got, tc.want)
			}
		})
	}
}

func TestParseSyntaxErrorHasItsLine(t *testing.T) {
	_, _, err := Parse("test.yaml", []byte("a: 1\nb: [1\n"))
	if got := messages(err); len(got) != 1 || !strings.HasPrefix(got[0], "test.yaml:") || !strings.Contains(got[0], "not YAML") {
		t.Errorf("got %q", got)
	}
}

// TestAllProblemsAtOnce: every accessor notes its problem and goes on, and
// the problems come in the order of the document.
func TestAllProblemsAtOnce(t *testing.T) {
	doc, root := parse(t, `name: [a]
naem: b
flag: maybe
size: 11
word: gren
name: again
list: {a: b}
`)
	m := root.Map("name", "flag", "size", "word", "list", "other")
	m.Get("word").OneOf("red", "green")
	m.Get("size").Int(1, 10)
	m.Get("flag").Bool()
	m.Get("name").Text()
	m.Get("list").Text()
	m.Need("other")
	want := []string{
		`test.yaml:1:1: key "other" is missing`,
		`test.yaml:1:7: want text, found a list`,
		`test.yaml:2:1: unknown key "naem"; did you mean "name"?`,
		`test.yaml:3:7: want true or false, found "maybe"`,
		`test.yaml:4:7: want a whole number from 1 to 10, found "11"`,
		`test.yaml:5:7: unknown word "gren": want one of red, green; did you mean "green"?`,
		`test.yaml:6:1: key "name" stands twice: first at line 1`,
		`test.yaml:7:7: want text, found a mapping`,
	}
	if diff := cmp.Diff(want, messages(doc.Err())); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestUnknownKeyWithoutNearOneListsAll(t *testing.T) {
	doc, root := parse(t, "zebra: 1\n")
	root.Map("name", "flag")
	want := []string{`test.yaml:1:1: unknown key "zebra": want one of name, flag`}
	if diff := cmp.Diff(want, messages(doc.Err())); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestAbsentIsSilent(t *testing.T) {
	doc, root := parse(t, "a:\n")
	n := root.Map("a").Get("a")
	n.Note("never seen")
	if !n.IsZero() || n.Text() != "" || n.Bool() || n.Int(3, 5) != 3 || n.OneOf("x") != "" || n.List() != nil ||
		n.Texts() != nil || n.IsMap() || n.IsScalar() || n.Value() != nil || len(n.Map("x").Keys()) != 0 ||
		len(n.Fields().Keys()) != 0 || n.Place() != (Place{}) {
		t.Error("an absent node has a value")
	}
	if err := doc.Err(); err != nil {
		t.Errorf("an absent node notes %v", err)
	}
}

func TestOneValueIsAListOfOne(t *testing.T) {
	_, root := parse(t, "a: x\nb: [y, z]\n")
	m := root.Map()
	if got := m.Get("a").Texts(); !slices.Equal(got, []string{"x"}) {
		t.Errorf("got %q", got)
	}
	if got := m.Get("b").Texts(); !slices.Equal(got, []string{"y", "z"}) {
		t.Errorf("got %q", got)
	}
}

// TestFieldsIsQuiet: a look ahead notes nothing itself, and what it returns
// still knows its place.
func TestFieldsIsQuiet(t *testing.T) {
	doc, root := parse(t, "kind: x\nkind: y\n[a]: z\n")
	m := root.Fields()
	if err := doc.Err(); err != nil {
		t.Errorf("the look ahead noted %v", err)
	}
	if got := m.Get("kind").Text(); got != "x" {
		t.Errorf("got %q, want the first value", got)
	}
	m.Get("kind").Note("here")
	m.Need("other")
	want := []string{`test.yaml:1:1: key "other" is missing`, "test.yaml:1:7: here"}
	if diff := cmp.Diff(want, messages(doc.Err())); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestValue(t *testing.T) {
	_, root := parse(t, `text: " a b "
folded: >
  one
  two
date: 2020-08-05
int: 16
negative: -3
float: 1.5
hex: 0x10
octal: 010
version: 1.10
large: 12345678901234567890
infinite: .inf
yes: true
shout: TRUE
quoted: "16"
country: NO
absent:
list: [1, ~, "1"]
map: {b: 1, a: {}}
`)
	want := map[string]any{
		"text": "a b", "folded": "one two", "date": "2020-08-05", "int": 16.0, "negative": -3.0, "float": 1.5,
		"hex": "0x10", "octal": "010", "version": "1.10", "large": "12345678901234567890",
		"infinite": ".inf", "yes": true, "shout": "TRUE", "quoted": "16", "country": "NO",
		"absent": nil, "list": []any{1.0, "~", "1"},
		"map": map[string]any{"b": 1.0, "a": map[string]any{}},
	}
	if diff := cmp.Diff(want, root.Value()); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
}

// TestProblemsAreBounded: a hostile document cannot make its report endless.
func TestProblemsAreBounded(t *testing.T) {
	doc, root := parse(t, "a: 1\n")
	for range maxProblems + 5 {
		root.Note("again")
	}
	got := messages(doc.Err())
	if len(got) != maxProblems+1 || got[maxProblems] != "test.yaml: and 5 more problems" {
		t.Errorf("got %d problems, the last %q", len(got), got[len(got)-1])
	}
}

func TestSuggest(t *testing.T) {
	words := []string{"adjacency", "transit", "origin"}
	for word, want := range map[string]string{
		"adjacancy": "adjacency", "trasnit": "transit", "orign": "origin", "origins": "origin",
		"cable": "", "": "", "o": "", strings.Repeat("a", maxWord+1): "",
	} {
		if got := Closest(word, slices.Values(words)); got != want {
			t.Errorf("Closest(%q): got %q, want %q", word, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"a: 1\n", "a: [b, {c: d}]\n", "a: &x 1\nb: *x\n", "- 1\n- ~\n", "? [a]\n: b\n", "<<: {a: 1}\n",
		"a: |\n  x\n  y\n", "%YAML 1.1\n---\na: !!binary aGk=\n", "a: 2020-08-05\n---\nb\n", "\xff\xfe",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, root, err := Parse("fuzz.yaml", data)
		if err != nil {
			if len(Problems(err)) == 0 {
				t.Errorf("an error without a problem: %v", err)
			}
			return
		}
		visit(root)
		if _, err := json.Marshal(root.Value()); err != nil {
			t.Errorf("the value is no JSON: %v", err)
		}
		if n := len(Problems(doc.Err())); n > maxProblems+1 {
			t.Errorf("%d problems", n)
		}
	})
}

// visit calls every accessor on every node.
func visit(n Node) {
	n.Text()
	n.Bool()
	n.Int(0, 10)
	n.OneOf("x", "y")
	n.Place()
	n.Fields()
	if n.IsMap() {
		m := n.Map()
		for _, key := range m.Keys() {
			visit(m.Get(key))
		}
		return
	}
	if !n.IsScalar() {
		for _, item := range n.List() {
			visit(item)
		}
	}
}
