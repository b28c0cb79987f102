package enforce

import (
	"encoding/binary"
	"maps"
	"math"
	"net/netip"
	"slices"
)

// Cut is a way of cutting whose cost is to be known.
type Cut struct {
	Name  string
	Tests []Test
}

// Figures is what a cut loses of a routing table.
type Figures struct {
	Cut
	Routes, RoutesLost     int // entries of the table: a prefix as one peer has it
	Prefixes, PrefixesLost int // a prefix is lost when no peer has a route left
	// Addresses of IPv4 that some route of the table covers, and those that no
	// route left covers.
	Addresses, AddressesLost uint64
	Origins, OriginsLost     int // an origin is lost when each of its prefixes is
	Protected                []netip.Prefix
}

// Share is the share of the prefixes that is lost.
func (f *Figures) Share() float64 {
	if f.Prefixes == 0 {
		return 0
	}
	return float64(f.PrefixesLost) / float64(f.Prefixes)
}

// Cuts returns the cuts to compare: all denied numbers at each level alone,
// and last what the policy asks.
func (r *Routes) Cuts() []Cut {
	numbers := make(map[uint32]bool)
	for _, s := range r.Denied {
		for _, m := range s.Members {
			numbers[m.AS] = true
		}
	}
	var out []Cut
	for _, l := range []Level{Origin, Direct, Transit, Any} {
		out = append(out, Cut{l.String(), []Test{Numbers(l, numbers)}})
	}
	return append(out, Cut{"policy", r.Tests("")})
}

// Meter adds up what cuts lose of the routes that it is shown. Its memory grows
// with the number of distinct prefixes. It is used by one goroutine.
type Meter struct {
	cuts    []Cut
	protect func(*Route) bool
	figures []Figures
	left    map[netip.Prefix]uint32 // the cuts, as bits, that leave a route
	keep    map[netip.Prefix]bool   // prefixes that must not be lost
	origins map[uint32]uint32
}

// NewMeter returns a meter for at most 32 cuts. Protect, which may be nil,
// tells the routes whose prefixes must not be lost.
func NewMeter(protect func(*Route) bool, cuts ...Cut) *Meter {
	m := &Meter{
		cuts: cuts, protect: protect, figures: make([]Figures, len(cuts)),
		left: make(map[netip.Prefix]uint32), keep: make(map[netip.Prefix]bool), origins: make(map[uint32]uint32),
	}
	for i, c := range cuts {
		m.figures[i].Cut = c
	}
	return m
}

// Add takes a route of the table.
func (m *Meter) Add(r *Route) {
	left := uint32(math.MaxUint32)
	for i := range m.cuts {
		m.figures[i].Routes++
		if AnyOf(m.cuts[i].Tests)(r) {
			m.figures[i].RoutesLost++
			left &^= 1 << i
		}
	}
	m.left[r.Prefix] |= left
	if m.protect != nil && m.protect(r) {
		m.keep[r.Prefix] = true
	}
	if n := len(r.Path); n > 0 {
		for _, origin := range r.Path[n-1] {
			m.origins[origin] |= left
		}
	}
}

// Figures returns the result for each cut, in their order.
func (m *Meter) Figures() []Figures {
	prefixes := slices.SortedFunc(maps.Keys(m.left), comparePrefixes)
	out := slices.Clone(m.figures)
	for i := range out {
		f := &out[i]
		f.Prefixes, f.Origins = len(m.left), len(m.origins)
		for _, left := range m.origins {
			if left&(1<<i) == 0 {
				f.OriginsLost++
			}
		}
		remain := make([]netip.Prefix, 0, len(prefixes))
		for _, p := range prefixes {
			if m.left[p]&(1<<i) != 0 {
				remain = append(remain, p)
				continue
			}
			f.PrefixesLost++
			if m.keep[p] {
				f.Protected = append(f.Protected, p)
			}
		}
		f.Addresses = addresses(prefixes)
		f.AddressesLost = f.Addresses - addresses(remain)
	}
	return out
}

// addresses counts the IPv4 addresses that sorted prefixes cover. The default
// route does not count: it would cover everything.
func addresses(sorted []netip.Prefix) uint64 {
	var total, end uint64 // end is the first address beyond what was counted
	for _, p := range sorted {
		if !p.Addr().Is4() || p.Bits() == 0 {
			continue
		}
		a := p.Addr().As4()
		begin := uint64(binary.BigEndian.Uint32(a[:]))
		stop := begin + 1<<(32-p.Bits())
		if stop > end {
			total += stop - max(begin, end)
			end = stop
		}
	}
	return total
}

// Guard is what a cut may cost.
type Guard struct {
	MaxShare float64 // of the prefixes, 0.01 for one of a hundred
}

// Refuses reports whether a cut costs too much.
func (g Guard) Refuses(f *Figures) bool {
	return f.Share() > g.MaxShare || len(f.Protected) > 0
}
