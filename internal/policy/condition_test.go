package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/evidence"
)

func compileCondition(t testing.TB, source string) (*Condition, []string) {
	t.Helper()
	return (&conditionEnv{}).compile(source, testKinds()[:1])
}

// seenOnce has attribute peers but not peer_ases, a last time but no first
// one, a country of the party but none of the counterpart; its list of
// prefixes is whole, its list in full is cut.
func seenOnce() Facts {
	return Facts{
		Observation: &evidence.Observation{
			Domain: "carrier", Kind: "adjacency", Count: 5,
			Subjects: []evidence.Subject{{Role: "near", ID: evidence.ASN(64496)}, {Role: "far"}},
			Attrs: []evidence.Attr{
				evidence.Distinct("peers", "a", "b"),
				evidence.Words("prefixes", "192.0.2.0/24", "198.51.100.0/24"),
			},
			Last: time.Date(2020, 8, 5, 0, 0, 0, 0, time.UTC),
		},
		Party:       FactsOf{ID: evidence.ASN(64496), Country: "CN", Company: "acme"},
		Counterpart: FactsOf{ID: evidence.ASN(64497)},
	}
}

// TestConditionTruth: what was not observed is undecided, unless the answer
// does not depend on it.
func TestConditionTruth(t *testing.T) {
	for _, tc := range []struct {
		source  string
		want    Truth
		missing []string
	}{
		// Two-valued, as long as everything is known.
		{"count > 4", True, nil},
		{"count > 5", False, nil},
		{"attrs.peers == 2 && count == 5", True, nil},
		{`attrs["peers"] > 2`, False, nil},
		{`subject.near == "asn:64496"`, True, nil},
		{`party.id == "asn:64496" && party.country in ["CN", "RU"] && party.company == "acme"`, True, nil},
		{`"192.0.2.0/24" in attrs.prefixes`, True, nil},
		{`attrs.prefixes.exists(p, p.startsWith("203."))`, False, nil},
		{`last >= timestamp("2020-08-05T00:00:00Z")`, True, nil},
		{`last - duration("24h") < timestamp("2020-08-05T00:00:00Z")`, True, nil},
		// Missing attributes.
		{"attrs.peer_ases > 1", Undecided, []string{"attrs.peer_ases"}},
		{"!(attrs.peer_ases > 1)", Undecided, []string{"attrs.peer_ases"}},
		{`attrs["peer_ases"] > 1`, Undecided, []string{"attrs.peer_ases"}},
		{`first > timestamp("2020-01-01T00:00:00Z")`, Undecided, []string{"first"}},
		{`counterpart.country == "US"`, Undecided, []string{"counterpart.country"}},
		{`counterpart.country != "US"`, Undecided, []string{"counterpart.country"}},
		{`subject.far == "asn:64497"`, Undecided, []string{"subject.far"}},
		{`party.name == "Acme"`, Undecided, []string{"party.name"}},
		// AND and OR decide without what is missing, from either side.
		{"false && attrs.peer_ases > 1", False, nil},
		{"attrs.peer_ases > 1 && count > 100", False, nil},
		{"true || attrs.peer_ases > 1", True, nil},
		{"attrs.peer_ases > 1 || count > 1", True, nil},
		{"true && attrs.peer_ases > 1", Undecided, []string{"attrs.peer_ases"}},
		{"false || attrs.peer_ases > 1", Undecided, []string{"attrs.peer_ases"}},
		{`attrs.peer_ases > 1 && counterpart.country == "US"`, Undecided, []string{"attrs.peer_ases", "counterpart.country"}},
		{"count > 1 ? attrs.peers > 1 : attrs.peer_ases > 1", True, nil},
		{"attrs.looped > 0 ? true : false", Undecided, []string{"attrs.looped"}},
		// Asking whether something was seen is asking for what is missing.
		{"has(attrs.peer_ases)", Undecided, []string{"attrs.peer_ases"}},
	} {
		c, problems := compileCondition(t, tc.source)
		if len(problems) > 0 {
			t.Errorf("%s: %q", tc.source, problems)
			continue
		}
		got, missing, err := c.Eval(seenOnce())
		if err != nil || got != tc.want {
			t.Errorf("%s: got %s, %v; want %s", tc.source, got, err, tc.want)
		}
		if diff := cmp.Diff(tc.missing, missing); diff != "" {
			t.Errorf("%s: missing (-want +got):\n%s", tc.source, diff)
		}
		if c.String() != tc.source {
			t.Errorf("String: got %q, want %q", c.String(), tc.source)
		}
	}
}

// TestConditionCutList: a list that was cut cannot say what is not in it.
func TestConditionCutList(t *testing.T) {
	f := seenOnce()
	f.Observation.Attrs = []evidence.Attr{evidence.Words("prefixes", strings.Split("a b c d e f g h i j", " ")...)}
	c, problems := compileCondition(t, `"z" in attrs.prefixes`)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got, missing, err := c.Eval(f)
	if got != Undecided || err != nil || !cmp.Equal(missing, []string{"attrs.prefixes"}) {
		t.Errorf("got %s, %v, %v", got, missing, err)
	}
}

func TestConditionMistakes(t *testing.T) {
	for _, tc := range []struct{ source, want string }{
		{"count >", "Syntax error"},
		{"count + 1", "it is a int, want a comparison"},
		{"attrs.peers", "it is a int, want a comparison"},
		{`count > "5"`, "no matching overload"},
		{`attrs.peers > "5"`, "no matching overload"},
		{`attrs.prefixes > 5`, "no matching overload"},
		{"cuont > 5", "undeclared reference to 'cuont'"},
		{"party.cuntry == 'US'", "undeclared reference"},
		{"attrs.peer > 1", `has an attribute "peer"; did you mean "peers"?`},
		{`attrs["peer"] > 1`, `has an attribute "peer"; did you mean "peers"?`},
		{`subject.fra == "asn:1"`, `no relation of the entry has a role "fra"; did you mean "far"?`},
		{strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200), "recursion"},
		{"count > 1 || " + strings.Repeat(" ", maxCondition) + "true", "longer than 4096 bytes"},
	} {
		_, problems := compileCondition(t, tc.source)
		if got := strings.Join(problems, "\n"); !strings.Contains(got, tc.want) {
			t.Errorf("%.40s: got problems %q, want one with %q", tc.source, got, tc.want)
		}
	}
}

// TestConditionPlace: the problem stands where the condition stands.
func TestConditionPlace(t *testing.T) {
	_, err := Compile("small.yaml", document(since2020+"    when: cuont > 5\n", ""), testEnv(t))
	if err == nil || !strings.HasPrefix(err.Error(), "small.yaml:19:11: condition: undeclared reference to 'cuont'") {
		t.Errorf("got %v", err)
	}
}

// TestConditionCost: an expression that multiplies its work is stopped.
func TestConditionCost(t *testing.T) {
	const ten = "[1,2,3,4,5,6,7,8,9,10]"
	c, problems := compileCondition(t, ten+".all(a, "+ten+".all(b, "+ten+".all(c, "+ten+".all(d, "+ten+".all(e, a+b+c+d+e > 0)))))")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got, _, err := c.Eval(seenOnce())
	if got != Undecided || err == nil || !strings.Contains(err.Error(), "cost") {
		t.Errorf("got %s, %v; want an error about the cost", got, err)
	}
}

func TestConditionConcurrent(t *testing.T) {
	c, _ := compileCondition(t, "attrs.peers > 1 && count > 1")
	done := make(chan Truth)
	for range 4 {
		go func() {
			answer := True
			for range 100 {
				if got, _, err := c.Eval(seenOnce()); got != True || err != nil {
					answer = got
				}
			}
			done <- answer
		}()
	}
	for range 4 {
		if got := <-done; got != True {
			t.Errorf("got %s", got)
		}
	}
}

func BenchmarkConditionEval(b *testing.B) {
	c, problems := compileCondition(b, `count > 3 && attrs.peers > 1 && party.country == "CN"`)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	f := seenOnce()
	b.ReportAllocs()
	for b.Loop() {
		if got, _, _ := c.Eval(f); got != True {
			b.Fatal(got)
		}
	}
}

func BenchmarkCompile5000Conditions(b *testing.B) {
	env, data := testEnv(b), manyEntries(5000, "    when: count > 3 && attrs.peers > 1\n")
	for b.Loop() {
		if _, err := Compile("many.yaml", data, env); err != nil {
			b.Fatal(err)
		}
	}
}
