package exposure_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/exposure"
	"github.com/cleannet/cleannet/internal/exposure/rib"
	"github.com/cleannet/cleannet/internal/policy"
)

func TestStanding(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*policy.Entry)
		want   map[uint32]string
	}{
		{"companies and what they control", nil, map[uint32]string{
			badAS: "untrusted", bad2AS: "untrusted", childAS: "undecided", goodAS: "cleared", 900: "unresolved",
		}},
		{"numbers", func(e *policy.Entry) { e.Select = policy.Selection{IDs: []evidence.ID{evidence.ASN(900)}} }, map[uint32]string{
			badAS: "cleared", 900: "untrusted", 901: "cleared",
		}},
		{"all but the trusted", func(e *policy.Entry) {
			e.Select = policy.Selection{Companies: []string{"good"}, AllBut: true}
		}, map[uint32]string{
			badAS: "untrusted", goodAS: "cleared", 900: "unresolved",
		}},
		{"under a condition", func(e *policy.Entry) { e.Phases = []policy.Phase{{}} }, map[uint32]string{
			badAS: "undecided", goodAS: "cleared", 900: "unresolved",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := exposure.NewRoll(document(t, test.change), registry(t), date(t, "2025-01-01"))
			if err != nil {
				t.Fatal(err)
			}
			got := make(map[uint32]string)
			for asn := range test.want {
				got[asn] = r.Network(asn).Standing.String()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNoEntryApplies(t *testing.T) {
	_, err := exposure.NewRoll(document(t, nil), registry(t), date(t, "2019-01-01"))
	if err == nil || !strings.Contains(err.Error(), "choose another policy") {
		t.Errorf("the error is %v", err)
	}
	_, err = exposure.NewRoll(document(t, func(e *policy.Entry) { e.InForce = []entity.Interval{{To: date(t, "2021-01-01")}} }),
		registry(t), date(t, "2025-01-01"))
	if err == nil {
		t.Error("an entry that has ended is taken")
	}
}

// toy is a table of which all figures can be worked out by hand.
func toy(t testing.TB) (*rib.Table, *exposure.Places) {
	t.Helper()
	table := load(t,
		"10.0.0.0/24 10 60 61",      // seen by both peers over good networks
		"10.0.0.0/24 11 60 61",      //
		"10.0.1.0/24 10 40 62",      // beside a barred one for both: lost
		"10.0.1.0/24 11 45 62",      //
		"10.0.2.0/24 10 40 60 63",   // farther away for one peer only
		"10.0.2.0/24 11 60 63",      //
		"10.0.3.0/24 10 60 40",      // announced by a barred one
		"10.0.3.0/24 11 41",         //
		"10.0.0.0/22 10 60 64",      // covers all of them, and has no address of its own
		"10.0.0.0/22 11 60 64",      //
		"10.0.4.0/24 10 50 64",      // past one that is undecided
		"10.0.4.0/24 11 900 64",     // past one that nobody is known to hold
		"10.0.4.0/24 40 64",         // a barred peer does not count
		"2001:db8::/32 10 40 60",    // IPv6 by prefixes
		"10.0.1.0/24 12 13 62",      // a peer with few routes is no view, but a path
		"10.0.5.0/24 10 40 {62,63}", // a set has no neighbours
		"10.0.5.0/24 11 40 {62,63}",
	)
	places := exposure.NewPlaces(spaces(t, "10.0.0.0 10.0.2.127 US", "10.0.2.128 10.0.4.255 CN", "2001:db8:: 2001:db8:ffff:: US"))
	return table, places
}

func TestFigures(t *testing.T) {
	table, places := toy(t)
	measure := func(from ...string) *exposure.Measure {
		return exposure.New(exposure.Case{Table: table, Roll: roll(t), Places: places, From: from, Workers: 2})
	}
	m := measure()
	want := exposure.Views{Peers: 4, Accepted: 3, PeerASes: 3, Untrusted: []string{"AS40"}, Full4: 2, Full6: 1}
	if diff := cmp.Diff(want, m.Views); diff != "" {
		t.Error(diff)
	}
	us, ok := m.Row("US")
	if !ok {
		t.Fatal("no figures for US")
	}
	// Of 640 addresses, 256 go past a barred network beside the origin for both
	// peers, and 128 past one farther away for one of two.
	wantRow := exposure.Row{
		Country: "US",
		IPv4: exposure.Figures{
			Prefixes: 3, Addresses: 640, Views: 2,
			Reached: exposure.Reached{Direct: 256. / 640, Transit: 64. / 640, Cleared: 320. / 640},
			Lost:    []exposure.Lost{{Level: "origin"}, {Level: "direct"}, {Level: "transit"}, {Level: "any"}},
		},
		IPv6: exposure.Figures{
			Prefixes: 1, Views: 1, Reached: exposure.Reached{Direct: 1},
			Lost: []exposure.Lost{
				{Level: "origin"}, {Level: "direct", Prefixes: 1, Origins: 1},
				{Level: "transit", Prefixes: 1, Origins: 1}, {Level: "any", Prefixes: 1, Origins: 1},
			},
		},
	}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })
	if diff := cmp.Diff(wantRow, us, near); diff != "" {
		t.Error(diff)
	}
	// Without the third peer's path, 10.0.1.0/24 is lost; a covering prefix stays.
	us, _ = measure("AS10", "AS11").Row("US")
	wantLost := []exposure.Lost{
		{Level: "origin"},
		{Level: "direct", Prefixes: 1, Addresses: 256, Covered: 256, Origins: 1},
		{Level: "transit", Prefixes: 1, Addresses: 256, Covered: 256, Origins: 1},
		{Level: "any", Prefixes: 1, Addresses: 256, Covered: 256, Origins: 1},
	}
	if diff := cmp.Diff(wantLost, us.IPv4.Lost); diff != "" {
		t.Error(diff)
	}
	// No company alone cuts it off, since each stands on one path only.
	d, _ := measure("AS10", "AS11").Detail(exposure.Scope{Country: "US"})
	for _, c := range d.Companies {
		if c.IPv4[exposure.Any].Prefixes != 0 {
			t.Errorf("%s alone takes %v", c.Company, c.IPv4)
		}
	}
	if len(d.Customers) != 2 || d.Customers[0].ASN != 62 || !d.Customers[0].Beside || d.Customers[0].Of != 512 {
		t.Errorf("customers are %+v", d.Customers)
	}
	cn, _ := m.Row("CN")
	if got := cn.IPv4.Reached; math.Abs(got.Undecided-0.5*256/640) > 1e-12 || math.Abs(got.Unresolved-0.5*256/640) > 1e-12 {
		t.Errorf("CN is reached %+v", got)
	}
	if lost := cn.IPv4.Lost[exposure.Origin]; lost.Addresses != 256 {
		t.Errorf("CN loses %+v", lost)
	}
	// What a set announces has no neighbour: lost in transit, not beside.
	none, _ := m.Detail(exposure.Scope{ASNs: []uint32{62}})
	if got := none.IPv4.Lost; got[exposure.Direct].Prefixes != 0 || got[exposure.Transit].Prefixes != 1 {
		t.Errorf("AS62 loses %+v", got)
	}
	one, ok := m.Detail(exposure.Scope{ASNs: []uint32{40, 41}})
	if !ok || one.IPv4.Reached.Origin != 1 || one.IPv4.Addresses != 256 {
		t.Errorf("AS40 is reached %+v", one.IPv4)
	}
	if len(one.Destinations) != 3 || one.Destinations[1].Country != "CN" || one.Destinations[1].IPv4[exposure.Origin].Addresses != 256 {
		t.Errorf("cutting AS40 loses %+v", one.Destinations)
	}
	if _, ok := m.Detail(exposure.Scope{ASNs: []uint32{12345}}); ok {
		t.Error("a network that announces nothing has figures")
	}
}

// TestAgainstSlow compares with an address by address computation.
func TestAgainstSlow(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		pool := []int{badAS, bad2AS, worseAS, childAS, 60, 61, 62, 900, 901}
		known := make(map[string]bool)
		var lines []string
		for range 120 {
			peer := 10 + r.IntN(3)
			prefix := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(r.IntN(2)), byte(r.IntN(256))}), 22+r.IntN(9)).Masked()
			key := fmt.Sprint(peer, prefix)
			if known[key] {
				continue
			}
			known[key] = true
			var line strings.Builder
			fmt.Fprintf(&line, "%s %d", prefix, peer)
			for range 1 + r.IntN(3) {
				fmt.Fprintf(&line, " %d", pool[r.IntN(len(pool))])
			}
			lines = append(lines, line.String())
		}
		places := []string{"10.0.0.0 10.0.0.99 US", "10.0.0.100 10.0.1.20 CN", "10.0.1.50 10.0.1.255 DE"}
		m := exposure.New(exposure.Case{
			Table: load(t, lines...), Roll: roll(t), Places: exposure.NewPlaces(spaces(t, places...)), Workers: 3,
		})
		got := make(map[string][2]uint64)
		for _, row := range m.Rows() {
			for _, lost := range row.IPv4.Lost {
				got[row.Country+" "+lost.Level] = [2]uint64{lost.Addresses, lost.Covered}
			}
			got[row.Country+" all"] = [2]uint64{row.IPv4.Addresses}
		}
		want := slowLost(t, lines, places)
		for key := range got {
			if _, ok := want[key]; !ok {
				want[key] = [2]uint64{}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("seed %d (-slow +fast)\n%s", seed, diff)
		}
	}
}

// slowLost goes over every address: its most specific prefix, the paths to it,
// and the prefixes around that one.
func slowLost(t *testing.T, lines, places []string) map[string][2]uint64 {
	t.Helper()
	paths := make(map[netip.Prefix][][]string)
	for _, line := range lines {
		f := strings.Fields(line)
		p := netip.MustParsePrefix(f[0])
		paths[p] = append(paths[p], slices.Compact(f[1:]))
	}
	untrusted := func(asn string) bool { return asn == "40" || asn == "41" || asn == "45" }
	gone := func(p netip.Prefix, level string) bool {
		for _, path := range paths[p] {
			n := len(path)
			hit := false
			for _, asn := range path {
				// A network in the middle that is also the origin counts as the origin.
				switch end := asn == path[n-1]; level {
				case "origin":
					hit = hit || untrusted(asn) && end
				case "direct":
					hit = hit || untrusted(asn) && !end && asn == path[n-2]
				case "transit":
					hit = hit || untrusted(asn) && !end
				default:
					hit = hit || untrusted(asn)
				}
			}
			if !hit {
				return false
			}
		}
		return true
	}
	out := make(map[string][2]uint64)
	for a := netip.MustParseAddr("10.0.0.0"); a != netip.MustParseAddr("10.0.4.0"); a = a.Next() {
		var around []netip.Prefix // longest first
		for bits := 32; bits > 0; bits-- {
			if p := netip.PrefixFrom(a, bits).Masked(); paths[p] != nil {
				around = append(around, p)
			}
		}
		if len(around) == 0 {
			continue
		}
		code := ""
		for _, run := range places {
			f := strings.Fields(run)
			if !a.Less(netip.MustParseAddr(f[0])) && !netip.MustParseAddr(f[1]).Less(a) {
				code = f[2]
			}
		}
		add := func(key string, n, covered uint64) {
			v := out[code+" "+key]
			out[code+" "+key] = [2]uint64{v[0] + n, v[1] + covered}
		}
		add("all", 1, 0)
		for _, level := range []string{"origin", "direct", "transit", "any"} {
			if !gone(around[0], level) {
				continue
			}
			covered := uint64(0)
			if slices.ContainsFunc(around[1:], func(p netip.Prefix) bool { return !gone(p, level) }) {
				covered = 1
			}
			add(level, 1, covered)
		}
	}
	return out
}
