package carrier

import (
	"testing"

	"github.com/cleannet/cleannet/internal/testkit"
)

// TestReserved holds the ranges at their ends.
func TestReserved(t *testing.T) {
	for _, tt := range []struct {
		asn  uint32
		want bool
	}{
		{0, true}, {1, false}, {4134, false}, {23455, false}, {23456, true}, {23457, false},
		{64495, false}, {64496, true}, {64511, true}, {64512, true}, {65534, true}, {65535, true},
		{65536, true}, {65551, true}, {65552, false},
		{4_199_999_999, false}, {4_200_000_000, true}, {4_294_967_295, true},
	} {
		if got := reserved(tt.asn); got != tt.want {
			t.Errorf("AS%d: got %t, want %t", tt.asn, got, tt.want)
		}
	}
}

// TestReservedMark finds the adjacencies of a real table that are nobody's, by
// their numbers.
func TestReservedMark(t *testing.T) {
	marked := 0
	for o := range collect(t, testkit.Data(t, "carrier/mrt/bview.20020722.2337.gz"), 2).Observations() {
		if o.Kind != KindAdjacency {
			continue
		}
		want := int64(0)
		for _, s := range o.Subjects {
			if asn, ok := s.ID.AS(); ok && reserved(asn) {
				want = int64(o.Count)
			}
		}
		got, ok := o.Attr(attrReserved)
		if !ok || got.Number() != want {
			t.Errorf("%v: got %d, want %d", o.Subjects, got.Number(), want)
		}
		if want > 0 {
			marked++
		}
	}
	if marked == 0 {
		t.Error("no adjacency is marked: the table has private numbers")
	}
}
