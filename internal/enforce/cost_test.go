package enforce_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cleannet/cleannet/internal/enforce"
)

func TestMeter(t *testing.T) {
	barred := map[uint32]bool{4134: true}
	m := enforce.NewMeter(
		func(r *enforce.Route) bool { return r.Prefix == netip.MustParsePrefix("198.51.100.0/24") },
		enforce.Cut{Name: "any", Tests: []enforce.Test{enforce.Numbers(enforce.Any, barred)}},
		enforce.Cut{Name: "origin", Tests: []enforce.Test{enforce.Numbers(enforce.Origin, barred)}},
	)
	for _, r := range [][2]string{
		{"192.0.2.0/24", "64511 4134"}, {"192.0.2.0/24", "64510 4134"}, // lost at both levels
		{"192.0.2.0/23", "64511 64500"},       // but its addresses are still covered
		{"198.51.100.0/24", "64511 4134 1"},   // lost as transit, and protected
		{"203.0.113.0/24", "64511 4134 2"},    // has another path
		{"203.0.113.0/24", "64510 2"},         //
		{"2001:db8::/32", "64511 {4134,3}"},   // a set that ends the path
		{"0.0.0.0/0", "64511 4134"},           // covers no address of its own
		{"203.0.113.128/25", "64511 4134 64"}, // lies in one that is left
	} {
		path, err := enforce.ParsePath(r[1])
		if err != nil {
			t.Fatal(err)
		}
		m.Add(&enforce.Route{Prefix: netip.MustParsePrefix(r[0]), Path: path})
	}
	want := []enforce.Figures{
		{Routes: 9, RoutesLost: 7, Prefixes: 7, PrefixesLost: 5, Addresses: 512 + 256 + 256, AddressesLost: 256,
			Origins: 6, OriginsLost: 4, Protected: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}},
		{Routes: 9, RoutesLost: 4, Prefixes: 7, PrefixesLost: 3, Addresses: 1024, Origins: 6, OriginsLost: 2},
	}
	got := m.Figures()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(enforce.Figures{}, "Cut"), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
	if g := (enforce.Guard{MaxShare: 0.99}); !g.Refuses(&got[0]) || g.Refuses(&got[1]) {
		t.Error("the guard must refuse for a protected prefix alone")
	}
	if g := (enforce.Guard{MaxShare: 0.4}); !g.Refuses(&got[1]) {
		t.Error("the guard must refuse 3 of 7 prefixes at 40 %")
	}
}
