package entity_test

import (
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
		registry, err := entity.New(randomWorld(r, n, r.IntN(3*n), r.IntN(3) == 0), nil)
		if err != nil {
			continue
		}
		done++
		rule := randomRule(r, unit)
		rule.CountUndisclosed = false // always by the way of many
		if r.IntN(2) == 0 {
			rule.Method = entity.MethodControl
		}
		if on := nthDay(r.IntN(20)); !entity.FloodsAgree(registry, rule, []string{name(0)}, on) {
			t.Fatalf("under %+v on %s: the rounds differ", rule, on)
		}
	}
}
