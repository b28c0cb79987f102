package entity_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
)

func TestLenient(t *testing.T) {
	layer := func(source, slug string) entity.Records {
		return entity.Records{
			Sources:     []entity.Source{{ID: source}},
			Companies:   []entity.Company{{Slug: "both", Name: "Both", Source: source}, {Slug: slug, Name: slug, Source: source}},
			Identifiers: []entity.Identifier{{ID: evidence.ASN(64496), Company: slug, Source: source}},
			Edges: []entity.Edge{{Owner: "nobody", Asset: slug, Share: entity.Range{Lo: 0, Hi: entity.Whole},
				Interest: entity.Interests()[0], Source: source}},
			Gaps: []entity.Gap{{Company: "nobody", Reason: "none", Source: source}},
		}
	}
	build := func(lenient bool) (*entity.Registry, []entity.Left, error) {
		var b entity.Builder
		for _, l := range []entity.Records{layer("one", "acme"), layer("two", "harbor")} {
			if err := b.Layer(); err != nil {
				t.Fatal(err)
			}
			if lenient {
				b.Lenient()
			}
			if err := errors.Join(l.Give(&b)); err != nil {
				t.Fatal(err)
			}
		}
		reg, err := b.Registry(nil)
		return reg, b.Left(), err
	}
	if _, _, err := build(false); err == nil {
		t.Error("strict layers that do not fit together made a registry")
	}
	reg, left, err := build(true)
	if err != nil {
		t.Fatal(err)
	}
	want := []entity.Left{
		{Layer: 1, Reason: "ownership by or of a company that was left out", Count: 1},
		{Layer: 1, Reason: "unstated owners of a company that was left out", Count: 1},
		{Layer: 2, Reason: "identifier that a company of an earlier file holds", Count: 1},
		{Layer: 2, Reason: "ownership by or of a company that was left out", Count: 1},
		{Layer: 2, Reason: "unstated owners of a company that was left out", Count: 1},
	}
	if diff := cmp.Diff(want, left); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	if h, ok := reg.Resolve(evidence.ASN(64496), entity.Date{}); !ok || h.Company.Slug != "acme" {
		t.Errorf("the number is held by %v, want acme of the earlier layer", h.Company)
	}
	if got := reg.Len(); got != 3 {
		t.Errorf("%d companies, want 3: both is one", got)
	}
	if err := reg.Verify(); err != nil {
		t.Error(err)
	}
}

// TestDigestAfterSource gives a source its digest when its file was read.
func TestDigestAfterSource(t *testing.T) {
	first := entity.Source{ID: "s", Title: "a file"}
	for _, test := range []struct {
		name string
		then func(b *entity.Builder)
		want string // of the error
	}{
		{"once", func(*entity.Builder) {}, ""},
		{"the same file again", func(b *entity.Builder) {
			_ = b.Source(first)
			b.Digest("s", "aa")
		}, ""},
		{"another file", func(b *entity.Builder) {
			_ = b.Source(first)
			b.Digest("s", "bb")
		}, `source "s" is of two files with different digests: give the second another id`},
		{"another title", func(b *entity.Builder) { _ = b.Source(entity.Source{ID: "s"}) },
			`source "s" is described in two ways: describe it once, or give the second another id`},
		{"no source", func(b *entity.Builder) { b.Digest("x", "aa") },
			`source "x" has a digest and is not described: describe it first`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b entity.Builder
			_ = b.Source(first)
			b.Digest("s", "aa")
			test.then(&b)
			registry, err := b.Registry(nil)
			switch {
			case test.want != "" && (err == nil || err.Error() != test.want):
				t.Errorf("got %v, want %s", err, test.want)
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want == "" && registry.Source("s").SHA256 != "aa":
				t.Errorf("got %q", registry.Source("s").SHA256)
			}
		})
	}
}
