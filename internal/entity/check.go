package entity

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
)

// compare orders identifiers by all their fields, so that a registry does not
// depend on the order in which they came.
func (d Identifier) compare(e Identifier) int {
	return cmp.Or(d.ID.Compare(e.ID), cmp.Compare(d.Company, e.Company), d.Valid.compare(e.Valid),
		cmp.Compare(d.Source, e.Source), cmp.Compare(d.Note, e.Note))
}

func (iv Interval) compare(o Interval) int {
	return cmp.Or(iv.From.Compare(o.From), iv.To.Compare(o.To))
}

func (iv Interval) empty() bool {
	return !iv.From.IsZero() && !iv.To.IsZero() && !iv.From.Before(iv.To)
}

func checkCompany(c *Company) error {
	var errs []error
	if !plainSlug(c.Slug) {
		errs = append(errs, fmt.Errorf("company %q: the slug wants lower-case letters, digits and dashes", c.Slug))
	}
	for _, country := range []string{c.Country, c.Headquarters} {
		if country == "" {
			continue
		}
		if len(country) != 2 || strings.Trim(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			errs = append(errs, fmt.Errorf("company %q: country %q is no code of two capitals", c.Slug, country))
		}
	}
	return errors.Join(errs...)
}

// plainSlug reports whether a slug is as evidence.NewID has identifiers of
// companies; it is asked of millions, and asks itself without allocation.
func plainSlug(slug string) bool {
	return slug != "" && len(slug) <= evidence.MaxValue && strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789-.") == ""
}

func checkEdge(name string, e Edge) error {
	var errs []error
	if e.Share.Lo < 0 || e.Share.Hi > Whole || e.Share.Lo > e.Share.Hi {
		errs = append(errs, fmt.Errorf("%s: share %s is no range within 0 and 100", name, e.Share))
	}
	if _, ok := interestCode(e.Interest); !ok {
		errs = append(errs, fmt.Errorf("%s: unknown interest %q", name, e.Interest))
	}
	if e.Valid.empty() {
		errs = append(errs, fmt.Errorf("%s: no date lies in %s", name, e.Valid))
	}
	return errors.Join(errs...)
}

func checkListing(name string, l Listing) error {
	var errs []error
	if l.List == "" {
		errs = append(errs, fmt.Errorf("company %q stands on a list without a name", l.Company))
	}
	if l.Valid.empty() {
		errs = append(errs, fmt.Errorf("%s, company %q: no date lies in %s", name, l.Company, l.Valid))
	}
	return errors.Join(errs...)
}

// sortEdges orders edges by asset, owner, interest, layer and time, then by
// the rest.
func (b *Builder) sortEdges() {
	slices.SortFunc(b.edges, func(x, y edgeFact) int {
		if x.asset != y.asset {
			return cmp.Compare(x.asset, y.asset)
		}
		return cmp.Or(cmp.Compare(x.owner, y.owner), cmp.Compare(x.interest, y.interest),
			cmp.Compare(x.layer, y.layer), x.valid.compare(y.valid),
			cmp.Compare(x.share.Lo, y.share.Lo), cmp.Compare(x.share.Hi, y.share.Hi), b.compareCites(x.cite, y.cite))
	})
}

// checkEdges looks at the edges of each asset, layer by layer.
func (l *layout) checkEdges() {
	list := l.b.edges
	for start := 0; start < len(list); {
		end := start + 1
		for end < len(list) && list[end].asset == list[start].asset {
			end++
		}
		if list[start].asset != noCompanyDisk {
			l.checkAsset(list[start:end])
		}
		start = end
	}
}

// repeats reports whether both edges speak of the same holding at one date,
// and were known at one: their shares would be counted twice.
func (e *edgeFact) repeats(f *edgeFact) bool {
	return e.asset == f.asset && e.owner == f.owner && e.owner != noCompanyDisk && e.interest == f.interest &&
		e.layer == f.layer && e.valid.Overlaps(f.valid) && e.known.Overlaps(f.known)
}

// checkAsset looks at the owners of an asset by kind of interest, layer and
// span of time: nobody stands twice, the lower bounds may not exceed the
// whole, and where all owners are named their upper bounds must reach it. The
// latter is asked of shareholdings only: who names all shareholders need not
// know all votes.
func (l *layout) checkAsset(edges []edgeFact) {
	b := l.b
	asset := b.companies[l.c.lead[edges[0].asset]]
	name := b.text.text(asset.slug)
	type kind struct {
		interest uint8
		layer    uint16
	}
	var kinds []kind
	for i := range edges {
		e := &edges[i]
		for j := i - 1; j >= 0 && j >= i-maxHolders && edges[j].owner == e.owner && edges[j].interest == e.interest; j-- {
			if edges[j].repeats(e) {
				b.faults.add(fmt.Errorf("ownership %s → %s (%s) stands twice during %s: keep one edge, or give them dates that do not overlap",
					b.text.text(b.companies[l.c.lead[e.owner]].slug), name, interestName(e.interest), e.valid))
				break
			}
		}
		if k := (kind{e.interest, e.layer}); !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	slices.SortFunc(kinds, func(x, y kind) int { return cmp.Or(cmp.Compare(x.interest, y.interest), cmp.Compare(x.layer, y.layer)) })
	for i, k := range kinds {
		alone := (i == 0 || kinds[i-1].interest != k.interest) && (i+1 == len(kinds) || kinds[i+1].interest != k.interest)
		var changes []change
		for j := range edges {
			e := &edges[j]
			if e.interest != k.interest || e.layer != k.layer || !e.known.To.IsZero() { // a withdrawn statement adds to nothing
				continue
			}
			changes = append(changes, change{e.valid.From, e.share, 1})
			if !e.valid.To.IsZero() {
				changes = append(changes, change{e.valid.To, e.share, -1})
			}
		}
		complete := alone && !b.partial && asset.flags&flagComplete != 0 && k.interest == codeShareholding
		if err := checkSums(changes, complete); err != nil {
			b.faults.add(fmt.Errorf("company %q: owners (%s) %w", name, interestName(k.interest), err))
		}
	}
}

// change is a holding that begins (by +1) or ends (by -1) at a date.
type change struct {
	at    Date
	share Range
	by    int
}

// checkSums adds up what is held from each date on at which something changes.
// The sums are wide: thousands of owners may each hold up to 100 %.
func checkSums(changes []change, complete bool) error {
	slices.SortFunc(changes, func(a, b change) int { return a.at.Compare(b.at) })
	var lo, hi int64
	holders := 0
	for i, c := range changes {
		lo += int64(c.by) * int64(c.share.Lo)
		hi += int64(c.by) * int64(c.share.Hi)
		holders += c.by
		if i+1 < len(changes) && changes[i+1].at == c.at {
			continue
		}
		when := "at all dates"
		if !c.at.IsZero() {
			when = "from " + c.at.String()
		}
		switch {
		case lo > int64(Whole):
			return fmt.Errorf("hold at least %s %s: more than the whole: correct the shares, or end one with until", percentOf(lo), when)
		case complete && holders > 0 && hi < int64(Whole):
			return fmt.Errorf("hold at most %s %s, but are said to be complete: less than the whole: add the missing owners, or drop owners_complete", percentOf(hi), when)
		}
	}
	return nil
}

// percentOf writes a sum that may be too large for a Share.
func percentOf(units int64) string { return fmt.Sprintf("%.4g%%", float64(units)/10_000) }

// checkSources wants every fact to cite a source that is described.
func (l *layout) checkSources() {
	b := l.b
	known := make(map[uint32]bool)
	for id := range b.sources {
		if n, ok := b.text.find(id); ok {
			known[n] = true
		}
	}
	check := func(source uint32, what func() string) {
		if !known[source] {
			b.faults.add(fmt.Errorf("%s: source %q is not described: add it under sources", what(), b.text.text(source)))
		}
	}
	company := func(n uint32) string {
		if int64(n) >= int64(len(l.c.lead)) {
			return "(persons)"
		}
		return b.text.text(b.companies[l.c.lead[n]].slug)
	}
	for i := range b.companies {
		check(b.companies[i].source, func() string { return "company " + b.text.text(b.companies[i].slug) })
	}
	for i := range b.identifiers {
		check(b.identifiers[i].source, func() string { return "identifier " + b.text.text(b.identifiers[i].id) })
	}
	for i := range b.edges {
		e := &b.edges[i]
		check(e.source, func() string { return "ownership " + company(e.owner) + " → " + company(e.asset) })
	}
	for i := range b.listings {
		check(b.listings[i].source, func() string { return fmt.Sprintf("list %q", b.text.text(b.listings[i].list)) })
	}
	for i := range b.gaps {
		check(b.gaps[i].source, func() string { return "unstated owners of " + company(b.gaps[i].company) })
	}
}
