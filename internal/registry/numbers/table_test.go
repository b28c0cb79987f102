package numbers

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
)

var update = flag.Bool("update", false, "write the golden files again")

// maxSnapshotBytes is the share of the binary's 40 MB that the table may take.
const maxSnapshotBytes = 6 << 20

// TestShippedTable keeps what the shipped table says of well-known networks
// and what its manifest says of itself.
func TestShippedTable(t *testing.T) {
	data := snapshot(t)
	if len(data) > maxSnapshotBytes {
		t.Errorf("the snapshot has %d bytes, at most %d", len(data), maxSnapshotBytes)
	}
	table := openTable(t, data)
	if err := table.Verify(); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, asn := range []uint32{714, 2914, 3333, 4134, 4837, 7018, 9808, 13335, 15169, 4294967295} {
		h, ok := table.Holder(asn)
		fmt.Fprintf(&out, "AS%d: %v %q %s %s\n", asn, ok, h.Name, h.Country, h.CountryBasis)
	}
	for _, a := range []string{
		"1.1.1.1", "8.8.8.8", "::ffff:8.8.8.8", "9.9.9.9", "12.0.1.1", "193.0.6.139", "202.97.0.1",
		"2001:4860:4860::8888", "2001:67c:2e8::1", "2606:4700:4700::1111", "192.0.2.1", "2001:db8::1", "::1",
	} {
		r, ok := table.Origin(netip.MustParseAddr(a))
		fmt.Fprintf(&out, "%s: %v AS%d %v-%v\n", a, ok, r.ASN, r.First, r.Last)
	}
	m := table.Manifest()
	fmt.Fprintf(&out, "title: %s\ncounts: %+v\n", m.Title, m.Counts)
	for _, c := range m.Caveats {
		fmt.Fprintf(&out, "caveat: %s\n", c)
	}
	for _, a := range m.Attributions() {
		fmt.Fprintf(&out, "attribution: %s\n", a)
	}
	for _, d := range m.Documents {
		fmt.Fprintf(&out, "document: %+v\n", d)
	}
	golden(t, "shipped.txt", out.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; if the change is meant, run with -update (-want +got):\n%s", path, diff)
	}
}

// TestShippedTableRoundTrip writes the shipped table out in the input forms
// and builds it again: nothing may be lost on either way.
func TestShippedTableRoundTrip(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a table of the whole Internet")
	}
	want := openTable(t, snapshot(t))
	var origins, names strings.Builder
	for r := range want.Routes() {
		fmt.Fprintf(&origins, "%v,%v,%d\n", r.First, r.Last, r.ASN)
	}
	names.WriteString("asn,name,cc\n")
	for h := range want.Holders() {
		fmt.Fprintf(&names, "%d,\"%s\",%s\n", h.ASN, strings.ReplaceAll(h.Name, `"`, `""`), h.Country)
	}
	got := buildTable(t, text(NamesCSV, "n", names.String()), text(Origins, "o", origins.String()))
	if !slices.Equal(slices.Collect(want.Routes()), slices.Collect(got.Routes())) {
		t.Error("routes differ")
	}
	wantHolders := slices.Collect(want.Holders())
	for i := range wantHolders { // the second table was told the countries
		if wantHolders[i].Country != "" {
			wantHolders[i].CountryBasis = BasisRegistered
		}
	}
	if !slices.Equal(wantHolders, slices.Collect(got.Holders())) {
		t.Error("holders differ")
	}
}

// TestShippedTableAgainstReference compares lookups near the ends of random
// ranges with a walk over all routes.
func TestShippedTableAgainstReference(t *testing.T) {
	table := openTable(t, snapshot(t))
	routes := slices.Collect(table.Routes())
	slow := func(a netip.Addr) (entity.Route, bool) {
		for _, r := range routes {
			if !a.Less(r.First) && !r.Last.Less(a) && a.BitLen() == r.First.BitLen() {
				return r, true
			}
		}
		return entity.Route{}, false
	}
	rng := rand.New(rand.NewPCG(11, 12))
	for range 100 {
		r := routes[rng.IntN(len(routes))]
		for _, a := range []netip.Addr{r.First, r.Last, r.First.Prev(), r.Last.Next()} {
			if !a.IsValid() {
				continue
			}
			want, wantOK := slow(a)
			if got, ok := table.Origin(a); got != want || ok != wantOK {
				t.Errorf("Origin(%v) = %+v, %v, want %+v, %v", a, got, ok, want, wantOK)
			}
		}
	}
}

// TestCrowdedIPv6 fills two /16 with more ranges than get an index of their
// own, many of them in one /64, which the search by upper halves cannot tell
// apart.
func TestCrowdedIPv6(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	var spans []span
	var csv strings.Builder
	for i := range 4000 {
		first := wide{0x20010db8<<32 | rng.Uint64N(4)<<48, 0}
		switch rng.IntN(3) {
		case 0:
			first.lo = rng.Uint64N(1 << 20)
		case 1:
			first.hi |= rng.Uint64N(1 << 32)
		default:
			first.hi ^= rng.Uint64N(1<<16) << 32
		}
		s := span{first: first, last: first.add(wide{0, rng.Uint64N(1 << 8)}), value: 1 + rng.Uint32N(50), order: uint32(i)}
		spans = append(spans, s)
		fmt.Fprintf(&csv, "%v,%v,%d\n", ipv6.addr(s.first), ipv6.addr(s.last), s.value)
	}
	table := buildTable(t, text(Origins, "o", csv.String()))
	if len(table.v6.value().fine) == 0 {
		t.Fatal("no second index was made; the test needs more ranges")
	}
	for _, a := range probes(rng, ipv6, spans)[:8000] {
		want, _ := originSlow(spans, a)
		if got, _ := table.OriginASN(ipv6.addr(a)); got != want {
			t.Fatalf("OriginASN(%v) = %d, want %d", ipv6.addr(a), got, want)
		}
	}
}

func TestOriginOfOddAddresses(t *testing.T) {
	table := buildTable(t, smallFiles()...)
	tests := []struct {
		name string
		addr netip.Addr
		want uint32
	}{
		{"invalid", netip.Addr{}, 0},
		{"IPv4-mapped", netip.MustParseAddr("::ffff:192.0.2.130"), 64497},
		{"with a zone", netip.MustParseAddr("2001:db8:1::5%eth0"), 64496},
		{"IPv6 with the number of an IPv4 address", netip.MustParseAddr("::c000:0201"), 0},
		{"below the first range", netip.MustParseAddr("0.0.0.0"), 0},
		{"above the last range", netip.MustParseAddr("255.255.255.255"), 0},
		{"routed to nobody", netip.MustParseAddr("203.0.113.1"), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, ok := table.Origin(tt.addr)
			if r.ASN != tt.want || ok != (tt.want != 0) {
				t.Errorf("Origin = %+v, %v, want AS%d", r, ok, tt.want)
			}
		})
	}
}

// TestConcurrentFirstUse lets many goroutines unpack the parts at once.
func TestConcurrentFirstUse(t *testing.T) {
	data := mustBuild(t)
	for range 20 {
		table := openTable(t, data)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				useTable(table)
				if err := table.Verify(); err != nil {
					t.Error(err)
				}
				if h, _ := table.Holder(64496); h.Name != "Example, Inc." {
					t.Errorf("Holder = %+v", h)
				}
			})
		}
		wg.Wait()
	}
}

func TestSearch(t *testing.T) {
	table := buildTable(t, text(NamesCSV, "n", `64500,Example Mobile
64499,EXAMPLE FIXED
64498,Beispiel ÄÖÜ Netz
64497,Mobile networks of Example
64496,Example Mobile
64495,ТЕЛЕКОМ Пример
`))
	tests := []struct {
		query string
		limit int
		want  []uint32
	}{
		{"example", 0, []uint32{64496, 64497, 64499, 64500}},
		{"EXAMPLE", 2, []uint32{64496, 64497}},
		{"mobile example", -1, []uint32{64496, 64497, 64500}},
		{"amp mob", 9, []uint32{64496, 64497, 64500}},
		{"äöü", 1, []uint32{64498}},
		{"Телеком пРИМЕР", 1, []uint32{64495}},
		{"example nowhere", 0, nil},
		{"  ", 0, nil},
	}
	for _, tt := range tests {
		var got []uint32
		for _, h := range table.Search(tt.query, tt.limit) {
			got = append(got, h.ASN)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Search(%q, %d) (-want +got):\n%s", tt.query, tt.limit, diff)
		}
	}
}

func TestPrefixes(t *testing.T) {
	tests := []struct {
		name        string
		first, last string
		want        []string
	}{
		{"one address", "192.0.2.7", "192.0.2.7", []string{"192.0.2.7/32"}},
		{"one block", "192.0.2.0", "192.0.2.255", []string{"192.0.2.0/24"}},
		{"unaligned", "192.0.2.1", "192.0.2.6", []string{"192.0.2.1/32", "192.0.2.2/31", "192.0.2.4/31", "192.0.2.6/32"}},
		{"all of IPv4", "0.0.0.0", "255.255.255.255", []string{"0.0.0.0/0"}},
		{"up to the last address", "255.255.255.254", "255.255.255.255", []string{"255.255.255.254/31"}},
		{"all of IPv6", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", []string{"::/0"}},
		{"across a /64", "2001:db8::ffff:ffff:ffff:fffe", "2001:db8:0:1::1", []string{"2001:db8::ffff:ffff:ffff:fffe/127", "2001:db8:0:1::/127"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			table := buildTable(t, text(Origins, "o", tt.first+","+tt.last+",1\n"))
			var got []string
			for p := range table.Prefixes(1) {
				got = append(got, p.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("prefixes (-want +got):\n%s", diff)
			}
		})
	}
	table := buildTable(t, text(Origins, "o", "0.0.0.1,255.255.255.254,1\n::1,ffff::,1\n"))
	for p := range table.Prefixes(1) {
		if p.String() != "0.0.0.1/32" {
			t.Errorf("first prefix = %v", p)
		}
		break
	}
	for p := range table.Prefixes(2) {
		t.Errorf("an AS number without ranges has prefix %v", p)
	}
}

// TestPrefixesCoverExactly checks random ranges: the prefixes follow each
// other without a gap, and no two neighbours are halves of one block, which
// makes them the fewest.
func TestPrefixesCoverExactly(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	for range 3000 {
		fam := []family{ipv4, ipv6}[rng.IntN(2)]
		s := randomRange(rng, fam)
		at, bits := s.first, -1
		eachPrefix(fam, s.first, s.last, func(p netip.Prefix) bool {
			w, _ := wideOf(p.Addr())
			if w != at || p != p.Masked() {
				t.Fatalf("%x-%x: prefix %v where %v begins", s.first, s.last, p, fam.addr(at))
			}
			size := wide{0, 1}.shl(uint(fam) - uint(p.Bits()))
			if p.Bits() == bits && w.sub(size).shr(uint(fam)-uint(bits)+1) == w.shr(uint(fam)-uint(bits)+1) {
				t.Fatalf("%x-%x: prefix %v and the one before it are one block", s.first, s.last, p)
			}
			at, bits = w.add(size), p.Bits()
			return true
		})
		if at != s.last.inc() {
			t.Fatalf("%x-%x: prefixes end before %x", s.first, s.last, at)
		}
	}
}

func TestManifestOfBuild(t *testing.T) {
	files := smallFiles()
	files[0].Attribution, files[1].Attribution = "by A", "by A"
	files[2].Attribution = "by B"
	day, err := entity.ParseDate("2026-06-17")
	if err != nil {
		t.Fatal(err)
	}
	files[0].Version, files[0].Source.Retrieved = "1.2.3", day
	data, rep := build(t, files...)
	table := openTable(t, data)
	m := table.Manifest()
	if diff := cmp.Diff(rep.Manifest, m, cmp.AllowUnexported(entity.Date{})); diff != "" {
		t.Errorf("manifest read back (-reported +read):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"by A", "by B"}, m.Attributions()); diff != "" {
		t.Errorf("attributions (-want +got):\n%s", diff)
	}
	if got := table.Sources()[0].Retrieved; got != day {
		t.Errorf("retrieved = %v, want %v", got, day)
	}
	if len(table.Digest()) != 64 {
		t.Errorf("digest = %q", table.Digest())
	}
}
