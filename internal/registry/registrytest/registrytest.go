// Package registrytest is the conformance suite of the registry's loaders: what
// [registry.Loader] promises, tried on samples of real form. A loader's own
// test calls [Run].
//
// What a loader promises beyond its interface is written here as code. It gives
// the source to the sink once, before any fact. Every fact cites it and says
// which record it stands in. The same bytes give the same facts. Empty, cut,
// broken, endless or differently encoded input gives an error or a problem and
// never a panic, and costs no more memory than a record may. A natural person
// of the sample appears nowhere: in no fact and not in the report.
package registrytest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/registry"
)

// Sample is a small file of the loader's form.
type Sample struct {
	Name    string // of the file
	Content []byte
	// People are texts of the content that would tell who a natural person is:
	// names, above all. The suite fails if one of them gets through.
	People []string
	// Ends says that the form tells where it ends (a closing bracket or tag),
	// so that every cut is an error. A cut between the lines of a form without
	// an end cannot be seen; there the suite asks only for no fact more.
	Ends bool
}

// About is the source under which the suite loads.
func About() entity.Source {
	return entity.Source{ID: "sample", Title: "Sample of the conformance suite", Licence: "CC0-1.0"}
}

// Run tries the loader on the samples. Each must be of its form, must load
// without an error, and must give a fact.
func Run(t *testing.T, loader registry.Loader, samples ...Sample) {
	t.Helper()
	if len(samples) == 0 {
		t.Fatal("no sample: the suite needs one at least")
	}
	t.Run("name", func(t *testing.T) { name(t, loader) })
	t.Run("match", func(t *testing.T) { match(t, loader, samples) })
	t.Run("no content", func(t *testing.T) { blank(t, loader) })
	t.Run("noise", func(t *testing.T) { noise(t, loader) })
	for _, s := range samples {
		t.Run(s.Name, func(t *testing.T) {
			whole := Load(t, loader, s.Name, s.Content)
			if whole.Err != nil {
				t.Fatalf("the sample does not load: %v", whole.Err)
			}
			t.Run("facts", func(t *testing.T) { facts(t, loader, s, whole) })
			t.Run("people", func(t *testing.T) { people(t, s, whole) })
			t.Run("cut", func(t *testing.T) { cut(t, loader, s, whole) })
			t.Run("broken", func(t *testing.T) { broken(t, loader, s) })
			t.Run("encoding", func(t *testing.T) { encoding(t, loader, s, whole) })
			t.Run("cancelled", func(t *testing.T) { cancelled(t, loader, s) })
			t.Run("sink refuses", func(t *testing.T) { refuses(t, loader, s, whole) })
			t.Run("endless", func(t *testing.T) { endless(t, loader, s) })
		})
	}
}

func name(t *testing.T, loader registry.Loader) {
	n := loader.Name()
	if n == "" || strings.Trim(n, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || strings.Trim(n, "-") != n {
		t.Errorf("name %q: want lower-case words joined by dashes", n)
	}
}

// headSize is how much of a file Match is shown here, the least that the
// contract promises.
const headSize = 4 << 10

func head(content []byte) []byte { return content[:min(len(content), headSize)] }

func match(t *testing.T, loader registry.Loader, samples []Sample) {
	for _, foreign := range []string{
		"", "\n", "{}", "[]", "{\"a\":1}\n", "<html><body></body></html>", "a,b,c\n1,2,3\n", "companies:\n  - id: x\n",
		"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PK\x03\x04", string(random(headSize)),
	} {
		if loader.Match("sample", []byte(foreign)) {
			t.Errorf("Match takes %.20q", foreign)
		}
	}
	for _, s := range samples {
		if !loader.Match(s.Name, head(s.Content)) {
			t.Errorf("Match refuses the sample %q", s.Name)
		}
		for i := range min(len(s.Content), 600) {
			loader.Match(s.Name, s.Content[:i]) // must not panic
		}
	}
}

// facts checks what the sample gives: the order of the sink, the report, the
// form of each fact, and that a second reading gives the same.
func facts(t *testing.T, loader registry.Loader, s Sample, got Result) {
	if got.Facts() == 0 {
		t.Error("the sample gives no fact")
	}
	if got.Report.Facts != got.Facts() {
		t.Errorf("the report counts %d facts, the sink got %d", got.Report.Facts, got.Facts())
	}
	if got.Report.Records == 0 {
		t.Error("the report counts no records")
	}
	if !slices.IsSortedFunc(got.Report.Dropped, func(a, b registry.Dropped) int { return cmp.Compare(a.Reason, b.Reason) }) {
		t.Errorf("reasons are not sorted: %v", got.Report.Dropped)
	}
	if diff := gocmp.Diff([]entity.Source{About()}, got.Records.Sources, compare()); diff != "" || !got.SourceFirst {
		t.Errorf("the source must come once, before all facts (-want +got):\n%s", diff)
	}
	for _, fault := range faults(&got.Records) {
		t.Error(fault)
	}
	again := Load(t, loader, s.Name, s.Content)
	if diff := gocmp.Diff(got.Records, again.Records, compare()); diff != "" {
		t.Errorf("the second reading differs (-first +second):\n%s", diff)
	}
	if diff := gocmp.Diff(got.Report, again.Report); diff != "" {
		t.Errorf("the second report differs (-first +second):\n%s", diff)
	}
}

// people looks for the natural persons of the sample in all that came of it.
func people(t *testing.T, s Sample, got Result) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	for _, v := range []any{got.Records, got.Report} {
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.ToLower(out.String())
	for _, p := range s.People {
		if !bytes.Contains(s.Content, []byte(p)) {
			t.Errorf("the sample does not hold %q: People names what it holds", p)
		}
		if strings.Contains(text, strings.ToLower(p)) {
			t.Errorf("the person %q got through", p)
		}
	}
}

// compare lets go-cmp look into dates and identifiers.
func compare() gocmp.Option {
	return gocmp.Options{
		gocmp.Comparer(func(a, b entity.Date) bool { return a == b }),
		gocmp.Comparer(func(a, b evidence.ID) bool { return a == b }),
	}
}
