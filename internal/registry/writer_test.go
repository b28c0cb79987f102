package registry

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
)

func TestClean(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"plain", "Example Holdings (No. 1) Ltd.", "Example Holdings (No. 1) Ltd."},
		{"space around", "  Example\t ", "Example"},
		{"runs of space", "Example   Ltd", "Example Ltd"},
		{"line breaks", "Example\r\nLtd", "Example Ltd"},
		{"space beyond ASCII", "Example\u00a0\u3000Ltd\u2028", "Example Ltd"},
		{"control characters", "Ex\x1b[2Kam\u0085ple\x7f", "Ex [2Kam ple"},
		{"letters beyond ASCII", "中国 电信", "中国 电信"},
		{"broken UTF-8", "Ex\xffample", "Ex�ample"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := Clean(tc.in)
			if got != tc.want || !ok {
				t.Errorf("Clean = %q, %v, want %q", got, ok, tc.want)
			}
			if again, _ := Clean(got); again != got {
				t.Errorf("cleaned twice: %q", again)
			}
		})
	}
	if got, ok := Clean(strings.Repeat("x", MaxText+1)); ok {
		t.Errorf("a text of %d bytes passes", len(got))
	}
}

// full refuses the facts after the first.
type full struct {
	entity.Records
	err error
}

func (f *full) Gap(g entity.Gap) error {
	if len(f.Gaps) > 0 {
		return f.err
	}
	return f.Records.Gap(g)
}

func TestWriter(t *testing.T) {
	sink := &full{err: errors.New("full")}
	w := NewWriter(entity.Source{ID: "src"}, sink)
	w.Company(entity.Company{Slug: "a"})
	w.Identifier(entity.Identifier{Company: "a"})
	w.Edge(entity.Edge{Asset: "a"})
	w.Listing(entity.Listing{Company: "a"})
	w.Gap(entity.Gap{Company: "a"})
	if w.Err() != nil || w.Report.Facts != 5 {
		t.Fatalf("after five facts: %d, error %v", w.Report.Facts, w.Err())
	}
	w.Gap(entity.Gap{Company: "b"})
	w.Company(entity.Company{Slug: "b"})
	if !errors.Is(w.Err(), sink.err) || w.Report.Facts != 5 {
		t.Errorf("after a refusal: %d facts, error %v", w.Report.Facts, w.Err())
	}
	want := entity.Records{
		Sources:     []entity.Source{{ID: "src"}},
		Companies:   []entity.Company{{Slug: "a", Source: "src"}},
		Identifiers: []entity.Identifier{{Company: "a", Source: "src"}},
		Edges:       []entity.Edge{{Asset: "a", Source: "src"}},
		Listings:    []entity.Listing{{Company: "a", Source: "src"}},
		Gaps:        []entity.Gap{{Company: "a", Source: "src"}},
	}
	if diff := cmp.Diff(want, sink.Records, cmp.Comparer(func(a, b entity.Date) bool { return a == b }), cmp.Comparer(func(a, b entity.Identifier) bool { return a == b })); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
}
