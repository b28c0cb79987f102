package policy

import (
	"slices"
	"strings"

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
	control := c.controls[e.ControlName]
	e.Control, e.OnUnknown = control.Rule, control.OnUnknown
	c.relations(e, m)
	e.Select = c.selection(m, e)
	e.Protects = c.protects(m.Get("protects"))
	e.Requires = c.requires(m.Get("requires"), e.Relations)
	e.Uses = c.uses(m.Get("uses"), e.Relations)
	e.When = c.when(m.Get("when"), e.Relations)
	e.Also = c.alsos(m.Get("also"), e)
	e.Unless = c.unless(m.Get("unless"))
	e.Unconfirmed = m.Get("unconfirmed").Texts()
	e.Known = c.date(m.Get("known"))
	e.history = history{
		inForce:   c.inForce(m.Need("in_force")),
		suspended: c.suspended(m.Get("suspended")),
		phases:    c.phases(m.Get("phases"), e.Relations),
		except:    c.carves(m.Get("except"), e.Relations),
		withdrawn: c.date(m.Get("withdrawn")),
	}
	if e.Unless != nil {
		e.history.determinations = e.Unless.Determinations
	}
	if w := e.history.withdrawn; !w.IsZero() && w.Before(e.Known) {
		m.Get("withdrawn").Note("withdrawn %s before it was published (%s)", w, e.Known)
	}
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
