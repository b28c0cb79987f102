package hegemony_test

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// announcement is a route as the slow reference reads it.
type announcement struct {
	addr   netip.Addr // of the peer
	asn    uint32     // of the peer
	prefix netip.Prefix
	path   string // as bgpdump writes it: 1 2 {3,4}
}

// peer is an address that announces routes.
type peer struct {
	asn  uint32
	addr netip.Addr
}

// view is the table of a peer.
type view struct {
	paths   map[netip.Prefix]string
	weights map[netip.Prefix]float64
}

// parsed keeps what parse said, since a real table repeats its paths.
type parsed map[string][][]uint32

func (p parsed) of(path string) [][]uint32 {
	hops, ok := p[path]
	if !ok {
		hops = parse(path)
		p[path] = hops
	}
	return slices.Clone(hops)
}

// views sorts routes by peer; the first to a prefix counts.
func views(routes []announcement, family int) map[peer]view {
	tables := make(map[peer]view)
	for _, r := range routes {
		if (family == 1) != r.prefix.Addr().Is6() || r.prefix.Bits() == 0 || r.path == "" {
			continue
		}
		p := peer{r.asn, r.addr}
		if tables[p].paths == nil {
			tables[p] = view{paths: make(map[netip.Prefix]string)}
		}
		if _, ok := tables[p].paths[r.prefix]; !ok {
			tables[p].paths[r.prefix] = r.path
		}
	}
	for p, v := range tables {
		tables[p] = view{v.paths, slowWeights(v.paths)}
	}
	return tables
}

// slow computes hegemony straight from the formula, with nothing clever. all is
// true for the scope of everything.
func slow(tables map[peer]view, all bool, origin uint32, sparse bool) map[uint32]float64 {
	bc := make(map[peer]map[uint32]float64) // of peers that see the scope
	known := make(parsed)
	for p, table := range tables {
		sums, total := make(map[uint32]float64), 0.0
		for prefix, path := range table.paths {
			hops := known.of(path)
			last := hops[len(hops)-1]
			w := table.weights[prefix]
			if !all {
				if !slices.Contains(last, origin) {
					continue
				}
				w /= float64(len(last))
				hops[len(hops)-1] = []uint32{origin}
			}
			total += w
			shares := make(map[uint32]float64)
			for _, hop := range hops {
				for _, v := range hop {
					if len(hop) == 1 {
						shares[v] = 1
					} else if shares[v] == 0 {
						shares[v] = 1 / float64(len(hop))
					}
				}
			}
			if !all { // members of the set, other than the origin, are no way to it
				for _, v := range last {
					if v != origin && !onSequence(path, v) {
						delete(shares, v)
					}
				}
			}
			for v, s := range shares {
				sums[v] += w * s
			}
		}
		if total > 0 {
			bc[p] = make(map[uint32]float64)
			for v, s := range sums {
				bc[p][v] = s / total
			}
		}
	}
	seen := make(map[uint32]bool) // networks
	ases := make(map[uint32][]peer)
	for p := range tables {
		if _, ok := bc[p]; ok || !sparse {
			ases[p.asn] = append(ases[p.asn], p)
		}
		for v := range bc[p] {
			seen[v] = true
		}
	}
	out := make(map[uint32]float64)
	for v := range seen {
		var means []float64
		for _, peers := range ases {
			sum := 0.0
			for _, p := range peers {
				sum += bc[p][v] // absent is 0
			}
			means = append(means, sum/float64(len(peers)))
		}
		slices.Sort(means)
		trim := int(0.1 * float64(len(means)))
		kept := means[trim : len(means)-trim]
		sum := 0.0
		for _, m := range kept {
			sum += m
		}
		if h := sum / float64(len(kept)); h > 0 {
			out[v] = h
		}
	}
	return out
}

// slowWeights counts the addresses of each prefix that no other prefix of the
// table within it has: all of it, less its nearest more-specifics.
func slowWeights(table map[netip.Prefix]string) map[netip.Prefix]float64 {
	out := make(map[netip.Prefix]float64)
	shortest := 32
	for p := range table {
		shortest = min(shortest, p.Bits())
	}
	for p := range table {
		if p.Addr().Is6() {
			out[p] = 1
			continue
		}
		out[p] += float64(uint64(1) << (32 - p.Bits()))
		for bits := p.Bits() - 1; bits >= shortest; bits-- {
			up := netip.PrefixFrom(p.Addr(), bits).Masked()
			if _, ok := table[up]; ok {
				out[up] -= float64(uint64(1) << (32 - p.Bits()))
				break
			}
		}
	}
	return out
}

// parse splits a path into hops; prepends are one.
func parse(path string) [][]uint32 {
	var hops [][]uint32
	for word := range strings.FieldsSeq(path) {
		set, isSet := strings.CutPrefix(word, "{")
		var hop []uint32
		for n := range strings.SplitSeq(strings.TrimSuffix(set, "}"), ",") {
			if v := number(n); !slices.Contains(hop, v) {
				hop = append(hop, v)
			}
		}
		if n := len(hops); n > 0 && !isSet && len(hops[n-1]) == 1 && hops[n-1][0] == hop[0] {
			continue
		}
		hops = append(hops, hop)
	}
	return hops
}

func onSequence(path string, v uint32) bool {
	return slices.ContainsFunc(parse(path), func(hop []uint32) bool { return len(hop) == 1 && hop[0] == v })
}

func number(s string) uint32 {
	n := uint32(0)
	for _, c := range s {
		n = 10*n + uint32(c-'0')
	}
	return n
}

// read takes all routes from MRT data, one by one.
func read(scanner *mrt.Scanner) ([]announcement, error) {
	var out []announcement
	var walk mrt.Entries
	var path mrt.Path
	for {
		record, err := scanner.Next()
		if err != nil {
			return out, err
		}
		walk.Reset(record)
		for walk.Next() {
			e := walk.Entry()
			raw, err := mrt.FindPath(e.Attrs, e.AS4)
			if err != nil || path.Decode(raw) != nil {
				continue
			}
			out = append(out, announcement{e.Peer.Addr, e.Peer.ASN, e.Prefix, path.String()})
		}
	}
}
