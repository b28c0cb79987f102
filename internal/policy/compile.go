package policy

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// Env is what a document may refer to.
type Env struct {
	Registry *entity.Registry // companies, by slug and tag
	Kinds    []*evidence.Kind // relations, with their roles and attributes
}

// Compile reads and checks a policy document. File is the name that places
// carry. The error, if any, joins every mistake of the document, each a
// [yamldoc.Problem] with its line and column; then there is no policy.
func Compile(file string, data []byte, env Env) (*Policy, error) {
	if env.Registry == nil {
		return nil, fmt.Errorf("policy %q: cannot be checked without a registry of companies", file)
	}
	doc, root, err := yamldoc.Parse(file, data)
	if err != nil {
		return nil, err
	}
	c := &compiler{
		env:         env,
		out:         &Policy{File: file},
		controls:    map[string]Control{listed: {ID: listed, Rule: entity.ControlRule{Method: entity.MethodListed}}},
		authorities: map[string]*Authority{},
		groups:      map[string][]string{},
		entries:     map[string]bool{},
		exceptions:  map[string][]entity.Interval{},
		conditions:  &conditionEnv{},
		effect:      Prohibit,
		severity:    High,
		control:     listed,
	}
	c.document(root)
	if err := doc.Err(); err != nil {
		return nil, err
	}
	c.out.document = root.Value()
	c.out.Digest = digest(c.out.document)
	return c.out.KnownAt(entity.Date{}), nil
}

// listed is the control rule that every document has: no control at all.
const listed = "listed"

// compiler holds what was read so far. Sections are read in the order in which
// they refer to one another, whatever their order in the document.
type compiler struct {
	env         Env
	out         *Policy
	controls    map[string]Control
	authorities map[string]*Authority
	groups      map[string][]string
	entries     map[string]bool
	exceptions  map[string][]entity.Interval // times of knowledge, by id
	conditions  *conditionEnv
	// Defaults of entries.
	effect   Effect
	severity Severity
	control  string
}

func (c *compiler) document(root yamldoc.Node) {
	m := root.Map(keysOf("document")...)
	p := c.out
	p.ID = c.slug(m.Need("policy"))
	p.Version = c.needText(m, "version")
	p.Title = c.needText(m, "title")
	p.Issuer = c.needText(m, "issuer")
	if j := m.Get("jurisdiction"); j.Text() == "EU" {
		p.Jurisdiction = "EU"
	} else {
		p.Jurisdiction = c.country(j)
	}
	p.Published = c.date(m.Need("published"))
	p.Withdrawn = c.date(m.Get("withdrawn"))
	if !p.Withdrawn.IsZero() && p.Withdrawn.Before(p.Published) {
		m.Get("withdrawn").Note("withdrawn %s before it was published (%s)", p.Withdrawn, p.Published)
	}
	p.Summary = m.Get("summary").Text()
	p.Unconfirmed = m.Get("unconfirmed").Texts()
	c.readAuthorities(m.Need("authorities"))
	for _, n := range m.Get("control").List() {
		c.readControl(n)
	}
	c.readGroups(m.Get("groups"))
	c.readDefaults(m.Get("defaults"))
	for _, n := range m.Need("entries").List() {
		if e := c.entry(n); e != nil {
			p.Entries = append(p.Entries, e)
		}
	}
	if len(p.Entries) == 0 {
		m.Get("entries").Note("a policy needs at least one entry")
	}
	for _, n := range m.Get("exceptions").List() {
		p.allExceptions = append(p.allExceptions, c.exception(n))
	}
	for _, n := range m.Get("tests").List() {
		p.Tests = append(p.Tests, c.test(n))
	}
}

func (c *compiler) readAuthorities(n yamldoc.Node) {
	for _, item := range n.List() {
		m := item.Map(keysOf("authority")...)
		a := &Authority{
			ID:        c.slug(m.Need("id")),
			Title:     c.needText(m, "title"),
			URL:       c.url(m.Get("url")),
			Date:      c.date(m.Need("date")),
			Retrieved: c.date(m.Get("retrieved")),
			Note:      m.Get("note").Text(),
		}
		if _, ok := c.authorities[a.ID]; ok && a.ID != "" {
			m.Get("id").Note("authority %q stands twice", a.ID)
		}
		if !a.Retrieved.IsZero() && a.Retrieved.Before(a.Date) {
			m.Get("retrieved").Note("retrieved %s, before the act itself (%s)", a.Retrieved, a.Date)
		}
		c.authorities[a.ID] = a
		c.out.Authorities = append(c.out.Authorities, *a)
	}
}

func (c *compiler) readGroups(n yamldoc.Node) {
	m := n.Map()
	for _, name := range m.Keys() {
		c.slug(m.KeyAt(name))
		if m.Get(name).IsZero() {
			m.KeyAt(name).Note("group %q is empty", name)
		}
		c.groups[name] = c.companies(m.Get(name))
	}
}

func (c *compiler) readDefaults(n yamldoc.Node) {
	m := n.Map(keysOf("defaults")...)
	c.effect = oneOf(m.Get("effect"), "effect", Effects(), c.effect)
	c.severity = oneOf(m.Get("severity"), "severity", Severities(), c.severity)
	c.control = c.controlName(m.Get("control"))
}

// controlName reads the name of a control rule, the default if absent.
func (c *compiler) controlName(n yamldoc.Node) string {
	name := n.Text()
	if name == "" {
		return c.control
	}
	if _, ok := c.controls[name]; !ok {
		n.Note("unknown control rule %q%s", name, yamldoc.Suggest(name, sorted(c.controls)))
		return c.control
	}
	return name
}

// sorted yields the keys of a map in order, so that suggestions do not change
// from run to run.
func sorted[V any](m map[string]V) func(func(string) bool) {
	return slices.Values(slices.Sorted(maps.Keys(m)))
}
