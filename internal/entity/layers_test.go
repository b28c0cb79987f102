package entity_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
)

// TestOneCompany has two layers that know a company by different slugs and one
// LEI.
func TestOneCompany(t *testing.T) {
	first, second := rich(t)
	r := build(t, first, second)
	c, ok := r.Company("lei-5493")
	if !ok || c.Slug != "acme" || c.Name != "Acme Telecom Ltd" {
		t.Fatalf("got %+v, want acme", c)
	}
	want := &entity.Company{
		Slug: "acme", Name: "Acme Telecom Ltd", Aliases: []string{"Acme", "ACME TELECOM LIMITED"}, Country: "DE", Headquarters: "CN",
		Tags: []string{"carrier", "holding"}, StateOwned: true, Source: "s", Also: []string{"register"},
	}
	if diff := cmp.Diff(want, c, opaque()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if h, ok := r.Resolve(id(t, "lei:5493001KJTIIGC8Y1R12"), day(t, "2020-01-01")); !ok || h.Company.Slug != "acme" {
		t.Errorf("the LEI is held by %+v", h.Company)
	}
	if got := len(r.Identifiers("acme", day(t, "2020-01-01"))); got != 6 {
		t.Errorf("acme holds %d identifiers, want 6: the LEI once", got)
	}
	rule := entity.ControlRule{Method: entity.MethodCascade, Threshold: entity.Whole / 2}
	control := r.Control(rule, []string{"lei-5493"}, day(t, "2020-01-01"))
	if control.State("beta") != entity.In || !control.Listed("acme") {
		t.Errorf("beta is %d by the other slug", control.State("beta"))
	}
	proof := control.Chain("beta")[0]
	if got := proof.Edges[0]; got.Share != (entity.Range{Lo: 600_000, Hi: 800_000}) || !strings.Contains(got.Note, "register states 50.0001%–80%") {
		t.Errorf("the two statements give %+v", got)
	}

	second.Identifiers[0] = held(t, "lei-5493", "asn:64496", "", "") // no identity
	second.Identifiers[0].Source = "register"
	var b entity.Builder
	if err := first.Give(&b); err != nil {
		t.Fatal(err)
	}
	_ = b.Layer()
	_ = second.Give(&b)
	if _, err := b.Registry(nil); err == nil || !strings.Contains(err.Error(), `held by both "acme" and "lei-5493"`) {
		t.Errorf("one AS number of two companies: got %v", err)
	}
}

// TestReconcile has two layers that speak of one holding.
func TestReconcile(t *testing.T) {
	for _, test := range []struct {
		name     string
		one, two entity.Range
		want     entity.Range
	}{
		{"narrower", entity.Range{Lo: 300_000, Hi: 300_000}, entity.Range{Lo: 250_000, Hi: 500_000}, entity.Range{Lo: 300_000, Hi: 300_000}},
		{"overlapping", entity.Range{Lo: 100_000, Hi: 600_000}, entity.Range{Lo: 500_000, Hi: 900_000}, entity.Range{Lo: 500_000, Hi: 600_000}},
		{"contradictory", entity.Range{Lo: 100_000, Hi: 200_000}, entity.Range{Lo: 600_000, Hi: 600_000}, entity.Range{Lo: 100_000, Hi: 600_000}},
	} {
		one, two := sample(t), entity.Records{Sources: []entity.Source{{ID: "t"}}}
		one.Edges = []entity.Edge{owns("acme", "beta", test.one.Lo, test.one.Hi)}
		two.Edges = []entity.Edge{owns("acme", "beta", test.two.Lo, test.two.Hi)}
		two.Edges[0].Source = "t"
		rule := entity.ControlRule{Method: entity.MethodCascade, Threshold: 1}
		r := build(t, one, two)
		chain := r.Control(rule, []string{"acme"}, entity.Date{}).Chain("beta")
		if got := chain[0].Edges[0].Share; got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
		if got := len(r.Owners("beta", entity.Date{})); got != 2 {
			t.Errorf("%s: %d statements are shown, want 2", test.name, got)
		}
	}
}

// TestTornSources has two layers that together state more than the whole: no
// one of them can be believed, so nothing is certain of what they say.
func TestTornSources(t *testing.T) {
	one, two := sample(t), entity.Records{}
	one.Edges = []entity.Edge{owns("acme", "gamma", 600_000, 600_000)}
	two.Edges = []entity.Edge{owns("beta", "gamma", 600_000, 600_000)}
	r := build(t, one, two)
	for _, method := range []entity.Method{entity.MethodCascade, entity.MethodMultiply, entity.MethodControl} {
		rule := entity.ControlRule{Method: method, Threshold: entity.Whole / 2}
		if got := r.Control(rule, []string{"acme"}, entity.Date{}).State("gamma"); got != entity.Unknown {
			t.Errorf("%s: got %d, want unknown", method, got)
		}
	}
}

// TestWithEqualsLayers adds records over a registry, and builds one of both:
// every question has the same answer.
func TestWithEqualsLayers(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for done := 0; done < 3000; {
		n := 3 + r.IntN(8)
		one, two := randomWorld(r, n, r.IntN(2*n), false), randomWorld(r, n, r.IntN(n), false)
		for i := range two.Edges { // some ends are new companies
			if r.IntN(3) == 0 {
				two.Edges[i].Owner = "new"
			}
		}
		two.Companies = []entity.Company{{Slug: "new", Source: "s"}}
		base, err := entity.New(one, nil)
		if err != nil {
			continue
		}
		var b entity.Builder
		_ = one.Give(&b)
		_ = b.Layer()
		_ = two.Give(&b)
		want, err := b.Registry(nil)
		if err != nil {
			continue
		}
		got, err := base.With(two)
		if err != nil {
			t.Fatal(err)
		}
		done++
		on, known := nthDay(r.IntN(20)), nthDay(r.IntN(20))
		rule := randomRule(r, unit)
		rule.Method = []entity.Method{entity.MethodCascade, entity.MethodControl, entity.MethodMultiply}[r.IntN(3)]
		seeds := []string{name(0), "new"}
		a, z := want.KnownAt(known).Control(rule, seeds, on), got.KnownAt(known).Control(rule, seeds, on)
		for _, c := range slices.Concat(one.Companies, two.Companies) {
			if a.State(c.Slug) != z.State(c.Slug) {
				t.Fatalf("%s under %+v: got %d, want %d\n%+v\n%+v", c.Slug, rule, z.State(c.Slug), a.State(c.Slug), one.Edges, two.Edges)
			}
			if diff := cmp.Diff(sumsOf(a.Chain(c.Slug)), sumsOf(z.Chain(c.Slug))); diff != "" {
				t.Fatalf("chain of %s (-want +got):\n%s", c.Slug, diff)
			}
		}
		if got.Digest() == base.Digest() {
			t.Fatal("additions do not change the digest")
		}
	}
}

func sumsOf(chain []entity.Proof) map[string]string {
	out := map[string]string{}
	for _, p := range chain {
		out[p.Asset] = p.Sum.String() + " " + p.Least.String() + " " + p.Most.String()
	}
	return out
}

func TestWithErrors(t *testing.T) {
	first, second := rich(t)
	base := build(t, first)
	if got, err := base.With(second); err != nil {
		t.Fatal(err)
	} else if c, ok := got.Company("lei-5493"); !ok || c.Slug != "acme" {
		t.Errorf("the added company is %+v, want acme", c)
	} else if got.Control(entity.ControlRule{Method: entity.MethodCascade, Threshold: 1}, []string{"lei-5493"}, day(t, "2020-01-01")).State("beta") != entity.In {
		t.Error("an added edge of a merged company is lost")
	} else if again, err := got.With(entity.Records{Listings: []entity.Listing{{Company: "lei-5493", List: "more", Source: "s"}}}); err != nil || len(again.OnList("more", entity.Date{})) != 1 {
		t.Errorf("a second addition: %v", err)
	}
	for _, test := range []struct {
		name    string
		records entity.Records
		want    string
	}{
		{"unknown company", entity.Records{Edges: []entity.Edge{owns("acme", "nobody", 1, 1)}}, `unknown company "nobody"`},
		{"company twice", entity.Records{Companies: []entity.Company{{Slug: "beta", Source: "s"}}}, `"beta" stands twice`},
		{"unknown source", entity.Records{Gaps: []entity.Gap{{Company: "beta", Source: "x"}}}, `source "x" is not described`},
		{"held by both", entity.Records{Identifiers: []entity.Identifier{held(t, "gamma", "android:com.example.app", "", "")}}, `held by both "acme" and "gamma"`},
		{"source in two ways", entity.Records{Sources: []entity.Source{{ID: "s", Title: "another"}}}, "two ways"},
	} {
		if _, err := base.With(test.records); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q in it", test.name, err, test.want)
		}
	}
}

// TestAtEqualsFresh moves an answer from date to date and compares it with one
// made for that date.
func TestAtEqualsFresh(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	for done := 0; done < 10_000; {
		n := 3 + r.IntN(12)
		records := randomWorld(r, n, r.IntN(3*n), r.IntN(3) == 0)
		registry, err := entity.New(records, nil)
		if err != nil {
			continue
		}
		done++
		rule := randomRule(r, unit)
		if r.IntN(3) == 0 {
			rule.Method = entity.MethodControl
		}
		seeds := []string{name(0), name(r.IntN(n))}
		control := registry.Control(rule, seeds, nthDay(r.IntN(20)))
		for range 4 {
			on := nthDay(r.IntN(20))
			fresh := registry.Control(rule, seeds, on)
			control = control.At(on)
			for i := range n {
				if got, want := control.State(name(i)), fresh.State(name(i)); got != want {
					t.Fatalf("%s on %s: got %d, want %d\n%+v", name(i), on, got, want, records.Edges)
				}
				if diff := cmp.Diff(fresh.Chain(name(i)), control.Chain(name(i)), opaque()); diff != "" {
					t.Fatalf("chain of %s on %s (-want +got):\n%s", name(i), on, diff)
				}
			}
			a, b := fresh.Members()
			c, d := control.Members()
			if !slices.Equal(a, c) || !slices.Equal(b, d) {
				t.Fatalf("members on %s: got %v %v, want %v %v", on, c, d, a, b)
			}
		}
	}
}

// TestKnownAt hides what was not yet known, and what was withdrawn.
func TestKnownAt(t *testing.T) {
	records := sample(t)
	records.Edges[0].Known.From = day(t, "2020-02-01")
	records.Companies[2].Known.To = day(t, "2020-03-01")
	records.Listings = []entity.Listing{{Company: "acme", List: "l", Source: "s", Known: entity.Interval{To: day(t, "2020-02-01")}}}
	r, err := entity.New(records, nil)
	if err != nil {
		t.Fatal(err)
	}
	digests := map[string]bool{r.Digest(): true}
	rule := entity.ControlRule{Method: entity.MethodCascade, Threshold: entity.Whole / 2}
	for _, test := range []struct {
		known         string
		beta          entity.State
		gamma, listed bool
	}{
		{"2020-01-31", entity.Out, true, true}, {"2020-02-01", entity.In, true, false}, {"2020-03-01", entity.In, false, false}, {"", entity.In, true, true},
	} {
		view := r.KnownAt(day(t, "2019-01-01")).KnownAt(day(t, test.known))
		if got := view.Control(rule, []string{"acme"}, entity.Date{}).State("beta"); got != test.beta {
			t.Errorf("known at %s: beta is %d, want %d", test.known, got, test.beta)
		}
		if _, got := view.Company("gamma"); got != test.gamma {
			t.Errorf("known at %s: gamma is known: %t", test.known, got)
		}
		if got := len(view.OnList("l", entity.Date{})) == 1; got != test.listed {
			t.Errorf("known at %s: acme is listed: %t", test.known, got)
		}
		digests[view.Digest()] = true
	}
	if len(digests) != 4 {
		t.Errorf("%d digests of four views, one of them the registry: %v", len(digests), slices.Sorted(maps.Keys(digests)))
	}
}
