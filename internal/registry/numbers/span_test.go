package numbers

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var compareSpans = cmp.AllowUnexported(span{}, wide{})

// low makes a span of small numbers.
func low(first, last uint64, value uint32) span {
	return span{first: wide{0, first}, last: wide{0, last}, value: value}
}

func TestFlatten(t *testing.T) {
	top := ipv6.max()
	tests := []struct {
		name         string
		in           []span
		want         []span
		wantOverlaps int
	}{
		{name: "nothing"},
		{
			name: "apart, out of order",
			in:   []span{low(20, 29, 2), low(0, 9, 1)},
			want: []span{low(0, 9, 1), low(20, 29, 2)},
		},
		{
			name: "neighbours of one value are joined",
			in:   []span{low(0, 9, 1), low(10, 19, 1), low(20, 29, 2)},
			want: []span{low(0, 19, 1), low(20, 29, 2)},
		},
		{
			name:         "a range inside another wins",
			in:           []span{low(0, 99, 1), low(10, 19, 2)},
			want:         []span{low(0, 9, 1), low(10, 19, 2), low(20, 99, 1)},
			wantOverlaps: 1,
		},
		{
			name:         "three deep, the middle goes on after the innermost",
			in:           []span{low(0, 99, 1), low(10, 49, 2), low(20, 29, 3)},
			want:         []span{low(0, 9, 1), low(10, 19, 2), low(20, 29, 3), low(30, 49, 2), low(50, 99, 1)},
			wantOverlaps: 2,
		},
		{
			name:         "a covered range that ends unseen",
			in:           []span{low(0, 99, 1), low(10, 12, 2), low(11, 11, 3)},
			want:         []span{low(0, 9, 1), low(10, 10, 2), low(11, 11, 3), low(12, 12, 2), low(13, 99, 1)},
			wantOverlaps: 2,
		},
		{
			name:         "of ranges that cross, the one of fewer addresses wins",
			in:           []span{low(0, 20, 1), low(15, 25, 2)},
			want:         []span{low(0, 14, 1), low(15, 25, 2)},
			wantOverlaps: 1,
		},
		{
			name:         "of equal ranges that cross, the later start wins",
			in:           []span{low(0, 9, 1), low(5, 14, 2)},
			want:         []span{low(0, 4, 1), low(5, 14, 2)},
			wantOverlaps: 1,
		},
		{
			name:         "of the same range twice, the first given wins",
			in:           []span{low(0, 9, 7), low(0, 9, 2)},
			want:         []span{low(0, 9, 7)},
			wantOverlaps: 1,
		},
		{
			name: "the whole IPv6 space and its last address",
			in: []span{
				{last: top, value: 1},
				{first: top, last: top, value: 2},
			},
			want: []span{
				{last: top.dec(), value: 1},
				{first: top, last: top, value: 2},
			},
			wantOverlaps: 1,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.in {
				tt.in[i].order = uint32(i)
			}
			got, overlaps := flatten(tt.in)
			if diff := cmp.Diff(tt.want, got, compareSpans); diff != "" {
				t.Errorf("flatten (-want +got):\n%s", diff)
			}
			if overlaps != tt.wantOverlaps {
				t.Errorf("overlaps = %d, want %d", overlaps, tt.wantOverlaps)
			}
		})
	}
}

// originSlow is the definition of what flatten must give: it looks at every
// span. It is the reference for flatten and for the lookups.
func originSlow(spans []span, a wide) (uint32, bool) {
	var best *span
	for i := range spans {
		s := &spans[i]
		if a.less(s.first) || s.last.less(a) {
			continue
		}
		if best == nil || moreSpecific(*s, *best) {
			best = s
		}
	}
	if best == nil {
		return 0, false
	}
	return best.value, true
}

func TestFlattenAgainstReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		spans := randomSpans(rng, rng.IntN(12), 64)
		flat, _ := flatten(append([]span(nil), spans...))
		for i := 1; i < len(flat); i++ {
			a, b := flat[i-1], flat[i]
			if !a.last.less(b.first) || a.value == b.value && a.last.inc() == b.first {
				t.Fatalf("spans %+v give %+v and %+v, which overlap or are not joined", spans, a, b)
			}
		}
		for n := range uint64(70) {
			want, wantOK := originSlow(spans, wide{0, n})
			got, ok := originSlow(flat, wide{0, n})
			if got != want || ok != wantOK {
				t.Fatalf("spans %+v: address %d has %d, %v, want %d, %v", spans, n, got, ok, want, wantOK)
			}
		}
	}
}

// randomSpans returns n spans of few values below limit, so that they overlap,
// touch and repeat.
func randomSpans(rng *rand.Rand, n int, limit uint64) []span {
	spans := make([]span, n)
	for i := range spans {
		first := rng.Uint64N(limit)
		spans[i] = low(first, first+rng.Uint64N(limit-first), 1+rng.Uint32N(4))
		spans[i].order = uint32(i)
	}
	return spans
}
