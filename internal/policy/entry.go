package policy

import (
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// entry reads one rule, nil if it is no mapping.
func (c *compiler) entry(n yamldoc.Node) *Entry {
	m := n.Map(keysOf("entry")...)
	if !n.IsMap() {
		return nil
	}
	e := &Entry{
		ID:       c.slug(m.Need("id")),
		Title:    c.needText(m, "title"),
		Place:    n.Place(),
		Citation: c.needText(m, "citation"),
		Domain:   c.domain(m.Need("domain")),
		Awaits:   m.Get("awaits").Text(),
		Remedy:   m.Get("remedy").Text(),
		Effect:   oneOf(m.Get("effect"), "effect", Effects(), c.effect),
		Severity: oneOf(m.Get("severity"), "severity", Severities(), c.severity),
	}
	if c.entries[e.ID] && e.ID != "" {
		m.Get("id").Note("entry %q stands twice", e.ID)
	}
	c.entries[e.ID] = true
	e.Authority = c.authority(m.Need("authority"))
	e.ControlName = c.controlName(m.Get("control"))
	e.Control = c.controls[e.ControlName]
	e.Select = c.selection(m, e.Awaits != "")
	c.relations(e, m)
	e.Protects = c.protects(m.Get("protects"))
	e.InForce = c.inForce(m.Need("in_force"))
	e.Suspended = c.suspended(m.Get("suspended"))
	e.Requires = c.requires(m.Get("requires"), e.Relations)
	e.When = c.when(m.Get("when"), e.Relations)
	e.Unless = c.unless(m.Get("unless"))
	return e
}

func (c *compiler) domain(n yamldoc.Node) string {
	s := n.Text()
	if n.IsScalar() && !slices.Contains(Domains(), s) {
		n.Note("unknown domain %q: want one of %s%s", s, strings.Join(Domains(), ", "),
			yamldoc.Suggest(s, slices.Values(Domains())))
		return ""
	}
	return s
}

func (c *compiler) authority(n yamldoc.Node) *Authority {
	id := n.Text()
	if id == "" {
		return nil
	}
	a, ok := c.authorities[id]
	if !ok {
		n.Note("unknown authority %q%s", id, yamldoc.Suggest(id, sorted(c.authorities)))
	}
	return a
}

// selection reads select or all_but, of which an entry has one. Only an entry
// that awaits its evidence may go without: its companies may be a class that
// no registry lists, and it decides nothing yet.
func (c *compiler) selection(m yamldoc.Map, awaits bool) Selection {
	sel, but := m.Get("select"), m.Get("all_but")
	switch {
	case !sel.IsZero() && !but.IsZero():
		m.KeyAt("all_but").Note("an entry has either %q or %q", "select", "all_but")
		return Selection{}
	case sel.IsZero() && but.IsZero():
		if !awaits {
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
		Companies:  c.members(b),
		Countries:  c.countries(b.Get("countries")),
		Tags:       c.words(b.Get("tags"), "tag", slices.Collect(sorted(c.tags))),
		StateOwned: b.Get("state_owned").Bool(),
	}
	if sel.IsMap() && len(b.Keys()) == 0 {
		sel.Note("the selection is empty: name companies, groups, countries or tags")
	}
	return s
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

func (c *compiler) relations(e *Entry, m yamldoc.Map) {
	list := m.Get("relations")
	if e.Awaits == "" {
		list = m.Need("relations")
	}
	seen := map[string]bool{}
	for _, n := range list.List() {
		r, at := c.relation(n, e)
		if r.Name == "" {
			continue
		}
		if seen[r.Name] {
			at.Note("relation %q stands twice", r.Name)
			continue
		}
		seen[r.Name] = true
		e.Relations = append(e.Relations, r)
	}
	if len(e.Relations) == 0 && e.Awaits == "" && len(list.List()) == 0 {
		list.Note("an entry needs a relation, or %q with the evidence that it waits for", "awaits")
	}
}

// relation reads "adjacency" or "{transit: {roles: [via]}}", and returns the
// node that names it.
func (c *compiler) relation(n yamldoc.Node, e *Entry) (Relation, yamldoc.Node) {
	at, roles := n, yamldoc.Node{}
	r := Relation{}
	if n.IsMap() {
		m := n.Map()
		if len(m.Keys()) != 1 {
			n.Note("a relation is one word, or one word with its roles")
			return r, at
		}
		r.Name = m.Keys()[0]
		at = m.KeyAt(r.Name)
		roles = m.Get(r.Name).Map(keysOf("relation")...).Get("roles")
	} else {
		r.Name = n.Text()
	}
	if r.Name == "" {
		return r, at
	}
	if e.Awaits != "" {
		r.Roles = roles.Texts()
		return r, at
	}
	r.Kind = c.kind(at, r.Name, e.Domain)
	if r.Kind == nil {
		return r, at
	}
	r.Roles = c.roles(roles, r.Kind)
	return r, at
}

// kind finds a kind of observation by its name, in the entry's domain.
func (c *compiler) kind(at yamldoc.Node, name, domain string) *evidence.Kind {
	var elsewhere *evidence.Kind
	var names []string
	for _, k := range c.env.Kinds {
		switch {
		case k.Name == name && (k.Domain == domain || domain == ""):
			return k
		case k.Name == name:
			elsewhere = k
		case k.Domain == domain || domain == "":
			names = append(names, k.Name)
		}
	}
	slices.Sort(names)
	switch {
	case elsewhere != nil:
		at.Note("relation %q belongs to the domain %q, and the entry's domain is %q", name, elsewhere.Domain, domain)
	case len(names) == 0 && domain != "":
		at.Note("unknown relation %q: no evidence of the domain %q is read yet; add %q with what the entry waits for",
			name, domain, "awaits")
	default:
		hint := yamldoc.Suggest(name, slices.Values(names))
		if hint == "" {
			hint = ": want one of " + strings.Join(names, ", ")
		}
		at.Note("unknown relation %q%s", name, hint)
	}
	return nil
}

// roles reads the roles that a selected company may have; without them it may
// have any that a party can have.
func (c *compiler) roles(n yamldoc.Node, k *evidence.Kind) []string {
	var all, out []string
	for _, r := range k.Roles {
		if r.Party {
			all = append(all, r.Name)
		}
	}
	if n.IsZero() {
		return all
	}
	chosen := map[string]bool{}
	for _, item := range n.List() {
		name := item.Text()
		if item.IsScalar() && !slices.Contains(all, name) {
			item.Note("relation %q has no role %q for a company: want one of %s%s", k.Name, name,
				strings.Join(all, ", "), yamldoc.Suggest(name, slices.Values(all)))
		}
		chosen[name] = true
	}
	for _, name := range all {
		if chosen[name] {
			out = append(out, name)
		}
	}
	return out
}

func (c *compiler) protects(n yamldoc.Node) Protection {
	m := n.Map(keysOf("protects")...)
	p := Protection{
		Countries: c.countries(m.Get("countries")),
		Companies: c.companies(m.Get("companies")),
		IDs:       c.identifiers(m.Get("identifiers")),
	}
	if n.IsMap() && len(m.Keys()) == 0 {
		n.Note("nothing is protected: name countries, companies or identifiers, or leave the key out to protect everyone")
	}
	return p
}

func (c *compiler) inForce(n yamldoc.Node) []entity.Interval {
	var out []entity.Interval
	for i, item := range n.List() {
		iv := c.interval(item.Map(keysOf("interval")...), "from", "to")
		if i > 0 {
			inOrder(item, i, out[i-1], iv)
		}
		out = append(out, iv)
	}
	if !n.IsZero() && len(out) == 0 {
		n.Note("an entry is in force at some time: write [{from: 2020-08-05}]")
	}
	return out
}

func (c *compiler) suspended(n yamldoc.Node) []Suspension {
	var out []Suspension
	for i, item := range n.List() {
		m := item.Map(keysOf("suspension")...)
		s := Suspension{Interval: c.interval(m, "from", "to"), Reason: c.needText(m, "reason")}
		if i > 0 {
			inOrder(item, i, out[i-1].Interval, s.Interval)
		}
		out = append(out, s)
	}
	return out
}
