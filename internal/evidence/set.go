package evidence

import (
	"cmp"
	"container/heap"
	"iter"
	"maps"
	"slices"
)

// Set is a body of evidence: one shard per input digest, and what could not be
// opened at all. The zero Set is empty and ready. It is not safe for
// concurrent change; once filled it may be read by any number of goroutines.
//
// A set keeps the shards apart, so that an input met twice counts once; what
// they say together is folded when it is read, by [Set.Observations].
type Set struct {
	shards   map[string]*Shard
	unopened []Problem // inputs that could not be opened, sorted
	skipped  []Skip    // inputs that were not opened on purpose, sorted
}

// Add seals the shard and puts it in. If the set has another reading of the
// same input, the better one stays, with the names of both.
func (s *Set) Add(shard *Shard) {
	shard.seal()
	if s.shards == nil {
		s.shards = make(map[string]*Shard)
	}
	digest := shard.Input.Digest
	old, ok := s.shards[digest]
	if !ok {
		s.shards[digest] = shard
		return
	}
	names := sortedSet(slices.Concat(old.Input.Names, shard.Input.Names))
	best := old
	if shard.prefer(old) {
		best = shard
	}
	// A copy, because other sets may hold the same shard.
	merged := *best
	merged.Input.Names = names
	s.shards[digest] = &merged
}

// Unopened notes an input that could not be opened.
func (s *Set) Unopened(p Problem) {
	i, found := slices.BinarySearchFunc(s.unopened, p, Problem.compare)
	if !found {
		s.unopened = slices.Insert(s.unopened, i, p)
	}
}

// Skip notes an input that was met and not opened, for example a socket.
func (s *Set) Skip(k Skip) {
	i, found := slices.BinarySearchFunc(s.skipped, k, Skip.compare)
	if !found {
		s.skipped = slices.Insert(s.skipped, i, k)
	}
}

// Merge adds everything that t holds. t stays usable and shares its shards.
func (s *Set) Merge(t *Set) {
	for _, shard := range t.shards {
		s.Add(shard)
	}
	s.unopened = mergeSorted(s.unopened, t.unopened, Problem.compare)
	s.skipped = mergeSorted(s.skipped, t.skipped, Skip.compare)
}

// mergeSorted returns a new slice of what two sorted slices hold, once each.
func mergeSorted[T any](a, b []T, compare func(T, T) int) []T {
	out := slices.Grow([]T(nil), len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := compare(a[0], b[0]); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// Shards returns the shards in the order of their digests.
func (s *Set) Shards() []*Shard {
	digests := slices.Sorted(maps.Keys(s.shards))
	out := make([]*Shard, len(digests))
	for i, d := range digests {
		out[i] = s.shards[d]
	}
	return out
}

// NotOpened returns the inputs that could not be opened and those that were
// left out on purpose, both sorted.
func (s *Set) NotOpened() ([]Problem, []Skip) { return s.unopened, s.skipped }

// Observations returns all observations in order, those of the same thing in
// several inputs folded into one. It walks the sorted shards side by side and
// holds only one observation of each. They are not to be changed.
func (s *Set) Observations() iter.Seq[*Observation] {
	return func(yield func(*Observation) bool) {
		var h cursors
		for i, shard := range s.Shards() {
			if shard.Len() > 0 {
				h = append(h, cursor{shard.at(0), shard, i, 0})
			}
		}
		heap.Init(&h)
		for len(h) > 0 {
			first := h.next()
			if len(h) == 0 || h[0].o.Compare(first) != 0 {
				if !yield(first) {
					return
				}
				continue
			}
			folded := *first
			for len(h) > 0 && h[0].o.Compare(&folded) == 0 {
				folded = folded.fold(h.next())
			}
			if !yield(&folded) {
				return
			}
		}
	}
}

// cursor is a place in the observations of a shard.
type cursor struct {
	o     *Observation // the one at the place
	shard *Shard
	order int // of the shard
	place int
}

// cursors is a heap by observation, then by shard so that folding is ordered.
type cursors []cursor

func (h cursors) Len() int { return len(h) }
func (h cursors) Less(i, j int) bool {
	return cmp.Or(h[i].o.Compare(h[j].o), cmp.Compare(h[i].order, h[j].order)) < 0
}
func (h cursors) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push is part of heap.Interface and not used: the heap only shrinks.
func (h *cursors) Push(x any) { *h = append(*h, x.(cursor)) }

// Pop removes the last element, as heap.Interface asks.
func (h *cursors) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// next takes the least observation off the heap.
func (h *cursors) next() *Observation {
	top := &(*h)[0]
	o := top.o
	if top.place++; top.place == top.shard.Len() {
		heap.Pop(h)
		return o
	}
	top.o = top.shard.at(top.place)
	heap.Fix(h, 0)
	return o
}
