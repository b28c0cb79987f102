package entity

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// overlay is what was added to a registry without copying it: an image of its
// own, which holds the added companies and stands for those of the base that
// the added facts speak of.
type overlay struct {
	layers []Records // what was added, from which the image was made
	im     *image
	number []int32        // of the image's companies: their numbers in the whole
	locals map[int32]int  // the other way round
	added  []int32        // companies of the image that the base has not, in order
	cut    map[int32]bool // edges of the base that an assumption replaces
	// countries are assumed domiciles, by slug.
	countries map[string]string
}

// local returns the number of a company in the overlay's image.
func (o *overlay) local(company int32) (int, bool) {
	if o == nil {
		return 0, false
	}
	at, ok := o.locals[company]
	return at, ok
}

// cuts reports whether an edge of the base is replaced.
func (o *overlay) cuts(edge int) bool { return o != nil && o.cut[int32(edge)] }

// supposed gives a company its assumed domicile.
func (o *overlay) supposed(c *Company) *Company {
	if o == nil {
		return c
	}
	if country, ok := o.countries[c.Slug]; ok {
		c.Country = country
		c.Also = append(c.Also, AssumptionSource)
	}
	return c
}

// edge reads an edge of the overlay, with the slugs of the whole.
func (o *overlay) edge(r *Registry, i int) Edge {
	e := o.im.edge(i)
	for _, end := range []*string{&e.Owner, &e.Asset} {
		if n, ok := r.number(*end); ok && *end != "" {
			*end = r.slug(n)
		}
	}
	return e
}

// With returns the registry and further facts, as a layer of their own (see
// [Builder.Layer]), without copying what is there. The error joins every
// fault, as that of [Builder.Registry] does.
func (r *Registry) With(records Records) (*Registry, error) {
	var layers []Records
	var cut map[int32]bool
	var countries map[string]string
	if r.over != nil {
		layers, cut, countries = slices.Clone(r.over.layers), r.over.cut, r.over.countries
	}
	return r.overlaid(append(layers, records), cut, countries)
}

// overlaid puts an overlay of the layers on the registry's image.
func (r *Registry) overlaid(layers []Records, cut map[int32]bool, countries map[string]string) (*Registry, error) {
	base := &Registry{im: r.im, sources: r.sources}
	b := Builder{partial: true}
	b.layer = 1<<15 - 1 // beyond those of the base: another layer than any of its
	stubs, err := base.stubs(layers)
	if err != nil {
		return nil, err
	}
	for _, records := range append([]Records{stubs}, layers...) {
		if err := errors.Join(b.Layer(), records.Give(&b)); err != nil {
			return nil, err
		}
	}
	o := &overlay{layers: layers, cut: cut, countries: countries, locals: map[int32]int{}}
	if o.im, err = b.image(); err != nil {
		return nil, err
	}
	out := &Registry{im: r.im, over: o, known: r.known, numbers: r.numbers, scratch: r.scratch}
	if err := o.join(base); err != nil {
		return nil, err
	}
	if out.sources, err = o.im.sources(); err != nil {
		return nil, err
	}
	maps.Copy(out.sources, r.sources)
	edges := make([]int32, 0, len(cut))
	for e := range cut {
		edges = append(edges, e)
	}
	slices.Sort(edges)
	out.whole = digestOf(r.base(), []any{o.im.digest, edges, countries})
	return out, nil
}

// stubs describes the companies and sources of the base that the added facts
// name, so that those can be checked by themselves. A company of the base that
// is described again must share an identity with it.
func (r *Registry) stubs(layers []Records) (Records, error) {
	var out Records
	described, cited := map[string]bool{}, map[string]bool{}
	for _, l := range layers {
		for _, c := range l.Companies {
			described[c.Slug] = true
		}
		for _, s := range l.Sources {
			cited[s.ID] = true
			if old, ok := r.sources[s.ID]; ok && old != s {
				return out, fmt.Errorf("source %q is described in two ways: give the added one another id", s.ID)
			}
		}
	}
	company := func(slug string) {
		if _, ok := r.number(slug); ok && slug != "" && !described[slug] {
			described[slug] = true
			out.Companies = append(out.Companies, Company{Slug: slug, Source: stubSource})
		}
	}
	source := func(id string) {
		if s, ok := r.sources[id]; ok && !cited[id] {
			cited[id] = true
			out.Sources = append(out.Sources, s)
		}
	}
	for _, l := range layers {
		for _, c := range l.Companies {
			source(c.Source)
		}
		for _, d := range l.Identifiers {
			company(d.Company)
			source(d.Source)
		}
		for _, e := range l.Edges {
			company(e.Owner)
			company(e.Asset)
			source(e.Source)
		}
		for _, f := range l.Listings {
			company(f.Company)
			source(f.Source)
		}
		for _, g := range l.Gaps {
			company(g.Company)
			source(g.Source)
		}
	}
	if !cited[stubSource] {
		out.Sources = append(out.Sources, Source{ID: stubSource})
	}
	return out, nil
}

// stubSource is what the stand-ins for the base's companies cite; nothing of
// them is ever shown.
const stubSource = "(the registry below)"

// join numbers the overlay's companies: those of the base by theirs, by slug
// or by a shared identity, the others after them.
func (o *overlay) join(base *Registry) error {
	var f faults
	n := o.im.companies()
	o.number = make([]int32, n)
	for i := range n {
		slug := o.im.slug(i)
		known, ok := base.number(slug)
		stub := ok && o.im.textAt(u32(o.im.row(secCompanies, i)[20:])) == stubSource
		twin, shared := o.twin(base, i, &f)
		switch {
		case stub:
			o.number[i] = known
		case shared:
			o.number[i] = twin
			if ok && known != twin {
				f.add(fmt.Errorf("company %q has the identity of %q: give it another id", slug, base.slug(twin)))
			}
		case ok:
			f.add(fmt.Errorf("company %q stands twice: the registry has one of this slug, give the added one another", slug))
		default:
			o.number[i] = int32(base.count() + len(o.added))
			o.added = append(o.added, int32(i))
		}
		if _, twice := o.locals[o.number[i]]; twice {
			f.add(fmt.Errorf("company %q is %q by an identifier that both hold: use one of the two slugs", slug, base.slug(o.number[i])))
		}
		o.locals[o.number[i]] = i
	}
	return f.err()
}

// twin finds the company of the base that holds an identity of an added one at
// the same time. Any other identifier that both hold is a fault.
func (o *overlay) twin(base *Registry, company int, f *faults) (int32, bool) {
	found, ok := int32(0), false
	from, to := o.im.span(secHeldAt, secHeld, company)
	for i := from; i < to; i++ {
		d := o.im.identifier(int(u32(o.im.row(secHeld, i))))
		for _, old := range base.holders(base.im, d.ID) {
			if !old.Valid.Overlaps(d.Valid) || !old.Known.Overlaps(d.Known) {
				continue
			}
			n, _ := base.number(old.Company)
			switch {
			case identity([]byte(d.ID.String())):
				found, ok = n, true
			case base.slug(n) != d.Company:
				f.add(fmt.Errorf("identifier %s is held by both %q and %q during %s",
					d.ID, min(old.Company, d.Company), max(old.Company, d.Company), d.Valid))
			}
		}
	}
	return found, ok
}
