package hegemony_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/exposure/hegemony"
	"github.com/cleannet/cleannet/internal/exposure/rib"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// encode writes routes as an MRT table.
func encode(t testing.TB, routes []announcement) []byte {
	t.Helper()
	table := mrtfile.Table{Time: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, r := range routes {
		peer := mrtfile.Peer{Addr: r.addr, ASN: r.asn}
		i := slices.Index(table.Peers, peer)
		if i < 0 {
			i = len(table.Peers)
			table.Peers = append(table.Peers, peer)
		}
		hop := netip.MustParseAddr("192.0.2.1")
		if r.prefix.Addr().Is6() {
			hop = netip.MustParseAddr("2001:db8::1")
		}
		route := mrtfile.Route{Prefix: r.prefix, Peer: i}
		route.NextHop = hop
		route.Path = mrtfile.MustPath(r.path)
		table.Routes = append(table.Routes, route)
	}
	var b bytes.Buffer
	if err := table.WriteV2(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// load reads MRT data with a number of workers.
func load(t testing.TB, workers int, data ...[]byte) *rib.Table {
	t.Helper()
	b := rib.NewBuilder(workers, rib.Limits{})
	for _, d := range data {
		if err := b.Read(t.Context(), bytes.NewReader(d)); err != nil {
			t.Fatal(err)
		}
	}
	return b.Table()
}

// route is an announcement in short.
func route(asn uint32, addr, prefix, path string) announcement {
	return announcement{netip.MustParseAddr(addr), asn, netip.MustParsePrefix(prefix), path}
}

func scores(s hegemony.Scope) map[uint32]float64 {
	out := make(map[uint32]float64)
	for _, x := range s.Scores {
		out[x.ASN] = x.Hegemony
	}
	return out
}

// compare reports differences above 1e-9.
func compare(t *testing.T, what string, got, want map[uint32]float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d networks, want %d", what, len(got), len(want))
	}
	bad := 0
	for v, w := range want {
		if math.Abs(got[v]-w) > 1e-9 {
			if bad++; bad < 5 {
				t.Errorf("%s: AS%d has %.12f, want %.12f", what, v, got[v], w)
			}
		}
	}
}

func TestWeights(t *testing.T) {
	// The check of the method's authors: of a /23 with a /24 of another origin
	// inside, each origin has 256 addresses, and the network before both 512.
	table := load(t, 1, encode(t, []announcement{
		route(10, "192.0.2.10", "198.51.100.0/23", "10 20 30"),
		route(10, "192.0.2.10", "198.51.101.0/24", "10 20 40"),
		route(10, "192.0.2.10", "203.0.113.0/24", "10 50"), // half as much again beside it
	}))
	got := scores(hegemony.Weigh(table, hegemony.Options{}).Global())
	want := map[uint32]float64{10: 1, 20: 512. / 768, 30: 256. / 768, 40: 256. / 768, 50: 256. / 768}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestScores(t *testing.T) {
	many := make([]announcement, 0, 20)
	for i := range uint32(20) { // of 20 peer ASes, two go at each end
		path := fmt.Sprintf("%d 900 800", 100+i)
		if i < 3 {
			path = fmt.Sprintf("%d 700 800", 100+i)
		}
		many = append(many, route(100+i, fmt.Sprintf("192.0.2.%d", i+1), "198.51.100.0/24", path))
	}
	for _, test := range []struct {
		name   string
		routes []announcement
		origin uint32
		sparse bool
		want   map[uint32]float64
	}{
		{"set members share", []announcement{
			route(10, "192.0.2.10", "198.51.100.0/24", "10 20 {30,40}"),
		}, 0, false, map[uint32]float64{10: 1, 20: 1, 30: 0.5, 40: 0.5}},
		{"prepends count once", []announcement{
			route(10, "192.0.2.10", "198.51.100.0/24", "10 20 20 20 30"),
		}, 0, false, map[uint32]float64{10: 1, 20: 1, 30: 1}},
		{"a set stands for the origin asked for", []announcement{
			route(10, "192.0.2.10", "198.51.100.0/24", "10 20 {30,40}"),
			route(10, "192.0.2.10", "203.0.113.0/24", "10 30"),
		}, 30, false, map[uint32]float64{10: 1, 20: 1. / 3, 30: 1}},
		{"addresses of one peer AS", []announcement{
			route(10, "192.0.2.10", "198.51.100.0/24", "10 20 30"),
			route(10, "192.0.2.11", "198.51.100.0/24", "10 40 30"),
			route(50, "192.0.2.50", "198.51.100.0/24", "50 40 30"),
		}, 0, false, map[uint32]float64{10: 0.5, 20: 0.25, 30: 1, 40: 0.75, 50: 0.5}},
		{"peers that do not see the origin are 0", []announcement{
			route(10, "192.0.2.10", "198.51.100.0/24", "10 30"),
			route(50, "192.0.2.50", "203.0.113.0/24", "50 60"),
		}, 30, false, map[uint32]float64{10: 0.5, 30: 0.5}},
		{"or do not count", []announcement{
			route(10, "192.0.2.10", "198.51.100.0/24", "10 30"),
			route(50, "192.0.2.50", "203.0.113.0/24", "50 60"),
		}, 30, true, map[uint32]float64{10: 1, 30: 1}},
		{"a tenth is cut off at both ends", many, 0, false, map[uint32]float64{700: 1. / 16, 800: 1, 900: 15. / 16}},
		{"default routes weigh nothing", []announcement{
			route(10, "192.0.2.10", "0.0.0.0/0", "10 20"),
			route(10, "192.0.2.10", "198.51.100.0/24", "10 30"),
		}, 0, false, map[uint32]float64{10: 1, 30: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := hegemony.Weigh(load(t, 2, encode(t, test.routes)), hegemony.Options{Sparse: test.sparse, Workers: 2})
			got := w.Global()
			if test.origin != 0 {
				got, _ = w.Origin(test.origin)
			}
			compare(t, "scores", scores(got), test.want)
		})
	}
}

func TestRandomTables(t *testing.T) {
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 1))
		var routes []announcement
		for range 400 {
			peer := r.Uint32N(12)
			asn := 100 + peer/2 // two addresses an AS
			var path strings.Builder
			fmt.Fprintf(&path, "%d", asn)
			for range 1 + r.IntN(4) {
				fmt.Fprintf(&path, " %d", 200+r.IntN(20))
			}
			if r.IntN(5) == 0 {
				fmt.Fprintf(&path, " {%d,%d}", 200+r.IntN(20), 200+r.IntN(20))
			}
			prefix := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(r.IntN(2)), byte(r.IntN(8)), byte(r.IntN(256))}), 12+r.IntN(18)).Masked()
			if r.IntN(4) == 0 {
				prefix = netip.PrefixFrom(netip.AddrFrom16([16]byte{32, 1, 13, 184, byte(r.IntN(9))}), 40)
			}
			routes = append(routes, announcement{netip.AddrFrom4([4]byte{192, 0, 2, byte(peer)}), asn, prefix, path.String()})
		}
		data := encode(t, routes)
		table, again := load(t, 3, data), load(t, 1, data)
		routes, err := read(mrt.NewScanner(bytes.NewReader(data), mrt.Limits{})) // in the order of the file
		if err != io.EOF {
			t.Fatal(err)
		}
		for family := range 2 {
			tables := views(routes, family)
			for _, sparse := range []bool{false, true} {
				w := hegemony.Weigh(table, hegemony.Options{Family: family, Sparse: sparse, Workers: 3})
				compare(t, "all", scores(w.Global()), slow(tables, true, 0, sparse))
				var origins []hegemony.Scope
				for s := range w.Origins() {
					origins = append(origins, s)
					compare(t, fmt.Sprintf("seed %d origin %d", seed, s.Origin), scores(s), slow(tables, false, s.Origin, sparse))
				}
				one := hegemony.Weigh(again, hegemony.Options{Family: family, Sparse: sparse, Workers: 1})
				if diff := cmp.Diff(one.Global(), w.Global()); diff != "" {
					t.Errorf("one worker and three differ (-one +three)\n%s", diff)
				}
				if diff := cmp.Diff(slices.Collect(one.Origins()), origins); diff != "" {
					t.Errorf("one worker and three differ (-one +three)\n%s", diff)
				}
			}
		}
	}
}

func TestRealTable(t *testing.T) {
	data, err := io.ReadAll(testkit.Gunzip(t, testkit.Data(t, "carrier/mrt/rib2010.gz")))
	if err != nil {
		t.Fatal(err)
	}
	if testkit.Race {
		data = data[:len(data)/16]
	}
	scanner := mrt.NewScanner(bytes.NewReader(data), mrt.Limits{})
	routes, err := read(scanner)
	if cut, ok := err.(mrt.Gap); ok && cut.Reason == mrt.GapCut {
		err = io.EOF // the part ends within a record
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	tables := views(routes, 0)
	w := hegemony.Weigh(load(t, 2, data), hegemony.Options{Workers: 2})
	compare(t, "all", scores(w.Global()), slow(tables, true, 0, false))
	got, ok := w.Origin(4134)
	if !ok {
		t.Error("no peer sees AS4134")
	}
	compare(t, "AS4134", scores(got), slow(tables, false, 4134, false))
}
