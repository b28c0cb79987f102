package entity_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
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
