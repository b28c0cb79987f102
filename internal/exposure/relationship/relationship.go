// Package relationship says which network buys transit from which: from a file
// in the serial-1 form (a|b|-1: a is a provider of b; a|b|0: they are peers), or
// inferred from AS paths.
//
// [Read] takes a file, [Infer] a routing table; both give a [Book], which is
// immutable.
//
// # How it infers
//
// Routes go up from customer to provider, over at most one link between peers,
// and down again: paths are valley-free (Gao, "On inferring autonomous system
// relationships in the Internet", 2001). So each path votes: its top is the
// network with the largest transit degree (neighbours seen around it in the
// middle of paths); links on the origin's side of the top lead down to
// customers, links on the collector's side lead up to providers. The majority
// decides. The largest networks that all stand beside each other are taken as a
// clique of peers. A link that is only ever seen at a top, between networks of
// comparable transit degree, is taken as one of peers.
//
// # Where it falls short
//
// A table of few peers sees little peering and much of what it sees from one
// side; links between siblings, partial transit and relations that differ by
// region have no kind here; leaked routes vote wrongly; two networks of one size
// that sell to each other's customers are mistaken for peers. The confidence of
// a link is a grade of how much the votes agree, not a probability.
package relationship

import (
	"cmp"
	"iter"
	"slices"
)

// Kind is what a network is to another. The zero value is Unknown.
type Kind uint8

// The kinds.
const (
	Unknown  Kind = iota
	Provider      // the first sells transit to the second
	Customer      // the first buys transit from the second
	Peer
)

// String returns the word for the kind.
func (k Kind) String() string { return [...]string{"unknown", "provider", "customer", "peer"}[k] }

// Book holds relationships. The zero Book is empty.
type Book struct {
	// Inferred tells a book made by Infer from one that was read.
	Inferred bool
	links    map[[2]uint32]link // the smaller number first
}

type link struct {
	kind       Kind // of the smaller number to the larger
	confidence float64
}

// Link is a relationship between two networks.
type Link struct {
	A, B       uint32
	Kind       Kind    // Provider: A is a provider of B; Peer; never Customer
	Confidence float64 // 0 to 1: how much the votes agree; 1 in a book that was read
}

// Between returns what a is to b, and the confidence in it.
func (b *Book) Between(x, y uint32) (Kind, float64) {
	l, ok := b.links[pair(x, y)]
	switch {
	case !ok:
		return Unknown, 0
	case x > y && l.kind == Provider:
		return Customer, l.confidence
	case x > y && l.kind == Customer:
		return Provider, l.confidence
	}
	return l.kind, l.confidence
}

// Len returns the number of links.
func (b *Book) Len() int { return len(b.links) }

// Links yields all links, by the smaller number, then the larger.
func (b *Book) Links() iter.Seq[Link] {
	return func(yield func(Link) bool) {
		keys := make([][2]uint32, 0, len(b.links))
		for k := range b.links {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(a, b [2]uint32) int {
			return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
		})
		for _, k := range keys {
			l := b.links[k]
			out := Link{k[0], k[1], l.kind, l.confidence}
			if l.kind == Customer {
				out.A, out.B, out.Kind = k[1], k[0], Provider
			}
			if !yield(out) {
				return
			}
		}
	}
}

func (b *Book) put(x, y uint32, kind Kind, confidence float64) {
	if x > y {
		x, y = y, x
		switch kind {
		case Provider:
			kind = Customer
		case Customer:
			kind = Provider
		default:
		}
	}
	if b.links == nil {
		b.links = make(map[[2]uint32]link)
	}
	b.links[[2]uint32{x, y}] = link{kind, confidence}
}

func pair(x, y uint32) [2]uint32 { return [2]uint32{min(x, y), max(x, y)} }
