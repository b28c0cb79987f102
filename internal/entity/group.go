package entity

import (
	"encoding/binary"
	"slices"
)

// Attributes select companies by what the registry says of them: those with
// one of the countries of domicile, one of the countries of headquarters, or
// one of the tags, and with StateOwned those that a state owns. Where both are
// given, StateOwned narrows Countries and does not add to them. The zero value
// selects nobody.
type Attributes struct {
	Countries, Headquarters, Tags []string
	StateOwned                    bool
}

// IsZero reports whether nobody is selected.
func (a *Attributes) IsZero() bool {
	return !a.StateOwned && len(a.Countries)+len(a.Headquarters)+len(a.Tags) == 0
}

// Has reports whether a company is selected.
func (a *Attributes) Has(c *Company) bool {
	inCountry := c.Country != "" && slices.Contains(a.Countries, c.Country)
	return a.StateOwned && c.StateOwned && (len(a.Countries) == 0 || inCountry) ||
		!a.StateOwned && inCountry ||
		c.Headquarters != "" && slices.Contains(a.Headquarters, c.Headquarters) ||
		slices.ContainsFunc(c.Tags, func(tag string) bool { return slices.Contains(a.Tags, tag) })
}

// traits returns the texts of secTraits whose companies Has may be true of.
func (a *Attributes) traits() []string {
	var out []string
	add := func(kind string, values []string) {
		for _, v := range values {
			out = append(out, kind+v)
		}
	}
	add(traitHeadquarters, a.Headquarters)
	add(traitTag, a.Tags)
	if a.StateOwned {
		return append(out, traitStateOwned)
	}
	add(traitCountry, a.Countries)
	return out
}

// Group is a set of companies of one registry: what a selection comes to. It
// keeps their numbers, so that a million of them take four megabytes. It is
// immutable; the zero Group is empty.
type Group struct {
	r       *Registry
	numbers []int32 // sorted
}

// Group returns the companies with one of the slugs, or with the attributes. A
// slug that the registry does not know is left out; one that it came to know
// later is not.
func (r *Registry) Group(slugs []string, a Attributes) Group {
	g := Group{r: r}
	for _, s := range slugs {
		if n, ok := r.number(s); ok && s != "" {
			g.numbers = append(g.numbers, n)
		}
	}
	if !a.IsZero() {
		g.numbers = r.attributed(a, g.numbers)
	}
	slices.Sort(g.numbers)
	g.numbers = slices.Compact(g.numbers)
	return g
}

// attributed appends the companies with attributes, in no order.
func (r *Registry) attributed(a Attributes, into []int32) []int32 {
	first := len(into)
	for _, name := range a.traits() {
		into = r.having(r.im, name, into)
	}
	narrow := a.StateOwned && len(a.Countries) > 0
	if r.over != nil { // what it supposes may take a company out, and add another
		narrow = true
		for slug := range r.over.countries {
			if n, ok := r.number(slug); ok {
				into = append(into, n)
			}
		}
		for i := range r.over.added {
			into = append(into, int32(r.im.companies()+i))
		}
	}
	if !narrow {
		return into
	}
	kept := slices.DeleteFunc(into[first:], func(n int32) bool {
		c := r.at(n)
		return !r.knew(c.Known) || !a.Has(c)
	})
	return into[:first+len(kept)]
}

// Len returns how many companies the group has.
func (g Group) Len() int { return len(g.numbers) }

// Slugs returns the companies by slug; those that were added to the registry
// come last.
func (g Group) Slugs() []string {
	out := make([]string, len(g.numbers))
	for i, n := range g.numbers {
		out[i] = g.r.slug(n)
	}
	return out
}

// Key is equal for equal groups of one registry, and differs for others.
func (g Group) Key() string {
	b := make([]byte, 0, 4*len(g.numbers))
	for _, n := range g.numbers {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	return string(b)
}
