package exposure

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cleannet/cleannet/internal/exposure/hegemony"
	"github.com/cleannet/cleannet/internal/exposure/relationship"
)

// asTrans stands for an AS number of four bytes where two are room (RFC 6793).
const asTrans = 23456

// Influences returns the country-level transit influence (CTI) of the networks
// that carry a country's space, for some countries: Gamero-Garrido et al.,
// "Quantifying Nations' Exposure to Traffic Observation and Selective Tampering",
// PAM 2022. For a transit network t and a country C,
//
//	CTI(t,C) = sum over monitors m of w(m) · sum over prefixes p with t on the
//	           path from m of a(p,C)/A(C) · 1/d(t,p)
//
// where w(m) is 1 over the number of monitors in the same AS, a(p,C) the
// addresses of p in C that no more-specific has, A(C) all of C and d the hops
// from the origin, 1 for its provider. Monitors are the accepted peers with a full
// IPv4 table whose AS is not of C. Of a path, what lies before its first link
// from a provider to a customer is cut off; one without such a link, with AS23456
// or with a set does not count, and the monitor's AS gets no credit. For each
// origin and transit network the lowest and the highest tenth of the monitors'
// ASes are left out, and the sum is divided by the number of those that remain,
// so that CTI lies between 0 and 1. The largest come first.
func (m *Measure) Influences(book *relationship.Book, codes []string, workers int) map[string][]Influence {
	in := &influence{Measure: m, book: book}
	in.index()
	found := make([][]Influence, len(codes))
	var next atomic.Int64
	var wg sync.WaitGroup
	in.cutAll(max(workers, 1))
	for range max(workers, 1) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(codes); i = int(next.Add(1)) - 1 {
				found[i] = in.country(codeOf(codes[i]))
			}
		})
	}
	wg.Wait()
	out := make(map[string][]Influence, len(codes))
	for i, code := range codes {
		out[code] = found[i]
	}
	return out
}

// influence is the state of Influences.
type influence struct {
	*Measure
	book   *relationship.Book
	starts [countries + 1]uint32 // of each country's prefixes in held
	held   []holding
	cut    []uint8 // by path: hop from which it counts, plus one; 0 if it does not
}

// holding is what a country has in a prefix.
type holding struct {
	prefix    uint32
	addresses uint64
}

// index sorts the pieces of prefixes by country, by counting.
func (in *influence) index() {
	for _, p := range in.shares.pieces {
		in.starts[p.country+1]++
	}
	for c := range countries {
		in.starts[c+1] += in.starts[c]
	}
	in.held = make([]holding, len(in.shares.pieces))
	next := in.starts
	for i := range in.table.Prefixes() {
		for _, p := range in.shares.of(i) {
			in.held[next[p.country]] = holding{uint32(i), p.addresses}
			next[p.country]++
		}
	}
}

// cutAll looks for the first link from a provider to a customer on every path.
func (in *influence) cutAll(workers int) {
	in.cut = make([]uint8, in.table.PathCount())
	trans, hasTrans := in.table.Network(asTrans)
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() {
			var path []uint32
			for no := k; no < len(in.cut); no += workers {
				var ok bool
				path, ok = in.table.Path(uint32(no)).AppendPlain(path[:0])
				if !ok || len(path) > math.MaxUint8 || hasTrans && slices.Contains(path, uint32(trans)) {
					continue
				}
				for i := 0; i+1 < len(path); i++ {
					kind, _ := in.book.Between(in.table.ASNs[path[i]], in.table.ASNs[path[i+1]])
					if kind == relationship.Provider {
						in.cut[no] = uint8(i) + 1
						break
					}
				}
			}
		})
	}
	wg.Wait()
}

// monitored is a path as a monitor uses it, with the country's addresses behind.
type monitored struct{ peer, path uint32 }

// credit is a part of the influence of a transit network: addresses of an
// origin, seen by a monitor's AS, at a distance.
type credit struct {
	origin, transit, host uint32
	distance              uint8
	addresses             uint64
}

// country returns the influences on a country.
func (in *influence) country(c country) []Influence {
	all := in.places.totals[c]
	if c == 0 || all == 0 {
		return nil
	}
	monitors, hosts := in.monitors(c)
	if len(hosts) == 0 {
		return nil
	}
	sums := make(map[monitored]uint64)
	last := make([]uint32, len(in.table.Peers)) // first route of a peer to a prefix
	for _, h := range in.held[in.starts[c]:in.starts[c+1]] {
		for routes := range in.table.Routes(int(h.prefix)) {
			for _, r := range routes {
				if monitors[r.Peer] && last[r.Peer] != h.prefix+1 {
					last[r.Peer] = h.prefix + 1
					if in.cut[r.Path] != 0 {
						sums[monitored{r.Peer, r.Path}] += h.addresses
					}
				}
			}
		}
	}
	return in.weigh(in.credits(sums), hosts, float64(all))
}

// monitors returns which peers are monitors of a country, and how many each of
// their ASes has.
func (in *influence) monitors(c country) ([]bool, map[uint32]int) {
	// The roll knows all peers already, so asking it here writes nothing.
	monitors, hosts := make([]bool, len(in.table.Peers)), make(map[uint32]int)
	for i, p := range in.table.Peers {
		if in.full[0][i] && codeOf(in.roll.Network(p.ASN).Country) != c {
			monitors[i] = true
			hosts[p.ASN]++
		}
	}
	return monitors, hosts
}

// credits gives every transit network on the paths its due, in whole addresses.
func (in *influence) credits(sums map[monitored]uint64) []credit {
	var out []credit
	var path []uint32
	for key, addresses := range sums {
		path, _ = in.table.Path(key.path).AppendPlain(path[:0])
		host, origin := in.table.Peers[key.peer].ASN, path[len(path)-1]
		for i := len(path) - 2; i >= int(in.cut[key.path])-1; i-- {
			if slices.Contains(path[i+1:], path[i]) || in.table.ASNs[path[i]] == host {
				continue // counted at its place nearest to the origin, or the host itself
			}
			out = append(out, credit{origin, path[i], host, uint8(len(path) - 1 - i), addresses})
		}
	}
	slices.SortFunc(out, func(a, b credit) int {
		return cmp.Or(cmp.Compare(a.origin, b.origin), cmp.Compare(a.transit, b.transit),
			cmp.Compare(a.host, b.host), cmp.Compare(a.distance, b.distance))
	})
	merged := out[:0]
	for _, c := range out {
		n := len(merged)
		if n > 0 && merged[n-1].same(&c) && merged[n-1].host == c.host && merged[n-1].distance == c.distance {
			merged[n-1].addresses += c.addresses
		} else {
			merged = append(merged, c)
		}
	}
	return merged
}

func (c *credit) same(o *credit) bool { return c.origin == o.origin && c.transit == o.transit }

// weigh adds up credits, which come sorted.
func (in *influence) weigh(credits []credit, hosts map[uint32]int, all float64) []Influence {
	cti := make(map[uint32]float64)
	var values []float64 // of one origin and transit network, by monitor's AS
	for from, to := 0, 0; from < len(credits); from = to {
		values = values[:0]
		for to < len(credits) && credits[to].same(&credits[from]) {
			host, sum := credits[to].host, 0.0
			for ; to < len(credits) && credits[to].same(&credits[from]) && credits[to].host == host; to++ {
				sum += float64(credits[to].addresses) / float64(credits[to].distance)
			}
			values = append(values, sum/all/float64(hosts[host]))
		}
		slices.Sort(values)
		cti[credits[from].transit] += hegemony.TrimmedMean(values, len(hosts))
	}
	var out []Influence
	for network, v := range cti {
		if v > 0 {
			n := in.networks[network]
			out = append(out, Influence{n.ASN, n.Name, n.Company, n.Standing.String(), v})
		}
	}
	slices.SortFunc(out, func(a, b Influence) int {
		return cmp.Or(cmp.Compare(b.CTI, a.CTI), cmp.Compare(a.ASN, b.ASN))
	})
	return out
}
