package judge

import (
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// party is what the registry says of an identifier at the date.
type party struct {
	id       evidence.ID
	holding  entity.Holding // Company is nil if nobody is known to hold it
	name     string         // of the company, else of the holder in the table of numbers
	country  string
	proved   bool   // country is registered, not inferred from address space
	numbered bool   // name and country come from the table of numbers
	slug     string // of the company
}

func (j *judgement) party(id evidence.ID) party {
	if p, ok := j.parties[id]; ok {
		return p
	}
	p := party{id: id}
	if h, ok := j.Registry.Resolve(id, j.AsOf); ok {
		p.holding, p.name, p.country, p.slug = h, h.Company.Name, h.Company.Country, h.Company.Slug
		p.proved = p.country != ""
	} else if n, ok := id.AS(); ok && j.Registry.Numbers() != nil {
		if holder, ok := j.Registry.Numbers().Holder(n); ok {
			p.name, p.country, p.numbered = holder.Name, holder.Country, true
			p.proved = holder.CountryBasis == "registered"
		}
	}
	j.parties[id] = p
	return p
}

// String returns the identifier in the field's own spelling with its name.
func (p party) String() string {
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

func (b *bench) standing(p party) standing {
	if p.slug == "" {
		return unresolved
	}
	state := b.control.State(p.slug)
	if state == entity.Unknown {
		return undecided
	}
	if (state == entity.In) != b.entry.Select.AllBut {
		return barred
	}
	return free
}

// guarded says whether a counterpart is one that the entry protects: true,
// false, or not known for want of the named fact.
func (j *judgement) guarded(e *policy.Entry, p party) (yes bool, unknown string) {
	switch {
	case e.Protects.IsZero():
		return true, ""
	case slices.Contains(e.Protects.IDs, p.id):
		return true, ""
	case p.slug != "" && slices.Contains(e.Protects.Companies, p.slug):
		return true, ""
	}
	if guard := j.guards[e.ID]; guard != nil && p.slug != "" {
		switch guard.State(p.slug) {
		case entity.In:
			return true, ""
		case entity.Unknown:
			return false, "whether " + p.name + " belongs to a protected company"
		}
	}
	if len(e.Protects.Countries) == 0 {
		return false, ""
	}
	in := slices.Contains(e.Protects.Countries, p.country)
	switch {
	case in && p.proved:
		return true, ""
	case in:
		return false, "the country in which " + spell(p.id) + " is registered (its address space lies mostly in " + p.country + ")"
	case p.country == "":
		return false, "the country in which " + spell(p.id) + " is registered"
	}
	return false, ""
}
