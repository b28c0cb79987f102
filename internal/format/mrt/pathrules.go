package mrt

import "slices"

// ASNs yields every number of the path in order, with prepends and repeats,
// and the members of sets and confederations. Use it with range:
//
//	for asn := range path.ASNs {
func (p *Path) ASNs(yield func(asn uint32) bool) {
	for _, s := range p.Segments {
		for _, asn := range s.ASNs {
			if !yield(asn) {
				return
			}
		}
	}
}

// Contains reports whether asn is on the path: anywhere, sets and
// confederations included.
func (p *Path) Contains(asn uint32) bool {
	for _, s := range p.Segments {
		if slices.Contains(s.ASNs, asn) {
			return true
		}
	}
	return false
}

// Origins returns the networks in which the route arose: the last number of
// the path (RFC 4271 section 5.1.2), or every member of a set that ends it,
// since an aggregate arose in any of them. It is empty for an empty path, may
// repeat a number, and shares memory with the path.
func (p *Path) Origins() []uint32 {
	for _, s := range slices.Backward(p.Segments) {
		switch n := len(s.ASNs); {
		case n == 0:
			continue
		case s.Type.ordered():
			return s.ASNs[n-1:]
		default:
			return s.ASNs
		}
	}
	return nil
}

// Adjacencies yields the pairs of networks that the path says are neighbours,
// in order; left received the route from right. Prepends collapse, so left and
// right always differ, and a pair may occur twice.
//
// Only AS_SEQUENCE tells neighbours (RFC 4271 section 4.3). Consecutive
// sequences are one run, because a speaker starts a new one when the old one
// is full (section 5.1.2). A set, whose members have no order, and a
// confederation, whose numbers mean nothing outside (RFC 5065), end the run,
// and no pair spans them.
//
//	for left, right := range path.Adjacencies {
func (p *Path) Adjacencies(yield func(left, right uint32) bool) {
	var left uint32
	started := false
	for _, s := range p.Segments {
		if s.Type != ASSequence {
			started = false
			continue
		}
		for _, right := range s.ASNs {
			if started && left != right && !yield(left, right) {
				return
			}
			left, started = right, true
		}
	}
}

// HasLoop reports whether a network reappears after another one, A x A. BGP
// rules that out (RFC 4271 section 9.1.2), so such a path is forged or
// poisoned, and its neighbours are not to be trusted.
//
// Prepends are no loop; nor is a network beside a set that holds it, which is
// how aggregation leaves it; nor is a repeat within one set.
func (p *Path) HasLoop() bool {
	// Each number gets the position of its hop: prepends share one, and so do
	// the members of a set. Sorted by number, the positions of a network that
	// loops have a hole.
	p.order = p.order[:0]
	position := uint64(0)
	for _, s := range p.Segments {
		for i, asn := range s.ASNs {
			if i == 0 || s.Type.ordered() && asn != s.ASNs[i-1] {
				position++
			}
			p.order = append(p.order, uint64(asn)<<32|position)
		}
	}
	if position < 3 {
		return false
	}
	slices.Sort(p.order)
	for i := 1; i < len(p.order); i++ {
		before, after := p.order[i-1], p.order[i]
		if before>>32 == after>>32 && after-before > 1 {
			return true
		}
	}
	return false
}
