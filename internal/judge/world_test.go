package judge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// The world of the tests: maker is listed; child is held by it with the share
// under test; home, homechild and twin are of the protected country, twin half
// maker's; abroad is of a third one. Networks 64500 and up carry no company.
const (
	makerAS, childAS, homeAS, homeChildAS, abroadAS = 64496, 64497, 64498, 64499, 64500
	registeredAS, spaceAS, spaceAbroadAS, nobodyAS  = 64505, 64506, 64507, 64510
)

type numbers struct{ home string }

func (n numbers) Holder(asn uint32) (entity.ASHolder, bool) {
	switch asn {
	case registeredAS:
		return entity.ASHolder{ASN: asn, Name: "REGISTERED", Country: n.home, CountryBasis: "registered"}, true
	case spaceAS:
		return entity.ASHolder{ASN: asn, Name: "SPACE", Country: n.home, CountryBasis: "space"}, true
	case spaceAbroadAS:
		return entity.ASHolder{ASN: asn, Name: "ABROAD", Country: "CH", CountryBasis: "space"}, true
	}
	return entity.ASHolder{}, false
}
func (numbers) Origin(netip.Addr) (entity.Route, bool) { return entity.Route{}, false }
func (numbers) Sources() []entity.Source               { return []entity.Source{{ID: "numbers", Title: "numbers"}} }

// world makes the registry, with barred and home country and child's share.
func world(t testing.TB, barredIn, home string, share entity.Range) *entity.Registry {
	t.Helper()
	r := entity.Records{Sources: []entity.Source{{ID: "s", Title: "test source"}}}
	for _, c := range []struct {
		slug, country string
		as            uint32
	}{{"maker", barredIn, makerAS}, {"child", barredIn, childAS}, {"home", home, homeAS}, {"homechild", "CH", homeChildAS}, {"abroad", "CH", abroadAS}} {
		r.Companies = append(r.Companies, entity.Company{Slug: c.slug, Name: "Company " + c.slug, Country: c.country, Source: "s"})
		r.Identifiers = append(r.Identifiers, entity.Identifier{ID: evidence.ASN(c.as), Company: c.slug, Source: "s"})
	}
	r.Edges = []entity.Edge{
		{Owner: "maker", Asset: "child", Share: share, Interest: "shareholding", Source: "s"},
		{Owner: "home", Asset: "homechild", Share: exactly(80), Interest: "shareholding", Source: "s"},
	}
	reg, err := entity.New(r, numbers{home})
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

func exactly(percent entity.Share) entity.Range {
	return entity.Range{Lo: percent * 10_000, Hi: percent * 10_000}
}

func kinds() []*evidence.Kind {
	attrs := []evidence.AttrSpec{{Key: "peers", Op: evidence.OpDistinct}, {Key: "words", Op: evidence.OpSet}}
	return []*evidence.Kind{
		{Domain: "carrier", Name: "adjacency", Phrase: "{party} and {subject} are neighbours on AS paths", Attrs: attrs,
			Roles: []evidence.Role{{Name: "near", Party: true}, {Name: "far", Party: true}}},
		{Domain: "carrier", Name: "session", Phrase: "{party} and {subject} hold a session", Confirms: "adjacency",
			Roles: []evidence.Role{{Name: "local", Party: true}, {Name: "remote", Party: true}}},
		{Domain: "carrier", Name: "origin", Phrase: "{party} announces prefixes", Attrs: attrs,
			Roles: []evidence.Role{{Name: "origin", Party: true}}},
		{Domain: "carrier", Name: "equips", Phrase: "{subject} uses {party}", Attrs: []evidence.AttrSpec{
			{Key: "approvals", Op: evidence.OpSet}, {Key: "places", Op: evidence.OpSet}, {Key: "produced_in", Op: evidence.OpSet},
			{Key: "product_class", Op: evidence.OpSet}, {Key: "uses", Op: evidence.OpSet}},
			Roles: []evidence.Role{{Name: "maker", Party: true}, {Name: "site", Party: true}}},
		{Domain: "carrier", Name: "offers", Roles: []evidence.Role{{Name: "store"}}},
	}
}

const (
	selectMaker = "    select: {companies: [maker]}\n"
	adjacency   = "    relations: [adjacency]\n"
	always      = "    in_force: [{from: 2020-01-01}]\n"
	standard    = selectMaker + adjacency + always
)

func compile(t testing.TB, reg *entity.Registry, entry, rest string) *policy.Policy {
	t.Helper()
	doc := smallDoc(entry, rest)
	p, err := policy.Compile("small.yaml", []byte(doc), policy.Env{Registry: reg, Kinds: kinds()})
	if err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	return p
}

func smallDoc(entry, rest string) string {
	return `policy: small
version: "1"
title: Small
issuer: Office
published: 2020-01-01
authorities: [{id: act, title: The act, date: 2020-01-01}]
control: [{id: half, method: cascade, threshold: 50}]
entries:
  - id: one
    title: First
    authority: act
    citation: section 1
    domain: carrier
    control: half
` + entry + rest
}

func meet(near, far uint32, peers ...string) evidence.Observation {
	return evidence.Observation{
		Domain: "carrier", Kind: "adjacency", Count: 2,
		Subjects: []evidence.Subject{{Role: "near", ID: evidence.ASN(near)}, {Role: "far", ID: evidence.ASN(far)}},
		Attrs:    []evidence.Attr{evidence.Distinct("peers", slices.Clone(peers)...)},
		Refs:     []evidence.Ref{{Offset: int64(near), Length: int64(far)}},
	}
}

func input(name string, status evidence.Status, domains ...string) evidence.Input {
	sum := sha256.Sum256([]byte(name))
	return evidence.Input{Digest: hex.EncodeToString(sum[:]), Names: []string{name}, Status: status, Domains: domains}
}

func shard(in evidence.Input, obs ...evidence.Observation) *evidence.Shard {
	s := evidence.NewShard(in)
	for _, o := range obs {
		s.Observe(o)
	}
	return s
}

func setOf(shards ...*evidence.Shard) *evidence.Set {
	var s evidence.Set
	for _, x := range shards {
		s.Add(x)
	}
	return &s
}

func read(obs ...evidence.Observation) *evidence.Set {
	return setOf(shard(input("rib", evidence.StatusRead, "carrier"), obs...))
}

func on(t testing.TB, day string) entity.Date {
	t.Helper()
	d, err := entity.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// script keeps the whole stream and the order of its messages.
type script struct {
	collector
	order    []string
	coverage *finding.Coverage
}

func (s *script) Run(*finding.Run) error { s.order = append(s.order, "run"); return nil }
func (s *script) Finding(f *finding.Finding) error {
	s.order = append(s.order, "finding")
	return s.collector.Finding(f)
}
func (s *script) Problem(*finding.Problem) error { s.order = append(s.order, "problem"); return nil }
func (s *script) Coverage(c *finding.Coverage) error {
	s.order, s.coverage = append(s.order, "coverage"), c
	return nil
}

func judgeAll(t testing.TB, set *evidence.Set, reg *entity.Registry, p *policy.Policy, day string) script {
	t.Helper()
	var s script
	if err := Judge(context.Background(), Case{Set: set, Registry: reg, Policy: p, AsOf: on(t, day)}, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// brief writes findings as "violation AS64496 AS64498" lines; a roll-up has no
// parties.
func brief(list []*finding.Finding) string {
	var out []string
	for _, f := range list {
		line := f.Verdict.String()
		if !f.Party.IsZero() {
			line += fmt.Sprintf(" %s>%s", f.Party.Value(), f.Subject.Value())
		}
		out = append(out, line)
	}
	return strings.Join(out, ", ")
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
