package entity

import "errors"

// Sink takes facts from a loader one at a time, in the order in which it reads
// them. A fact may name a company or a source that comes later; whether all of
// them exist is checked at the end, by whoever makes the registry. An error
// ends the loading: the sink is full or its context is done, never that a
// single fact is odd.
type Sink interface {
	Source(Source) error
	Company(Company) error
	Identifier(Identifier) error
	Edge(Edge) error
	Listing(Listing) error
	Gap(Gap) error
}

// Records are the facts that a loader read, before they are checked. Loaders
// append to one another's; [New] checks the whole. The zero Records is an empty
// [Sink] that keeps everything in memory.
type Records struct {
	Sources     []Source
	Companies   []Company
	Identifiers []Identifier
	Edges       []Edge
	Listings    []Listing
	Gaps        []Gap
}

// Append adds the records of another loader. Sources with equal ids must be
// equal; New reports where they are not.
func (r *Records) Append(other Records) {
	r.Sources = append(r.Sources, other.Sources...)
	r.Companies = append(r.Companies, other.Companies...)
	r.Identifiers = append(r.Identifiers, other.Identifiers...)
	r.Edges = append(r.Edges, other.Edges...)
	r.Listings = append(r.Listings, other.Listings...)
	r.Gaps = append(r.Gaps, other.Gaps...)
}

// Give gives the records to a sink and returns its error.
func (r *Records) Give(sink Sink) error {
	return errors.Join(
		each(r.Sources, sink.Source), each(r.Companies, sink.Company), each(r.Identifiers, sink.Identifier),
		each(r.Edges, sink.Edge), each(r.Listings, sink.Listing), each(r.Gaps, sink.Gap),
	)
}

func each[T any](facts []T, give func(T) error) error {
	for _, f := range facts {
		if err := give(f); err != nil {
			return err
		}
	}
	return nil
}

// Source implements [Sink].
func (r *Records) Source(s Source) error { r.Sources = append(r.Sources, s); return nil }

// Company implements [Sink].
func (r *Records) Company(c Company) error { r.Companies = append(r.Companies, c); return nil }

// Identifier implements [Sink].
func (r *Records) Identifier(d Identifier) error {
	r.Identifiers = append(r.Identifiers, d)
	return nil
}

// Edge implements [Sink].
func (r *Records) Edge(e Edge) error { r.Edges = append(r.Edges, e); return nil }

// Listing implements [Sink].
func (r *Records) Listing(l Listing) error { r.Listings = append(r.Listings, l); return nil }

// Gap implements [Sink].
func (r *Records) Gap(g Gap) error { r.Gaps = append(r.Gaps, g); return nil }
