package exposure_test

import (
	"bytes"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/exposure"
	"github.com/cleannet/cleannet/internal/exposure/rib"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// The companies of the tests and their networks: bad is barred, its child may
// be, good is not; 900 and up are nobody's.
const (
	badAS, bad2AS, worseAS, childAS, goodAS = 40, 41, 45, 50, 60
)

// registry has the companies.
func registry(t testing.TB) *entity.Registry {
	t.Helper()
	r := entity.Records{Sources: []entity.Source{{ID: "s", Title: "test"}}}
	for _, c := range []struct {
		slug, country string
		asns          []uint32
	}{
		{"bad", "CN", []uint32{badAS, bad2AS}}, {"worse", "CN", []uint32{worseAS}}, {"child", "CH", []uint32{childAS}},
		{"good", "US", []uint32{goodAS, 61, 62, 63, 64, 10, 11, 12, 13}},
	} {
		r.Companies = append(r.Companies, entity.Company{Slug: c.slug, Name: companyName(c.slug), Country: c.country, Source: "s"})
		for _, asn := range c.asns {
			r.Identifiers = append(r.Identifiers, entity.Identifier{ID: evidence.ASN(asn), Company: c.slug, Source: "s"})
		}
	}
	r.Edges = []entity.Edge{{
		Owner: "bad", Asset: "child", Share: entity.Range{Lo: entity.Whole / 4, Hi: entity.Whole}, Interest: "shareholding", Source: "s",
	}}
	reg, err := entity.New(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// companyName returns the name of a company. That of worse is hostile.
func companyName(slug string) string {
	if slug == "worse" {
		return "Worse <script>alert(1)</script> & \"Co\" ]]> \x1b[31m"
	}
	return "Company " + slug
}

func date(t testing.TB, text string) entity.Date {
	t.Helper()
	d, err := entity.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// document bars bad and worse.
func document(t testing.TB, change func(*policy.Entry)) *policy.Policy {
	e := &policy.Entry{
		ID: "carriers", Title: "Carriers", Domain: "carrier", Effect: policy.Prohibit,
		Authority: &policy.Authority{ID: "act", Title: "Example Act"},
		Select:    policy.Selection{Companies: []string{"bad", "worse"}},
		Control:   entity.ControlRule{Method: entity.MethodCascade, Threshold: entity.Whole / 2},
		InForce:   []entity.Interval{{From: date(t, "2020-08-05")}},
		Relations: []policy.Relation{{Name: "adjacency"}},
	}
	if change != nil {
		change(e)
	}
	return &policy.Policy{ID: "example", Version: "1", Title: "Example", Digest: "00", Entries: []*policy.Entry{e}}
}

func roll(t testing.TB) *exposure.Roll {
	t.Helper()
	r, err := exposure.NewRoll(document(t, nil), registry(t), date(t, "2025-01-01"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// load makes a table of lines "peer prefix path", the peer being the first
// network of the path unless it is given as address/AS.
func load(t testing.TB, lines ...string) *rib.Table {
	t.Helper()
	out := mrtfile.Table{Time: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, line := range lines {
		var prefix string
		var asn uint32
		if _, err := fmt.Sscan(line, &prefix, &asn); err != nil {
			t.Fatal(err)
		}
		_, path, _ := strings.Cut(line, " ")
		peer := mrtfile.Peer{Addr: netip.AddrFrom4([4]byte{192, 0, 2, byte(asn)}), ASN: asn}
		i := slices.Index(out.Peers, peer)
		if i < 0 {
			i = len(out.Peers)
			out.Peers = append(out.Peers, peer)
		}
		r := mrtfile.Route{Prefix: netip.MustParsePrefix(prefix), Peer: i}
		r.Path, r.NextHop = mrtfile.MustPath(path), netip.MustParseAddr("192.0.2.1")
		if r.Prefix.Addr().Is6() {
			r.NextHop = netip.MustParseAddr("2001:db8::1")
		}
		out.Routes = append(out.Routes, r)
	}
	var b bytes.Buffer
	if err := out.WriteV2(&b); err != nil {
		t.Fatal(err)
	}
	builder := rib.NewBuilder(2, rib.Limits{})
	if err := builder.Read(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return builder.Table()
}

// spaces takes runs "first last country".
func spaces(t testing.TB, runs ...string) iter.Seq[exposure.Space] {
	t.Helper()
	return func(yield func(exposure.Space) bool) {
		for _, run := range runs {
			f := strings.Fields(run)
			if !yield(exposure.Space{First: netip.MustParseAddr(f[0]), Last: netip.MustParseAddr(f[1]), Country: f[2]}) {
				return
			}
		}
	}
}
