package numbers

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
