package mrt_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// BenchmarkRIB reads a real table of 641,957 entries, in steps of how much of
// it is looked at. One core does all; entries/s is the figure to compare.
func BenchmarkRIB(b *testing.B) {
	data := readShared(b, "rib2010.gz")
	var attrs mrt.Attributes
	var path mrt.Path
	pairs := 0
	for _, bm := range []struct {
		name  string
		entry func(*mrt.Entry)
	}{
		{"scan", nil},
		{"entries", func(*mrt.Entry) {}},
		{"attributes", func(e *mrt.Entry) {
			if attrs.Parse(e.Attrs) != nil {
				b.Fatal("attributes")
			}
		}},
		{"path", func(e *mrt.Entry) {
			if attrs.Parse(e.Attrs) != nil || path.Decode(attrs.RawPath(e.AS4)) != nil {
				b.Fatal("path")
			}
		}},
		{"adjacencies", func(e *mrt.Entry) {
			if attrs.Parse(e.Attrs) != nil || path.Decode(attrs.RawPath(e.AS4)) != nil {
				b.Fatal("path")
			}
			for range path.Adjacencies {
				pairs++
			}
		}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			var entries mrt.Entries
			seen := 0
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				scanner := mrt.NewScanner(bytes.NewReader(data), mrt.Limits{})
				for {
					chunk, err := scanner.NextChunk()
					if err == io.EOF {
						break
					}
					if err != nil {
						b.Fatal(err)
					}
					if bm.entry != nil {
						for r := range chunk.Records() {
							for entries.Reset(r); entries.Next(); seen++ {
								bm.entry(entries.Entry())
							}
						}
					}
					chunk.Release()
				}
			}
			b.ReportMetric(float64(seen)/b.Elapsed().Seconds()/1e6, "Mentries/s")
		})
	}
}
