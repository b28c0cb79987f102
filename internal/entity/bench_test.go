package entity_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cleannet/cleannet/internal/entity"
)

// benchmarkRegistry has a million companies and two million holdings, of which
// some begin or end in January 2020. Shares go up to most: the greater, the
// more is reached.
func benchmarkRegistry(b *testing.B, most entity.Share) *entity.Registry {
	b.Helper()
	return crowdedRegistry(b, 1_000_000, most)
}

// crowdedRegistry has so many companies, each held by two others.
func crowdedRegistry(b testing.TB, companies int, most entity.Share) *entity.Registry {
	b.Helper()
	r := rand.New(rand.NewPCG(9, 9))
	var build entity.Builder
	_ = build.Source(entity.Source{ID: "s"})
	for i := range companies {
		_ = build.Company(entity.Company{Slug: fmt.Sprintf("c%07d", i), Source: "s"})
	}
	for i := range companies {
		first := r.IntN(companies)
		for _, owner := range []int{first, (first + 1 + r.IntN(companies-1)) % companies} {
			share := entity.Share(r.IntN(int(most)))
			e := owns(fmt.Sprintf("c%07d", owner), fmt.Sprintf("c%07d", i), share, min(share+unit/2, entity.Whole))
			if r.IntN(100) == 0 {
				e.Valid.From = nthDay(r.IntN(28))
			}
			_ = build.Edge(e)
		}
	}
	registry, err := build.Registry(nil)
	if err != nil {
		b.Fatal(err)
	}
	return registry
}

func benchmarkSeeds() []string {
	var seeds []string
	for i := range 1000 {
		seeds = append(seeds, fmt.Sprintf("c%07d", i))
	}
	return seeds
}

// BenchmarkControl is the cascade, must and may, over a million companies and
// two million holdings, of which few, two thirds and nearly all are reached; and
// the change of the date by a day.
func BenchmarkControl(b *testing.B) {
	registry := benchmarkRegistry(b, entity.Whole/2)
	for _, test := range []struct {
		name      string
		threshold entity.Share
	}{
		{"few", entity.Whole / 2}, {"most", entity.Whole * 36 / 100}, {"all", entity.Whole / 10},
	} {
		rule := entity.ControlRule{Method: entity.MethodCascade, Threshold: test.threshold}
		seeds, on := benchmarkSeeds(), nthDay(14)
		b.Run(test.name+"/cascade", func(b *testing.B) {
			b.ReportAllocs()
			var control *entity.Control
			for b.Loop() {
				control = registry.Control(rule, seeds, on)
			}
			in, unknown := control.Members()
			b.ReportMetric(float64(len(in)), "in")
			b.ReportMetric(float64(len(unknown)), "unknown")
		})
		b.Run(test.name+"/at", func(b *testing.B) {
			control := registry.Control(rule, seeds, on)
			next := []entity.Date{nthDay(15), on}
			i := 0
			for b.Loop() {
				control = control.At(next[i%2])
				i++
			}
		})
	}
}
