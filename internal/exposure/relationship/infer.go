package relationship

import (
	"cmp"
	"slices"
	"sync"

	"github.com/cleannet/cleannet/internal/exposure/rib"
)

// Infer infers relationships from the paths of a table. Paths with a set or a
// loop have no vote. The result is the same for any number of workers.
func Infer(t *rib.Table, workers int) *Book {
	in := &inference{table: t, workers: max(workers, 1)}
	in.countNeighbours()
	in.findClique()
	votes := in.vote()
	b := &Book{Inferred: true}
	for key, v := range votes {
		kind, confidence := in.decide(key, v)
		b.put(t.ASNs[key[0]], t.ASNs[key[1]], kind, confidence)
	}
	return b
}

// inference is the state of Infer. Networks are indexes in the table.
type inference struct {
	table   *rib.Table
	workers int
	degree  []uint32 // neighbours of each network
	transit []uint32 // those seen around it in the middle of a path
	links   map[[2]uint32]sides
	clique  map[uint32]bool
}

// sides says at which end of a link a network stood in the middle of a path.
type sides struct{ first, second bool }

// votes is what paths say of a link, the smaller index first.
type votes struct {
	provider, customer uint32 // of the first to the second, beside a top or not
	inner              uint32 // votes of paths in which no top is part of the link
}

// paths gives every plain path without a loop to f, each on one of the workers.
func (in *inference) paths(f func(worker int, path []uint32)) {
	var wg sync.WaitGroup
	for k := range in.workers {
		wg.Go(func() {
			var path []uint32
			for no := k; no < in.table.PathCount(); no += in.workers {
				var ok bool
				path, ok = in.table.Path(uint32(no)).AppendPlain(path[:0])
				if ok && len(path) > 1 && !loops(path) {
					f(k, path)
				}
			}
		})
	}
	wg.Wait()
}

func loops(path []uint32) bool {
	for i, network := range path {
		if slices.Contains(path[:i], network) {
			return true
		}
	}
	return false
}

func (in *inference) countNeighbours() {
	parts := make([]map[[2]uint32]sides, in.workers)
	for i := range parts {
		parts[i] = make(map[[2]uint32]sides)
	}
	in.paths(func(worker int, path []uint32) {
		links := parts[worker]
		for i := 0; i+1 < len(path); i++ {
			key := pair(path[i], path[i+1])
			before := links[key]
			s := before
			left, right := i > 0, i+2 < len(path) // in the middle of the path
			if key[0] != path[i] {
				left, right = right, left
			}
			s.first, s.second = s.first || left, s.second || right
			if s != before || s == (sides{}) {
				links[key] = s
			}
		}
	})
	in.links = parts[0]
	for _, p := range parts[1:] {
		for key, s := range p {
			all := in.links[key]
			in.links[key] = sides{all.first || s.first, all.second || s.second}
		}
	}
	in.degree = make([]uint32, len(in.table.ASNs))
	in.transit = make([]uint32, len(in.table.ASNs))
	for key, s := range in.links {
		in.degree[key[0]]++
		in.degree[key[1]]++
		if s.first {
			in.transit[key[0]]++
		}
		if s.second {
			in.transit[key[1]]++
		}
	}
}

// above orders networks by size, the largest first.
func (in *inference) above(a, b uint32) int {
	return cmp.Or(cmp.Compare(in.transit[b], in.transit[a]), cmp.Compare(in.degree[b], in.degree[a]), cmp.Compare(a, b))
}

const (
	cliqueFrom = 40 // so many of the largest networks are looked at
	cliqueSize = 20
)

// findClique takes the largest network, and then each of the next that stands
// beside all that were taken. One alone is no clique.
func (in *inference) findClique() {
	order := make([]uint32, len(in.table.ASNs))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, in.above)
	var members []uint32
	for _, network := range order[:min(len(order), cliqueFrom)] {
		beside := !slices.ContainsFunc(members, func(m uint32) bool {
			_, ok := in.links[pair(network, m)]
			return !ok
		})
		if beside && in.transit[network] > 1 && len(members) < cliqueSize {
			members = append(members, network)
		}
	}
	in.clique = make(map[uint32]bool)
	if len(members) > 2 { // two large neighbours may be provider and customer
		for _, m := range members {
			in.clique[m] = true
		}
	}
}

func (in *inference) vote() map[[2]uint32]votes {
	parts := make([]map[[2]uint32]votes, in.workers)
	for i := range parts {
		parts[i] = make(map[[2]uint32]votes)
	}
	in.paths(func(worker int, path []uint32) {
		top := 0
		for i := range path {
			if in.above(path[i], path[top]) < 0 {
				top = i
			}
		}
		for i := 0; i+1 < len(path); i++ {
			key := pair(path[i], path[i+1])
			v := parts[worker][key]
			if down := i >= top; down == (key[0] == path[i]) {
				v.provider++
			} else {
				v.customer++
			}
			if i != top && i+1 != top {
				v.inner++
			}
			parts[worker][key] = v
		}
	})
	all := parts[0]
	for _, p := range parts[1:] {
		for key, v := range p {
			a := all[key]
			all[key] = votes{a.provider + v.provider, a.customer + v.customer, a.inner + v.inner}
		}
	}
	return all
}

const (
	// likeness is how many times the transit degree of one peer may be that of
	// the other, each counted with one more.
	likeness = 4
	// A clique is a strong sign of peering, comparable size a weak one.
	cliqueConfidence = 0.9
	guessConfidence  = 0.5
)

// decide weighs the votes on a link.
func (in *inference) decide(key [2]uint32, v votes) (Kind, float64) {
	if in.clique[key[0]] && in.clique[key[1]] {
		return Peer, cliqueConfidence
	}
	large, small := in.transit[key[0]]+1, in.transit[key[1]]+1
	if large < small {
		large, small = small, large
	}
	sum := float64(v.provider + v.customer)
	if v.inner == 0 && small > 1 && large <= likeness*small {
		return Peer, guessConfidence * sum / (sum + 1)
	}
	switch {
	case v.provider > v.customer:
		return Provider, float64(v.provider-v.customer) / (sum + 1)
	case v.provider < v.customer:
		return Customer, float64(v.customer-v.provider) / (sum + 1)
	}
	return Unknown, 0
}
