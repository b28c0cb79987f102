package enforce_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/evidence"
)

// TestAggregate holds the aggregated blocks against the 256 addresses of a
// /24: they cover exactly what the plan names, none covers another, no two are
// halves of one, and no item is lost.
func TestAggregate(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		var names []string
		want := make([]bool, 256)
		for range 1 + random.IntN(40) {
			p := netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(random.IntN(256))}), 25+random.IntN(8)).Masked()
			names = append(names, p.String())
			for i := range want {
				want[i] = want[i] || p.Contains(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}))
			}
		}
		routes, err := enforce.NewRoutes(enforcetest.Deny(t, enforce.Any, nil, names...), "carrier")
		if err != nil {
			t.Fatal(err)
		}
		got, items := make([]int, 256), 0
		for i, m := range routes.Blocks[0].Members {
			items += len(m.Items)
			for k := range got {
				if m.Block.Contains(netip.AddrFrom4([4]byte{192, 0, 2, byte(k)})) {
					got[k]++
				}
			}
			if i > 0 {
				before := routes.Blocks[0].Members[i-1].Block
				if parent, _ := before.Addr().Prefix(before.Bits() - 1); before.Bits() == m.Block.Bits() && parent.Contains(m.Block.Addr()) {
					t.Errorf("round %d: %s and %s are one block", round, before, m.Block)
				}
			}
		}
		for k := range got {
			if got[k] > 1 || (got[k] == 1) != want[k] {
				t.Fatalf("round %d: 192.0.2.%d is covered %d times, named %v", round, k, got[k], want[k])
			}
		}
		if items != len(names) {
			t.Errorf("round %d: %d items, want %d", round, items, len(names))
		}
	}
}

// TestNames keeps the names of sets within what the strictest device takes.
func TestNames(t *testing.T) {
	p := enforcetest.Deny(t, enforce.Direct|enforce.Transit, []uint32{4134}, "192.0.2.0/24", "2001:db8::/32")
	for i := range 30 {
		p.Entries = append(p.Entries, enforce.Entry{
			ID: strings.Repeat("Long name ", 20) + fmt.Sprint(i), Domain: "carrier", AllBut: true, Level: enforce.Direct,
		})
	}
	routes, err := enforce.NewRoutes(p, "carrier")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, s := range routes.All() {
		if seen[s.Name] || len(s.Name) > 24 || strings.Trim(s.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("name %q: want one of its own, of at most 24 bytes", s.Name)
		}
		seen[s.Name] = true
	}
	a, b := netip.MustParseAddr("2001:db8:1111:2222:3333:4444:5555:1"), netip.MustParseAddr("2001:db8:1111:2222:3333:4444:5555:2")
	if x, y := enforce.SessionName(a), enforce.SessionName(b); x == y || len(x) > 26 {
		t.Errorf("sessions %q and %q: want two names of at most 26 bytes", x, y)
	}
}

func TestWaivers(t *testing.T) {
	good := enforce.Waiver{
		ID: "w", Peer: netip.MustParseAddr("192.0.2.1"), Owner: "NOC", Until: enforcetest.Date(t, "2027-01-01"),
		Pass: []evidence.ID{evidence.ASN(4134)},
	}
	plan := enforcetest.Deny(t, enforce.Any, []uint32{4134})
	for name, spoil := range map[string]func(*enforce.Waiver){
		"no id": func(w *enforce.Waiver) { w.ID = "" }, "no neighbour": func(w *enforce.Waiver) { w.Peer = netip.Addr{} },
		"no owner": func(w *enforce.Waiver) { w.Owner = "" }, "nothing": func(w *enforce.Waiver) { w.Pass = nil },
		"a domain": func(w *enforce.Waiver) { w.Pass = []evidence.ID{enforcetest.ID(t, "domain:example.org")} },
	} {
		t.Run(name, func(t *testing.T) {
			w := good
			spoil(&w)
			if _, err := plan.WithWaivers([]enforce.Waiver{w}); err == nil {
				t.Error("got no error")
			}
		})
	}
	if _, err := plan.WithWaivers([]enforce.Waiver{good, good}); err == nil {
		t.Error("two of one id: got no error")
	}
	lapsed := good
	lapsed.Until = plan.AsOf // on that day it no longer holds
	out, err := plan.WithWaivers([]enforce.Waiver{lapsed})
	if err != nil || len(out.Waivers) != 0 || len(out.Notes) != 1 {
		t.Errorf("lapsed: got %d waivers, notes %q, %v", len(out.Waivers), out.Notes, err)
	}
}

func TestTerms(t *testing.T) {
	for _, n := range []uint32{1, 2, 4134, 4294967295} {
		for _, level := range []enforce.Level{enforce.Direct, enforce.Transit, enforce.Origin, enforce.Any} {
			test, got, err := enforce.ParseTerms(enforce.Terms(level, n))
			if err != nil || got != n {
				t.Fatalf("%q: got AS%d, %v", enforce.Terms(level, n), got, err)
			}
			for _, text := range []string{"%d", "%d 7", "7 %d", "7 %d 8", "%d 7 %[1]d", "7 8", "7 %d %[1]d"} {
				if strings.Contains(text, "%") {
					text = fmt.Sprintf(text, n)
				}
				path, err := enforce.ParsePath(text)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(path.Shows(n)&level != 0, test(&enforce.Route{Path: path})); diff != "" {
					t.Errorf("%q on %q (-want +got):\n%s", enforce.Terms(level, n), text, diff)
				}
			}
		}
	}
	for _, bad := range []string{"x", ".* 4134x .*", "[4]", "4134 ,", ".* 99999999999"} {
		if _, _, err := enforce.ParseTerms(bad); err == nil {
			t.Errorf("%q: got no error", bad)
		}
	}
}
