package policy

import (
	"math"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// requires reads corroboration: attributes, in order, with their least values.
// One relation of the entry must have the attribute, or nothing would be asked.
func (c *compiler) requires(n yamldoc.Node, relations []Relation) []Requirement {
	m := n.Map()
	var out []Requirement
	for _, key := range slices.Sorted(slices.Values(m.Keys())) {
		asked := slices.DeleteFunc(slices.Clone(relations), func(r Relation) bool {
			return r.Kind == nil || !Requirement{Attr: key}.Concerns(r.Kind)
		})
		if len(asked) == 0 {
			asked = relations // each is noted as having no such attribute
		}
		for _, r := range asked {
			c.checkAttr(m.KeyAt(key), r.Kind, key)
		}
		value := m.Get(key)
		if value.IsZero() {
			m.KeyAt(key).Note("say how much of %q is required", key)
			continue
		}
		out = append(out, Requirement{Attr: key, AtLeast: int64(value.Int(1, math.MaxInt32))})
	}
	return out
}

func (c *compiler) checkAttr(at yamldoc.Node, k *evidence.Kind, key string) {
	if k == nil {
		return
	}
	if a, ok := k.Attr(key); ok {
		if a.Op == evidence.OpSet {
			at.Note("attribute %q of %q is a list of words, not a number", key, k.Name)
		}
		return
	}
	at.Note("relation %q has no attribute %q%s", k.Name, key, yamldoc.Suggest(key, slices.Values(attrKeys(k))))
}

func attrKeys(k *evidence.Kind) []string {
	keys := make([]string, len(k.Attrs))
	for i, a := range k.Attrs {
		keys[i] = a.Key
	}
	return keys
}

func (c *compiler) when(n yamldoc.Node, relations []Relation) *Condition {
	source := n.Text()
	if source == "" {
		return nil
	}
	var kinds []*evidence.Kind
	for _, r := range relations {
		if r.Kind != nil {
			kinds = append(kinds, r.Kind)
		}
	}
	cond, problems := c.conditions.compile(source, kinds)
	for _, p := range problems {
		n.Note("condition: %s", p)
	}
	return cond
}

// relationsOf returns the relations of the named entries, of all if none is
// named: what a condition of an exception may ask about.
func (c *compiler) relationsOf(entries []string) []Relation {
	var out []Relation
	for _, e := range c.out.Entries {
		if len(entries) > 0 && !slices.Contains(entries, e.ID) {
			continue
		}
		for _, r := range e.Relations {
			if !slices.ContainsFunc(out, func(o Relation) bool { return o.Kind == r.Kind }) {
				out = append(out, r)
			}
		}
	}
	return out
}

// onceKnown notes an exception that stands twice at one time of knowledge. A
// term that was moved is written twice, with the times when each was known.
func (c *compiler) onceKnown(n yamldoc.Node, id string, known entity.Interval) {
	for _, before := range c.exceptions[id] {
		if id != "" && before.Overlaps(known) {
			n.Note("exception %q stands twice: give each its time of knowledge (known) if its term was moved", id)
			break
		}
	}
	c.exceptions[id] = append(c.exceptions[id], known)
}

// entryName reads the id of an entry of this document.
func (c *compiler) entryName(n yamldoc.Node) string {
	s := n.Text()
	if s != "" && !c.entries[s] {
		n.Note("unknown entry %q%s", s, yamldoc.Suggest(s, sorted(c.entries)))
		return ""
	}
	return s
}

func (c *compiler) exception(n yamldoc.Node) *Exception {
	m := n.Map(keysOf("exception")...)
	x := &Exception{
		ID:         c.slug(m.Need("id")),
		Place:      n.Place(),
		Who:        c.needText(m, "who"),
		ApprovedBy: c.needText(m, "approved_by"),
		Authority:  c.needText(m, "authority"),
		Reason:     c.needText(m, "reason"),
		Conditions: m.Get("conditions").Texts(),
		Term:       c.interval(m, "from", "expires"),
		Known:      c.known(m.Get("known")),
		Companies:  c.companies(m.Get("companies")),
		IDs:        c.identifiers(m.Get("identifiers")),
	}
	c.onceKnown(m.Get("id"), x.ID, x.Known)
	for _, item := range m.Get("entries").List() {
		if s := c.entryName(item); s != "" {
			x.Entries = append(x.Entries, s)
		}
	}
	x.When = c.when(m.Get("when"), c.relationsOf(x.Entries))
	if m.Get("expires").IsZero() {
		m.Node().Note("key %q is missing: an exception always expires", "expires")
	}
	if x.Who != "" && strings.EqualFold(x.Who, x.ApprovedBy) {
		m.Get("approved_by").Note("%q cannot approve an exception for itself: another body must", x.ApprovedBy)
	}
	if n.IsMap() && m.Get("entries").IsZero() && m.Get("companies").IsZero() && m.Get("identifiers").IsZero() {
		n.Note("the exception would cover the whole policy: name entries, companies or identifiers")
	}
	return x
}
