package entity

import (
	"cmp"
	"maps"
	"slices"
)

// Left counts facts of a lenient layer that were left out for one reason.
type Left struct {
	Layer  int // from 1, in the order of the calls of [Builder.Layer]
	Reason string
	Count  uint64
}

// The reasons for which a fact of a lenient layer is left out.
const (
	leftEdge       = "ownership by or of a company that was left out"
	leftIdentifier = "identifier of a company that was left out"
	leftListing    = "listing of a company that was left out"
	leftGap        = "unstated owners of a company that was left out"
	leftHolder     = "identifier that a company of an earlier file holds"
)

// Lenient says that the current layer is from a source whose parts need not fit
// together or with others, as foreign data do not: a relation may name a company
// that its loader left out, such as a sole proprietor. What does not fit is then
// left out and counted, see [Builder.Left], where it is a fault otherwise. A slug
// that two lenient layers have is that of one company, and an identifier that
// companies of two layers hold stays with the earlier. Layers that people wrote
// should not be lenient: there, an unknown company is a mistake.
func (b *Builder) Lenient() {
	if b.lenient == nil {
		b.lenient = map[uint16]bool{}
	}
	b.lenient[b.layer] = true
}

// Left returns what was left out of lenient layers, by layer and reason, once
// [Builder.Registry] has returned a registry.
func (b *Builder) Left() []Left {
	var out []Left
	for l, n := range b.left {
		l.Count = n
		out = append(out, l)
	}
	slices.SortFunc(out, func(x, y Left) int {
		return cmp.Or(cmp.Compare(x.Layer, y.Layer), cmp.Compare(x.Reason, y.Reason))
	})
	return slices.Clip(out)
}

// leave counts a fact as left out and reports true if its layer is lenient.
func (b *Builder) leave(layer uint16, reason string) bool {
	if !b.lenient[layer] {
		return false
	}
	if b.left == nil {
		b.left = map[Left]uint64{}
	}
	b.left[Left{Layer: int(layer), Reason: reason}]++
	return true
}

// spent empties a builder but for what it tells afterwards.
func (b *Builder) spent() { *b = Builder{left: maps.Clone(b.left)} }

// dropUnknown leaves out the facts of lenient layers whose companies nobody
// described.
func (l *layout) dropUnknown() {
	b := l.b
	unknown := func(slug uint32) bool { _, ok := l.c.company(slug); return !ok }
	b.edges = slices.DeleteFunc(b.edges, func(e edgeFact) bool {
		return (e.owner != 0 && unknown(e.owner) || unknown(e.asset)) && b.leave(e.layer, leftEdge)
	})
	b.listings = slices.DeleteFunc(b.listings, func(f listingFact) bool {
		return unknown(f.company) && b.leave(f.layer, leftListing)
	})
	b.gaps = slices.DeleteFunc(b.gaps, func(f gapFact) bool {
		return unknown(f.company) && b.leave(f.layer, leftGap)
	})
	// Equal statements of two layers are one: see the compaction of each list.
	for i := range b.listings {
		b.listings[i].layer = 0
	}
	for i := range b.gaps {
		b.gaps[i].layer = 0
	}
}

// joinSlugs makes entries of lenient layers with one slug one company.
func (c *census) joinSlugs() {
	for i := 1; i < len(c.order); i++ {
		x, y := c.order[i-1], c.order[i]
		f, g := &c.b.companies[x], &c.b.companies[y]
		if f.slug == g.slug && f.layer != g.layer && c.b.lenient[f.layer] && c.b.lenient[g.layer] {
			c.join(x, y)
		}
	}
}

// yield leaves the later of two holders of an identifier out, if its layer is
// lenient and another than the earlier's. A fact left out before clashes with
// nothing.
func (c *census) yield(x, y *identifierFact) bool {
	if x.left || y.left {
		return true
	}
	if x.layer > y.layer {
		x, y = y, x
	}
	if x.layer == y.layer || !c.b.leave(y.layer, leftHolder) {
		return false
	}
	y.left = true
	return true
}
