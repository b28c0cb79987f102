package entity

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/gaissmai/bart"

	"github.com/cleannet/cleannet/internal/evidence"
)

// Registry is everything known about companies. It is immutable and safe for
// concurrent use; make one with [New].
type Registry struct {
	sources   map[string]Source
	companies map[string]*Company
	slugs     []string // sorted
	ids       map[evidence.ID][]Identifier
	held      map[string][]Identifier // by company, in order
	blocks    bart.Table[struct{}]    // the prefix and ip identifiers among ids
	owners    map[string][]Edge       // by asset
	assets    map[string][]Edge       // by owner
	edges     []Edge
	listings  map[string][]Listing // by company
	onList    map[string][]Listing // by list
	gaps      map[string][]Gap     // by company
	numbers   Numbers              // nil if none
	digest    string
}

// New checks the records and builds a registry on them. Numbers may be nil.
// The error joins every fault: a fact without a known source, a repeated slug,
// an identifier that two companies hold at one date, an edge with unknown
// ends, two edges for one holding at one date, shares that cannot add up.
func New(records Records, numbers Numbers) (*Registry, error) {
	r := &Registry{
		sources:   make(map[string]Source, len(records.Sources)),
		companies: make(map[string]*Company, len(records.Companies)),
		ids:       make(map[evidence.ID][]Identifier, len(records.Identifiers)),
		held:      make(map[string][]Identifier, len(records.Companies)),
		owners:    make(map[string][]Edge),
		assets:    make(map[string][]Edge),
		listings:  make(map[string][]Listing),
		onList:    make(map[string][]Listing),
		gaps:      make(map[string][]Gap),
		numbers:   numbers,
	}
	err := errors.Join(
		r.addSources(records.Sources),
		r.addCompanies(records.Companies),
		r.addIdentifiers(records.Identifiers),
		r.addEdges(records.Edges),
		r.addListings(records.Listings),
		r.addGaps(records.Gaps),
		r.checkShares(),
	)
	if err != nil {
		return nil, err
	}
	r.digest = r.computeDigest()
	return r, nil
}

func (r *Registry) addSources(sources []Source) error {
	var errs []error
	for _, s := range sources {
		if s.ID == "" {
			errs = append(errs, errors.New("a source has no id"))
		}
		if old, ok := r.sources[s.ID]; ok && old != s {
			errs = append(errs, fmt.Errorf("source %q is described in two ways", s.ID))
			continue
		}
		r.sources[s.ID] = s
	}
	return errors.Join(errs...)
}

func (r *Registry) addCompanies(companies []Company) error {
	var errs []error
	for i := range companies {
		c := &companies[i]
		if _, ok := r.companies[c.Slug]; ok {
			errs = append(errs, fmt.Errorf("company %q stands twice", c.Slug))
			continue
		}
		errs = append(errs, checkCompany(c), r.checkSource("company "+c.Slug, c.Source))
		own := *c
		r.companies[c.Slug] = &own
		r.slugs = append(r.slugs, c.Slug)
	}
	slices.Sort(r.slugs)
	return errors.Join(errs...)
}

func (r *Registry) addIdentifiers(identifiers []Identifier) error {
	var errs []error
	for _, d := range identifiers {
		if _, ok := r.companies[d.Company]; !ok {
			errs = append(errs, fmt.Errorf("identifier %s: unknown company %q", d.ID, d.Company))
			continue
		}
		errs = append(errs, r.checkIdentifier(d), r.checkSource("identifier "+d.ID.String(), d.Source))
		r.ids[d.ID] = append(r.ids[d.ID], d)
		r.held[d.Company] = append(r.held[d.Company], d)
		if p, ok := asPrefix(d.ID); ok {
			r.blocks.Insert(p, struct{}{})
		}
	}
	for _, list := range r.held {
		slices.SortFunc(list, Identifier.compare)
	}
	return errors.Join(errs...)
}

func (r *Registry) addEdges(edges []Edge) error {
	var errs []error
	for _, e := range edges {
		name := fmt.Sprintf("ownership %s → %s", e.Owner, e.Asset)
		for _, end := range []string{e.Owner, e.Asset} {
			if end == "" && e.Owner == "" && e.Asset != "" {
				continue
			}
			if _, ok := r.companies[end]; !ok {
				errs = append(errs, fmt.Errorf("%s: unknown company %q", name, end))
			}
		}
		errs = append(errs, checkEdge(name, e), r.checkSource(name, e.Source))
	}
	r.edges = slices.Clone(edges)
	slices.SortFunc(r.edges, Edge.compare)
	for i, e := range r.edges {
		if i > 0 && r.edges[i-1].repeats(e) {
			errs = append(errs, fmt.Errorf("ownership %s → %s (%s) stands twice during %s: keep one edge, or give them dates that do not overlap",
				e.Owner, e.Asset, e.Interest, e.Valid))
		}
		r.owners[e.Asset] = append(r.owners[e.Asset], e)
		if e.Owner != "" {
			r.assets[e.Owner] = append(r.assets[e.Owner], e)
		}
	}
	return errors.Join(errs...)
}

func (r *Registry) addListings(listings []Listing) error {
	var errs []error
	sorted := slices.Clone(listings)
	slices.SortFunc(sorted, func(a, b Listing) int {
		return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(a.Company, b.Company), a.Valid.compare(b.Valid), cmp.Compare(a.Record, b.Record))
	})
	for _, l := range sorted {
		if _, ok := r.companies[l.Company]; !ok {
			errs = append(errs, fmt.Errorf("list %q: unknown company %q", l.List, l.Company))
		}
		errs = append(errs, r.checkSource("list "+l.List, l.Source))
		r.listings[l.Company] = append(r.listings[l.Company], l)
		r.onList[l.List] = append(r.onList[l.List], l)
	}
	return errors.Join(errs...)
}

func (r *Registry) addGaps(gaps []Gap) error {
	var errs []error
	for _, g := range gaps {
		if _, ok := r.companies[g.Company]; !ok {
			errs = append(errs, fmt.Errorf("unstated owners: unknown company %q", g.Company))
		}
		errs = append(errs, r.checkSource("unstated owners of "+g.Company, g.Source))
		r.gaps[g.Company] = append(r.gaps[g.Company], g)
	}
	return errors.Join(errs...)
}

// Listings returns the lists on which a company stands at a date, in order.
func (r *Registry) Listings(slug string, on Date) []Listing {
	var out []Listing
	for _, l := range r.listings[slug] {
		if l.Valid.Contains(on) {
			out = append(out, l)
		}
	}
	return out
}

// OnList returns who stands on a list at a date, by slug, sorted.
func (r *Registry) OnList(list string, on Date) []string {
	var out []string
	for _, l := range r.onList[list] {
		if l.Valid.Contains(on) {
			out = append(out, l.Company)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Lists returns the slugs of all lists, sorted.
func (r *Registry) Lists() []string { return slices.Sorted(maps.Keys(r.onList)) }

func (r *Registry) computeDigest() string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	// Encoding plain structs of strings and dates into a hash cannot fail.
	for _, id := range slices.Sorted(maps.Keys(r.sources)) {
		_ = enc.Encode(r.sources[id])
	}
	for _, slug := range r.slugs {
		_ = enc.Encode(r.companies[slug])
		_ = enc.Encode(r.held[slug])
	}
	_ = enc.Encode(r.edges)
	for _, list := range r.Lists() {
		_ = enc.Encode(r.onList[list])
	}
	for _, slug := range slices.Sorted(maps.Keys(r.gaps)) {
		_ = enc.Encode(r.gaps[slug])
	}
	if r.numbers != nil {
		_ = enc.Encode(r.numbers.Sources())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Digest identifies the registry's content: equal records have equal digests,
// in whatever order they came.
func (r *Registry) Digest() string { return r.digest }

// Company returns a company by its slug.
func (r *Registry) Company(slug string) (*Company, bool) {
	c, ok := r.companies[slug]
	return c, ok
}

// Companies returns all companies in the order of their slugs.
func (r *Registry) Companies() iter.Seq[*Company] {
	return func(yield func(*Company) bool) {
		for _, slug := range r.slugs {
			if !yield(r.companies[slug]) {
				return
			}
		}
	}
}

// Source returns a source by its id; an unknown one has only its id.
func (r *Registry) Source(id string) Source {
	if s, ok := r.sources[id]; ok {
		return s
	}
	if r.numbers != nil {
		for _, s := range r.numbers.Sources() {
			if s.ID == id {
				return s
			}
		}
	}
	return Source{ID: id}
}

// Identifiers returns what a company holds at a date, in order.
func (r *Registry) Identifiers(slug string, on Date) []Identifier {
	var out []Identifier
	for _, d := range r.held[slug] {
		if d.Valid.Contains(on) {
			out = append(out, d)
		}
	}
	return out
}

// Owners returns the edges into an asset that hold at a date.
func (r *Registry) Owners(asset string, on Date) []Edge { return validEdges(r.owners[asset], on) }

// Assets returns the edges out of an owner that hold at a date.
func (r *Registry) Assets(owner string, on Date) []Edge { return validEdges(r.assets[owner], on) }

func validEdges(edges []Edge, on Date) []Edge {
	var out []Edge
	for _, e := range edges {
		if e.Valid.Contains(on) {
			out = append(out, e)
		}
	}
	return out
}

// Numbers returns the table of Internet numbers, nil if there is none.
func (r *Registry) Numbers() Numbers { return r.numbers }

// Lexicon returns the identifiers that the registry knows, for readers.
func (r *Registry) Lexicon() *evidence.Lexicon {
	return evidence.NewLexicon(func(yield func(evidence.ID) bool) {
		for id := range r.ids {
			if !yield(id) {
				return
			}
		}
	})
}
