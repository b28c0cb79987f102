package entity_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
)

func day(t testing.TB, text string) entity.Date {
	t.Helper()
	if text == "" {
		return entity.Date{}
	}
	d, err := entity.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func id(t testing.TB, text string) evidence.ID {
	t.Helper()
	id, err := evidence.ParseID(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func held(t testing.TB, company, text, from, to string) entity.Identifier {
	t.Helper()
	return entity.Identifier{
		ID: id(t, text), Company: company, Source: "s",
		Valid: entity.Interval{From: day(t, from), To: day(t, to)},
	}
}

func owns(owner, asset string, lo, hi entity.Share) entity.Edge {
	return entity.Edge{Owner: owner, Asset: asset, Share: entity.Range{Lo: lo, Hi: hi}, Interest: "shareholding", Source: "s"}
}

func sample(t testing.TB) entity.Records {
	t.Helper()
	return entity.Records{
		Sources: []entity.Source{{ID: "s", Title: "a book"}},
		Companies: []entity.Company{
			{Slug: "acme", Name: "Acme Telecom Ltd", Aliases: []string{"Acme"}, Country: "DE", Source: "s"},
			{Slug: "beta", Name: "Beta Acme Cloud", Country: "FR", Source: "s"},
			{Slug: "gamma", Name: "Gamma", Source: "s"},
		},
		Identifiers: []entity.Identifier{
			held(t, "acme", "asn:64496", "", "2021-01-01"), held(t, "beta", "asn:64496", "2021-01-01", ""),
			held(t, "acme", "prefix:192.0.2.0/24", "", ""), held(t, "beta", "prefix:192.0.2.128/25", "2021-01-01", ""),
			held(t, "gamma", "ip:192.0.2.200", "", ""), held(t, "gamma", "prefix:2001:db8::/32", "", ""),
			held(t, "acme", "domain:example.org", "", ""), held(t, "beta", "domain:cloud.example.org", "2021-01-01", ""),
			held(t, "acme", "dex:com.example", "", ""), held(t, "acme", "android:com.example.app", "", ""),
		},
		Edges: []entity.Edge{owns("acme", "beta", 600_000, 600_000), owns("beta", "gamma", 500_000, 1_000_000)},
	}
}

// table is a small table of numbers: 198.51.100.0/24 is originated by AS64496
// and 203.0.113.0–203.0.113.99 by AS64511.
type table struct{}

func (table) Holder(asn uint32) (entity.ASHolder, bool) {
	return entity.ASHolder{ASN: asn, Name: "HOLDER", Country: "US"}, asn == 64511
}

func (table) Origin(addr netip.Addr) (entity.Route, bool) {
	for _, r := range []entity.Route{
		{First: netip.MustParseAddr("198.51.100.0"), Last: netip.MustParseAddr("198.51.100.255"), ASN: 64496},
		{First: netip.MustParseAddr("203.0.113.0"), Last: netip.MustParseAddr("203.0.113.99"), ASN: 64511},
	} {
		if !addr.Less(r.First) && !r.Last.Less(addr) {
			return r, true
		}
	}
	return entity.Route{}, false
}

func (table) Sources() []entity.Source { return []entity.Source{{ID: "numbers", Title: "a table"}} }

func TestResolve(t *testing.T) {
	r, err := entity.New(sample(t), table{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ id, on, want string }{ // want: steps and the company, empty if nobody is known
		{"company:acme", "2020-01-01", "acme"},
		{"company:nobody", "2020-01-01", ""},
		{"asn:64496", "2020-12-31", "acme"},
		{"asn:64496", "2021-01-01", "beta"},
		{"asn:64511", "2021-01-01", ""},
		{"domain:a.b.cloud.example.org", "2021-01-01", "within domain:cloud.example.org, beta"},
		{"domain:cloud.example.org", "2020-01-01", "within domain:example.org, acme"},
		{"domain:badexample.org", "2020-01-01", ""},
		{"dex:com.example.sdk.Foo", "2020-01-01", "within dex:com.example, acme"},
		{"dex:com.examples", "2020-01-01", ""},
		{"android:com.example.app", "2020-01-01", "acme"},
		{"android:com.example.app.more", "2020-01-01", ""},
		{"ip:192.0.2.1", "2020-01-01", "within prefix:192.0.2.0/24, acme"},
		{"ip:192.0.2.129", "2021-01-01", "within prefix:192.0.2.128/25, beta"},
		{"ip:192.0.2.129", "2020-01-01", "within prefix:192.0.2.0/24, acme"},
		{"ip:192.0.2.200", "2021-01-01", "gamma"},
		{"prefix:192.0.2.200/32", "2021-01-01", "within ip:192.0.2.200, gamma"},
		{"prefix:192.0.2.128/26", "2021-01-01", "within prefix:192.0.2.128/25, beta"},
		{"prefix:192.0.0.0/16", "2021-01-01", ""},
		{"ip:2001:db8::1", "2021-01-01", "within prefix:2001:db8::/32, gamma"},
		{"ip:198.51.100.9", "2021-01-01", "originated by asn:64496, beta"},
		{"prefix:198.51.100.0/25", "2021-01-01", "originated by asn:64496, beta"},
		{"prefix:198.51.100.0/23", "2021-01-01", ""}, // half of it lies outside the range
		{"ip:203.0.113.1", "2021-01-01", ""},
	}
	for _, test := range tests {
		t.Run(test.id+" "+test.on, func(t *testing.T) {
			h, ok := r.Resolve(id(t, test.id), day(t, test.on))
			var steps []string
			if ok {
				at := id(t, test.id)
				for _, l := range h.Links {
					if l.From != at {
						t.Errorf("a link begins at %s, not at %s", l.From, at)
					}
					if at = l.To; at != h.Company.ID() {
						steps = append(steps, l.Relation+" "+at.String())
					}
				}
				steps = append(steps, h.Company.Slug)
			}
			if diff := cmp.Diff(test.want, strings.Join(steps, ", ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for text, want := range map[string]string{
		"ip:203.0.113.1": "HOLDER US", "asn:64511": "HOLDER US", "prefix:203.0.113.0/24": " ", "asn:64496": "Beta Acme Cloud FR",
	} {
		name, country := r.Label(id(t, text), day(t, "2021-01-01"))
		if got := name + " " + country; got != want {
			t.Errorf("Label(%s) = %q, want %q", text, got, want)
		}
	}
}

func TestSearch(t *testing.T) {
	r, err := entity.New(sample(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][]string{
		"acme": {"acme", "beta"}, "ACME cloud": {"beta"}, "Beta  Acme Cloud": {"beta"},
		"a": {"acme", "beta", "gamma"}, "nobody": nil, " ": nil,
	} {
		var got []string
		for _, c := range r.Search(query) {
			got = append(got, c.Slug)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Search(%q) (-want +got):\n%s", query, diff)
		}
	}
}

func TestNewErrors(t *testing.T) {
	dated := func(e entity.Edge, from, to string) entity.Edge {
		e.Valid = entity.Interval{From: day(t, from), To: day(t, to)}
		return e
	}
	tests := []struct {
		name   string
		change func(*entity.Records)
		want   string // part of the error
	}{
		{"unknown source", func(r *entity.Records) { r.Companies[0].Source = "x" }, `source "x" is not described`},
		{"source without id", func(r *entity.Records) { r.Sources = append(r.Sources, entity.Source{}) }, "no id"},
		{"source in two ways", func(r *entity.Records) { r.Sources = append(r.Sources, entity.Source{ID: "s"}) }, "two ways"},
		{"company twice", func(r *entity.Records) { r.Companies = append(r.Companies, r.Companies[0]) }, `"acme" stands twice`},
		{"bad slug", func(r *entity.Records) { r.Companies[2].Slug = "A b" }, "slug wants"},
		{"bad country", func(r *entity.Records) { r.Companies[0].Country = "de" }, "no code of two capitals"},
		{"unknown holder", func(r *entity.Records) { r.Identifiers[0].Company = "x" }, `unknown company "x"`},
		{"held by both", func(r *entity.Records) {
			r.Identifiers = append(r.Identifiers, held(t, "gamma", "asn:64496", "2020-12-31", ""))
		}, `held by both "acme" and "gamma"`},
		{"identifier twice", func(r *entity.Records) { r.Identifiers = append(r.Identifiers, r.Identifiers[2]) }, "stands twice"},
		{"no identifier", func(r *entity.Records) { r.Identifiers[0].ID = evidence.ID{} }, "nobody can hold"},
		{"empty interval", func(r *entity.Records) {
			r.Identifiers = append(r.Identifiers, held(t, "gamma", "asn:64499", "2020-01-01", "2020-01-01"))
		}, "no date lies in"},
		{"unknown owner", func(r *entity.Records) { r.Edges[0].Owner = "x" }, `unknown company "x"`},
		{"unknown interest", func(r *entity.Records) { r.Edges[0].Interest = "love" }, `unknown interest "love"`},
		{"share below 0", func(r *entity.Records) { r.Edges[0].Share.Lo = -1 }, "no range"},
		{"share over 100", func(r *entity.Records) { r.Edges[0].Share.Hi = entity.Whole + 1 }, "no range"},
		{"share reversed", func(r *entity.Records) { r.Edges[0].Share = entity.Range{Lo: 2, Hi: 1} }, "no range"},
		{"edge twice", func(r *entity.Records) { r.Edges = append(r.Edges, owns("acme", "beta", 0, 1)) }, "stands twice during always"},
		{"over 100", func(r *entity.Records) {
			r.Edges = append(r.Edges, owns("gamma", "beta", 500_000, 500_000))
		}, `company "beta": owners (shareholding) hold at least 110%`},
		{"over 100 later", func(r *entity.Records) {
			r.Edges = append(r.Edges, dated(owns("gamma", "beta", 500_000, 500_000), "2020-01-01", ""))
		}, "110% from 2020-01-01: more than the whole"},
		{"complete below 100", func(r *entity.Records) { r.Companies[1].OwnersComplete = true }, "hold at most 60%"},
		{"complete at first only", func(r *entity.Records) {
			r.Companies[1].OwnersComplete = true
			r.Edges = append(r.Edges, dated(owns("gamma", "beta", 400_000, 400_000), "", "2020-01-01"))
		}, "hold at most 60% from 2020-01-01, but"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			records := sample(t)
			test.change(&records)
			_, err := entity.New(records, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}

// TestManyOwners has so many owners that their sum does not fit into 32 bits,
// where it once wrapped around to a small number.
func TestManyOwners(t *testing.T) {
	records := entity.Records{Sources: []entity.Source{{ID: "s"}}, Companies: []entity.Company{{Slug: "asset", Source: "s"}}}
	var seeds []string
	for i := range 4295 { // 4,295 times a million is 32,704 beyond 1<<32
		slug := fmt.Sprint("owner", i)
		seeds = append(seeds, slug)
		records.Companies = append(records.Companies, entity.Company{Slug: slug, Source: "s"})
		records.Edges = append(records.Edges, owns(slug, "asset", 0, entity.Whole))
	}
	r, err := entity.New(records, nil)
	if err != nil {
		t.Fatal(err)
	}
	rule := entity.ControlRule{Method: entity.MethodCascade, Threshold: entity.Whole / 2}
	if got := r.Control(rule, seeds, entity.Date{}).State("asset"); got != entity.Unknown {
		t.Errorf("got state %d, want unknown", got)
	}
	for i := range records.Edges {
		records.Edges[i].Share.Lo = entity.Whole
	}
	if _, err := entity.New(records, nil); err == nil {
		t.Error("owners of 429500% together were accepted")
	}
}

func TestDigestIgnoresOrder(t *testing.T) {
	want, err := entity.New(sample(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		records := sample(t)
		shuffle(rng, records.Companies)
		shuffle(rng, records.Identifiers)
		shuffle(rng, records.Edges)
		records.Sources = append(records.Sources, records.Sources...)
		got, err := entity.New(records, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.Digest() != want.Digest() || got.Lexicon().Digest() != want.Lexicon().Digest() {
			t.Fatal("the digest depends on the order of the records")
		}
		slugs := slices.Collect(func(yield func(string) bool) {
			for c := range got.Companies() {
				yield(c.Slug)
			}
		})
		if diff := cmp.Diff([]string{"acme", "beta", "gamma"}, slugs); diff != "" {
			t.Fatalf("companies (-want +got):\n%s", diff)
		}
	}
	for name, change := range map[string]func(*entity.Records){
		"source":     func(r *entity.Records) { r.Sources[0].URL = "https://example.org" },
		"company":    func(r *entity.Records) { r.Companies[0].StateOwned = true },
		"identifier": func(r *entity.Records) { r.Identifiers[0].Note = "x" },
		"edge":       func(r *entity.Records) { r.Edges[0].Share.Lo-- },
	} {
		records := sample(t)
		change(&records)
		if got, err := entity.New(records, nil); err != nil || got.Digest() == want.Digest() {
			t.Errorf("another %s has the same digest (%v)", name, err)
		}
	}
}

func shuffle[T any](r *rand.Rand, list []T) {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}
