package gleif

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/registry/registrytest"
	"github.com/cleannet/cleannet/internal/source"
	"github.com/cleannet/cleannet/internal/testkit/leifile"
)

// counter is a sink that keeps nothing.
type counter struct{ n uint64 }

func (c *counter) Source(entity.Source) error         { return nil }
func (c *counter) Company(entity.Company) error       { c.n++; return nil }
func (c *counter) Identifier(entity.Identifier) error { c.n++; return nil }
func (c *counter) Edge(entity.Edge) error             { c.n++; return nil }
func (c *counter) Listing(entity.Listing) error       { c.n++; return nil }
func (c *counter) Gap(entity.Gap) error               { c.n++; return nil }

// benchSize is how many companies the benchmarks load; the true copy has 3.4
// million, which CLEANNET_LEI_COMPANIES=3400000 asks for.
func benchSize(b *testing.B) leifile.Config {
	n := 50_000
	if text := os.Getenv("CLEANNET_LEI_COMPANIES"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	return leifile.Config{Seed: 1, Companies: n, Relations: n / 7}
}

func BenchmarkLoad(b *testing.B) {
	c := benchSize(b)
	for _, bc := range []struct {
		loader  registry.Loader
		records int
		write   func(io.Writer) error
	}{
		{table{kindLEI}, c.Companies, func(w io.Writer) error { return leifile.WriteLEI(w, leifile.CSV, c) }},
		{table{kindRelation}, c.Relations, func(w io.Writer) error { return leifile.WriteRelations(w, leifile.CSV, c) }},
		{table{kindException}, 2 * c.Companies, func(w io.Writer) error { return leifile.WriteExceptions(w, leifile.CSV, c, c.Companies) }},
		{document{kindLEI}, c.Companies, func(w io.Writer) error { return leifile.WriteLEI(w, leifile.JSON, c) }},
		{document{kindRelation}, c.Relations, func(w io.Writer) error { return leifile.WriteRelations(w, leifile.JSON, c) }},
	} {
		b.Run(bc.loader.Name(), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "copy")
			out, err := os.Create(path)
			if err != nil {
				b.Fatal(err)
			}
			if err := bc.write(out); err != nil {
				b.Fatal(err)
			}
			size, err := out.Seek(0, io.SeekCurrent)
			if err != nil {
				b.Fatal(err)
			}
			if err := out.Close(); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(size)
			for b.Loop() {
				loadFile(b, bc.loader, path, new(counter))
			}
			b.ReportMetric(float64(b.N*bc.records)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// loadFile loads a file and returns the most memory that was in use.
func loadFile(b *testing.B, loader registry.Loader, path string, sink entity.Sink) {
	b.Helper()
	for in, err := range source.Walk(b.Context(), []string{path}, source.Options{}) {
		if err != nil {
			b.Fatal(err)
		}
		f, err := in.Open(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := loader.Load(b.Context(), f, registrytest.About(), sink); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkKeep loads levels 1 and 2 into memory and tells what they take.
func BenchmarkKeep(b *testing.B) {
	c := benchSize(b)
	lei, rel := filepath.Join(b.TempDir(), "lei"), filepath.Join(b.TempDir(), "rel")
	for path, write := range map[string]func(io.Writer, leifile.Form, leifile.Config) error{lei: leifile.WriteLEI, rel: leifile.WriteRelations} {
		out, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		if err := write(out, leifile.CSV, c); err != nil {
			b.Fatal(err)
		}
		if err := out.Close(); err != nil {
			b.Fatal(err)
		}
	}
	var m runtime.MemStats
	for b.Loop() {
		records := new(entity.Records)
		loadFile(b, table{kindLEI}, lei, records)
		loadFile(b, table{kindRelation}, rel, records)
		b.StopTimer()
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/float64(c.Companies), "B/company")
		runtime.KeepAlive(records)
		b.StartTimer()
	}
}
