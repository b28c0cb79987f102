package entity

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"iter"
	"maps"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
)

// Registry is everything known about companies. It is immutable and safe for
// concurrent use; make one with [New], a [Builder] or [Open], and others from
// it with [Registry.KnownAt], [Registry.With] and [Registry.Assume].
type Registry struct {
	im      *image
	over    *overlay // nil if nothing was added
	known   Date     // zero: whatever was ever known
	numbers Numbers  // nil if none
	sources map[string]Source
	whole   string // digest of what there is, whenever it was known
	scratch *scratch
}

// New checks the records and builds a registry on them. Numbers may be nil. It
// is a [Builder] of one layer.
func New(records Records, numbers Numbers) (*Registry, error) {
	var b Builder
	if err := records.Give(&b); err != nil {
		return nil, err
	}
	return b.Registry(numbers)
}

func newRegistry(im *image, numbers Numbers) (*Registry, error) {
	sources, err := im.sources()
	if err != nil {
		return nil, err
	}
	r := &Registry{im: im, numbers: numbers, sources: sources, scratch: new(scratch)}
	r.whole = r.base()
	return r, nil
}

// digestOf folds something into a digest.
func digestOf(digest string, more any) string {
	h := sha256.New()
	h.Write([]byte(digest))
	_ = json.NewEncoder(h).Encode(more) // plain structs of texts and dates
	return hex.EncodeToString(h.Sum(nil))
}

// KnownAt returns the registry as it was known at a date: the facts whose
// Known interval holds the date, and those without one. It takes no time and
// no memory. "No date" gives the registry itself.
func (r *Registry) KnownAt(known Date) *Registry {
	view := *r
	view.known = known
	return &view
}

// knew reports whether a fact counts.
func (r *Registry) knew(known Interval) bool { return r.known.IsZero() || known.Contains(r.known) }

// holds reports whether a fact counts at a date.
func (r *Registry) holds(on Date, valid, known Interval) bool {
	return valid.Contains(on) && r.knew(known)
}

// Digest identifies the registry's content: equal records have equal digests,
// in whatever order they came. Assumptions and a date of knowledge change it.
func (r *Registry) Digest() string {
	if r.known.IsZero() {
		return r.whole
	}
	return digestOf(r.whole, r.known)
}

// base returns the digest of the registry without overlay and view.
func (r *Registry) base() string {
	if r.numbers == nil {
		return r.im.digest
	}
	return digestOf(r.im.digest, r.numbers.Sources())
}

// images returns the image, and that of what was added.
func (r *Registry) images() []*image {
	if r.over == nil {
		return []*image{r.im}
	}
	return []*image{r.im, r.over.im}
}

// count returns how many companies there are.
func (r *Registry) count() int {
	if r.over == nil {
		return r.im.companies()
	}
	return r.im.companies() + len(r.over.added)
}

// number returns a company's number, by its slug or that of a company that was
// merged into it.
func (r *Registry) number(slug string) (int32, bool) {
	if i, ok := r.im.companyBySlug(slug); ok {
		return int32(i), true
	}
	if r.over != nil {
		if i, ok := r.over.im.companyBySlug(slug); ok {
			return r.over.number[i], true
		}
	}
	return 0, false
}

// at reads a company by its number.
func (r *Registry) at(company int32) *Company {
	if i := int(company) - r.im.companies(); i >= 0 {
		return r.over.supposed(r.over.im.company(int(r.over.added[i])))
	}
	return r.over.supposed(r.im.company(int(company)))
}

// slug returns a company's slug by its number, empty for a bucket of persons.
func (r *Registry) slug(company int32) string {
	if i := int(company) - r.im.companies(); i >= 0 && r.over != nil && i < len(r.over.added) {
		return r.over.im.slug(int(r.over.added[i]))
	}
	return r.im.slug(int(company))
}

// complete reports whether all shareholders of a company are named.
func (r *Registry) complete(company int32) bool {
	if int(company) < r.im.companies() && r.im.complete(int(company)) {
		return true
	}
	local, ok := r.over.local(company)
	return ok && r.over.im.complete(local)
}

// Company returns a company by its slug, or by the slug that another source
// gave it.
func (r *Registry) Company(slug string) (*Company, bool) {
	i, ok := r.number(slug)
	if !ok {
		return nil, false
	}
	c := r.at(i)
	return c, r.knew(c.Known)
}

// Companies returns all companies in the order of their slugs; those that were
// added come last.
func (r *Registry) Companies() iter.Seq[*Company] {
	return func(yield func(*Company) bool) {
		for i := range r.count() {
			if c := r.at(int32(i)); r.knew(c.Known) && !yield(c) {
				return
			}
		}
	}
}

// Len returns how many companies there are, whenever they were known.
func (r *Registry) Len() int { return r.count() }

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

// Sources returns the sources of all facts, by their ids.
func (r *Registry) Sources() []Source {
	var out []Source
	for _, id := range slices.Sorted(maps.Keys(r.sources)) {
		out = append(out, r.sources[id])
	}
	return out
}

// Identifiers returns what a company holds at a date, each identifier once, in
// order.
func (r *Registry) Identifiers(slug string, on Date) []Identifier {
	company, ok := r.number(slug)
	if !ok {
		return nil
	}
	var out []Identifier
	add := func(im *image, local int) {
		from, to := im.span(secHeldAt, secHeld, local)
		for i := from; i < to; i++ {
			row := int(u32(im.row(secHeld, i)))
			if row >= im.rows(secIDs) {
				continue
			}
			if d := im.identifier(row); r.holds(on, d.Valid, d.Known) && !d.ID.IsZero() {
				d.Company = r.slug(company)
				out = append(out, d)
			}
		}
	}
	add(r.im, int(company))
	if local, ok := r.over.local(company); ok {
		add(r.over.im, local)
	}
	slices.SortStableFunc(out, Identifier.compare)
	return slices.CompactFunc(out, func(a, b Identifier) bool { return a.ID == b.ID })
}

// Owners returns the edges into an asset that hold at a date, as the sources
// state them.
func (r *Registry) Owners(asset string, on Date) []Edge {
	return r.edges(asset, on, func(im *image, company int, yield func(int)) {
		for from, to := im.span(secInAt, secIn, company); from < to; from++ {
			yield(from)
		}
	})
}

// Assets returns the edges out of an owner that hold at a date, as the sources
// state them.
func (r *Registry) Assets(owner string, on Date) []Edge {
	return r.edges(owner, on, func(im *image, company int, yield func(int)) {
		for from, to := im.span(secOutAt, secOut, company); from < to; from++ {
			if edge := int(u32(im.row(secOut, from)[24:])); edge < im.rows(secIn) {
				yield(edge)
			}
		}
	})
}

func (r *Registry) edges(slug string, on Date, each func(im *image, company int, yield func(edge int))) []Edge {
	company, ok := r.number(slug)
	if !ok {
		return nil
	}
	var out []Edge
	each(r.im, int(company), func(edge int) {
		if e := r.im.edge(edge); !r.over.cuts(edge) && r.holds(on, e.Valid, e.Known) {
			out = append(out, e)
		}
	})
	if local, ok := r.over.local(company); ok {
		each(r.over.im, local, func(edge int) {
			if e := r.over.edge(r, edge); r.holds(on, e.Valid, e.Known) {
				out = append(out, e)
			}
		})
		slices.SortStableFunc(out, func(a, b Edge) int {
			return cmp.Or(cmp.Compare(a.Asset, b.Asset), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Interest, b.Interest))
		})
	}
	return out
}

// Numbers returns the table of Internet numbers, nil if there is none.
func (r *Registry) Numbers() Numbers { return r.numbers }

// Lexicon returns the identifiers that the registry knows, for readers: all
// but the keys of registers of companies, which no evidence shows.
func (r *Registry) Lexicon() *evidence.Lexicon {
	return evidence.NewLexicon(func(yield func(evidence.ID) bool) {
		for _, im := range r.images() {
			for i := range im.rows(secIDs) {
				text := im.bytesAt(u32(im.row(secIDs, i)))
				if !identity(text) && !yield(idOf(string(text))) {
					return
				}
			}
		}
	})
}

// idOf reads an identifier of an image, the zero ID if it is not one as it
// would have been written.
func idOf(text string) evidence.ID {
	id, err := evidence.ParseID(text)
	if err != nil || id.String() != text {
		return evidence.ID{}
	}
	return id
}
