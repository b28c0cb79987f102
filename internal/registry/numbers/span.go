package numbers

import (
	"container/heap"
	"slices"
)

// span says that the addresses first to last, inclusive, have a value: an AS
// number or a country. order is its place in the input, for ties.
type span struct {
	first, last wide
	value       uint32
	order       uint32
}

// moreSpecific reports whether a goes before b where both hold an address.
//
// The rule: the range of fewer addresses wins, as the longer prefix wins in
// routing (RFC 4632 section 5.1). Ranges need not be prefixes, so two of one
// size can overlap: then the one that starts later wins; and of the same
// range given twice, the one given first wins, because inputs are given in
// order of trust.
func moreSpecific(a, b span) bool {
	if c := a.last.sub(a.first).compare(b.last.sub(b.first)); c != 0 {
		return c < 0
	}
	if c := a.first.compare(b.first); c != 0 {
		return c > 0
	}
	return a.order < b.order
}

// flatten resolves overlaps by [moreSpecific]. It returns disjoint spans in
// ascending order, neighbours of one value joined, and the number of input
// spans that began inside an earlier one. It sorts spans in place.
func flatten(spans []span) (flat []span, overlaps int) {
	slices.SortFunc(spans, func(a, b span) int {
		if c := a.first.compare(b.first); c != 0 {
			return c
		}
		return int(a.order) - int(b.order)
	})
	// The sweep keeps the spans that hold the current address in a heap with
	// the most specific on top. A span that has ended is taken out when it
	// comes to the top, and does no harm below it.
	var open spanHeap
	var at wide
	for next := 0; next < len(spans) || len(open) > 0; {
		for len(open) > 0 && open[0].last.less(at) {
			heap.Pop(&open)
		}
		if len(open) == 0 {
			if next == len(spans) {
				break
			}
			at = spans[next].first
		}
		for next < len(spans) && spans[next].first == at {
			if len(open) > 0 {
				overlaps++
			}
			heap.Push(&open, spans[next])
			next++
		}
		top := open[0]
		last := top.last
		if next < len(spans) && !last.less(spans[next].first) {
			last = spans[next].first.dec()
		}
		flat = appendJoined(flat, span{first: at, last: last, value: top.value})
		at = last.inc()
		if at.isZero() {
			break // the end of the IPv6 space; every span that is open ends here
		}
	}
	return flat, overlaps
}

// appendJoined appends s, or lengthens the last span if s continues it.
func appendJoined(flat []span, s span) []span {
	if n := len(flat); n > 0 && flat[n-1].value == s.value && flat[n-1].last.inc() == s.first {
		flat[n-1].last = s.last
		return flat
	}
	return append(flat, s)
}

// spanHeap is a heap of spans with the most specific on top.
type spanHeap []span

func (h spanHeap) Len() int           { return len(h) }
func (h spanHeap) Less(i, j int) bool { return moreSpecific(h[i], h[j]) }
func (h spanHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *spanHeap) Push(x any)        { *h = append(*h, x.(span)) }
func (h *spanHeap) Pop() any {
	old := *h
	s := old[len(old)-1]
	*h = old[:len(old)-1]
	return s
}
