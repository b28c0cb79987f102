package entity

import (
	"cmp"
	"slices"
	"sort"
)

// Listings returns the lists on which a company stands at a date, in order.
func (r *Registry) Listings(slug string, on Date) []Listing {
	company, ok := r.number(slug)
	if !ok {
		return nil
	}
	var out []Listing
	add := func(im *image, local int) {
		n := im.rows(secListed)
		at := func(i int) (row, company int) {
			row = int(u32(im.row(secListed, i)))
			if row >= im.rows(secListings) {
				return 0, -1
			}
			return row, int(u32(im.row(secListings, row)[4:]))
		}
		for i := sort.Search(n, func(i int) bool { _, c := at(i); return c >= local }); i < n; i++ {
			row, c := at(i)
			if c != local {
				break
			}
			if l := im.listing(row); r.holds(on, l.Valid, l.Known) {
				l.Company = r.slug(company)
				out = append(out, l)
			}
		}
	}
	add(r.im, int(company))
	if local, ok := r.over.local(company); ok {
		add(r.over.im, local)
		slices.SortStableFunc(out, func(a, b Listing) int { return cmp.Compare(a.List, b.List) })
	}
	return out
}

// OnList returns who stands on a list at a date, by slug, sorted.
func (r *Registry) OnList(list string, on Date) []string {
	var out []string
	for _, im := range r.images() {
		at := im.find(secLists, list)
		if at >= im.rows(secLists) || im.textAt(u32(im.row(secLists, at))) != list {
			continue
		}
		for i := int(u32(im.row(secLists, at)[4:])); i < im.rows(secListings); i++ {
			l := im.listing(i)
			if l.List != list {
				break
			}
			if company, ok := r.number(l.Company); ok && r.holds(on, l.Valid, l.Known) {
				out = append(out, r.slug(company))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Lists returns the slugs of all lists, sorted.
func (r *Registry) Lists() []string {
	var out []string
	for _, im := range r.images() {
		for i := range im.rows(secLists) {
			out = append(out, im.textAt(u32(im.row(secLists, i))))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Gaps returns why sources state no owners of a company at a date.
func (r *Registry) Gaps(slug string, on Date) []Gap {
	company, ok := r.number(slug)
	if !ok {
		return nil
	}
	var out []Gap
	add := func(im *image, local int) {
		n := im.rows(secGaps)
		from := sort.Search(n, func(i int) bool { return int(u32(im.row(secGaps, i))) >= local })
		for ; from < n && int(u32(im.row(secGaps, from))) == local; from++ {
			if g := im.gap(from); r.holds(on, g.Valid, g.Known) {
				g.Company = r.slug(company)
				out = append(out, g)
			}
		}
	}
	add(r.im, int(company))
	if local, ok := r.over.local(company); ok {
		add(r.over.im, local)
	}
	return out
}
