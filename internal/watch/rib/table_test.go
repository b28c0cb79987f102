package rib

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/domain/carrier"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// over writes a path of four-byte numbers.
func over(asns ...uint32) mrt.RawPath {
	if len(asns) == 0 {
		return mrt.RawPath{AS4: true}
	}
	b := []byte{2, byte(len(asns))}
	for _, a := range asns {
		b = binary.BigEndian.AppendUint32(b, a)
	}
	return mrt.RawPath{ASPath: b, AS4: true}
}

func key(prefix string) Key { return Key{Prefix: netip.MustParsePrefix(prefix)} }

func peer(n byte) mrt.Peer {
	return mrt.Peer{Addr: netip.AddrFrom4([4]byte{192, 0, 2, n}), ASN: 64496 + uint32(n)}
}

// said writes observations as lines.
func said(changes []Change) []string {
	var out []string
	for _, c := range changes {
		head := fmt.Sprintf("%d-%d", c.Pair.Low, c.Pair.High)
		if c.Lost {
			head += " lost"
		}
		out = append(out, head)
		for i := range c.Observations {
			out = append(out, "  "+line(&c.Observations[i]))
		}
	}
	return out
}

func line(o *evidence.Observation) string {
	var b strings.Builder
	b.WriteString(o.Kind)
	for _, s := range o.Subjects {
		b.WriteString(" " + s.ID.Value())
	}
	fmt.Fprintf(&b, " x%d", o.Count)
	for _, a := range o.Attrs {
		if a.Op() != evidence.OpSet && a.Number() != 0 {
			fmt.Fprintf(&b, " %s=%d", a.Key, a.Number())
		}
	}
	return b.String()
}

func TestChanges(t *testing.T) {
	table := New(Limits{})
	a, b := table.Source("a", peer(1)), table.Source("b", peer(2))
	at := Place{Time: time.Unix(1_600_000_000, 0).UTC(), Offset: 7, Length: 99}
	step := func(what string, do func(), want ...string) {
		t.Helper()
		do()
		got := said(table.Changed(100))
		slices.Sort(got)
		slices.Sort(want)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	must := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	step("the first route", func() { must(a.Announce(key("203.0.113.0/24"), over(1, 2), at)) },
		"0-1", "  transit 1 x1 peer_ases=1 peers=1",
		"0-2", "  origin 2 x1 peer_ases=1 peers=1",
		"1-2", "  adjacency 1 2 x1 peer_ases=1 peers=1")
	step("another route over the same path", func() { must(a.Announce(key("198.18.0.0/15"), over(1, 2), at)) })
	step("the same route of another peer", func() { must(b.Announce(key("203.0.113.0/24"), over(1, 2), at)) },
		"0-1", "  transit 1 x3 peer_ases=2 peers=2",
		"0-2", "  origin 2 x3 peer_ases=2 peers=2",
		"1-2", "  adjacency 1 2 x3 peer_ases=2 peers=2")
	step("another path", func() { must(b.Announce(key("203.0.113.0/24"), over(1, 3), at)) },
		"0-2", "  origin 2 x2 peer_ases=1 peers=1",
		"0-3", "  origin 3 x1 peer_ases=1 peers=1",
		"1-2", "  adjacency 1 2 x2 peer_ases=1 peers=1",
		"1-3", "  adjacency 1 3 x1 peer_ases=1 peers=1")
	step("a route that was not there", func() {
		if b.Withdraw(key("192.0.2.0/24")) {
			t.Error("withdrew what was not there")
		}
	})
	step("the last route of a peer", func() { b.Withdraw(key("203.0.113.0/24")) },
		"0-1", "  transit 1 x2 peer_ases=1 peers=1", "0-3", "1-3")
	step("a session", func() { a.Session(carrier.Fact{Kind: carrier.KindSession, Left: 64496, Right: 1}, at) },
		"1-64496", "  session 64496 1 x1 established=1")
	step("a new round", func() {
		a.Begin()
		must(a.Announce(key("203.0.113.0/24"), over(1, 2), at))
		a.Session(carrier.Fact{Kind: carrier.KindSession, Left: 64496, Right: 1}, at)
	})
	step("its end", a.Sweep)
	if a.Routes() != 1 || table.Routes() != 1 {
		t.Errorf("got %d and %d routes, want 1", a.Routes(), table.Routes())
	}
	step("the loss of the feed", func() { a.Close(true) }, "0-1 lost", "0-2 lost", "1-2 lost", "1-64496 lost")
	if table.Facts() != 0 || table.Routes() != 0 {
		t.Errorf("%d facts and %d routes are left", table.Facts(), table.Routes())
	}
}

func TestLimits(t *testing.T) {
	table := New(Limits{MaxPerSource: 2, MaxRoutes: 3, MaxSources: 2})
	a, b := table.Source("a", peer(1)), table.Source("b", peer(2))
	if table.Source("c", peer(3)) != nil {
		t.Error("got a third source")
	}
	for i, tc := range []struct {
		source *Source
		prefix string
		want   error
	}{
		{a, "192.0.2.0/24", nil}, {a, "2001:db8::/32", nil}, {a, "203.0.113.0/24", ErrFull},
		{a, "192.0.2.0/24", nil}, {b, "192.0.2.0/24", nil}, {b, "203.0.113.0/24", ErrFull},
	} {
		err := tc.source.Announce(key(tc.prefix), over(1, uint32(i)), Place{})
		if !errors.Is(err, tc.want) {
			t.Errorf("route %d: got %v, want %v", i, err, tc.want)
		}
	}
	if a.Refused() != 1 || b.Refused() != 1 || table.Routes() != 3 {
		t.Errorf("got %d and %d refused, %d routes", a.Refused(), b.Refused(), table.Routes())
	}
	if err := a.Announce(key("192.0.2.0/24"), mrt.RawPath{ASPath: []byte{9, 9, 9}}, Place{}); !errors.Is(err, ErrPath) {
		t.Errorf("got %v, want ErrPath", err)
	}
	if a.Routes() != 1 {
		t.Errorf("the route with a malformed path is still there")
	}
}

// TestHostilePaths announces routes over paths that no two have in common, and
// paths that nobody has: memory stays within its bound, and comes back.
func TestHostilePaths(t *testing.T) {
	table := New(Limits{MaxPathBytes: 1 << 20})
	s := table.Source("a", peer(1))
	full := 0
	for i := range 1000 {
		asns := make([]uint32, 100)
		for j := range asns {
			asns[j] = uint32(1 + i*100 + j)
		}
		switch err := s.Announce(Key{Prefix: netip.MustParsePrefix("10.0.0.0/8"), PathID: uint32(i)}, over(asns...), Place{}); {
		case errors.Is(err, ErrFull):
			full++
		case err != nil:
			t.Fatal(err)
		}
	}
	if full == 0 || table.pathBytes() > 1<<20+100_000 || s.Refused() != uint64(full) {
		t.Errorf("%d refused, %d counted, %d bytes", full, s.Refused(), table.pathBytes())
	}
	long := mrt.RawPath{ASPath: slices.Repeat(over(1, 2, 3).ASPath, 1000), AS4: true}
	if err := s.Announce(key("10.0.0.0/8"), long, Place{}); !errors.Is(err, ErrPath) {
		t.Errorf("a path of %d bytes: got %v, want ErrPath", len(long.ASPath), err)
	}
	s.Clear()
	table.Changed(1 << 20)
	if table.pathBytes() != 0 {
		t.Errorf("%d bytes are left", table.pathBytes())
	}
}

// TestRandom does random things to a table and compares all that it then says
// with what is counted anew, in the slow and obvious way, from the routes.
func TestRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	table := New(Limits{})
	type route struct {
		source string
		key    Key
	}
	routes := map[route]mrt.RawPath{}
	current := map[Pair][]string{}
	for round := range 300 {
		for range 20 {
			name := string(rune('a' + random.IntN(4)))
			s := table.Source(name, peer(name[0]-'a'))
			k := Key{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(random.IntN(30)), 0, 0}), 16), PathID: uint32(random.IntN(2))}
			switch what := random.IntN(10); {
			case what < 6:
				asns := make([]uint32, 1+random.IntN(4))
				for i := range asns {
					asns[i] = 1 + random.Uint32N(6)
				}
				raw := over(asns...)
				if err := s.Announce(k, raw, Place{}); err != nil {
					t.Fatal(err)
				}
				routes[route{name, k}] = raw
			case what < 9:
				_, want := routes[route{name, k}]
				if got := s.Withdraw(k); got != want {
					t.Fatalf("withdraw: got %t, want %t", got, want)
				}
				delete(routes, route{name, k})
			case random.IntN(20) == 0:
				s.Close(random.IntN(2) == 0)
				for r := range routes {
					if r.source == name {
						delete(routes, r)
					}
				}
			}
		}
		if round == 150 {
			table.MarkAll()
		}
		for _, c := range table.Changed(1 + random.IntN(50)) {
			delete(current, c.Pair)
			for i := range c.Observations {
				current[c.Pair] = append(current[c.Pair], line(&c.Observations[i]))
			}
		}
	}
	for table.Pending() > 0 {
		for _, c := range table.Changed(7) {
			delete(current, c.Pair)
			for i := range c.Observations {
				current[c.Pair] = append(current[c.Pair], line(&c.Observations[i]))
			}
		}
	}
	table.MarkAll() // counts alone are not told of as changes
	clear(current)
	for _, c := range table.Changed(1 << 20) {
		for i := range c.Observations {
			current[c.Pair] = append(current[c.Pair], line(&c.Observations[i]))
		}
	}
	want := map[carrier.Fact]*carrier.Seen{}
	for r, raw := range routes {
		var p mrt.Path
		if err := p.Decode(raw); err != nil {
			t.Fatal(err)
		}
		for _, f := range carrier.AppendFacts(nil, &p) {
			if want[f] == nil {
				want[f] = &carrier.Seen{}
			}
			want[f].Count++
			if p.HasLoop() {
				want[f].Looped++
			} else if one := peer(r.source[0] - 'a'); !slices.Contains(want[f].Peers, one) {
				want[f].Peers = append(want[f].Peers, one)
			}
		}
	}
	var got, expected []string
	for _, lines := range current {
		got = append(got, lines...)
	}
	for f, s := range want {
		o := f.Observation(s)
		expected = append(expected, line(&o))
	}
	slices.SortFunc(got, cmp.Compare[string])
	slices.SortFunc(expected, cmp.Compare[string])
	if diff := gocmp.Diff(expected, got); diff != "" {
		t.Errorf("facts (-counted anew +table):\n%s", diff)
	}
	if table.Routes() != len(routes) || table.Facts() != len(want) {
		t.Errorf("got %d routes and %d facts, want %d and %d", table.Routes(), table.Facts(), len(routes), len(want))
	}
}

// BenchmarkAnnounce gives a source as many different routes as the Internet has,
// with ten to a path.
func BenchmarkAnnounce(b *testing.B) {
	random := rand.New(rand.NewPCG(5, 6))
	paths := make([]mrt.RawPath, 100_000)
	for i := range paths {
		paths[i] = over(64500, 1+random.Uint32N(50), 100+random.Uint32N(2000), 1000+random.Uint32N(80_000))
	}
	for b.Loop() {
		table := New(Limits{})
		s := table.Source("a", peer(1))
		for i := range 1_000_000 {
			k := Key{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(i >> 16), byte(i >> 8), byte(i), 0}), 24)}
			if err := s.Announce(k, paths[i/10], Place{}); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "routes/s")
}
