package policy

import (
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
)

// EntryState is where an entry stands at a date.
type EntryState uint8

// The states of an entry. Only InForce entries can be violated.
const (
	NotYet    EntryState = iota // it will be in force later
	InForce                     // it applies
	Suspended                   // it is in force but does not apply for a while
	Ended                       // it is no longer in force, or its publication was withdrawn
)

// String returns the state in words.
func (s EntryState) String() string {
	switch s {
	case InForce:
		return "in force"
	case Suspended:
		return "suspended"
	case Ended:
		return "ended"
	}
	return "not yet in force"
}

// State returns where the entry stands at a date, and one clause that says
// why. An entry that was withdrawn, or whose policy was, has ended at every
// date: a withdrawn publication never was in force. Between two spans it has
// ended, too.
func (e *Entry) State(on entity.Date) (EntryState, string) {
	switch {
	case !e.published.IsZero():
		return NotYet, "published on " + e.published.String() + ", after the date of what is known"
	case !e.withdrawn.IsZero():
		return Ended, fmt.Sprintf("the policy was withdrawn on %s and counts as never in force", e.withdrawn)
	case !e.Withdrawn.IsZero():
		return Ended, fmt.Sprintf("its publication was withdrawn on %s and counts as never in force", e.Withdrawn)
	}
	for _, s := range e.Suspended {
		if s.Contains(on) && slices.ContainsFunc(e.InForce, func(iv entity.Interval) bool { return iv.Contains(on) }) {
			return Suspended, fmt.Sprintf("suspended %s: %s", s.Interval, s.Reason)
		}
	}
	state, reason := NotYet, "never in force"
	for _, iv := range e.InForce {
		switch {
		case iv.Contains(on):
			return InForce, "in force since " + iv.From.String()
		case !iv.From.IsZero() && on.Before(iv.From):
			if state == Ended {
				return Ended, reason + ", again from " + iv.From.String()
			}
			return NotYet, "in force from " + iv.From.String()
		default:
			state, reason = Ended, "ended on "+iv.To.String()
			if why := e.history.ending(iv); why != "" {
				reason += ": " + why
			}
		}
	}
	return state, reason
}

// Covers reports whether a finding lies within the exception's scope: its
// entry, its company, and one of its identifiers, as far as the exception
// names them. Identifiers are compared as they are, a block or a domain does
// not stand for what is inside it.
func (x *Exception) Covers(entry, company string, ids ...evidence.ID) bool {
	return (len(x.Entries) == 0 || slices.Contains(x.Entries, entry)) &&
		(len(x.Companies) == 0 || slices.Contains(x.Companies, company)) &&
		(len(x.IDs) == 0 || slices.ContainsFunc(ids, func(id evidence.ID) bool { return slices.Contains(x.IDs, id) }))
}

// InForce reports whether the exception runs at a date; on the day it expires
// it no longer does.
func (x *Exception) InForce(on entity.Date) bool { return x.Term.Contains(on) }

// Clause is an entry together with one of its relations.
type Clause struct {
	Entry    *Entry
	Relation Relation
}

// EntriesFor returns the clauses about a kind of observation, in the order of
// the document. Entries that await their evidence have none. The slice is not
// to be changed.
func (p *Policy) EntriesFor(domain, kind string) []Clause { return p.clauses[kindKey{domain, kind}] }

type kindKey struct{ domain, name string }

func (p *Policy) index() {
	p.clauses = map[kindKey][]Clause{}
	for _, e := range p.Entries {
		for _, r := range e.Relations {
			if r.Kind != nil {
				key := kindKey{r.Kind.Domain, r.Kind.Name}
				p.clauses[key] = append(p.clauses[key], Clause{e, r})
			}
		}
	}
}
