package carrier

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMasks compares sets of few, many and very many peers with plain maps.
func TestMasks(t *testing.T) {
	const owners, peers = 20, 64 * 40
	random := rand.New(rand.NewPCG(1, 2))
	var m masks
	var sets [owners]peerMask
	var want [owners]map[uint32]bool
	for owner := range uint32(owners) {
		want[owner] = make(map[uint32]bool)
	}
	for range 20_000 {
		owner := random.Uint32N(owners)
		peer := random.Uint32N(1 + owner*peers/(owners-1))
		m.add(owner, &sets[owner], peer)
		want[owner][peer] = true
	}
	for owner := range sets {
		var got []uint32
		for part := range m.parts(&sets[owner]) {
			got = slices.AppendSeq(got, part.peers)
		}
		slices.Sort(got)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(want[owner])), got); diff != "" {
			t.Errorf("owner %d (-map +set):\n%s", owner, diff)
		}
	}
	if len(m.index) == 0 {
		t.Error("no set was large enough for the index")
	}
}
