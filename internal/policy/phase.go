package policy

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// Phase is a part of a rule that falls due at a date of its own: what it asks
// for, in which part of a network, and how much may stay there.
type Phase struct {
	ID     string
	Title  string
	Due    entity.Date     // from this day on it is asked for
	Where  []Words         // the part of the network; all must hold; nil: everywhere
	AtMost []Limit         // what may stay; nil: nothing
	Known  entity.Interval // when this was the published state; zero: always
}

// Limit is an attribute and the most that it may amount to.
type Limit struct {
	Attr string
	Most int64
}

// broken says whether an observation is of the part of the network and beyond
// what may stay there, and if that is undecided what would have to be known.
func (p *Phase) broken(o *evidence.Observation) (Truth, []string) {
	t := True
	var missing []string
	for _, w := range p.Where {
		answer := w.Test(o)
		t = all(t, answer)
		if answer == Undecided {
			missing = append(missing, "whether it stands in "+w.String())
		}
	}
	if len(p.AtMost) > 0 {
		over := False // one limit that is passed breaks the phase
		for _, l := range p.AtMost {
			switch answer := l.passed(o); answer {
			case True:
				over = True
			case Undecided:
				if over == False {
					over = Undecided
				}
				missing = append(missing, fmt.Sprintf("%s, of which at most %d may stay", l.Attr, l.Most))
			}
		}
		t = all(t, over)
	}
	if t != Undecided {
		return t, nil
	}
	return t, missing
}

// passed compares surely: an estimate counts within three standard errors.
func (l Limit) passed(o *evidence.Observation) Truth {
	a, ok := o.Attr(l.Attr)
	if !ok {
		return Undecided
	}
	margin := int64(math.Ceil(3 * a.Error() * float64(a.Number())))
	switch {
	case a.Number()-margin > l.Most:
		return True
	case a.Number()+margin <= l.Most:
		return False
	}
	return Undecided
}

// PhaseAnswer is what the phases of an entry say of an observation at a date.
type PhaseAnswer struct {
	// Verdict is Violation if a phase that is due is broken, Unknown if one may
	// be, Pending if only later ones are or may be broken, and Clean if the
	// observation is within the bounds of all of them.
	Verdict Verdict
	Reasons []string // a clause for each phase that decided it
	Missing []string // what would have to be known, if Unknown
}

// Phase asks the entry's phases about an observation. An entry without phases
// asks for everything at once: its answer is Violation.
func (e *Entry) Phase(o *evidence.Observation, on entity.Date) PhaseAnswer {
	if len(e.Phases) == 0 {
		return PhaseAnswer{Verdict: Violation}
	}
	out := PhaseAnswer{Verdict: Clean}
	worsen := func(v Verdict, reason string, missing []string) {
		order := Verdicts()
		switch was, now := slices.Index(order, out.Verdict), slices.Index(order, v); {
		case now > was:
			return
		case now < was:
			out = PhaseAnswer{Verdict: v}
		}
		out.Reasons = append(out.Reasons, reason)
		out.Missing = append(out.Missing, missing...)
	}
	for i := range e.Phases {
		p := &e.Phases[i]
		t, missing := p.broken(o)
		due := !on.Before(p.Due)
		switch {
		case t == False:
		case due && t == True:
			worsen(Violation, fmt.Sprintf("phase %s (%s) is due since %s", p.ID, p.Title, p.Due), nil)
		case due:
			worsen(Unknown, fmt.Sprintf("phase %s (%s) is due since %s", p.ID, p.Title, p.Due), missing)
		case t == True:
			worsen(Pending, fmt.Sprintf("phase %s (%s) falls due on %s", p.ID, p.Title, p.Due), nil)
		default:
			worsen(Pending, fmt.Sprintf("phase %s (%s) falls due on %s, and it is not known yet %s",
				p.ID, p.Title, p.Due, strings.Join(missing, ", ")), nil)
		}
	}
	return out
}

// Due returns how many phases are due at a date.
func (e *Entry) Due(on entity.Date) int {
	n := 0
	for _, p := range e.Phases {
		if !on.Before(p.Due) {
			n++
		}
	}
	return n
}

func (c *compiler) phases(n yamldoc.Node, relations []Relation) []Phase {
	var out []Phase
	for _, item := range n.List() {
		m := item.Map(keysOf("phase")...)
		p := Phase{
			ID:     c.slug(m.Need("id")),
			Title:  c.needText(m, "title"),
			Due:    c.date(m.Need("due")),
			Where:  c.where(m.Get("where"), relations),
			AtMost: c.atMost(m.Get("at_most"), relations),
			Known:  c.known(m.Get("known")),
		}
		for _, before := range out {
			if !before.Known.Overlaps(p.Known) {
				continue
			}
			if before.ID == p.ID && p.ID != "" {
				m.Get("id").Note("phase %q stands twice", p.ID)
			}
			if p.Due.Before(before.Due) && !p.Due.IsZero() {
				m.Get("due").Note("phase %q falls due before %q, which stands before it: write the phases in order of time", p.ID, before.ID)
				break
			}
		}
		out = append(out, p)
	}
	return out
}
