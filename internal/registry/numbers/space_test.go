package numbers

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSpaceAgainstReference compares the countries of random ranges, which
// overlap and touch, with the definition.
func TestSpaceAgainstReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	for range 30 {
		var spans [2][]span
		var csv strings.Builder
		for i, fam := range []family{ipv4, ipv6} {
			for n := range 1 + rng.IntN(40) {
				s := randomRange(rng, fam)
				s.order = uint32(n)
				spans[i] = append(spans[i], s)
				fmt.Fprintf(&csv, "%v,%v,%v\n", fam.addr(s.first), fam.addr(s.last), country(s.value))
			}
		}
		table := buildTable(t, text(Countries, "c", csv.String()))
		if err := table.Verify(); err != nil {
			t.Fatal(err)
		}
		for i, fam := range []family{ipv4, ipv6} {
			for _, a := range probes(rng, fam, spans[i]) {
				addr := fam.addr(a)
				value, wantOK := originSlow(spans[i], a)
				want := country(value).String()
				got, ok := table.Space(addr)
				if ok != wantOK || got.Country != want || ok && (addr.Less(got.First) || got.Last.Less(addr)) {
					t.Fatalf("Space(%v) = %+v, %v, want %q, %v\n%s", addr, got, ok, want, wantOK, csv.String())
				}
			}
		}
	}
}

// Spaces lists the same ranges that Space finds, in order.
func TestSpaces(t *testing.T) {
	table := buildTable(t, text(Countries, "c", "203.0.113.0,203.0.113.255,DE\n192.0.2.0,192.0.2.255,NL\n2001:db8::,2001:db8::ffff,DE\n"))
	var got []string
	for s := range table.Spaces() {
		if found, ok := table.Space(s.Last); !ok || found != s {
			t.Errorf("Space(%v) is %+v, want %+v", s.Last, found, s)
		}
		got = append(got, fmt.Sprintf("%v %v %s", s.First, s.Last, s.Country))
	}
	want := []string{"192.0.2.0 192.0.2.255 NL", "203.0.113.0 203.0.113.255 DE", "2001:db8:: 2001:db8::ffff DE"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for s := range table.Spaces() {
		if s.Country != "NL" {
			t.Errorf("the first is %+v", s)
		}
		break // which must be possible
	}
}

func TestSpaceOfOddAddresses(t *testing.T) {
	table := buildTable(t, text(Countries, "c", "192.0.2.0,192.0.2.255,NL\n2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,DE\n"))
	for _, tc := range []struct {
		name string
		addr netip.Addr
		want string
	}{
		{"invalid", netip.Addr{}, ""},
		{"IPv4", netip.MustParseAddr("192.0.2.9"), "NL"},
		{"IPv4-mapped", netip.MustParseAddr("::ffff:192.0.2.9"), "NL"},
		{"IPv6 with a zone", netip.MustParseAddr("2001:db8::1%eth0"), "DE"},
		{"IPv6 with the number of an IPv4 address", netip.MustParseAddr("::c000:0201"), ""},
		{"of nobody", netip.MustParseAddr("203.0.113.1"), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, ok := table.Space(tc.addr); got.Country != tc.want || ok != (tc.want != "") {
				t.Errorf("got %+v, %v, want %q", got, ok, tc.want)
			}
		})
	}
}
