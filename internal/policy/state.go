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
// why. An entry of a withdrawn policy has ended at every date: a withdrawn
// publication never was in force. Between two spans it has ended, too.
func (e *Entry) State(on entity.Date) (EntryState, string) {
	if !e.withdrawn.IsZero() {
		return Ended, fmt.Sprintf("the policy was withdrawn on %s and counts as never in force", e.withdrawn)
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
		}
	}
	return state, reason
}

// Seeds returns the selected companies of a registry by slug, sorted. With
// AllBut they are the trusted ones, whom the entry is not about.
func (s Selection) Seeds(reg *entity.Registry) []string {
	out := slices.Clone(s.Companies)
	if len(s.Countries) == 0 && len(s.Tags) == 0 && !s.StateOwned {
		return unique(out)
	}
	for c := range reg.Companies() {
		inCountry := slices.Contains(s.Countries, c.Country)
		switch {
		case s.StateOwned && c.StateOwned && (len(s.Countries) == 0 || inCountry),
			!s.StateOwned && inCountry,
			slices.ContainsFunc(c.Tags, func(tag string) bool { return slices.Contains(s.Tags, tag) }):
			out = append(out, c.Slug)
		}
	}
	return unique(out)
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

// UnlessState is how far a condition is decided at a date.
type UnlessState uint8

// The states of an Unless. The zero value is UnlessUnknown.
const (
	UnlessUnknown   UnlessState = iota // the deadline passed and no determination is recorded
	UnlessPending                      // the deadline has not passed, nothing is determined
	UnlessSatisfied                    // determined: the entry does not apply
	UnlessLapsed                       // determined: the entry applies
)

// String returns the state in one word.
func (s UnlessState) String() string {
	switch s {
	case UnlessPending:
		return "pending"
	case UnlessSatisfied:
		return "satisfied"
	case UnlessLapsed:
		return "lapsed"
	}
	return "unknown"
}

// Status returns how far the condition is decided at a date, and why. A
// determination counts from its own date on; the deadline's day still belongs
// to the time allowed.
func (u *Unless) Status(on entity.Date) (UnlessState, string) {
	if d := u.Determination; d != nil && !on.Before(d.Date) {
		reason := fmt.Sprintf("%s: %s, determined by %s on %s", u.Event, d.Outcome, d.By, d.Date)
		if d.Outcome == "satisfied" {
			return UnlessSatisfied, reason
		}
		return UnlessLapsed, reason
	}
	if !u.By.Before(on) {
		return UnlessPending, fmt.Sprintf("%s: may happen until %s", u.Event, u.By)
	}
	return UnlessUnknown, fmt.Sprintf("%s: the deadline %s passed and no determination is recorded", u.Event, u.By)
}

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
