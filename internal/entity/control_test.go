package entity_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
)

// naive computes one fixpoint by the formulas of the package comment, over all
// assets in each round, for rules that add shares up.
func naive(rule entity.ControlRule, seeds map[string]bool, records entity.Records, may bool) map[string]bool {
	in := map[string]bool{}
	for s := range seeds {
		in[s] = true
	}
	for changed := true; changed; {
		changed = false
		for _, c := range records.Companies {
			var inLo, inHi, outLo, outHi int64
			edges := 0
			for _, e := range records.Edges {
				switch {
				case e.Asset != c.Slug:
					continue
				case in[e.Owner]:
					inLo, inHi = inLo+int64(e.Share.Lo), inHi+int64(e.Share.Hi)
				default:
					outLo, outHi = outLo+int64(e.Share.Lo), outHi+int64(e.Share.Hi)
				}
				edges++
			}
			sum := inLo
			switch whole := int64(entity.Whole); {
			case may && rule.CountUndisclosed && !c.OwnersComplete:
				sum = whole - outLo
			case may:
				sum = min(inHi, whole-outLo)
			case c.OwnersComplete:
				sum = max(inLo, whole-outHi)
			}
			reached := sum > int64(rule.Threshold) || sum == int64(rule.Threshold) && !rule.Strict
			if edges > 0 && reached && !in[c.Slug] {
				in[c.Slug], changed = true, true
			}
		}
	}
	return in
}

// TestControlEqualsNaive also shuffles the edges, and widens a range: what was
// unknown may not become certain by knowing less.
func TestControlEqualsNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	const grain = entity.Whole / 20
	for done := 0; done < 10_000; {
		n := 3 + r.IntN(12)
		records := randomRecords(r, n, r.IntN(3*n), grain, r.IntN(4) == 0)
		registry, err := entity.New(records, nil)
		if err != nil {
			continue
		}
		done++
		rule := randomRule(r, grain)
		seeds := map[string]bool{name(0): true, name(r.IntN(n)): true}
		list := slices.Sorted(mapKeys(seeds))
		control := registry.Control(rule, list, entity.Date{})
		if !rule.Single {
			must, may := naive(rule, seeds, records, false), naive(rule, seeds, records, true)
			for i := range n {
				want := entity.Unknown
				if must[name(i)] {
					want = entity.In
				} else if !may[name(i)] {
					want = entity.Out
				}
				if got := control.State(name(i)); got != want {
					t.Fatalf("company %s of %v\nunder %+v: got %d, want %d", name(i), records, rule, got, want)
				}
			}
		}
		checkProofs(t, rule, control)
		checkShuffled(t, r, records, rule, list, control)
		checkWidened(t, r, records, rule, list, control)
	}
}

// checkProofs follows each proof back to the seeds.
func checkProofs(t *testing.T, rule entity.ControlRule, control *entity.Control) {
	t.Helper()
	in, unknown := control.Members()
	for _, slug := range slices.Concat(in, unknown) {
		known := map[string]bool{}
		for _, proof := range control.Chain(slug) {
			if proof.Sum < rule.Threshold {
				t.Fatalf("a proof of %s has the sum %s, below %s", slug, proof.Sum, rule.Threshold)
			}
			for _, e := range proof.Edges {
				if !control.Listed(e.Owner) && !known[e.Owner] && !rule.CountUndisclosed {
					t.Fatalf("the chain of %s uses %s before it is proved", slug, e.Owner)
				}
				known[e.Asset] = true
			}
		}
		if control.Listed(slug) != (len(control.Chain(slug)) == 0) {
			t.Fatalf("the chain of %s has %d steps, listed: %t", slug, len(control.Chain(slug)), control.Listed(slug))
		}
	}
}

func checkShuffled(t *testing.T, r *rand.Rand, records entity.Records, rule entity.ControlRule, seeds []string, want *entity.Control) {
	t.Helper()
	records.Edges, records.Companies = slices.Clone(records.Edges), slices.Clone(records.Companies)
	shuffle(r, records.Edges)
	shuffle(r, records.Companies)
	registry, err := entity.New(records, nil)
	if err != nil {
		t.Fatal(err)
	}
	seeds = slices.Clone(seeds)
	slices.Reverse(seeds)
	got := registry.Control(rule, seeds, entity.Date{})
	for _, c := range records.Companies {
		if diff := cmp.Diff(want.Chain(c.Slug), got.Chain(c.Slug), cmp.AllowUnexported(entity.Date{})); diff != "" || want.State(c.Slug) != got.State(c.Slug) {
			t.Fatalf("the order of edges changes %s (-want +got):\n%s", c.Slug, diff)
		}
	}
}

func checkWidened(t *testing.T, r *rand.Rand, records entity.Records, rule entity.ControlRule, seeds []string, before *entity.Control) {
	t.Helper()
	if len(records.Edges) == 0 {
		return
	}
	records.Edges = slices.Clone(records.Edges)
	e := &records.Edges[r.IntN(len(records.Edges))]
	e.Share.Lo -= entity.Share(r.IntN(int(e.Share.Lo) + 1))
	e.Share.Hi += entity.Share(r.IntN(int(entity.Whole-e.Share.Hi) + 1))
	registry, err := entity.New(records, nil)
	if err != nil {
		t.Fatalf("widening a range makes the records wrong: %v", err)
	}
	after := registry.Control(rule, seeds, entity.Date{})
	for _, c := range records.Companies {
		old, now := before.State(c.Slug), after.State(c.Slug)
		if now != old && now != entity.Unknown {
			t.Fatalf("knowing less about %s → %s turns %s from %d to %d", e.Owner, e.Asset, c.Slug, old, now)
		}
	}
}

// TestControlDatesAndInterests counts only edges that hold at the date and
// whose kind the rule names, each kind for itself.
func TestControlDatesAndInterests(t *testing.T) {
	records := sample(t)
	votes := owns("acme", "gamma", 300_000, 300_000)
	votes.Interest = "voting-rights"
	records.Edges = []entity.Edge{owns("acme", "beta", 600_000, 600_000), owns("acme", "gamma", 300_000, 300_000), votes}
	records.Edges[0].Valid.To = day(t, "2021-01-01")
	r, err := entity.New(records, nil)
	if err != nil {
		t.Fatal(err)
	}
	rule := entity.ControlRule{Method: entity.MethodCascade, Threshold: entity.Whole / 2}
	for _, test := range []struct {
		name, slug, on string
		rule           entity.ControlRule
		want           entity.State
	}{
		{"in force", "beta", "2020-12-31", rule, entity.In},
		{"ended", "beta", "2021-01-01", rule, entity.Out},
		{"kinds are not added", "gamma", "2020-12-31", rule, entity.Out},
		{"other kinds do not count", "beta", "2020-12-31",
			entity.ControlRule{Method: entity.MethodCascade, Threshold: entity.Whole / 2, Interests: []string{"voting-rights"}}, entity.Out},
		{"listed only", "beta", "2020-12-31", entity.ControlRule{Method: entity.MethodListed}, entity.Out},
		{"seed", "acme", "2020-12-31", entity.ControlRule{Method: entity.MethodListed}, entity.In},
	} {
		if got := r.Control(test.rule, []string{"acme", "nobody"}, day(t, test.on)).State(test.slug); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}

// TestControlOf compares the answer for one company with that for all.
func TestControlOf(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 4))
	methods := []entity.Method{
		entity.MethodListed, entity.MethodCascade, entity.MethodControl, entity.MethodMultiply, entity.MethodMultiplyControl, entity.MethodFamily,
	}
	found := 0
	for range 300 {
		registry, err := entity.New(randomWorld(r, 12, 2+r.IntN(20), r.IntN(3) == 0), nil)
		if err != nil {
			continue
		}
		rule := entity.ControlRule{
			Method: methods[r.IntN(len(methods))], Threshold: entity.Share(1 + r.IntN(int(entity.Whole))),
			CountUndisclosed: r.IntN(2) == 0, Single: r.IntN(4) == 0,
		}
		on := nthDay(r.IntN(28))
		var slugs []string
		for c := range registry.Companies() {
			if r.IntN(4) == 0 {
				slugs = append(slugs, c.Slug)
			}
		}
		all := registry.Control(rule, slugs, on)
		group := func() entity.Group { return registry.Group(slugs, entity.Attributes{}) }
		seed := func(c *entity.Company) bool { return slices.Contains(slugs, c.Slug) }
		for c := range registry.Companies() {
			one := registry.ControlOf(c.Slug, rule, seed, group, on)
			if got, want := one.State(c.Slug), all.State(c.Slug); got != want || one.Listed(c.Slug) != all.Listed(c.Slug) {
				t.Fatalf("%s by %+v of %v: %v, want %v", c.Slug, rule, slugs, got, want)
			}
			if all.State(c.Slug) != entity.Out && !all.Listed(c.Slug) {
				found++
			}
		}
	}
	if found < 100 {
		t.Errorf("%d companies are controlled: the test compares next to nothing", found)
	}
}
