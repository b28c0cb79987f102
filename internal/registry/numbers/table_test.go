package numbers

import (
	"flag"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/testkit"
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
	for _, a := range []string{"1.2.3.4", "8.8.8.8", "::ffff:8.8.8.8", "202.97.0.1", "192.0.2.1", "2001:67c:2e8::1", "2001:db8::1"} {
		s, ok := table.Space(netip.MustParseAddr(a))
		fmt.Fprintf(&out, "%s: %v %q %v-%v\n", a, ok, s.Country, s.First, s.Last)
	}
	for _, s := range table.SpaceSources() {
		fmt.Fprintf(&out, "countries of space: %s\n", s.ID)
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
	testkit.Golden(t, filepath.Join("testdata", "shipped.txt"), out.String(), *update)
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
