package judge

import (
	"cmp"
	"context"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// seconds finds the second observations that entries ask for, by kind and by
// the identifier that they share with the first.
type seconds struct {
	wanted map[place]bool
	byID   map[placed][]*evidence.Observation
	kinds  map[kindKey]bool // that occur in the evidence
}

// place is a role in a kind of observation, or its thing.
type place struct {
	kindKey
	role string
}

// placed is an identifier in a place.
type placed struct {
	place
	id evidence.ID
}

func placeOf(a policy.Also) place {
	return place{kindKey{a.Kind.Domain, a.Kind.Name}, a.As}
}

func (s *seconds) want(a policy.Also) {
	if s.wanted == nil {
		s.wanted = make(map[place]bool)
		s.byID = make(map[placed][]*evidence.Observation)
		s.kinds = make(map[kindKey]bool)
	}
	s.wanted[placeOf(a)] = true
}

// gather reads the evidence once for the wanted observations. Without any it
// does nothing.
func (s *seconds) gather(ctx context.Context, j *judgement) error {
	if len(s.wanted) == 0 {
		return nil
	}
	n := 0
	for o := range j.Set.Observations() {
		if n++; n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		key := kindKey{o.Domain, o.Kind}
		for at := range s.wanted {
			if at.kindKey != key {
				continue
			}
			s.kinds[key] = true
			if id := policy.At(o, at.role); !id.IsZero() {
				s.byID[placed{at, id}] = append(s.byID[placed{at, id}], o)
			}
		}
	}
	return nil
}

// also looks for the second observations that the entry asks for. It reports
// false where one is surely not there: its kind was examined, from inputs read
// to their end.
func (j *judgement) also(b *bench, o *evidence.Observation, d *draft) bool {
	for _, a := range b.entry.Also {
		if a.Kind == nil {
			continue // the entry awaits its evidence
		}
		id := policy.At(o, a.On)
		if id.IsZero() {
			d.doubt("whether there is also "+a.Relation+": the observation does not show its "+a.On,
				"collect evidence that shows it")
			continue
		}
		second, truth := j.second(a, id)
		switch {
		case truth == policy.True:
			d.seconds = append(d.seconds, second)
		case truth == policy.Undecided:
			d.doubt("whether "+a.Relation+" of "+spell(id)+" is as the entry asks: "+a.When.String(),
				"collect evidence that has it")
		case j.seconds.kinds[placeOf(a).kindKey] && len(j.gaps(a.Kind.Domain)) == 0:
			return false
		default:
			d.doubt("whether there is also "+a.Relation+" of "+spell(id),
				"give "+cmp.Or(j.Needs[a.Kind.Domain], "evidence of the kind "+a.Relation))
		}
	}
	return true
}

// second returns the first observation that answers, in the order of the set.
func (j *judgement) second(a policy.Also, id evidence.ID) (*evidence.Observation, policy.Truth) {
	best := policy.False
	for _, o := range j.seconds.byID[placed{placeOf(a), id}] {
		truth := policy.True
		if a.When != nil {
			truth, _, _ = a.When.Eval(policy.Facts{Observation: o}) // an error is undecided
		}
		switch truth {
		case policy.True:
			return o, truth
		case policy.Undecided:
			best = truth
		}
	}
	return nil, best
}
