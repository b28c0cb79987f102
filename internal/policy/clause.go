package policy

import (
	"math"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// requires reads corroboration: attributes, in order, with their least values.
// Every relation of the entry must have the attribute, or it could never hold.
func (c *compiler) requires(n yamldoc.Node, relations []Relation) []Requirement {
	m := n.Map()
	var out []Requirement
	for _, key := range slices.Sorted(slices.Values(m.Keys())) {
		for _, r := range relations {
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
	i := slices.IndexFunc(k.Attrs, func(a evidence.AttrSpec) bool { return a.Key == key })
	if i >= 0 {
		if k.Attrs[i].Op == evidence.OpSet {
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

func (c *compiler) unless(n yamldoc.Node) *Unless {
	if n.IsZero() {
		return nil
	}
	m := n.Map(keysOf("unless")...)
	u := &Unless{Event: c.needText(m, "event"), By: c.date(m.Need("by"))}
	d := m.Get("determination")
	if d.IsZero() {
		return u
	}
	dm := d.Map(keysOf("determination")...)
	u.Determination = &Determination{
		Outcome:  dm.Need("outcome").OneOf("satisfied", "lapsed"),
		Date:     c.date(dm.Need("date")),
		By:       c.needText(dm, "by"),
		Document: c.sha256(dm.Get("document")),
		URL:      c.url(dm.Get("url")),
	}
	return u
}

func (c *compiler) sha256(n yamldoc.Node) string {
	s := n.Text()
	if s != "" && (len(s) != 64 || strings.Trim(s, "0123456789abcdef") != "") {
		n.Note("document %q: want its SHA-256 in 64 lower-case hexadecimal digits", s)
		return ""
	}
	return s
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
		Term:       c.interval(m, "from", "expires"),
		Companies:  c.companies(m.Get("companies")),
		IDs:        c.identifiers(m.Get("identifiers")),
	}
	if c.exceptions[x.ID] && x.ID != "" {
		m.Get("id").Note("exception %q stands twice", x.ID)
	}
	c.exceptions[x.ID] = true
	for _, item := range m.Get("entries").List() {
		if s := c.entryName(item); s != "" {
			x.Entries = append(x.Entries, s)
		}
	}
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
