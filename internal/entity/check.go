package entity

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
)

// compare orders identifiers by all their fields, so that a registry does not
// depend on the order in which they came.
func (d Identifier) compare(e Identifier) int {
	return cmp.Or(d.ID.Compare(e.ID), cmp.Compare(d.Company, e.Company), d.Valid.compare(e.Valid),
		cmp.Compare(d.Source, e.Source), cmp.Compare(d.Note, e.Note))
}

// compare orders edges by asset, owner, interest and time, then by the rest.
func (e Edge) compare(f Edge) int {
	return cmp.Or(cmp.Compare(e.Asset, f.Asset), cmp.Compare(e.Owner, f.Owner),
		cmp.Compare(e.Interest, f.Interest), e.Valid.compare(f.Valid),
		cmp.Compare(e.Share.Lo, f.Share.Lo), cmp.Compare(e.Share.Hi, f.Share.Hi),
		cmp.Compare(e.Source, f.Source), cmp.Compare(e.Note, f.Note))
}

// repeats reports whether both edges speak of the same holding at one date.
// Their shares would be counted twice. Holdings without an owner's name may be
// those of several persons.
func (e Edge) repeats(f Edge) bool {
	return e.Owner != "" && e.Asset == f.Asset && e.Owner == f.Owner && e.Interest == f.Interest && e.Valid.Overlaps(f.Valid)
}

func (iv Interval) compare(o Interval) int {
	return cmp.Or(iv.From.Compare(o.From), iv.To.Compare(o.To))
}

func (iv Interval) empty() bool {
	return !iv.From.IsZero() && !iv.To.IsZero() && !iv.From.Before(iv.To)
}

func checkCompany(c *Company) error {
	var errs []error
	if id, err := evidence.NewID(evidence.SchemeCompany, c.Slug); err != nil || id != c.ID() {
		errs = append(errs, fmt.Errorf("company %q: the slug wants lower-case letters, digits and dashes", c.Slug))
	}
	if c.Country != "" {
		if id, err := evidence.NewID(evidence.SchemeCountry, c.Country); err != nil || id.Value() != c.Country {
			errs = append(errs, fmt.Errorf("company %q: country %q is no code of two capitals", c.Slug, c.Country))
		}
	}
	return errors.Join(errs...)
}

func (r *Registry) checkIdentifier(d Identifier) error {
	var errs []error
	if d.ID.IsZero() || d.ID.Scheme() == evidence.SchemeCompany {
		errs = append(errs, fmt.Errorf("company %q holds %q, which nobody can hold", d.Company, d.ID))
	}
	if d.Valid.empty() {
		errs = append(errs, fmt.Errorf("identifier %s of %q: no date lies in %s", d.ID, d.Company, d.Valid))
	}
	for _, old := range r.ids[d.ID] {
		switch {
		case !old.Valid.Overlaps(d.Valid):
		case old.Company == d.Company:
			errs = append(errs, fmt.Errorf("identifier %s of %q stands twice during %s", d.ID, d.Company, d.Valid))
		default:
			errs = append(errs, fmt.Errorf("identifier %s is held by both %q and %q during %s",
				d.ID, min(old.Company, d.Company), max(old.Company, d.Company), d.Valid))
		}
	}
	return errors.Join(errs...)
}

func checkEdge(name string, e Edge) error {
	var errs []error
	if e.Share.Lo < 0 || e.Share.Hi > Whole || e.Share.Lo > e.Share.Hi {
		errs = append(errs, fmt.Errorf("%s: share %s is no range within 0 and 100", name, e.Share))
	}
	if !slices.Contains(Interests(), e.Interest) {
		errs = append(errs, fmt.Errorf("%s: unknown interest %q", name, e.Interest))
	}
	if e.Valid.empty() {
		errs = append(errs, fmt.Errorf("%s: no date lies in %s", name, e.Valid))
	}
	return errors.Join(errs...)
}

// checkShares looks at every asset, kind of interest and span of time: the
// lower bounds may not exceed the whole, and where all owners are named their
// upper bounds must reach it. The latter is asked of shareholdings only: who
// names all shareholders need not know all votes.
func (r *Registry) checkShares() error {
	var errs []error
	for start := 0; start < len(r.edges); {
		end := start + 1
		for end < len(r.edges) && r.edges[end].Asset == r.edges[start].Asset {
			end++
		}
		kinds := map[string][]change{}
		for _, e := range r.edges[start:end] {
			kinds[e.Interest] = append(kinds[e.Interest], change{e.Valid.From, e.Share, 1})
			if !e.Valid.To.IsZero() {
				kinds[e.Interest] = append(kinds[e.Interest], change{e.Valid.To, e.Share, -1})
			}
		}
		asset := r.edges[start].Asset
		c, ok := r.companies[asset]
		for _, interest := range Interests() {
			complete := ok && c.OwnersComplete && interest == shareholding
			if err := checkSums(kinds[interest], complete); err != nil {
				errs = append(errs, fmt.Errorf("company %q: owners (%s) %w", asset, interest, err))
			}
		}
		start = end
	}
	return errors.Join(errs...)
}

// shareholding is the interest whose owners [Company.OwnersComplete] speaks of.
const shareholding = "shareholding"

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
		from := Interval{From: c.at}
		switch {
		case lo > int64(Whole):
			return fmt.Errorf("hold at least %s in %s: more than the whole", percentOf(lo), from)
		case complete && holders > 0 && hi < int64(Whole):
			return fmt.Errorf("hold at most %s in %s, but are said to be complete: less than the whole", percentOf(hi), from)
		}
	}
	return nil
}

// percentOf writes a sum that may be too large for a Share.
func percentOf(units int64) string { return fmt.Sprintf("%.4g%%", float64(units)/10_000) }

func (r *Registry) checkSource(what, source string) error {
	if _, ok := r.sources[source]; !ok {
		return fmt.Errorf("%s: source %q is not described: add it under sources", what, source)
	}
	return nil
}
