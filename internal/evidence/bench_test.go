package evidence

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"
)

// adjacencies makes n observations like those of a full routing table.
func adjacencies(n int) []Observation {
	out := make([]Observation, n)
	when := time.Date(2020, 8, 5, 0, 0, 0, 0, time.UTC)
	for i := range out {
		left, right := uint32(i*7919%70_000), uint32(i%50_021)
		out[i] = Observation{
			Domain: "carrier", Kind: "adjacency",
			Subjects: []Subject{{"left", ASN(left)}, {"right", ASN(right)}}, Count: uint64(i),
			Attrs: []Attr{Distinct("peers", fmt.Sprint(i%40), fmt.Sprint(i%41)), Sum("looped", 0), Words("prefixes", fmt.Sprintf("192.0.%d.0/24", i%256))},
			First: when, Last: when.Add(time.Duration(i) * time.Second),
			Refs: []Ref{{Input: "ab", Offset: int64(i), Length: 100, Note: "path"}},
		}
	}
	return out
}

func filled(obs []Observation) *Set {
	shard := NewShard(Input{Digest: "d", Status: StatusRead})
	for _, o := range obs {
		shard.Observe(o)
	}
	s := new(Set)
	s.Add(shard)
	return s
}

func BenchmarkWrite(b *testing.B) {
	s := filled(adjacencies(300_000))
	for b.Loop() {
		if err := s.Write(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	file := written(b, filled(adjacencies(300_000)))
	b.ReportMetric(float64(len(file)), "file-bytes")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadSet(bytes.NewReader(file)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFold folds 1,200,000 observations of 300,000 things.
func BenchmarkFold(b *testing.B) {
	obs := adjacencies(300_000)
	for b.Loop() {
		shard := NewShard(Input{Digest: "d", Status: StatusRead})
		for range 4 {
			for _, o := range obs {
				shard.Observe(o)
			}
		}
		shard.seal()
	}
}
