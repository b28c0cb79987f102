package entity_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
)

// TestGroup compares the index of attributes with asking every company, also
// at a date of knowledge, under assumptions and with added companies.
func TestGroup(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 7))
	countries, tags := []string{"", "CN", "DE", "FR"}, []string{"bank", "carrier", "carrier", "state"}
	pick := func(list []string) []string {
		out := slices.Clone(list)
		shuffle(r, out)
		return out[:r.IntN(len(out)+1)]
	}
	company := func(slug string) entity.Company {
		return entity.Company{
			Slug: slug, Source: "s", Country: countries[r.IntN(4)], Headquarters: countries[r.IntN(4)],
			Tags: pick(tags), StateOwned: r.IntN(3) == 0, Known: randomSpan(r),
		}
	}
	selected := 0
	for range 300 {
		records := entity.Records{Sources: []entity.Source{{ID: "s"}}}
		for i := range 12 {
			records.Companies = append(records.Companies, company(name(i)))
		}
		registry, err := entity.New(records, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := registry.Verify(); err != nil {
			t.Fatal(err)
		}
		if r.IntN(2) == 0 {
			more := entity.Records{Sources: []entity.Source{{ID: "more"}}, Companies: []entity.Company{company("x"), company("a")}}
			if registry, err = registry.With(more); err != nil {
				t.Fatal(err)
			}
		}
		if r.IntN(2) == 0 {
			registry, err = registry.Assume(entity.Assumption{Verb: entity.VerbIn, Subject: name(r.IntN(12)), Object: countries[1+r.IntN(3)]})
			if err != nil {
				t.Fatal(err)
			}
		}
		if r.IntN(2) == 0 {
			registry = registry.KnownAt(nthDay(r.IntN(20)))
		}
		a := entity.Attributes{Countries: pick(countries[1:]), Headquarters: pick(countries[2:]), Tags: pick(tags[2:]), StateOwned: r.IntN(3) == 0}
		var want []string
		for c := range registry.Companies() {
			if a.Has(c) {
				want = append(want, c.Slug)
			}
		}
		got := registry.Group(nil, a).Slugs()
		if !slices.Equal(got, want) {
			t.Fatalf("%+v (-got +want)\n%s", a, cmp.Diff(got, want))
		}
		selected += len(want)
	}
	if selected < 300 {
		t.Errorf("%d companies were selected: the test compares next to nothing", selected)
	}
}
