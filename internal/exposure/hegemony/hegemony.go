// Package hegemony computes AS hegemony: how much of the address space that is
// announced, or of that which one network announces, is reached through each
// network (Fontugne, Shah, Aben: "The (Thin) Bridges of AS Connectivity:
// Measuring Dependency Using AS Hegemony", PAM 2018).
//
// For the table of a peer j, a scope o (an origin, or all) and a network v,
//
//	BC_j(o,v) = W_j(paths to o through v) / W_j(o)
//
// where W adds up the weight of prefixes: of an IPv4 prefix its addresses less
// those of its more-specifics in that peer's table, of an IPv6 prefix 1. The
// weight of a path goes to every network on it once; the members of a set share
// it. H(o,v) is the mean of BC over the peer ASes without the lowest and the
// highest tenth. [Weigh] goes over a table once; [Weights.Global],
// [Weights.Origin] and [Weights.Origins] then give the scores.
//
// What the formula leaves open is decided as follows. A default route weighs
// nothing. Of several paths of a peer to a prefix the first counts. A prefix
// that a set of n networks announces belongs to each of their scopes with an nth
// of its weight, and in the scope of one of them the set stands for that one
// alone. With sparse, the mean of a peer AS is over its addresses that see the
// scope, and of the peer ASes those count that see it.
//
// Weights are whole numbers until the last division, so the scores do not
// depend on the order of work: they are the same bits for any number of workers.
package hegemony

import (
	"cmp"
	"iter"
	"slices"
	"sync"
)

// Score is the hegemony of a network, from 0 to 1.
type Score struct {
	ASN      uint32
	Hegemony float64
}

// Scope is the scores for a destination.
type Scope struct {
	Origin   uint32 // the network whose prefixes are the destination; 0 for all
	PeerASes int    // over how many peer ASes the mean is, before trimming
	Scores   []Score
}

// Global returns the scores for all destinations, the highest first.
func (w *Weights) Global() Scope {
	columns := make([]column, len(w.peers))
	scratch := sync.Pool{New: func() any { return newTally(len(w.table.ASNs)) }}
	w.each(len(w.peers), func(i int) {
		t := scratch.Get().(*tally)
		for _, p := range w.peers[i].paths {
			t.add(w.table.Path(p.path), p.weight, 1, -1)
		}
		columns[i] = column{peer: i, total: float64(w.peers[i].total), shares: t.take()}
		scratch.Put(t)
	})
	s := w.combine(columns)
	s.Origin = 0
	return s
}

// Origin returns the scores for the prefixes that a network announces, the
// highest first; false if no peer has one.
func (w *Weights) Origin(asn uint32) (Scope, bool) {
	network, ok := w.table.Network(asn)
	if !ok {
		return Scope{}, false
	}
	return w.origin(network, w.scopes(), newTally(len(w.table.ASNs)))
}

// Origins yields the scores for every network that announces prefixes, by AS
// number.
func (w *Weights) Origins() iter.Seq[Scope] {
	return func(yield func(Scope) bool) {
		const batch = 256 // per worker
		tallies := make([]*tally, w.workers)
		for i := range tallies {
			tallies[i] = newTally(len(w.table.ASNs))
		}
		scopes := w.scopes()
		size := batch * w.workers
		found := make([]Scope, size)
		for from := 0; from < len(w.table.ASNs); from += size {
			n := min(size, len(w.table.ASNs)-from)
			w.eachBy(n, func(worker, i int) {
				found[i], _ = w.origin(from+i, scopes, tallies[worker])
			})
			for _, s := range found[:n] {
				if s.PeerASes > 0 && !yield(s) {
					return
				}
			}
		}
	}
}

// origin returns the scores of the scope of a network.
func (w *Weights) origin(network int, s *scopes, t *tally) (Scope, bool) {
	var columns []column
	parts := s.of(network)
	for from, to := 0, 0; from < len(parts); from = to {
		peer := parts[from].peer
		var total fractions
		for ; to < len(parts) && parts[to].peer == peer; to++ {
			p := parts[to]
			total.add(0, p.parts, p.weight)
			t.add(w.table.Path(p.path), p.weight, p.parts, network)
		}
		columns = append(columns, column{peer: int(peer), total: total.sum(), shares: t.take()})
	}
	if len(columns) == 0 {
		return Scope{}, false
	}
	scope := w.combine(columns)
	scope.Origin = w.table.ASNs[network]
	return scope, true
}

// column is the view of one peer: the weight of each network, by network.
type column struct {
	peer   int // index in Weights.peers
	total  float64
	shares []share
}

type share struct {
	network uint32
	weight  float64
}

// combine makes scores of the views, which are in the order of the peers.
func (w *Weights) combine(columns []column) Scope {
	type value struct {
		network uint32
		bc      float64
	}
	var values []value // of all peer ASes, those with one network behind each other after sorting
	ases := 0
	for from, to := 0, 0; from < len(columns); from = to {
		asn := w.peers[columns[from].peer].asn
		for to < len(columns) && w.peers[columns[to].peer].asn == asn {
			to++
		}
		ases++
		views := to - from
		if !w.sparse {
			views = w.ases[asn]
		}
		start := len(values)
		for _, c := range columns[from:to] {
			for _, s := range c.shares {
				values = append(values, value{s.network, s.weight / c.total / float64(views)})
			}
		}
		if to-from > 1 { // several addresses of one AS: one value for each network
			mine := values[start:]
			slices.SortStableFunc(mine, func(a, b value) int { return cmp.Compare(a.network, b.network) })
			merged := mine[:0]
			for _, v := range mine {
				if n := len(merged); n > 0 && merged[n-1].network == v.network {
					merged[n-1].bc += v.bc
				} else {
					merged = append(merged, v)
				}
			}
			values = values[:start+len(merged)]
		}
	}
	if !w.sparse {
		ases = len(w.ases)
	}
	slices.SortFunc(values, func(a, b value) int {
		return cmp.Or(cmp.Compare(a.network, b.network), cmp.Compare(a.bc, b.bc))
	})
	scope := Scope{PeerASes: ases}
	var bcs []float64
	for from, to := 0, 0; from < len(values); from = to {
		bcs = bcs[:0]
		for to < len(values) && values[to].network == values[from].network {
			bcs = append(bcs, values[to].bc)
			to++
		}
		if h := TrimmedMean(bcs, ases); h > 0 {
			scope.Scores = append(scope.Scores, Score{w.table.ASNs[values[from].network], h})
		}
	}
	slices.SortFunc(scope.Scores, func(a, b Score) int {
		return cmp.Or(cmp.Compare(b.Hegemony, a.Hegemony), cmp.Compare(a.ASN, b.ASN))
	})
	return scope
}

// TrimmedMean returns the mean of n values without the lowest and the highest
// tenth, each rounded down. The values given are in ascending order, and those
// of the n that are not given are 0.
func TrimmedMean(ascending []float64, n int) float64 {
	if n == 0 {
		return 0
	}
	trim := n / 10
	zeros := n - len(ascending)
	sum := 0.0
	for i, v := range ascending {
		if at := zeros + i; at >= trim && at < n-trim {
			sum += v
		}
	}
	return sum / float64(n-2*trim)
}
