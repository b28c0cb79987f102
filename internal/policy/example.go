package policy

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

func (c *compiler) test(n yamldoc.Node) Test {
	m := n.Map(keysOf("test")...)
	t := Test{Name: c.needText(m, "name"), Place: n.Place(),
		AsOf: c.date(m.Need("as_of")), AsKnownAt: c.date(m.Get("as_known_at"))}
	for _, item := range m.Get("observations").List() {
		if o, ok := c.observation(item); ok {
			t.Observations = append(t.Observations, o)
		}
	}
	for _, item := range m.Need("expect").List() {
		t.Expect = append(t.Expect, c.expectation(item))
	}
	if n.IsMap() && len(t.Expect) == 0 && !m.Get("expect").IsZero() {
		m.Get("expect").Note("a test that expects nothing proves nothing")
	}
	return t
}

// observation reads an example: the kind, one key for each of its roles, and
// what else was observed. The kind is looked up first, because it says which
// keys there may be.
func (c *compiler) observation(n yamldoc.Node) (evidence.Observation, bool) {
	k := c.exampleKind(n)
	if k == nil {
		return evidence.Observation{}, false
	}
	keys := keysOf("observation")
	for _, r := range k.Roles {
		keys = append(keys, r.Name)
	}
	m := n.Map(keys...)
	o := evidence.Observation{
		Domain: k.Domain, Kind: k.Name,
		Thing: c.thing(m.Get("thing")),
		Count: 1,
		First: c.instant(m.Get("first")),
		Last:  c.instant(m.Get("last")),
	}
	if count := m.Get("count"); !count.IsZero() {
		o.Count = uint64(count.Int(1, 1<<53))
	}
	if !o.First.IsZero() && !o.Last.IsZero() && o.Last.Before(o.First) {
		m.Get("last").Note("last is before first")
	}
	for _, r := range k.Roles {
		id := c.thing(m.Need(r.Name))
		o.Subjects = append(o.Subjects, evidence.Subject{Role: r.Name, ID: id})
	}
	o.Attrs = c.attrs(m.Get("attrs"), k)
	return o, true
}

// exampleKind finds the kind that an example names; a name that several
// domains use is written "domain/name".
func (c *compiler) exampleKind(n yamldoc.Node) *evidence.Kind {
	m := n.Fields()
	at := m.Need("kind")
	domain, name, qualified := strings.Cut(at.Text(), "/")
	if !qualified {
		domain, name = "", domain
	}
	if name == "" {
		return nil
	}
	return c.kind(at, name, domain)
}

// attrs reads attributes by the kind's own declaration of how they merge.
func (c *compiler) attrs(n yamldoc.Node, k *evidence.Kind) []evidence.Attr {
	m := n.Map(attrKeys(k)...)
	var out []evidence.Attr
	for _, spec := range k.Attrs {
		v := m.Get(spec.Key)
		if v.IsZero() {
			continue
		}
		switch spec.Op {
		case evidence.OpSum:
			out = append(out, evidence.Sum(spec.Key, int64(v.Int(0, 1<<53))))
		case evidence.OpMin:
			out = append(out, evidence.Min(spec.Key, int64(v.Int(0, 1<<53))))
		case evidence.OpMax:
			out = append(out, evidence.Max(spec.Key, int64(v.Int(0, 1<<53))))
		case evidence.OpSet:
			out = append(out, evidence.Words(spec.Key, v.Texts()...))
		case evidence.OpDistinct:
			out = append(out, evidence.Distinct(spec.Key, distinctWords(v)...))
		}
	}
	slices.SortFunc(out, func(a, b evidence.Attr) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// distinctWords reads either the words themselves or only how many there were,
// for which it makes words up.
func distinctWords(n yamldoc.Node) []string {
	if !n.IsScalar() {
		return n.Texts()
	}
	words := make([]string, n.Int(0, evidence.MaxExact))
	for i := range words {
		words[i] = strconv.Itoa(i)
	}
	return words
}

// instant reads a date or a time in RFC 3339.
func (c *compiler) instant(n yamldoc.Node) time.Time {
	s := n.Text()
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	n.Note("time %q: want 2020-08-05 or 2020-08-05T12:00:00Z", s)
	return time.Time{}
}
