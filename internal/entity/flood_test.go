package entity_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/cleannet/cleannet/internal/entity"
)

// TestFloodsAgree compares the two ways to compute a cascade: small graphs
// reach few companies, so the exactness tests see the other way too seldom.
func TestFloodsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	for done := 0; done < 5000; {
		n := 2 + r.IntN(12)
		var b entity.Builder
		exact := r.IntN(3) == 0
		for range 1 + r.IntN(2) { // companies of two layers that share a slug are two, but for an identity
			records := randomWorld(r, n, r.IntN(3*n), exact)
			for i := range records.Companies {
				records.Identifiers = append(records.Identifiers, held(t, name(i), fmt.Sprintf("reg:example/%d", i), "", ""))
			}
			if err := errors.Join(b.Layer(), records.Give(&b)); err != nil {
				t.Fatal(err)
			}
		}
		registry, err := b.Registry(nil)
		if err != nil {
			continue
		}
		if r.IntN(5) == 0 {
			registry = registry.KnownAt(nthDay(r.IntN(20)))
		}
		done++
		rule := randomRule(r, unit)
		if r.IntN(2) == 0 {
			rule.Method = entity.MethodControl
		}
		if on := nthDay(r.IntN(20)); !entity.FloodsAgree(registry, rule, []string{name(0)}, on) {
			t.Fatalf("under %+v on %s: the rounds differ", rule, on)
		}
	}
}

// TestControlsAtOnce has several goroutines ask one registry at once, and so share
// the memory in which it reckons. Each must have what it would have alone.
func TestControlsAtOnce(t *testing.T) {
	const companies = 10_000
	on := nthDay(14)
	rule := func(i int) entity.ControlRule {
		return entity.ControlRule{Method: entity.MethodCascade, Threshold: entity.Whole * entity.Share(10+5*i) / 100}
	}
	seeds := benchmarkSeeds()
	shared := crowdedRegistry(t, companies, entity.Whole/2)
	got := make([][2][]string, 8)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			for range 3 {
				got[i][0], got[i][1] = shared.Control(rule(i), seeds, on).Members()
			}
		})
	}
	wg.Wait()
	for i := range got {
		alone := crowdedRegistry(t, companies, entity.Whole/2)
		in, unknown := alone.Control(rule(i), seeds, on).Members()
		if i == 0 && len(in) < companies/2 {
			t.Errorf("the lowest threshold reaches %d companies: too few to share memory", len(in))
		}
		if !slices.Equal(got[i][0], in) || !slices.Equal(got[i][1], unknown) {
			t.Errorf("threshold %v: at once %d in and %d unknown, alone %d and %d",
				rule(i).Threshold, len(got[i][0]), len(got[i][1]), len(in), len(unknown))
		}
	}
}
