package entity_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
)

// rich are records with facts of every kind and of two layers.
func rich(t testing.TB) (first, second entity.Records) {
	t.Helper()
	first = sample(t)
	first.Companies[0].Tags, first.Companies[0].StateOwned = []string{"carrier", "holding"}, true
	first.Companies[0].Headquarters, first.Companies[1].OwnersComplete = "CN", true
	first.Edges[0].Share.Hi, first.Edges[0].Valid.From = entity.Whole, day(t, "2019-01-01")
	first.Edges[0].Note, first.Edges[0].Record = "as filed", "row 3"
	first.Identifiers = append(first.Identifiers, held(t, "acme", "lei:5493001KJTIIGC8Y1R12", "", ""))
	first.Listings = []entity.Listing{
		{Company: "beta", List: "sanctions", Program: "X", Source: "s", Record: "1", Valid: entity.Interval{From: day(t, "2020-01-01")}},
		{Company: "acme", List: "sanctions", Source: "s"}, {Company: "acme", List: "alerts", Source: "s"},
	}
	first.Gaps = []entity.Gap{{Company: "gamma", Reason: "non-public", Source: "s"}}
	first.Edges = append(first.Edges, owns("", "gamma", 100_000, 100_000), owns("", "gamma", 100_000, 100_000))
	second = entity.Records{
		Sources: []entity.Source{{ID: "register"}},
		Companies: []entity.Company{
			{Slug: "lei-5493", Name: "ACME TELECOM LIMITED", Aliases: []string{"Acme"}, Headquarters: "FR", Source: "register"},
			{Slug: "delta", Name: "Delta", Country: "JP", Source: "register"},
		},
		Identifiers: []entity.Identifier{held(t, "lei-5493", "lei:5493001KJTIIGC8Y1R12", "", "")},
		Edges: []entity.Edge{
			{Owner: "lei-5493", Asset: "beta", Share: entity.Range{Lo: 500_001, Hi: 800_000}, Interest: "shareholding", Source: "register"},
			{Owner: "delta", Asset: "gamma", Share: entity.Range{Lo: 100_000, Hi: 200_000}, Interest: "voting-rights", Source: "register"},
		},
	}
	second.Identifiers[0].Source = "register"
	return first, second
}

func build(t testing.TB, layers ...entity.Records) *entity.Registry {
	t.Helper()
	var b entity.Builder
	for i, l := range layers {
		if i > 0 {
			if err := b.Layer(); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Give(&b); err != nil {
			t.Fatal(err)
		}
	}
	r, err := b.Registry(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func written(t testing.TB, r *entity.Registry) []byte {
	t.Helper()
	var buf bytes.Buffer
	if n, err := r.WriteTo(&buf); err != nil || n != int64(buf.Len()) {
		t.Fatalf("%d bytes of %d, %v", n, buf.Len(), err)
	}
	return buf.Bytes()
}

// answers asks a registry for everything that it knows.
func answers(r *entity.Registry, on entity.Date) []any {
	var out []any
	for c := range r.Companies() {
		out = append(out, c, r.Owners(c.Slug, on), r.Assets(c.Slug, on), r.Identifiers(c.Slug, on), r.Listings(c.Slug, on), r.Gaps(c.Slug, on))
	}
	for _, l := range r.Lists() {
		out = append(out, l, r.OnList(l, on))
	}
	return append(out, r.Sources(), r.Lexicon().Digest())
}

// opaqueDates lets cmp look into dates and identifiers.
func opaque() cmp.Option {
	return cmp.AllowUnexported(entity.Date{}, evidence.ID{})
}

func TestSnapshot(t *testing.T) {
	first, second := rich(t)
	want := build(t, first, second)
	data := written(t, want)
	got, err := entity.Open(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Verify(); err != nil {
		t.Error(err)
	}
	for _, on := range []string{"", "2018-01-01", "2021-01-01"} {
		if diff := cmp.Diff(answers(want, day(t, on)), answers(got, day(t, on)), opaque()); diff != "" {
			t.Errorf("on %q (-want +got):\n%s", on, diff)
		}
	}
	if got.Digest() != want.Digest() || !bytes.Equal(written(t, got), data) {
		t.Error("a snapshot that was read is written in another way")
	}
	if _, err := want.KnownAt(day(t, "2020-01-01")).WriteTo(new(bytes.Buffer)); !errors.Is(err, entity.ErrOverlay) {
		t.Errorf("a view was written: %v", err)
	}
}

// TestSnapshotIgnoresOrder gives the facts of each layer in random orders.
func TestSnapshotIgnoresOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	first, second := rich(t)
	want := written(t, build(t, first, second))
	for range 200 {
		for _, l := range []*entity.Records{&first, &second} {
			shuffle(r, l.Companies)
			shuffle(r, l.Identifiers)
			shuffle(r, l.Edges)
			shuffle(r, l.Listings)
		}
		if !bytes.Equal(written(t, build(t, first, second)), want) {
			t.Fatal("the bytes depend on the order of the facts")
		}
	}
	if bytes.Equal(written(t, build(t, second, first)), want) {
		t.Error("the order of layers does not matter, though the first names the companies")
	}
}

func TestOpenErrors(t *testing.T) {
	first, second := rich(t)
	good := written(t, build(t, first, second))
	for _, test := range []struct {
		name   string
		change func([]byte) []byte
		want   error
	}{
		{"empty", func([]byte) []byte { return nil }, entity.ErrCorrupt},
		{"magic", func(b []byte) []byte { b[0]++; return b }, entity.ErrCorrupt},
		{"version", func(b []byte) []byte { b[8]++; return b }, entity.ErrVersion},
		{"header", func(b []byte) []byte { b[100]++; return b }, entity.ErrCorrupt},
		{"cut in the header", func(b []byte) []byte { return b[:200] }, entity.ErrCorrupt},
		{"cut in the sections", func(b []byte) []byte { return b[:len(b)-40] }, entity.ErrCorrupt},
	} {
		if _, err := entity.Open(test.change(slices.Clone(good)), nil); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
	for at := 560; at < len(good)-8; at += 7 { // padding between sections is not content
		bad := slices.Clone(good)
		bad[at] ^= 0x55
		if r, err := entity.Open(bad, nil); err == nil && r.Verify() == nil && r.Digest() != "" && !paddingAt(good, at) {
			t.Errorf("a change of byte %d of %d went unnoticed", at, len(good))
		}
	}
}

// paddingAt tells whether a byte of a snapshot lies between its sections.
func paddingAt(data []byte, at int) bool {
	for entry := 80; entry < 80+20*24; entry += 24 {
		from := int(binary.LittleEndian.Uint64(data[entry+8:]))
		if size := int(binary.LittleEndian.Uint64(data[entry+16:])); at >= from && at < from+size {
			return false
		}
	}
	return true
}

// FuzzOpen changes bytes of a snapshot and mends its header's checksum: no
// question may panic or run on, whatever the bytes say.
func FuzzOpen(f *testing.F) {
	first, second := rich(f)
	good := written(f, build(f, first, second))
	f.Add(good, uint32(600), uint32(0xffffffff))
	f.Add(good, uint32(1200), uint32(7))
	f.Add(good[:560], uint32(16), uint32(0))
	f.Add([]byte("CENTITYS"), uint32(0), uint32(0))
	r := rand.New(rand.NewPCG(5, 5))
	for range 20 {
		f.Add(good, r.Uint32N(uint32(len(good))), r.Uint32())
	}
	f.Fuzz(func(t *testing.T, data []byte, at, value uint32) {
		if len(data) > 1<<16 {
			return
		}
		data = slices.Clone(data)
		if int(at)+4 <= len(data) && at >= 48 {
			binary.LittleEndian.PutUint32(data[at:], value)
		}
		entity.Reseal(data)
		registry, err := entity.Open(data, nil)
		if err != nil {
			if !errors.Is(err, entity.ErrCorrupt) && !errors.Is(err, entity.ErrVersion) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		ask(t, registry)
		_, _ = registry.Assume(entity.Assumption{
			Verb: entity.VerbOwns, Subject: "acme", Object: "beta", Interest: "shareholding", Share: entity.Range{Lo: 1, Hi: 2},
		})
		_ = registry.Verify()
	})
}

// ask puts questions of every kind to a registry.
func ask(t *testing.T, registry *entity.Registry) {
	on := day(t, "2020-06-01")
	_ = answers(registry, on)
	_ = registry.Search("acme")
	for _, text := range []string{"asn:64496", "ip:192.0.2.200", "prefix:2001:db8::/33", "domain:a.cloud.example.org", "lei:5493001KJTIIGC8Y1R12"} {
		_, _ = registry.Resolve(id(t, text), on)
	}
	for _, method := range []entity.Method{
		entity.MethodCascade, entity.MethodControl, entity.MethodMultiply, entity.MethodMultiplyControl, entity.MethodFamily,
	} {
		rule := entity.ControlRule{Method: method, Threshold: entity.Whole / 2, CountUndisclosed: true}
		c := registry.KnownAt(on).Control(rule, []string{"acme", "delta"}, on)
		in, unknown := c.Members()
		for _, slug := range slices.Concat(in, unknown) {
			_ = c.Chain(slug)
			_ = c.Deciding(slug)
		}
		_, _ = c.At(day(t, "2018-01-01")).Members()
	}
}

// TestNewReportsAll wants every fault in one error, in a fixed order.
func TestNewReportsAll(t *testing.T) {
	records := sample(t)
	records.Edges[0].Owner, records.Identifiers[0].Company, records.Companies[2].Country = "x", "y", "de"
	records.Listings = []entity.Listing{{Company: "z", List: "l", Source: "nowhere"}}
	_, err := entity.New(records, nil)
	if err == nil {
		t.Fatal("no error")
	}
	want := `company "gamma": country "de" is no code of two capitals
identifier asn:64496: unknown company "y"
list "l": source "nowhere" is not described: add it under sources
list "l": unknown company "z"
ownership x → beta: unknown company "x"`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r := rand.New(rand.NewPCG(4, 4))
	for range 20 {
		shuffle(r, records.Companies)
		shuffle(r, records.Identifiers)
		if _, again := entity.New(records, nil); strings.Compare(err.Error(), again.Error()) != 0 {
			t.Fatalf("another order, another error:\n%v", again)
		}
	}
}
