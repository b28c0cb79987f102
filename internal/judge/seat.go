package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// bench is an entry and a relation of it, at which observations are tried.
type bench struct {
	registry *entity.Registry
	entry    *policy.Entry
	relation policy.Relation
	roles    []string           // of the relation, in which parties are tried
	control  *entity.Control    // by the companies that the entry selects
	guard    *entity.Control    // by those that it protects, nil if it names none
	station  *station           // nil for an entry that awaits its evidence
	crowd    *crowd             // of benches that ask strangers the same
	matters  map[string]*matter // by the id of their finding
	// Records of counterparts of the entry's own parties that only their address
	// space places outside the protected countries.
	unplaced map[evidence.ID]uint64
	// Records of strangers that met nobody but companies that the entry
	// selects: not open for this bench, although they are for its crowd.
	among map[evidence.ID]uint64
	// Records of parties whose control is undecided and which the entry ignores.
	ignored map[evidence.ID]uint64
}

// crowd is a group of benches that say the same of a party that nobody is
// known to hold, because they protect the same and have the same conditions.
// With thousands of entries, each stranger would otherwise be tried on all.
type crowd struct {
	sample *bench
	roles  []string
	doubts bool // the selection asks for what the registry may not know of a company
	// Identifiers that keep the answer open, with their records: parties that
	// nobody is known to hold, and those of their counterparts that only their
	// address space places outside the protected countries.
	unresolved, unplaced map[evidence.ID]uint64
	sorted               []evidence.ID // unresolved, the most seen first; at the end
	// Parties of whose company an attribute is not known by which the entry
	// selects, by what is not known.
	doubtful map[string]map[evidence.ID]uint64
}

// station holds the benches for a kind of observation, so that an observation
// touches only those that can concern it.
type station struct {
	observed  uint64
	byControl map[*entity.Control][]*bench
	byID      map[evidence.ID][]*bench
	each      []*bench // that any observation may concern
	crowds    []*crowd
	crowdOf   map[string]*crowd
}

func (j *judgement) station(key kindKey) *station {
	s, ok := j.stations[key]
	if !ok {
		s = &station{
			byControl: make(map[*entity.Control][]*bench),
			byID:      make(map[evidence.ID][]*bench),
			crowdOf:   make(map[string]*crowd),
		}
		j.stations[key] = s
	}
	return s
}

// ruled keeps the answers about control: many entries ask the same, and a
// company is looked up in those that reach it.
type ruled struct {
	controls map[string]*entity.Control
	reaching map[string][]*entity.Control // by company, those in which it is not out
	wide     *[]*entity.Control           // that reach so many that each company is asked for when it is met
}

// wideFrom is how many seeds make an answer about control a wide one: entries
// that go by country select them by the hundred thousand.
const wideFrom = 10_000

func newRuled() ruled {
	return ruled{make(map[string]*entity.Control), make(map[string][]*entity.Control), new([]*entity.Control)}
}

func (r ruled) control(reg *entity.Registry, rule entity.ControlRule, seeds entity.Group, on entity.Date) *entity.Control {
	key := fmt.Sprintf("%+v\n%s", rule, seeds.Key())
	if c, ok := r.controls[key]; ok {
		return c
	}
	c := reg.ControlBy(rule, seeds, on)
	r.controls[key] = c
	if seeds.Len() >= wideFrom {
		*r.wide = append(*r.wide, c)
		return c
	}
	in, unknown := c.Members()
	for _, slug := range slices.Concat(in, unknown) {
		r.reaching[slug] = append(r.reaching[slug], c)
	}
	return c
}

// of returns the answers in which a company is not out.
func (r ruled) of(slug string) []*entity.Control {
	if slug == "" {
		return nil
	}
	out := r.reaching[slug]
	for _, c := range *r.wide {
		if c.State(slug) != entity.Out {
			out = append(out[:len(out):len(out)], c)
		}
	}
	return out
}

// seat prepares the benches of an entry. One that does not apply leaves only a
// note: it has no verdict, not even clean.
func (j *judgement) seat(e *policy.Entry) {
	if ok, why := j.applies(e); !ok {
		j.notes = append(j.notes, "entry "+e.ID+" does not apply on "+j.AsOf.String()+": "+why)
		return
	}
	control := j.ruled.control(j.Registry, e.Control, e.Select.Group(j.Registry, j.AsOf), j.AsOf)
	var guard *entity.Control
	if len(e.Protects.Companies) > 0 {
		majority := entity.ControlRule{Method: entity.MethodCascade, Threshold: entity.Whole / 2}
		guard = j.ruled.control(j.Registry, majority, j.Registry.Group(e.Protects.Companies, entity.Attributes{}), j.AsOf)
	}
	for _, relation := range awaitedAsOne(e) {
		b := &bench{
			registry: j.Registry, entry: e, relation: relation, roles: relation.Roles, control: control, guard: guard,
			matters: make(map[string]*matter), unplaced: make(map[evidence.ID]uint64),
			among: make(map[evidence.ID]uint64), ignored: make(map[evidence.ID]uint64),
		}
		j.benches = append(j.benches, b)
		if relation.Kind != nil {
			j.station(kindKey{relation.Kind.Domain, relation.Kind.Name}).seat(b)
		}
	}
	for _, a := range e.Also {
		if a.Kind != nil {
			j.seconds.want(a)
		}
	}
}

// seat puts a bench where the observations that can concern it find it.
func (s *station) seat(b *bench) {
	b.station = s
	sel := &b.entry.Select
	for _, id := range sel.IDs {
		s.byID[id] = append(s.byID[id], b)
	}
	switch {
	case sel.AllBut:
		s.each = append(s.each, b)
	case sel.ByCompany():
		s.byControl[b.control] = append(s.byControl[b.control], b)
		b.join(s)
	case len(sel.IDs) == 0: // a class: the products of anyone, and one party stands for them
		b.roles = b.roles[:min(1, len(b.roles))]
		s.each = append(s.each, b)
	}
}

// join puts a bench into the crowd that asks strangers the same.
func (b *bench) join(s *station) {
	e := b.entry
	key := fmt.Sprint(e.Protects, b.roles, e.Uses, e.Select.Class, e.When)
	if e.Select.Doubts() || len(e.Phases)+len(e.Also)+len(e.Select.IDs) > 0 {
		key = "entry " + e.ID
	}
	c, ok := s.crowdOf[key]
	if !ok {
		c = &crowd{
			sample: b, roles: b.roles, doubts: e.Select.Doubts(),
			unresolved: make(map[evidence.ID]uint64), unplaced: make(map[evidence.ID]uint64),
			doubtful: make(map[string]map[evidence.ID]uint64),
		}
		s.crowdOf[key] = c
		s.crowds = append(s.crowds, c)
	}
	b.crowd = c
}

// awaitedAsOne returns the relations of an entry; those of one that awaits its
// evidence as a single relation, because there is one answer for all of them.
func awaitedAsOne(e *policy.Entry) []policy.Relation {
	if e.Awaits == "" {
		return e.Relations
	}
	names := make([]string, len(e.Relations))
	for i, r := range e.Relations {
		names[i] = r.Name
	}
	return []policy.Relation{{Name: strings.Join(names, ", ")}}
}
