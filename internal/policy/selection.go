package policy

import (
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// Seeds returns the companies of a registry that are selected at a date, by
// slug, sorted. With AllBut they are the trusted ones, whom the entry is not
// about. What a company has in an attribute that the registry does not know is
// not selected here, see [Selection.Doubtful].
func (s *Selection) Seeds(reg *entity.Registry, on entity.Date) []string {
	return unique(slices.Concat(s.named(reg, on), reg.Group(nil, s.attributes()).Slugs()))
}

// Group returns the companies of Seeds that the registry has.
func (s *Selection) Group(reg *entity.Registry, on entity.Date) entity.Group {
	return reg.Group(s.named(reg, on), s.attributes())
}

// Selector returns a function that says of a company of the registry whether it
// is in Group, without going through the others.
func (s *Selection) Selector(reg *entity.Registry, on entity.Date) func(*entity.Company) bool {
	named := map[string]bool{}
	for _, slug := range reg.Group(s.named(reg, on), entity.Attributes{}).Slugs() {
		named[slug] = true
	}
	a := s.attributes()
	return func(c *entity.Company) bool { return named[c.Slug] || a.Has(c) }
}

// named returns the companies that are selected by name or by a list.
func (s *Selection) named(reg *entity.Registry, on entity.Date) []string {
	out := slices.Clone(s.Companies)
	for _, list := range s.Lists {
		out = append(out, reg.OnList(list, on)...)
	}
	return out
}

// attributes are those by which companies are selected.
func (s *Selection) attributes() entity.Attributes {
	return entity.Attributes{Countries: s.Countries, Headquarters: s.Headquarters, Tags: s.Tags, StateOwned: s.StateOwned}
}

func (s *Selection) has(c *entity.Company) bool {
	a := s.attributes()
	return a.Has(c)
}

// Ground says why a company is selected at a date, in words that follow "it is":
// "named", "on the list ofac-sdn" or, of an attribute, "selected by its domicile
// in CN". A policy that goes by criteria names nobody, and a reader who is told that
// it does looks for the name in vain. Of a company that is not among the seeds
// the answer is empty.
func (s *Selection) Ground(reg *entity.Registry, c *entity.Company, on entity.Date) string {
	if slices.Contains(s.Companies, c.Slug) {
		return "named"
	}
	for _, l := range reg.Listings(c.Slug, on) {
		if slices.Contains(s.Lists, l.List) {
			return "on the list " + l.List
		}
	}
	tag := slices.IndexFunc(c.Tags, func(tag string) bool { return slices.Contains(s.Tags, tag) })
	switch {
	case !s.has(c):
		return ""
	case tag >= 0:
		return "selected by its kind " + c.Tags[tag]
	case slices.Contains(s.Headquarters, c.Headquarters):
		return "selected by its headquarters in " + c.Headquarters
	case s.StateOwned && len(s.Countries) == 0:
		return "selected as state-owned"
	case s.StateOwned:
		return "selected as state-owned, with its domicile in " + c.Country
	}
	return "selected by its domicile in " + c.Country
}

// Doubts reports whether the selection asks for an attribute that the registry
// may not know of a company.
func (s *Selection) Doubts() bool { return len(s.Countries)+len(s.Headquarters) > 0 }

// Doubtful returns what would have to be known of a company to say whether it
// is selected, empty if that is known: "its principal place of business". That
// no source calls a company state-owned is taken for an answer.
func (s *Selection) Doubtful(c *entity.Company) string {
	switch {
	case c == nil || s.has(c) || slices.Contains(s.Companies, c.Slug):
	case len(s.Headquarters) > 0 && c.Headquarters == "":
		return "its principal place of business"
	case len(s.Countries) > 0 && c.Country == "" && (!s.StateOwned || c.StateOwned):
		return "its country of domicile"
	}
	return ""
}

// selection reads select or all_but, of which an entry has one. Only an entry
// that awaits its evidence may go without: its companies may be ones that no
// registry lists, and it decides nothing yet.
func (c *compiler) selection(m yamldoc.Map, e *Entry) Selection {
	sel, but := m.Get("select"), m.Get("all_but")
	switch {
	case !sel.IsZero() && !but.IsZero():
		m.KeyAt("all_but").Note("an entry has either %q or %q", "select", "all_but")
		return Selection{}
	case sel.IsZero() && but.IsZero():
		if e.Awaits == "" {
			m.Node().Note("key %q is missing: which companies the entry is about", "select")
		}
		return Selection{}
	case !but.IsZero():
		b := but.Map(keysOf("all_but")...)
		s := Selection{Companies: c.members(b), AllBut: true}
		if len(s.Companies) == 0 && but.IsMap() {
			but.Note("an entry about all but trusted companies must name one at least")
		}
		return s
	}
	b := sel.Map(keysOf("select")...)
	s := Selection{
		Companies:    c.members(b),
		Countries:    c.countries(b.Get("countries")),
		Headquarters: c.countries(b.Get("headquarters")),
		Lists:        c.lists(b.Get("lists")),
		Tags:         c.tagged(b.Get("tags")),
		StateOwned:   b.Get("state_owned").Bool(),
		IDs:          c.identifiers(b.Get("identifiers")),
		Class: Class{
			Products:        unique(b.Get("product_class").Texts()),
			ProducedIn:      c.countries(b.Get("produced_in")),
			ProducedOutside: c.countries(b.Get("produced_outside")),
		},
	}
	if sel.IsMap() && len(b.Keys()) == 0 {
		sel.Note("the selection is empty: name companies, groups, countries, lists, tags or a class of products")
	}
	for _, key := range []string{attrClass, attrProducedIn} {
		if !b.Get(key).IsZero() {
			c.mayLack(b.KeyAt(key), e.Relations, key, evidence.OpSet)
		}
	}
	return s
}

// tagged reads tags that companies have.
func (c *compiler) tagged(n yamldoc.Node) []string {
	if n.IsZero() {
		return nil
	}
	return c.words(n, "tag", c.env.Registry.Tags())
}

// uses reads the uses to whose extent an entry is about a thing.
func (c *compiler) uses(n yamldoc.Node, relations []Relation) []string {
	if !n.IsZero() {
		c.mayLack(n, relations, attrUses, evidence.OpSet)
	}
	uses := n.Texts()
	if !n.IsZero() && len(uses) == 0 {
		n.Note("no use is named: the entry would be about every use")
	}
	return uses
}

// lists reads published lists. A list on which the registry has nobody is a
// mistake: an entry that rests on it would never find anyone.
func (c *compiler) lists(n yamldoc.Node) []string {
	return c.words(n, "list", c.env.Registry.Lists())
}

// members reads companies and groups as one list.
func (c *compiler) members(m yamldoc.Map) []string {
	out := c.companies(m.Get("companies"))
	for _, n := range m.Get("groups").List() {
		name := n.Text()
		group, ok := c.groups[name]
		if !ok && n.IsScalar() {
			n.Note("unknown group %q%s", name, yamldoc.Suggest(name, sorted(c.groups)))
		}
		out = append(out, group...)
	}
	return unique(out)
}
