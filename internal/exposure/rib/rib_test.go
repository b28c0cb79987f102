package rib_test

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/exposure/rib"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// table writes a routing table; each route is a peer, a prefix and a path.
func table(t testing.TB, v1 bool, routes ...[3]string) []byte {
	t.Helper()
	out := mrtfile.Table{Time: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}
	peers := make(map[string]int)
	for _, r := range routes {
		i, ok := peers[r[0]]
		if !ok {
			i = len(out.Peers)
			peers[r[0]] = i
			out.Peers = append(out.Peers, mrtfile.Peer{Addr: netip.MustParseAddr(r[0]), ASN: uint32(64500 + i)})
		}
		route := mrtfile.Route{Prefix: netip.MustParsePrefix(r[1]), Peer: i}
		route.NextHop, route.Path = netip.MustParseAddr("192.0.2.1"), mrtfile.MustPath(r[2])
		if route.Prefix.Addr().Is6() {
			route.NextHop = netip.MustParseAddr("2001:db8::1")
		}
		out.Routes = append(out.Routes, route)
	}
	var b bytes.Buffer
	write := out.WriteV2
	if v1 {
		write = out.WriteV1
	}
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// dump lists the routes of a table: prefix, peer and path.
func dump(t *rib.Table) []string {
	var out []string
	for i, p := range t.Prefixes() {
		for routes := range t.Routes(i) {
			for _, r := range routes {
				var line strings.Builder
				line.WriteString(p.Netip().String() + " " + t.Peers[r.Peer].Addr.String())
				for hop := range t.Path(r.Path).Hops {
					line.WriteString(" ")
					for k, network := range hop {
						if k > 0 {
							line.WriteString(",")
						}
						line.WriteString(netip.AddrFrom4([4]byte{0, 0, byte(t.ASNs[network] >> 8), byte(t.ASNs[network])}).String()[4:])
					}
				}
				out = append(out, line.String())
			}
		}
	}
	return out
}

func TestTable(t *testing.T) {
	// Networks print as two bytes: AS1 is "0.1".
	routes := [][3]string{
		{"192.0.2.9", "203.0.113.0/24", "1 2 3 4"},
		{"192.0.2.8", "198.51.100.0/24", "1 2 2 3 3 4 4"},
		{"192.0.2.9", "198.51.100.0/24", "1 2 3 {5,4,4}"},
		{"192.0.2.9", "198.51.0.0/16", "1 2 3 {4,4}"},
		{"192.0.2.8", "198.51.100.0/24", "9 8"}, // a second path of a peer
		{"192.0.2.9", "0.0.0.0/0", "1 2"},
	}
	want := []string{
		"198.51.0.0/16 192.0.2.9 0.1 0.2 0.3 0.4",
		"198.51.100.0/24 192.0.2.8 0.1 0.2 0.3 0.4",
		"198.51.100.0/24 192.0.2.9 0.1 0.2 0.3 0.5,0.4",
		"198.51.100.0/24 192.0.2.8 0.9 0.8",
		"203.0.113.0/24 192.0.2.9 0.1 0.2 0.3 0.4",
	}
	for _, test := range []struct {
		name string
		v1   bool
	}{{"TABLE_DUMP_V2", false}, {"TABLE_DUMP", true}} {
		t.Run(test.name, func(t *testing.T) {
			b := rib.NewBuilder(2, rib.Limits{})
			if err := b.Read(t.Context(), bytes.NewReader(table(t, test.v1, routes...))); err != nil {
				t.Fatal(err)
			}
			got := b.Table()
			if diff := cmp.Diff(want, dump(got)); diff != "" {
				t.Error(diff)
			}
			if got.Counts.Default != 1 || got.Counts.Routes != 5 {
				t.Errorf("counts are %+v", got.Counts)
			}
			if got.Peers[0].Routes != [2]uint64{3, 0} { // AS64500, the first named
				t.Errorf("routes of %v are %v", got.Peers[0].Addr, got.Peers[0].Routes)
			}
		})
	}
}

func TestSeveralFiles(t *testing.T) {
	b := rib.NewBuilder(3, rib.Limits{})
	for _, path := range []string{"1 2 3", "4 5 3"} {
		data := table(t, false, [3]string{"192.0.2.9", "203.0.113.0/24", path}, [3]string{"192.0.2.9", "2001:db8::/32", path})
		if err := b.Read(t.Context(), bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"203.0.113.0/24 192.0.2.9 0.1 0.2 0.3", "203.0.113.0/24 192.0.2.9 0.4 0.5 0.3",
		"2001:db8::/32 192.0.2.9 0.1 0.2 0.3", "2001:db8::/32 192.0.2.9 0.4 0.5 0.3",
	}
	if diff := cmp.Diff(want, dump(b.Table())); diff != "" {
		t.Error(diff)
	}
}

func TestCovers(t *testing.T) {
	at := func(text string) rib.Prefix {
		b := rib.NewBuilder(1, rib.Limits{})
		if err := b.Read(t.Context(), bytes.NewReader(table(t, false, [3]string{"192.0.2.9", text, "1 2"}))); err != nil {
			t.Fatal(err)
		}
		return b.Table().Prefixes()[0]
	}
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"10.0.0.0/8", "10.9.0.0/16", true}, {"10.9.0.0/16", "10.0.0.0/8", false},
		{"10.0.0.0/8", "11.0.0.0/8", false}, {"10.0.0.1/32", "10.0.0.1/32", true},
		{"2001:db8::/32", "2001:db8::1/128", true}, {"2001:db8::/64", "2001:db8:0:0:8000::/65", true},
		{"2001:db8::/65", "2001:db8:0:0:8000::/65", false}, {"2001:db8::/64", "2001:db8:0:1::/64", false},
		{"32.0.0.0/8", "2001:db8::/32", false},
	} {
		if got := at(test.a).Covers(at(test.b)); got != test.want {
			t.Errorf("%s covers %s: %v, want %v", test.a, test.b, got, test.want)
		}
	}
}

func TestLimits(t *testing.T) {
	data := table(t, false,
		[3]string{"192.0.2.9", "203.0.113.0/24", "1 2 3"}, [3]string{"192.0.2.8", "203.0.113.0/24", "4 5 3"})
	for _, test := range []struct {
		name   string
		limits rib.Limits
	}{
		{"routes", rib.Limits{Routes: 1}}, {"paths", rib.Limits{Paths: 1}}, {"peers", rib.Limits{Peers: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := rib.NewBuilder(2, test.limits).Read(t.Context(), bytes.NewReader(data))
			if !errors.Is(err, rib.ErrLimit) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestHostile(t *testing.T) {
	b := rib.NewBuilder(2, rib.Limits{})
	if err := b.Read(t.Context(), bytes.NewReader([]byte("this is no routing table"))); !errors.Is(err, mrt.ErrNotMRT) {
		t.Errorf("the error is %v", err)
	}
	var long strings.Builder
	long.WriteString("1 2")
	for range 300 {
		long.WriteString(" 3 4") // 600 hops: a path of that length is thrown away
	}
	b = rib.NewBuilder(2, rib.Limits{})
	data := table(t, false, [3]string{"192.0.2.9", "203.0.113.0/24", long.String()}, [3]string{"192.0.2.9", "198.51.100.0/24", "1 2"})
	if err := b.Read(t.Context(), bytes.NewReader(data[:len(data)-3])); err != nil { // and it is cut
		t.Fatal(err)
	}
	got := b.Table()
	if got.Counts.BadPaths != 1 || got.Counts.Gaps != 1 || got.Counts.Problem == "" {
		t.Errorf("counts are %+v", got.Counts)
	}
	if diff := cmp.Diff([]string{"203.0.113.0/24 192.0.2.9"}, dump(got)); diff != "" {
		t.Error(diff)
	}
}
