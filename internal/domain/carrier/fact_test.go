package carrier

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// TestFactsEqualSightings holds what a path shows one by one against what the
// readers of tables count.
func TestFactsEqualSightings(t *testing.T) {
	kinds := []string{isAdjacency: KindAdjacency, isOrigin: KindOrigin, isTransit: KindTransit}
	for _, raw := range [][]byte{
		nil,
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
		g := newSightings()
		want := []Fact{}
		for _, no := range g.of(nil, &path) {
			p := g.all.at(no).pair
			want = append(want, Fact{kinds[p.kind], p.left, p.right})
		}
		got := AppendFacts([]Fact{{Kind: "before"}}, &path)
		if diff := cmp.Diff(want, slices.Clone(got[1:])); diff != "" {
			t.Errorf("path %v (-sightings +facts):\n%s", raw, diff)
		}
	}
}
