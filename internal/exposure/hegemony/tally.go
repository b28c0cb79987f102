package hegemony

import (
	"cmp"
	"slices"

	"github.com/cleannet/cleannet/internal/exposure/rib"
)

// tally adds up the weight of the networks on the paths of a peer.
type tally struct {
	whole   []uint64 // by network
	touched []uint32
	rest    fractions
	plain   []uint32 // scratch
}

func newTally(networks int) *tally { return &tally{whole: make([]uint64, networks)} }

// add adds a part of a weight, one of so many, for every network on the path. In
// the scope of an origin a set that ends the path stands for that origin.
func (t *tally) add(p rib.Path, weight uint64, parts uint32, origin int) {
	if plain, ok := p.AppendPlain(t.plain[:0]); ok && parts == 1 {
		t.plain = plain
		for i, network := range plain {
			if !slices.Contains(plain[:i], network) {
				t.addWhole(network, weight)
			}
		}
		return
	}
	origins := p.Origins()
	for network, n := range p.Shares {
		if origin >= 0 && n > 1 && slices.Contains(origins, network) {
			if network != uint32(origin) {
				continue
			}
			n = 1
		}
		if d := uint32(n) * parts; d > 1 {
			t.rest.add(network, d, weight)
		} else {
			t.addWhole(network, weight)
		}
	}
}

func (t *tally) addWhole(network uint32, weight uint64) {
	if t.whole[network] == 0 {
		t.touched = append(t.touched, network)
	}
	t.whole[network] += weight
}

// take returns the sums by network and empties the tally.
func (t *tally) take() []share {
	out := make([]share, 0, len(t.touched))
	slices.Sort(t.touched)
	for _, network := range t.touched {
		out = append(out, share{network, float64(t.whole[network])})
		t.whole[network] = 0
	}
	t.touched = t.touched[:0]
	if len(t.rest.list) == 0 {
		return out
	}
	for _, f := range t.rest.merge() {
		out = append(out, share{f.network, float64(f.weight) / float64(f.parts)})
	}
	t.rest.list = t.rest.list[:0]
	slices.SortStableFunc(out, func(a, b share) int { return cmp.Compare(a.network, b.network) })
	merged := out[:0]
	for _, s := range out {
		if n := len(merged); n > 0 && merged[n-1].network == s.network {
			merged[n-1].weight += s.weight
		} else {
			merged = append(merged, s)
		}
	}
	return merged
}

// fractions adds up parts of weights without rounding.
type fractions struct{ list []fraction }

type fraction struct {
	network, parts uint32
	weight         uint64
}

func (f *fractions) add(network, parts uint32, weight uint64) {
	if n := len(f.list); n > 0 && f.list[n-1].network == network && f.list[n-1].parts == parts {
		f.list[n-1].weight += weight
		return
	}
	f.list = append(f.list, fraction{network, parts, weight})
}

// merge sorts the list and adds up what is of one network and has one divisor.
func (f *fractions) merge() []fraction {
	slices.SortFunc(f.list, func(a, b fraction) int {
		return cmp.Or(cmp.Compare(a.network, b.network), cmp.Compare(a.parts, b.parts))
	})
	merged := f.list[:0]
	for _, x := range f.list {
		if n := len(merged); n > 0 && merged[n-1].network == x.network && merged[n-1].parts == x.parts {
			merged[n-1].weight += x.weight
		} else {
			merged = append(merged, x)
		}
	}
	f.list = merged
	return merged
}

// sum returns the sum of all.
func (f *fractions) sum() float64 {
	total := 0.0
	for _, x := range f.merge() {
		total += float64(x.weight) / float64(x.parts)
	}
	return total
}
