package judge

import (
	"cmp"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// party is what the registry says of an identifier at the date. The zero party
// stands for a side that was not observed.
type party struct {
	id      evidence.ID
	holding entity.Holding   // Company is nil if nobody is known to hold it
	number  *entity.ASHolder // from the table of numbers, where that was asked
	name    string           // of the company, else of the holder in the table of numbers
	country string
	proved  bool   // country is registered, not inferred from address space
	slug    string // of the company
	// reaching are the answers about control in which the company is not out.
	reaching []*entity.Control
}

func (j *judgement) party(id evidence.ID) *party {
	if p, ok := j.parties[id]; ok {
		return p
	}
	p := &party{id: id}
	if h, ok := j.Registry.Resolve(id, j.AsOf); ok {
		p.holding, p.name, p.country, p.slug = h, h.Company.Name, h.Company.Country, h.Company.Slug
		p.proved = p.country != ""
	}
	if n, ok := id.AS(); ok && p.country == "" && j.Registry.Numbers() != nil {
		if holder, ok := j.Registry.Numbers().Holder(n); ok {
			p.number = &holder
			p.name, p.country = cmp.Or(p.name, holder.Name), holder.Country
			p.proved = p.country != "" && holder.CountryBasis == "registered"
		}
	}
	p.reaching = j.ruled.of(p.slug)
	j.parties[id] = p
	return p
}

// subjects returns the parties of an observation, by its subjects. They are
// looked up once for each observation, and the first of them not at all where
// it is that of the observation before: a set is sorted by it. The slice is
// good until the next observation.
func (j *judgement) subjects(o *evidence.Observation) []*party {
	if j.current == o {
		return j.present
	}
	var last *party
	if len(j.present) > 0 {
		last = j.present[0]
	}
	j.current, j.present = o, j.present[:0]
	for i, s := range o.Subjects {
		switch {
		case s.ID.IsZero():
			j.present = append(j.present, &party{})
		case i == 0 && last != nil && last.id == s.ID:
			j.present = append(j.present, last)
		default:
			j.present = append(j.present, j.party(s.ID))
		}
	}
	return j.present
}

// String returns the identifier in the field's own spelling with its name.
func (p *party) String() string {
	if p.id.IsZero() {
		return "a party that was not observed"
	}
	text := spell(p.id)
	if p.name != "" {
		text += " (" + p.name + ")"
	}
	return text
}

// spell writes an identifier as people of the field do: AS4134, not asn:4134.
func spell(id evidence.ID) string {
	if _, ok := id.AS(); ok {
		return "AS" + id.Value()
	}
	return id.Value()
}

// standing is whether a party is one that the entry selects.
type standing uint8

const (
	free       standing = iota // proved not to be
	barred                     // proved to be
	undecided                  // shares known too coarsely
	unresolved                 // nobody is known to hold the identifier
)

func (b *bench) standing(p *party) standing {
	sel := &b.entry.Select
	switch {
	case slices.Contains(sel.IDs, p.id), b.ofClass():
		return barred
	case !sel.ByCompany():
		return free
	case p.slug == "":
		return unresolved
	}
	switch state := b.control.State(p.slug); {
	case state == entity.Unknown:
		return undecided
	case (state == entity.In) != sel.AllBut:
		return barred
	}
	return free
}

// ofClass reports whether the entry is about the products of everyone that are
// of a class.
func (b *bench) ofClass() bool {
	sel := &b.entry.Select
	return !sel.ByCompany() && len(sel.IDs) == 0 && !sel.Class.IsZero()
}

// reaches reports whether the companies that the entry selects control the
// party, or may.
func (b *bench) reaches(p *party) bool { return slices.Contains(p.reaching, b.control) }

// named reports whether the entry protects the party by its own name.
func (b *bench) named(p *party) bool {
	protects := &b.entry.Protects
	return slices.Contains(protects.IDs, p.id) || p.slug != "" && slices.Contains(protects.Companies, p.slug)
}

// facts are what a condition may rest on. A country that address space only
// hints at is not known (docs/adr/0004-unknown-country.md).
func (p *party) facts() policy.FactsOf {
	f := policy.FactsOf{ID: p.id, Name: p.name, Company: p.slug}
	if p.proved {
		f.Country = p.country
	}
	return f
}

// shelter is whether a counterpart is one that the entry protects.
type shelter uint8

const (
	outside   shelter = iota // proved not to be
	inside                   // proved to be
	perhaps                  // not known; a finding says what is missing
	elsewhere                // not known, but its address space lies in a country that is not protected
)

// shelter says whether the entry protects the party, and where that is not
// known, for want of what.
func (b *bench) shelter(p *party) (s shelter, missing string) {
	protects := &b.entry.Protects
	switch {
	case protects.IsZero(), slices.Contains(protects.IDs, p.id):
		return inside, ""
	case p.id.IsZero():
		return perhaps, "whom it touches: the relation " + b.relation.Name + " does not show the protected side"
	case p.proved && slices.Contains(protects.Countries, p.country):
		return inside, ""
	}
	if b.guard != nil && p.slug != "" {
		switch b.guard.State(p.slug) {
		case entity.In:
			return inside, ""
		case entity.Unknown:
			return perhaps, "whether " + p.name + " belongs to a protected company" + deciding(b.registry, b.guard, p.slug)
		}
	}
	registration := "the country in which " + spell(p.id) + " is registered"
	switch {
	case len(protects.Countries) == 0 || p.proved:
		return outside, ""
	case p.country == "":
		return perhaps, registration
	case slices.Contains(protects.Countries, p.country):
		return perhaps, registration + " (its address space lies mostly in " + p.country + ")"
	}
	return elsewhere, registration + " (its address space lies mostly in " + p.country + ")"
}
