package numbers

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/entity"
)

// TestShippedTableAgainstReference compares lookups near the ends of random
// ranges with a walk over all routes.
func TestShippedTableAgainstReference(t *testing.T) {
	table := openTable(t, snapshot(t))
	routes := slices.Collect(table.Routes())
	slow := func(a netip.Addr) (entity.Route, bool) {
		for _, r := range routes {
			if !a.Less(r.First) && !r.Last.Less(a) && a.BitLen() == r.First.BitLen() {
				return r, true
			}
		}
		return entity.Route{}, false
	}
	rng := rand.New(rand.NewPCG(11, 12))
	for range 40 {
		r := routes[rng.IntN(len(routes))]
		for _, a := range []netip.Addr{r.First, r.Last, r.First.Prev(), r.Last.Next()} {
			if !a.IsValid() {
				continue
			}
			want, wantOK := slow(a)
			if got, ok := table.Origin(a); got != want || ok != wantOK {
				t.Errorf("Origin(%v) = %+v, %v, want %+v, %v", a, got, ok, want, wantOK)
			}
		}
	}
}

// TestCrowdedIPv6 fills two /16 with more ranges than get an index of their
// own, many of them in one /64, which the search by upper halves cannot tell
// apart.
func TestCrowdedIPv6(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	var spans []span
	var csv strings.Builder
	for i := range 4000 {
		first := wide{0x20010db8<<32 | rng.Uint64N(4)<<48, 0}
		switch rng.IntN(3) {
		case 0:
			first.lo = rng.Uint64N(1 << 20)
		case 1:
			first.hi |= rng.Uint64N(1 << 32)
		default:
			first.hi ^= rng.Uint64N(1<<16) << 32
		}
		s := span{first: first, last: first.add(wide{0, rng.Uint64N(1 << 8)}), value: 1 + rng.Uint32N(50), order: uint32(i)}
		spans = append(spans, s)
		fmt.Fprintf(&csv, "%v,%v,%d\n", ipv6.addr(s.first), ipv6.addr(s.last), s.value)
	}
	table := buildTable(t, text(Origins, "o", csv.String()))
	if len(table.v6.value().fine) == 0 {
		t.Fatal("no second index was made; the test needs more ranges")
	}
	for _, a := range probes(rng, ipv6, spans)[:8000] {
		want, _ := originSlow(spans, a)
		if got, _ := table.OriginASN(ipv6.addr(a)); got != want {
			t.Fatalf("OriginASN(%v) = %d, want %d", ipv6.addr(a), got, want)
		}
	}
}

// TestTableAgainstReference builds tables of random ranges, which overlap,
// touch and reach the ends of both families, and compares every lookup with
// the definition.
func TestTableAgainstReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 60 {
		var spans [2][]span
		var csv strings.Builder
		for i, fam := range []family{ipv4, ipv6} {
			for n := range 1 + rng.IntN(60) {
				s := randomRange(rng, fam)
				s.order = uint32(n)
				spans[i] = append(spans[i], s)
				csv.WriteString(fam.addr(s.first).String() + "," + fam.addr(s.last).String() + "," + strconv.Itoa(int(s.value)) + ",n\n")
			}
		}
		table := buildTable(t, text(Origins, "o", csv.String()))
		for i, fam := range []family{ipv4, ipv6} {
			for _, a := range probes(rng, fam, spans[i]) {
				addr := fam.addr(a)
				want, wantOK := originSlow(spans[i], a)
				got, ok := table.Origin(addr)
				asn, asnOK := table.OriginASN(addr)
				if ok != wantOK || got.ASN != want || asn != got.ASN || asnOK != ok {
					t.Fatalf("Origin(%v) = %+v, %v and %d, %v, want %d, %v\n%s", addr, got, ok, asn, asnOK, want, wantOK, csv.String())
				}
				if ok && (addr.Less(got.First) || got.Last.Less(addr)) {
					t.Fatalf("Origin(%v) = %+v, which does not hold it", addr, got)
				}
			}
		}
	}
}

// randomRange returns a range somewhere in the family, or near an end of it,
// or in a crowd of small ones.
func randomRange(rng *rand.Rand, fam family) span {
	var first wide
	switch rng.IntN(4) {
	case 0:
		first = randomWide(rng)
	case 1:
		first = fam.max().sub(wide{0, rng.Uint64N(1 << 16)})
	default:
		first = wide{0, rng.Uint64N(1 << 10)}
		if fam == ipv6 {
			first.hi = 0x20010db8<<32 + rng.Uint64N(3)
		}
	}
	size := wide{0, rng.Uint64N(1 << 9)}
	if rng.IntN(4) == 0 {
		size = wide{1<<64 - 1, 1<<64 - 1}.shr(128 - uint(fam) + rng.UintN(uint(fam)))
	}
	if fam == ipv4 {
		first.hi, first.lo = 0, first.lo&(1<<32-1)
	}
	last := first.add(size)
	if last.less(first) || fam.max().less(last) {
		last = fam.max()
	}
	return span{first: first, last: last, value: 1 + rng.Uint32N(5)}
}

// probes returns the ends of the spans, their neighbours, and random addresses.
func probes(rng *rand.Rand, fam family, spans []span) []wide {
	out := []wide{{}, fam.max()}
	for _, s := range spans {
		for _, a := range []wide{s.first, s.last, s.first.dec(), s.last.inc(), randomRange(rng, fam).first} {
			if !fam.max().less(a) {
				out = append(out, a)
			}
		}
	}
	return out
}
