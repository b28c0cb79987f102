package carrier

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// TestFactsEqualSightings holds what a path shows one by one against what the
// readers of tables count.
func TestFactsEqualSightings(t *testing.T) {
	names := []string{isAdjacency: KindAdjacency, isOrigin: KindOrigin, isTransit: KindTransit}
	for _, raw := range [][]byte{
		{2, 1, 0, 1},
		{2, 5, 0, 1, 0, 1, 0, 2, 0, 3, 0, 3},
		{2, 3, 0, 1, 0, 2, 0, 1},
		{2, 2, 0, 1, 0, 2, 1, 2, 0, 3, 0, 2},
		{3, 1, 0, 9, 2, 2, 0, 1, 0, 2, 2, 1, 0, 3},
	} {
		var path mrt.Path
		if err := path.Decode(mrt.RawPath{ASPath: raw}); err != nil {
			t.Fatal(err)
		}
		table := newPathTable()
		table.queue.begin(place{})
		peer := mrt.Peer{ASN: 1}
		table.told(&peer, netip.MustParsePrefix("192.0.2.0/24"), mrt.RawPath{ASPath: raw})
		table.drain()
		table.finish()
		want := []Fact{}
		for kind := range table.shown {
			for _, s := range table.shown[kind].all {
				f := Fact{Kind: names[kind], Left: uint32(s.networks)}
				if kind == isAdjacency {
					f.Left, f.Right = uint32(s.networks>>32), uint32(s.networks)
				}
				want = append(want, f)
			}
		}
		got := AppendFacts([]Fact{{Kind: "before"}}, &path)
		slices.SortFunc(got[1:], func(a, b Fact) int {
			return cmp.Or(strings.Compare(a.Kind, b.Kind), cmp.Compare(a.Left, b.Left), cmp.Compare(a.Right, b.Right))
		})
		if diff := gocmp.Diff(want, slices.Clone(got[1:])); diff != "" {
			t.Errorf("path %v (-sightings +facts):\n%s", raw, diff)
		}
	}
}
