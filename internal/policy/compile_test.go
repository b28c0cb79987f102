package policy

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
	"github.com/cleannet/cleannet/internal/testkit"
)

var update = flag.Bool("update", false, "write the golden files")

// TestLintFive: one document with five mistakes gives all five, each where it
// stands, and with the word that was probably meant.
func TestLintFive(t *testing.T) {
	_, err := Compile("five.yaml", readFile(t, "testdata/lint/five.yaml"), testEnv(t))
	want := []string{
		`five.yaml:5:12: date "2020-13-01": want YYYY-MM-DD, for example 2020-08-05`,
		`five.yaml:10:5: unknown key "titel"; did you mean "title"?`,
		`five.yaml:12:16: unknown authority "acts"; did you mean "act"?`,
		`five.yaml:15:26: unknown company "acmee"; did you mean "acme"?`,
		`five.yaml:16:17: unknown relation "adjacancy"; did you mean "adjacency"?`,
	}
	if diff := cmp.Diff(want, problems(err)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func problems(err error) []string {
	var out []string
	for _, p := range yamldoc.Problems(err) {
		out = append(out, p.Error())
	}
	return out
}

// TestLintGolden: every document in testdata/lint has its mistakes beside it.
func TestLintGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/lint/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			_, err := Compile(name, readFile(t, file), testEnv(t))
			if err == nil {
				t.Fatal("no mistake found")
			}
			got := strings.Join(problems(err), "\n") + "\n"
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			testkit.Golden(t, golden, got, *update)
		})
	}
}

func TestCompileFull(t *testing.T) {
	p, err := Compile("full.yaml", readFile(t, "testdata/full.yaml"), testEnv(t))
	if err != nil {
		t.Fatal(err)
	}
	e := p.Entries[0]
	adjacency, transit := kindNamed("adjacency"), kindNamed("transit")
	for _, tc := range []struct {
		name      string
		want, got any
	}{
		{"authority", "The act", e.Authority.Title},
		{"place", "full.yaml:23", e.Place.String()},
		{"control by name", entity.ControlRule{Method: entity.MethodListed}, e.Control},
		{"default control", entity.ControlRule{
			Method: entity.MethodCascade, Threshold: 500_000, Strict: true, Single: true,
			Interests: []string{"shareholding"}, CountUndisclosed: true}, p.Entries[1].Control},
		{"default effect", Restrict, p.Entries[1].Effect},
		{"own effect", Review, e.Effect},
		{"selection", Selection{Companies: []string{"acme", "bolt", "crown"}, Countries: []string{"CN"},
			Headquarters: []string{"HK"}, Lists: []string{"bad-list"}, Tags: []string{"cloud"}, StateOwned: true,
			IDs:   []evidence.ID{evidence.ASN(64499)},
			Class: Class{Products: []string{"router"}, ProducedIn: []string{"CN"}, ProducedOutside: []string{"US"}},
		}, e.Select},
		{"controls", []string{"half unknown", "alone unknown", "kin review", "effective ignore"}, controlNames(p.Controls)},
		{"family", entity.ControlRule{Method: entity.MethodFamily, Threshold: 100_000,
			Reach: []string{"affiliates", "subsidiaries"}}, p.Controls[2].Rule},
		{"in force, as known today", "2020-01-01..2021-02-01 2022-01-01..", fmt.Sprintf("%s %s", e.InForce[0], e.InForce[1])},
		{"phases, as known today", "core", phaseNames(e)},
		{"exceptions inside, as known today", "2028-01-01", e.Except[0].Term.To.String()},
		{"uses", []string{"public safety", "government facilities"}, e.Uses},
		{"also", "origin thing origin count > 1", fmt.Sprint(e.Also[0].Relation, " ", e.Also[0].On, " ", e.Also[0].As, " ", e.Also[0].When)},
		{"conditional", true, e.Conditional()},
		{"determinations", 2, len(e.Unless.Determinations)},
		{"supposed", "places share_percent", p.Tests[0].Expect[3].Supposed[0].Key + " " + p.Tests[0].Expect[3].Supposed[1].Key},
		{"state", InForce, *p.Tests[0].Expect[2].State},
		{"nothing judged", false, p.Tests[0].Expect[2].Judges},
		{"all but", Selection{Companies: []string{"acme", "crown", "delta"}, AllBut: true}, p.Entries[1].Select},
		{"relations", []Relation{
			{Name: "adjacency", Kind: adjacency, Roles: []string{"near", "far"}},
			{Name: "transit", Kind: transit, Roles: []string{"via"}}}, e.Relations},
		{"awaited relations", []Relation{{Name: "lands"}, {Name: "supplies", Roles: []string{"supplier"}}}, p.Entries[2].Relations},
		{"requires", []Requirement{{"peer_ases", 2}, {"peers", 2}}, e.Requires},
		{"clauses", []string{"one", "two"}, clauseNames(p.EntriesFor("carrier", "adjacency"))},
		{"clauses of transit", []string{"one"}, clauseNames(p.EntriesFor("carrier", "transit"))},
		{"clauses of nothing", []string(nil), clauseNames(p.EntriesFor("cable", "lands"))},
		{"test subject", "asn:64497", p.Tests[0].Observations[0].Subject("far").String()},
		{"test first", time.Date(2020, 2, 1, 0, 0, 0, 0, time.UTC), p.Tests[0].Observations[0].First},
		{"test attribute", int64(2), attrNumber(p.Tests[0].Observations[0], "peers")},
		{"test words", []string{"192.0.2.0/24"}, attrWords(p.Tests[0].Observations[0], "prefixes")},
		{"test thing", "ip:192.0.2.1", p.Tests[0].Observations[1].Thing.String()},
		{"expected verdict", Violation, p.Tests[0].Expect[0].Verdict},
		{"expected nothing", true, p.Tests[0].Expect[1].None},
	} {
		if diff := cmp.Diff(tc.want, tc.got, cmp.Comparer(func(a, b evidence.ID) bool { return a == b })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func kindNamed(name string) *evidence.Kind {
	kinds := testKinds()
	return kinds[slices.IndexFunc(kinds, func(k *evidence.Kind) bool { return k.Name == name })]
}

// TestRequirementConcerns asks corroboration of the relations that can have it.
func TestRequirementConcerns(t *testing.T) {
	doc := strings.Replace(string(readFile(t, "testdata/full.yaml")), "{transit: {roles: [via]}}]", "{session: {roles: [remote]}}, {transit: {roles: [via]}}]", 1)
	p, err := Compile("full.yaml", []byte(doc), testEnv(t))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"adjacency": true, "session": false, "transit": true}
	e := p.Entries[0]
	for _, r := range e.Relations {
		if got := e.Requires[0].Concerns(r.Kind); got != want[r.Name] {
			t.Errorf("%s has to show %s: got %t, want %t", r.Name, e.Requires[0].Attr, got, want[r.Name])
		}
	}
	page := p.Page(func(slug string) string { return slug })
	if !strings.Contains(page, "adjacency, session (as remote), transit\n") {
		t.Errorf("the page does not say in which role a company is meant:\n%s", page)
	}
	if !strings.Contains(page, "peers (of `adjacency`, `transit`) of 2 at least") {
		t.Errorf("the page does not say of which relations peers are asked:\n%s", page)
	}
}

func controlNames(controls []Control) []string {
	var out []string
	for _, c := range controls {
		out = append(out, c.ID+" "+string(c.OnUnknown))
	}
	return out
}

func phaseNames(e *Entry) string {
	var out []string
	for _, p := range e.Phases {
		out = append(out, p.ID)
	}
	return strings.Join(out, " ")
}

func clauseNames(clauses []Clause) []string {
	var out []string
	for _, c := range clauses {
		out = append(out, c.Entry.ID)
	}
	return out
}

func attrNumber(o evidence.Observation, key string) int64 {
	a, _ := o.Attr(key)
	return a.Number()
}

func attrWords(o evidence.Observation, key string) []string {
	a, _ := o.Attr(key)
	return a.Words()
}

func TestCompileNeedsARegistry(t *testing.T) {
	if _, err := Compile("small.yaml", document(since2020, ""), Env{}); err == nil {
		t.Error("compiled without a registry")
	}
}

// TestDigest: what a document says decides its digest, not how it is written.
func TestDigest(t *testing.T) {
	plain := document(since2020, "")
	digestOf := func(data []byte) string { return mustCompile(t, data).Digest }
	want := digestOf(plain)
	if len(want) != 64 {
		t.Fatalf("digest %q is no SHA-256", want)
	}
	replace := func(before, after string) []byte {
		out := bytes.Replace(plain, []byte(before), []byte(after), 1)
		if bytes.Equal(out, plain) {
			t.Fatalf("%q does not occur", before)
		}
		return out
	}
	for name, data := range map[string][]byte{
		"comment":       append([]byte("# a comment\n"), plain...),
		"quotes":        replace("title: Small policy", `title: "Small policy"`),
		"order of keys": replace("policy: small\nversion: \"1\"\n", "version: \"1\"\npolicy: small\n"),
		"flow style":    replace("    select: {companies: [acme]}\n", "    select:\n      companies:\n        - acme\n"),
		"quoted date":   replace("published: 2020-01-01", `published: "2020-01-01"`),
	} {
		if got := digestOf(data); got != want {
			t.Errorf("%s changes the digest", name)
		}
	}
	for name, data := range map[string][]byte{
		"title":     replace("Small policy", "Small Policy"),
		"threshold": replace("threshold: 50", "threshold: 51"),
		"version":   replace(`version: "1"`, "version: 1.0"),
		"relation":  replace("[adjacency]", "[{transit: }]"),
		"date":      replace("in_force: [{from: 2020-01-01", "in_force: [{from: 2020-01-02"),
	} {
		if got := digestOf(data); got == want {
			t.Errorf("another %s leaves the digest as it was", name)
		}
	}
}

// TestCanonical has the examples of RFC 8785: numbers of appendix B, the
// strings of section 3.2.2.2 and the order of keys of section 3.2.3.
func TestCanonical(t *testing.T) {
	for _, tc := range []struct {
		value any
		want  string
	}{
		{[]any{333333333.33333329, 1e30, 4.5, 2e-3, 1e-27, 0.000001, 1e21, 1e20}, "[333333333.3333333,1e+30,4.5,0.002,1e-27,0.000001,1e+21,100000000000000000000]"},
		{"€$\u000f\nA'B\"\\\\\"/\u2028<", `"€$\u000f\nA'B\"\\\\\"/` + "\u2028" + `<"`},
		{map[string]any{"\u20ac": 1.0, "\r": 2.0, "\ufb33": 3.0, "1": 4.0, "\U0001f600": 5.0, "\u0080": 6.0, "\u00f6": 7.0},
			`{"\r":2,"1":4,"` + "\u0080" + `":6,"ö":7,"€":1,"😀":5,"` + "\ufb33" + `":3}`},
		{[]any{nil, true, false, negativeZero()}, "[null,true,false,0]"},
	} {
		var b bytes.Buffer
		writeCanonical(&b, tc.value)
		if got := b.String(); got != tc.want {
			t.Errorf("canonical form of %v: got %s, want %s", tc.value, got, tc.want)
		}
	}
}

func negativeZero() float64 { return math.Copysign(0, -1) }
