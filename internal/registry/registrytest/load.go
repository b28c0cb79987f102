package registrytest

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/source"
)

// Result is what came of a file.
type Result struct {
	Records     entity.Records
	SourceFirst bool // the source came before all facts
	Report      registry.Report
	Err         error
}

// Facts counts what the sink got, without the source.
func (r *Result) Facts() uint64 {
	return uint64(len(r.Records.Companies) + len(r.Records.Identifiers) + len(r.Records.Edges) +
		len(r.Records.Listings) + len(r.Records.Gaps))
}

// Load loads content under the source [About], through package source as the
// product does. The name reaches Match only: the content has none.
func Load(t testing.TB, loader registry.Loader, name string, content []byte) Result {
	t.Helper()
	return load(t.Context(), t, loader, bytes.NewReader(content), nil)
}

// load loads what r yields. A gate, if there is one, is asked before each fact.
func load(ctx context.Context, t testing.TB, loader registry.Loader, r io.Reader, gate func() error) Result {
	t.Helper()
	var res Result
	sink := &sink{records: &res.Records, gate: gate}
	Open(t, r, func(f *source.File) {
		res.Report, res.Err = loader.Load(ctx, f, About(), sink)
	})
	res.SourceFirst = sink.sourceFirst
	if sink.after {
		t.Error("a fact was given after the sink refused one")
	}
	return res
}

// Open opens what r yields as standard input and hands the file to use. Input
// without a byte is not opened: source refuses it before any loader sees it.
func Open(t testing.TB, r io.Reader, use func(*source.File)) {
	t.Helper()
	// The file is opened before a cancellation, so that the loader meets it.
	for in, err := range source.Walk(context.Background(), []string{source.Stdin}, source.Options{Stdin: r}) {
		if err != nil {
			t.Fatal(err)
		}
		f, err := in.Open(context.Background())
		if err != nil {
			if source.ReasonOf(err) == source.Empty {
				return
			}
			t.Fatal(err)
		}
		defer f.Close() //nolint:gocritic // the walk has one input
		use(f)
	}
}

// sink keeps facts and watches their order.
type sink struct {
	records     *entity.Records
	gate        func() error
	sourceFirst bool
	facts       bool
	refused     bool
	after       bool // called again after a refusal
}

// pass asks the gate before a fact.
func (s *sink) pass() error {
	s.facts = true
	return s.ask()
}

func (s *sink) ask() error {
	if s.refused {
		s.after = true
	}
	if s.gate == nil {
		return nil
	}
	err := s.gate()
	s.refused = s.refused || err != nil
	return err
}

// Source implements [entity.Sink].
func (s *sink) Source(v entity.Source) error {
	if err := s.ask(); err != nil {
		return err
	}
	s.sourceFirst = !s.facts
	return s.records.Source(v)
}

// Company implements [entity.Sink].
func (s *sink) Company(v entity.Company) error {
	if err := s.pass(); err != nil {
		return err
	}
	return s.records.Company(v)
}

// Identifier implements [entity.Sink].
func (s *sink) Identifier(v entity.Identifier) error {
	if err := s.pass(); err != nil {
		return err
	}
	return s.records.Identifier(v)
}

// Edge implements [entity.Sink].
func (s *sink) Edge(v entity.Edge) error {
	if err := s.pass(); err != nil {
		return err
	}
	return s.records.Edge(v)
}

// Listing implements [entity.Sink].
func (s *sink) Listing(v entity.Listing) error {
	if err := s.pass(); err != nil {
		return err
	}
	return s.records.Listing(v)
}

// Gap implements [entity.Sink].
func (s *sink) Gap(v entity.Gap) error {
	if err := s.pass(); err != nil {
		return err
	}
	return s.records.Gap(v)
}
