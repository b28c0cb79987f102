package enforcetest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/testkit"
	"github.com/cleannet/cleannet/internal/testkit/router"
)

// Device is something that carries out the files of a target: a real daemon,
// or an interpreter of the files.
type Device interface {
	// Learn announces routes from a neighbour.
	Learn(t testing.TB, peer netip.Addr, routes []router.Route)
	// Accepted returns the prefixes that are left after the filters.
	Accepted(t testing.TB) map[netip.Prefix]bool
}

// Start starts a device with the files of a plan.
type Start func(testing.TB, *enforce.Plan) Device

// Numbers returns the AS numbers that the replays forbid: carriers, and a
// large network and a peer of the collector, so that each level has many.
func Numbers() []uint32 { return []uint32{3356, 4134, 4777, 4808, 4809, 4837, 9808, 9929, 58453} }

// Deny returns a plan that denies numbers at a level, and blocks of addresses.
func Deny(t testing.TB, level enforce.Level, numbers []uint32, blocks ...string) *enforce.Plan {
	p := &enforce.Plan{Policy: enforce.Policy{ID: "test", Title: "Test"}, AsOf: Date(t, "2026-01-01")}
	add := func(id evidence.ID, company string, l enforce.Level) {
		p.Items = append(p.Items, enforce.Item{
			ID: "id-" + id.String(), Entry: "e", Domain: "carrier", Company: company, Identifier: id, Level: l,
		})
	}
	for i, n := range numbers {
		add(evidence.ASN(n), fmt.Sprintf("company-%d", i/3), level)
	}
	for _, b := range blocks {
		add(ID(t, "prefix:"+b), "company-0", enforce.Any)
	}
	p.Entries = []enforce.Entry{{ID: "e", Domain: "carrier", Level: enforce.Any}}
	return p
}

// Levels returns those that the replays go through.
func Levels() []enforce.Level {
	return []enforce.Level{enforce.Direct, enforce.Transit, enforce.Origin, enforce.Any}
}

// Replay proves on a device what the files of a target do: 0 forbidden routes
// accepted and 0 clean ones lost, at each level, on the distinct paths of a
// real table and on odd paths with sets; in blocks of addresses; on sessions
// with waivers; and with an allow-list. What is forbidden is worked out from
// the text of the paths by the definitions of the levels, with no code of a
// target.
//
// A device's language may be too weak for some paths: those of which beyond says
// so are left out. It may be nil.
func Replay(t *testing.T, start Start, beyond func(enforce.Level, string) bool) {
	within := func(level enforce.Level, paths []string) []string {
		if beyond == nil {
			return paths
		}
		return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return beyond(level, p) })
	}
	t.Run("odd paths", func(t *testing.T) {
		for level := enforce.Direct; level <= enforce.Any; level++ {
			replayPaths(t, start, level, Numbers(), within(level, OddPaths()))
		}
	})
	t.Run("blocks", func(t *testing.T) { replayBlocks(t, start) })
	t.Run("waivers", func(t *testing.T) { replayWaivers(t, start) })
	t.Run("allow-list", func(t *testing.T) { replayAllowed(t, start, within) })
	t.Run("real table", func(t *testing.T) {
		paths := TablePaths(t)
		numbers := append(Numbers(), origins(t, paths, max(1, len(paths)/100))...)
		for _, level := range Levels() {
			replayPaths(t, start, level, numbers, within(level, paths))
		}
	})
}

// OddPaths returns paths with sets, prepends, loops, and numbers that a
// careless pattern takes for others.
func OddPaths() []string {
	return []string{
		"4134", "4134 4134 4134", "4134 64496", "64496 4134", "64496 4134 4134 4134", "64496 4134 64497",
		"64496 4809 4134", "4134 4809", "4134 64496 4134", "64496 4134 64497 4134", "64496 64497",
		"41340 134 34", "134 41340 14134 41341", "64496 41 34 64497", "270946 4294967295", "48090 809 64809",
		"64496 4134 413", "64496 4134 41344", "64496 4134 4", "64496 4134 9134", "64496 4134 4135",
		"{4134}", "{4134,64502}", "4134 {4134}", "64501 4134 64504 {64502}", "64501 {4134,64502}", "64501 {4134}",
		"64501 {64502,64503}", "64501 4134 {64502,64503}", "4134 {64502}", "{4134,64502} 64503",
		"{64502,4134} 64503", "{64502,64503} 64501", "64501 {4134,64502} 64503", "64501 4134 4134 {64502}",
		"64501 {41340,134}", "64501 {64502} {4809,64503}", "64501 4809 {4134,64502}", "64501 4134 {4135,41340}",
	}
}

// replayPaths sends each path as a route of its own.
func replayPaths(t *testing.T, start Start, level enforce.Level, numbers []uint32, paths []string) {
	t.Run(level.String(), func(t *testing.T) {
		device := start(t, Deny(t, level, numbers))
		if _, ok := device.(*interpreter); ok && len(paths) > 1000 && !whole() {
			paths = every(paths, len(paths)/1000) // the real daemons take them all
		}
		routes := make([]router.Route, len(paths))
		for i, path := range paths {
			routes[i] = router.Route{Prefix: nth(i), Path: path}
		}
		device.Learn(t, router.Peers()[0], routes)
		forbidden := make(map[string]bool)
		for _, n := range numbers {
			forbidden[fmt.Sprint(n)] = true
		}
		compare(t, routes, device.Accepted(t), func(r router.Route) bool { return Shown(r.Path, forbidden)&level != 0 })
	})
}

// nth is a route for each path: single addresses from 11.0.0.0 on.
func nth(i int) netip.Prefix {
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], 11<<24+uint32(i))
	return netip.PrefixFrom(netip.AddrFrom4(a), 32)
}

// compare counts what was wrongly accepted and wrongly lost.
func compare(t *testing.T, routes []router.Route, accepted map[netip.Prefix]bool, cut func(router.Route) bool) {
	t.Helper()
	var rejected, kept, wrong int
	for _, r := range routes {
		want := !cut(r)
		if want {
			kept++
		} else {
			rejected++
		}
		if accepted[r.Prefix] != want {
			if wrong++; wrong <= 10 {
				t.Errorf("%s with path %q accepted: got %v, want %v", r.Prefix, r.Path, accepted[r.Prefix], want)
			}
		}
	}
	if rejected == 0 || kept == 0 {
		t.Errorf("%d to reject, %d to accept: the test shows nothing", rejected, kept)
	}
	t.Logf("%d routes: %d rejected, %d accepted, %d wrong", len(routes), rejected, kept, wrong)
}

func replayBlocks(t *testing.T, start Start) {
	// 192.0.2.0/25 and its neighbour are one block in the files, and the third
	// lies in them.
	device := start(t, Deny(t, enforce.Origin, []uint32{4134}, "192.0.2.0/25", "192.0.2.128/25", "192.0.2.7/32",
		"198.51.100.7/32", "2001:db8::/32", "2001:db8:1::/48", "2001:dead::1/128"))
	var routes []router.Route
	for _, p := range []string{
		"192.0.2.0/24", "192.0.2.0/25", "192.0.2.64/26", "192.0.2.255/32", "192.0.0.0/22", "192.0.3.0/24",
		"198.51.100.7/32", "198.51.100.6/32", "198.51.100.0/24", "0.0.0.0/0",
		"2001:db8::/32", "2001:db8:5::/48", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff/128", "2001:da8::/32", "2001::/16",
		"2001:dead::1/128", "2001:dead::/64", "::/0",
	} {
		routes = append(routes, router.Route{Prefix: netip.MustParsePrefix(p), Path: "64511 64496"})
	}
	device.Learn(t, router.Peers()[0], routes)
	denied := []netip.Prefix{
		netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.7/32"),
		netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2001:dead::1/128"),
	}
	compare(t, routes, device.Accepted(t), func(r router.Route) bool {
		return slices.ContainsFunc(denied, func(d netip.Prefix) bool {
			return d.Bits() <= r.Prefix.Bits() && d.Contains(r.Prefix.Addr())
		})
	})
}

// replayWaivers learns the same paths from two neighbours, of whom the second
// has a waiver for AS4134 and a block.
func replayWaivers(t *testing.T, start Start) {
	plan, err := Deny(t, enforce.Any, []uint32{4134, 4809}, "192.0.2.0/24", "198.51.100.0/24").WithWaivers([]enforce.Waiver{{
		ID: "w1", Peer: router.Peers()[1], Owner: "Example NOC", Reason: "contract", Until: Date(t, "2027-01-01"),
		Pass: []evidence.ID{evidence.ASN(4134), ID(t, "prefix:192.0.2.0/24")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for i, peer := range router.Peers() {
		t.Run(peer.String(), func(t *testing.T) {
			device := start(t, plan)
			routes := []router.Route{
				{Prefix: nth(0), Path: "64511 64496"}, {Prefix: nth(1), Path: "64511 4134 64497"}, {Prefix: nth(2), Path: "64511 4809"},
				{Prefix: nth(3), Path: "64511 4809 4134"},
				{Prefix: netip.MustParsePrefix("192.0.2.0/24"), Path: "64511 64496"},
				{Prefix: netip.MustParsePrefix("198.51.100.0/24"), Path: "64511 64496"},
			}
			device.Learn(t, peer, routes)
			want := [][]bool{{false, true, true, true, true, true}, {false, false, true, true, false, true}}[i]
			compare(t, routes, device.Accepted(t), func(r router.Route) bool { return want[slices.Index(routes, r)] })
		})
	}
}

// replayAllowed permits two neighbours only, and denies one number.
func replayAllowed(t *testing.T, start Start, within func(enforce.Level, []string) []string) {
	p := Deny(t, enforce.Origin, []uint32{4134})
	for _, n := range []uint32{64511, 64501} {
		p.Items = append(p.Items, enforce.Item{
			ID: fmt.Sprint("allow-", n), Entry: "only", Domain: "carrier", Company: "trusted", Identifier: evidence.ASN(n),
			Level: enforce.Direct, Allow: true,
		})
	}
	p.Entries = append(p.Entries, enforce.Entry{ID: "only", Domain: "carrier", Level: enforce.Direct, AllBut: true})
	device := start(t, p)
	var routes []router.Route
	permitted := []string{"64511 64496", "64501", "64501 64501 64502", "64511 {64502,64503}", "{64503,64511}"}
	denied := []string{"64496 64511", "6451", "645011 64511", "64510", "64511 4134", "64496 {64511}"}
	for i, path := range within(enforce.Direct, slices.Concat(permitted, denied)) {
		routes = append(routes, router.Route{Prefix: nth(i), Path: path})
	}
	device.Learn(t, router.Peers()[0], routes)
	compare(t, routes, device.Accepted(t), func(r router.Route) bool { return !slices.Contains(permitted, r.Path) })
}

// TablePaths returns distinct paths of a real table in order: a large sample,
// or all with CLEANNET_REPLAY=whole.
func TablePaths(t testing.TB) []string {
	t.Helper()
	seen := make(map[string]bool)
	for scan := bufio.NewScanner(testkit.Gunzip(t, testkit.Data(t, "carrier/mrt/rib2010.bgpdump-m.txt.gz"))); ; {
		if !scan.Scan() {
			if err := scan.Err(); err != nil {
				t.Fatal(err)
			}
			break
		}
		fields := strings.Split(scan.Text(), "|")
		if len(fields) < 7 {
			t.Fatalf("line %q has no path", scan.Text())
		}
		seen[strings.Clone(fields[6])] = true
	}
	paths := slices.Sorted(maps.Keys(seen))
	if whole() {
		return paths
	}
	return every(paths, 10)
}

// whole reports whether a replay is to take all of the table.
func whole() bool { return os.Getenv("CLEANNET_REPLAY") == "whole" }

// every returns every step-th of the paths.
func every(paths []string, step int) []string {
	var sample []string
	for i := 0; i < len(paths); i += step {
		sample = append(sample, paths[i])
	}
	return sample
}

// Shown returns the levels at which a path shows one of the numbers, from
// its text: direct in the first element, origin in the last, transit anywhere
// but as an origin. It is slow and plain, to judge the files by.
func Shown(path string, numbers map[string]bool) enforce.Level {
	var elements [][]string
	for word := range strings.FieldsSeq(path) {
		elements = append(elements, strings.Split(strings.Trim(word, "{}"), ","))
	}
	var level enforce.Level
	for i, element := range elements {
		for _, n := range element {
			if !numbers[n] {
				continue
			}
			if i == 0 {
				level |= enforce.Direct
			}
			if i == len(elements)-1 {
				level |= enforce.Origin
			}
			if !slices.Contains(elements[len(elements)-1], n) {
				level |= enforce.Transit
			}
		}
	}
	return level
}

// Many returns a plan of n numbers at all levels in turn, of 200 companies.
func Many(t testing.TB, n int) *enforce.Plan {
	p := Deny(t, enforce.Any, nil)
	for i := range n {
		p.Items = append(p.Items, enforce.Item{
			ID: fmt.Sprint("id-", i), Entry: "e", Domain: "carrier", Company: fmt.Sprint("company-", i%200),
			Identifier: evidence.ASN(uint32(i + 1)), Level: enforce.Level(i%7 + 1),
		})
	}
	return p
}

// origins returns the origin of every step-th path.
func origins(t testing.TB, paths []string, step int) []uint32 {
	t.Helper()
	var out []uint32
	for i := 0; i < len(paths); i += step {
		path, err := enforce.ParsePath(paths[i])
		if err != nil {
			t.Fatal(err)
		}
		if n := len(path); n > 0 && !slices.Contains(out, path[n-1][0]) && !slices.Contains(Numbers(), path[n-1][0]) {
			out = append(out, path[n-1][0])
		}
	}
	return out
}
