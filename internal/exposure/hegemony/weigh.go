package hegemony

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cleannet/cleannet/internal/exposure/rib"
)

// Weights is the weight of each path in the table of each peer, for one address
// family. It is immutable and safe for concurrent use.
type Weights struct {
	table   *rib.Table
	family  int
	workers int
	sparse  bool
	peers   []peer
	ases    map[uint32]int // addresses of each peer AS

	once  sync.Once
	byNet *scopes // made when first asked for
}

// peer is a peer that has routes of the family.
type peer struct {
	asn   uint32
	total uint64
	paths []weighted
}

type weighted struct {
	path   uint32
	weight uint64
}

// Options say how to weigh. The zero value is IPv4, all peers, one worker.
type Options struct {
	Family  int  // 0 for IPv4, 1 for IPv6
	Sparse  bool // of the peer ASes, those count that see the scope
	Workers int
}

// Weigh adds up the weights of the prefixes by peer and path.
func Weigh(t *rib.Table, o Options) *Weights {
	w := &Weights{table: t, family: o.Family, sparse: o.Sparse, workers: max(o.Workers, 1), ases: make(map[uint32]int)}
	peerAt := make([]int, len(t.Peers)) // index in w.peers
	for i, p := range t.Peers {
		peerAt[i] = -1
		if p.Routes[o.Family] > 0 {
			peerAt[i] = len(w.peers)
			w.peers = append(w.peers, peer{asn: p.ASN})
			w.ases[p.ASN]++
		}
	}
	sums := newPathSums(t.PathCount(), w.workers)
	w.each(w.workers, func(k int) { w.sweep(sums, k) })
	for no := range sums.owner {
		if weight := sums.weight[no]; weight > 0 {
			p := &w.peers[peerAt[sums.owner[no].Load()-1]]
			p.paths = append(p.paths, weighted{uint32(no), weight})
		}
	}
	for _, more := range sums.more {
		for key, weight := range more {
			p := &w.peers[peerAt[key.peer]]
			p.paths = append(p.paths, weighted{key.path, weight})
		}
	}
	for i := range w.peers {
		for _, p := range w.peers[i].paths {
			w.peers[i].total += p.weight
		}
	}
	return w
}

// pathSums adds up weights by peer and path. Almost every path has one peer, the
// network that stands first on it, so a sum for each path is nearly all. The
// peer that meets a path first owns the sum; the others of one network that has
// several addresses keep theirs in a map. Each peer is of one worker, so only
// the claim needs an atomic.
type pathSums struct {
	owner  []atomic.Uint32 // peer plus one
	weight []uint64
	more   []map[peerPath]uint64 // by worker
}

type peerPath struct{ peer, path uint32 }

func newPathSums(paths, workers int) *pathSums {
	s := &pathSums{owner: make([]atomic.Uint32, paths), weight: make([]uint64, paths), more: make([]map[peerPath]uint64, workers)}
	for i := range s.more {
		s.more[i] = make(map[peerPath]uint64)
	}
	return s
}

func (s *pathSums) add(worker int, peer, path uint32, weight uint64) {
	owner := s.owner[path].Load()
	if owner == 0 && s.owner[path].CompareAndSwap(0, peer+1) {
		owner = peer + 1
	} else if owner == 0 {
		owner = s.owner[path].Load()
	}
	if owner == peer+1 {
		s.weight[path] += weight
		return
	}
	s.more[worker][peerPath{peer, path}] += weight
}

// open is a prefix of a peer whose more-specifics may follow.
type open struct {
	prefix  rib.Prefix
	path    uint32
	covered uint64 // addresses of the more-specifics met so far
}

// sweep weighs the tables of every so many peers. Prefixes come in order, the
// shorter before what it covers, so for each peer a stack of prefixes that hold
// the current one is all that must be kept.
func (w *Weights) sweep(sums *pathSums, worker int) {
	t := w.table
	stacks := make([][]open, len(t.Peers))
	last := make([]int, len(t.Peers)) // prefix of the last route, plus one
	mine := uint32(worker)
	each := uint32(w.workers)
	done := func(peer uint32, o *open) {
		if own := o.prefix.Size() - o.covered; own > 0 {
			sums.add(worker, peer, o.path, own)
		}
	}
	for i, prefix := range t.Prefixes() {
		if prefix.Family() != w.family {
			continue
		}
		for routes := range t.Routes(i) {
			for _, r := range routes {
				if r.Peer%each != mine || last[r.Peer] == i+1 || !t.Sound(r.Path) {
					continue
				}
				last[r.Peer] = i + 1
				if prefix.V6 {
					sums.add(worker, r.Peer, r.Path, 1)
					continue
				}
				stack := stacks[r.Peer]
				for len(stack) > 0 && !stack[len(stack)-1].prefix.Covers(prefix) {
					done(r.Peer, &stack[len(stack)-1])
					stack = stack[:len(stack)-1]
				}
				if n := len(stack); n > 0 {
					stack[n-1].covered += prefix.Size()
				}
				stacks[r.Peer] = append(stack, open{prefix: prefix, path: r.Path})
			}
		}
	}
	for p, stack := range stacks {
		for i := range stack {
			done(uint32(p), &stack[i])
		}
	}
}

// each calls f for 0 to n-1 on the workers.
func (w *Weights) each(n int, f func(i int)) { w.eachBy(n, func(_, i int) { f(i) }) }

// eachBy also tells which worker calls.
func (w *Weights) eachBy(n int, f func(worker, i int)) {
	var wg sync.WaitGroup
	var next atomic.Int64
	for k := range min(w.workers, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(k, i)
			}
		})
	}
	wg.Wait()
}

// scopes is the paths of all peers by their origin.
type scopes struct {
	starts []uint32 // by network, and the end
	list   []scoped
}

// scoped is a path of a peer in the scope of an origin.
type scoped struct {
	peer, path uint32
	parts      uint32 // of how many origins this is one
	weight     uint64
}

func (s *scopes) of(network int) []scoped { return s.list[s.starts[network]:s.starts[network+1]] }

// scopes sorts the paths by origin, by counting.
func (w *Weights) scopes() *scopes {
	w.once.Do(func() {
		s := &scopes{starts: make([]uint32, len(w.table.ASNs)+1)}
		for i := range w.peers {
			for _, p := range w.peers[i].paths {
				for _, o := range w.table.Path(p.path).Origins() {
					s.starts[o+1]++
				}
			}
		}
		for i := 1; i < len(s.starts); i++ {
			s.starts[i] += s.starts[i-1]
		}
		s.list = make([]scoped, s.starts[len(s.starts)-1])
		next := slices.Clone(s.starts)
		for i := range w.peers {
			for _, p := range w.peers[i].paths {
				origins := w.table.Path(p.path).Origins()
				for _, o := range origins {
					s.list[next[o]] = scoped{uint32(i), p.path, uint32(len(origins)), p.weight}
					next[o]++
				}
			}
		}
		w.byNet = s
	})
	return w.byNet
}
