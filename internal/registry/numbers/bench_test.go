package numbers

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/gaissmai/bart"
)

// snapshot returns the table that ships inside the binary.
func snapshot(tb testing.TB) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "data", "numbers", "snapshot.bin"))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func openTable(tb testing.TB, data []byte) *Table {
	tb.Helper()
	t, err := Open(data)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// Cold: what a command pays that asks once. The target is 10 ms for a holder
// and 40 ms for an origin, on one core.
func BenchmarkCold(b *testing.B) {
	data := snapshot(b)
	cold := func(name string, ask func(*Table) bool) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !ask(openTable(b, data)) {
					b.Fatal("not found")
				}
			}
		})
	}
	cold("open", func(t *Table) bool { return len(t.Sources()) > 0 })
	cold("holder", func(t *Table) bool { _, ok := t.Holder(4134); return ok })
	cold("origin4", func(t *Table) bool { _, ok := t.Origin(netip.MustParseAddr("8.8.8.8")); return ok })
	cold("origin6", func(t *Table) bool { _, ok := t.Origin(netip.MustParseAddr("2001:4860:4860::8888")); return ok })
	cold("search", func(t *Table) bool { return len(t.Search("tiktok", 10)) > 0 })
	cold("verify", func(t *Table) bool { return t.Verify() == nil })
}

// Warm lookups of random addresses of the table, beside bart with the same
// ranges as prefixes.
func BenchmarkOrigin(b *testing.B) {
	table := openTable(b, snapshot(b))
	var peer bart.Table[uint32]
	for h := range table.Holders() {
		for p := range table.Prefixes(h.ASN) {
			peer.Insert(p, h.ASN)
		}
	}
	b.Logf("bart holds %d prefixes", peer.Size())
	four, six := randomAddrs(table)
	for _, bench := range []struct {
		name  string
		addrs []netip.Addr
	}{{"IPv4", four}, {"IPv6", six}} {
		b.Run(bench.name+"/table", func(b *testing.B) {
			i, sum := 0, uint32(0)
			for b.Loop() {
				r, _ := table.Origin(bench.addrs[i&(len(bench.addrs)-1)])
				sum += r.ASN
				i++
			}
			reportRate(b)
		})
		b.Run(bench.name+"/table-asn", func(b *testing.B) {
			i, sum := 0, uint32(0)
			for b.Loop() {
				asn, _ := table.OriginASN(bench.addrs[i&(len(bench.addrs)-1)])
				sum += asn
				i++
			}
			reportRate(b)
		})
		b.Run(bench.name+"/bart", func(b *testing.B) {
			i, sum := 0, uint32(0)
			for b.Loop() {
				asn, _ := peer.Lookup(bench.addrs[i&(len(bench.addrs)-1)])
				sum += asn
				i++
			}
			reportRate(b)
		})
	}
}

func reportRate(b *testing.B) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mlookups/s")
}

// randomAddrs returns a power of two of addresses of each family, each from a
// random range of the table.
func randomAddrs(t *Table) (four, six []netip.Addr) {
	const n = 1 << 20
	rng := rand.New(rand.NewPCG(1, 2))
	v4 := t.v4.value()
	v6 := t.v6.value()
	for range n {
		r := v4.ranges[rng.IntN(len(v4.ranges))]
		a := r.first + uint32(rng.Uint64N(uint64(r.last-r.first)+1))
		four = append(four, ipv4.addr(wide{0, uint64(a)}))
		s := v6.ranges[rng.IntN(len(v6.ranges))]
		b := s.first.add(wide{0, rng.Uint64()})
		if s.last.less(b) {
			b = s.last
		}
		six = append(six, ipv6.addr(b))
	}
	return four, six
}

// BenchmarkPrefixes is dominated by reading through all ranges once.
func BenchmarkPrefixes(b *testing.B) {
	table := openTable(b, snapshot(b))
	for b.Loop() {
		n := 0
		for range table.Prefixes(4134) {
			n++
		}
		if n == 0 {
			b.Fatal("no prefixes")
		}
	}
}
