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
	adjacency, transit := testKinds()[0], testKinds()[2]
	for _, tc := range []struct {
		name      string
		want, got any
	}{
		{"authority", "The act", e.Authority.Title},
		{"place", "full.yaml:20", e.Place.String()},
		{"control by name", entity.ControlRule{Method: entity.MethodListed}, e.Control},
		{"default control", entity.ControlRule{
			Method: entity.MethodCascade, Threshold: 500_000, Strict: true, Single: true,
			Interests: []string{"shareholding"}, CountUndisclosed: true}, p.Entries[1].Control},
		{"default effect", Restrict, p.Entries[1].Effect},
		{"own effect", Review, e.Effect},
		{"selection", Selection{Companies: []string{"acme", "bolt", "crown"}, Countries: []string{"CN"},
			Tags: []string{"cloud"}, StateOwned: true}, e.Select},
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
		if diff := cmp.Diff(tc.want, tc.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
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

func FuzzCompile(f *testing.F) {
	env := testEnv(f)
	f.Add(document(since2020, ""))
	f.Add(document(since2020+"    when: count > 10 && attrs.peers > 1\n", ""))
	f.Add(readFile(f, "testdata/full.yaml"))
	files, _ := filepath.Glob("testdata/lint/*.yaml")
	for _, file := range files {
		f.Add(readFile(f, file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Compile("fuzz.yaml", data, env)
		if err != nil {
			if p != nil {
				t.Error("a policy beside an error")
			}
			if n := len(yamldoc.Problems(err)); n == 0 || n > 2000 {
				t.Errorf("%d problems", n)
			}
			return
		}
		again, err := Compile("again.yaml", data, env)
		if err != nil || again.Digest != p.Digest {
			t.Errorf("compiled twice: %v, digests %s and %s", err, p.Digest, again.Digest)
		}
		on := entity.DateOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		for _, e := range p.Entries {
			if e.Authority == nil || e.Citation == "" || len(e.InForce) == 0 {
				t.Errorf("entry %q lacks its authority, citation or time", e.ID)
			}
			e.State(on)
			if !slices.IsSorted(e.Select.Seeds(env.Registry)) {
				t.Errorf("entry %q: seeds are not sorted", e.ID)
			}
			if e.Unless != nil {
				e.Unless.Status(on)
			}
			if e.When != nil {
				_, _, _ = e.When.Eval(Facts{Observation: &evidence.Observation{Count: 1}})
			}
		}
	})
}

// manyEntries is a document of n entries.
func manyEntries(n int, extra string) []byte {
	var b bytes.Buffer
	b.Write(document(since2020, ""))
	for i := range n - 1 {
		fmt.Fprintf(&b, `  - id: entry-%d
    title: Rule %d
    authority: act
    citation: section %d
    domain: carrier
    select: {companies: [acme, bolt], countries: [GB]}
    control: half
    relations: [adjacency, {transit: {roles: [via]}}]
    protects: {countries: [US], identifiers: ["asn:%d"]}
    in_force: [{from: 2020-01-01, to: 2021-01-01}, {from: 2022-01-01}]
    requires: {peers: 2}
%s`, i, i, i, 64512+i, extra)
	}
	return b.Bytes()
}

func BenchmarkCompile5000(b *testing.B) {
	env, data := testEnv(b), manyEntries(5000, "")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Compile("many.yaml", data, env); err != nil {
			b.Fatal(err)
		}
	}
}
