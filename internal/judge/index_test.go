package judge

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// crowdedWorld has n companies, each with one AS number from 100000 on; every
// third is held by the one before it, some by a share nobody knows.
func crowdedWorld(t testing.TB, n int) *entity.Registry {
	t.Helper()
	r := entity.Records{Sources: []entity.Source{{ID: "s", Title: "test source"}}}
	for i := range n {
		slug := fmt.Sprintf("c%d", i)
		r.Companies = append(r.Companies, entity.Company{Slug: slug, Name: slug, Source: "s",
			Country: []string{"CN", "US", "CH", ""}[i%4], Headquarters: []string{"CN", "", "CH"}[i%3]})
		r.Identifiers = append(r.Identifiers, entity.Identifier{ID: evidence.ASN(uint32(100_000 + i)), Company: slug, Source: "s"})
		if i%3 == 2 {
			share := exactly(60)
			if i%2 == 0 {
				share = entity.Range{Lo: 0, Hi: entity.Whole}
			}
			r.Edges = append(r.Edges, entity.Edge{Owner: fmt.Sprintf("c%d", i-1), Asset: slug, Share: share, Interest: "shareholding", Source: "s"})
		}
	}
	reg, err := entity.New(r, numbers{"US"})
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// crowdedPolicy has n entries on random companies of every form that decides
// where a bench is looked for.
func crowdedPolicy(t testing.TB, reg *entity.Registry, n, companies int, forms []string, rnd *rand.Rand) *policy.Policy {
	t.Helper()
	var b strings.Builder
	b.WriteString("policy: crowd\nversion: '1'\ntitle: Crowd\nissuer: Office\npublished: 2020-01-01\n" +
		"authorities: [{id: act, title: The act, date: 2020-01-01}]\n" +
		"control: [{id: half, method: cascade, threshold: 50}, {id: quiet, method: cascade, threshold: 50, on_unknown: ignore}]\nentries:\n")
	for i := range n {
		one, two := rnd.IntN(companies), rnd.IntN(companies)
		form := strings.NewReplacer("ONE", fmt.Sprintf("c%d", one), "TWO", fmt.Sprintf("c%d", two),
			"ID", fmt.Sprintf("asn:%d", 100_000+two)).Replace(forms[i%len(forms)])
		fmt.Fprintf(&b, "  - id: e%d\n    title: Rule\n    authority: act\n    citation: section %d\n    domain: carrier\n"+
			"    in_force: [{from: 2020-01-01}]\n%s", i, i, form)
	}
	p, err := policy.Compile("crowd.yaml", []byte(b.String()), policy.Env{Registry: reg, Kinds: kinds()})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func crowdForms() []string {
	return []string{
		"    select: {companies: [ONE, TWO]}\n    control: half\n    relations: [adjacency]\n",
		"    select: {companies: [ONE]}\n    control: quiet\n    relations: [adjacency, origin]\n    protects: {countries: [US]}\n",
		"    select: {companies: [ONE], identifiers: ['ID']}\n    control: half\n    relations: [{adjacency: {roles: [far]}}]\n",
		"    select: {identifiers: ['ID']}\n    relations: [adjacency]\n",
		"    select: {headquarters: [CN]}\n    relations: [adjacency]\n    when: count > 1\n",
		"    all_but: {companies: [ONE, TWO]}\n    control: half\n    relations: [adjacency]\n    protects: {identifiers: ['ID']}\n",
		"    select: {product_class: [router]}\n    relations: [equips]\n",
		"    select: {companies: [ONE], product_class: [router]}\n    relations: [{equips: {roles: [maker]}}]\n    uses: [a]\n",
	}
}

func crowdedSet(n, companies int, rnd *rand.Rand) *evidence.Set {
	s := evidence.NewShard(input("rib", evidence.StatusRead, "carrier"))
	pick := func() uint32 {
		if rnd.IntN(8) == 0 {
			return []uint32{registeredAS, spaceAS, spaceAbroadAS, nobodyAS}[rnd.IntN(4)]
		}
		return uint32(100_000 + rnd.IntN(companies+companies/4)) // some of them nobody's
	}
	for range n {
		if rnd.IntN(5) == 0 {
			var attrs []evidence.Attr
			if rnd.IntN(2) == 0 {
				attrs = append(attrs, evidence.Words("product_class", []string{"router", "drone"}[rnd.IntN(2)]))
			}
			s.Observe(equip(pick(), pick(), "r.example", attrs...))
			continue
		}
		o := meet(pick(), pick(), "a")
		o.Count = uint64(1 + rnd.IntN(3))
		s.Observe(o)
	}
	return setOf(s)
}

// slowFindings tries every observation on every bench of its kind, each with a
// crowd of its own: what the index must not change.
func slowFindings(c Case) []*finding.Finding {
	j := newJudgement(&c)
	for _, b := range j.benches {
		if b.crowd == nil {
			continue
		}
		own := *b.crowd
		own.sample, own.roles = b, b.roles
		own.unresolved, own.unplaced = map[evidence.ID]uint64{}, map[evidence.ID]uint64{}
		own.doubtful = map[string]map[evidence.ID]uint64{}
		b.crowd = &own
	}
	for o := range c.Set.Observations() {
		key := kindKey{o.Domain, o.Kind}
		j.station(key).observed++
		for _, b := range j.benches {
			if b.relation.Kind.Name == o.Kind {
				j.slowTry(b, o)
			}
		}
	}
	var all []*finding.Finding
	for _, b := range j.benches {
		var list []*finding.Finding
		for _, m := range b.matters {
			list = append(list, j.settle(b, m))
		}
		if f := j.rollUp(b); f != nil {
			list = append(list, f)
		}
		slices.SortFunc(list, compareFindings)
		all = append(all, list...)
	}
	return all
}

func (j *judgement) slowTry(b *bench, o *evidence.Observation) {
	if b.ofClass() {
		j.tryThing(b, o)
		return
	}
	for _, role := range b.roles {
		p := j.party(o.Subject(role))
		switch s := b.standing(p); {
		case s == free && b.crowd != nil, s == unresolved && b.crowd != nil:
			var at station // an empty one: who is among the selected is asked below
			at.byControl = map[*entity.Control][]*bench{b.control: {b}}
			j.tryStranger(&at, b.crowd, o, role, p)
		case s != free:
			for _, other := range j.counterparts(b, o, role) {
				j.tryPair(b, o, p, other, s)
			}
		}
	}
}

func TestIndexEqualsTryingAll(t *testing.T) {
	const companies = 40
	reg := crowdedWorld(t, companies)
	for seed := range uint64(30) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		p := crowdedPolicy(t, reg, 24, companies, crowdForms(), rnd)
		c := Case{Set: crowdedSet(300, companies, rnd), Registry: reg, Policy: p, AsOf: on(t, "2020-08-05")}
		var got collector
		if err := Judge(context.Background(), c, &got); err != nil {
			t.Fatal(err)
		}
		if len(got.findings) < 24 {
			t.Fatalf("seed %d: %d findings, too few to prove anything", seed, len(got.findings))
		}
		if diff := cmp.Diff(asJSON(t, slowFindings(c)), asJSON(t, got.findings)); diff != "" {
			t.Fatalf("seed %d: trying all (-), index (+):\n%s", seed, diff)
		}
	}
}

// BenchmarkJudge1M judges a million observations by a policy of 5,000 entries,
// which name some three per cent of the companies that are seen.
func BenchmarkJudge1M(b *testing.B) {
	const companies = 200_000
	reg := crowdedWorld(b, companies)
	rnd := rand.New(rand.NewPCG(1, 1))
	p := crowdedPolicy(b, reg, 5000, companies, crowdForms()[:2], rnd)
	s := evidence.NewShard(input("rib", evidence.StatusRead, "carrier"))
	for range 1_000_000 {
		s.Observe(meet(100_000+rnd.Uint32N(companies+companies/4), 100_000+rnd.Uint32N(companies+companies/4), "a"))
	}
	c := Case{Set: setOf(s), Registry: reg, Policy: p, AsOf: on(b, "2020-08-05")}
	b.ReportAllocs()
	for b.Loop() {
		var got collector
		if err := Judge(context.Background(), c, &got); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(got.findings)), "findings")
	}
}
