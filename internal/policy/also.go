package policy

import (
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// Also is a second observation that must exist about the same thing: an app
// that carries a library counts only where a store also offers that app.
type Also struct {
	Relation string
	Kind     *evidence.Kind // nil for an entry that awaits its evidence
	On       string         // role of the first observation, or "thing"
	As       string         // role of the second in which the same identifier stands, or "thing"
	When     *Condition     // about the second observation; nil: always
}

// Thing is the word for what an observation is about, where a role is asked.
const Thing = "thing"

// At returns the identifier that an observation has in a role, or as its thing.
func At(o *evidence.Observation, role string) evidence.ID {
	if role == Thing {
		return o.Thing
	}
	return o.Subject(role)
}

func (c *compiler) alsos(n yamldoc.Node, e *Entry) []Also {
	var out []Also
	for _, item := range n.List() {
		m := item.Map(keysOf("also")...)
		a := Also{Relation: c.needText(m, "relation"), On: m.Get("on").Text(), As: m.Get("as").Text()}
		if a.On == "" {
			a.On = Thing
		}
		if a.As == "" {
			a.As = a.On
		}
		if e.Awaits == "" && a.Relation != "" {
			a.Kind = c.kind(m.Get("relation"), a.Relation, e.Domain)
			c.sharedRole(m, a, e.Relations)
		}
		if a.Kind != nil {
			a.When = c.when(m.Get("when"), []Relation{{Name: a.Relation, Kind: a.Kind}})
		}
		out = append(out, a)
	}
	return out
}

// sharedRole checks that both observations have the role that joins them.
func (c *compiler) sharedRole(m yamldoc.Map, a Also, relations []Relation) {
	check := func(key, role string, k *evidence.Kind) {
		at := m.Get(key)
		if at.IsZero() {
			at = m.Node()
		}
		if _, ok := k.Role(role); !ok && role != Thing {
			var names []string
			for _, r := range k.Roles {
				names = append(names, r.Name)
			}
			at.Note("relation %q has no role %q: want %s or %s", k.Name, role, strings.Join(names, ", "), Thing)
		}
	}
	for _, r := range relations {
		if r.Kind != nil {
			check("on", a.On, r.Kind)
		}
	}
	if a.Kind != nil {
		check("as", a.As, a.Kind)
	}
}
