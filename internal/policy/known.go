package policy

import (
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// history is everything that a document says about an entry, including what
// was published later or has been superseded. The entry itself shows what is
// known at one date, see [Policy.KnownAt].
type history struct {
	inForce        []span
	suspended      []Suspension
	phases         []Phase
	except         []Carve
	determinations []Determination
	withdrawn      entity.Date // of the entry
}

// span is a time in force, when it was the published state, and what ended it.
type span struct {
	entity.Interval
	known entity.Interval
	end   string
}

// ending says what ends a time in force, empty if the document does not.
func (h *history) ending(iv entity.Interval) string {
	for _, s := range h.inForce {
		if s.Interval == iv && s.end != "" {
			return s.end
		}
	}
	return ""
}

// KnownAt returns the policy as it could be read at a date: without what was
// published after it, and with what has been superseded since. A withdrawal
// that came later has not happened, so that an old verdict can be derived
// again. The zero date stands for today's knowledge, which [Compile] returns.
func (p *Policy) KnownAt(known entity.Date) *Policy {
	out := *p
	out.Known = known
	out.Entries = make([]*Entry, len(p.Entries))
	for i, e := range p.Entries {
		out.Entries[i] = e.knownAt(known, p.Published)
		out.Entries[i].withdrawn = withdrawnBy(p.Withdrawn, known)
	}
	out.Exceptions = nil
	for _, x := range p.allExceptions {
		if holds(x.Known, known) {
			out.Exceptions = append(out.Exceptions, x)
		}
	}
	out.index()
	return &out
}

func (e *Entry) knownAt(known, published entity.Date) *Entry {
	out := *e
	if !e.Known.IsZero() {
		published = e.Known
	}
	out.published = entity.Date{}
	if !known.IsZero() && known.Before(published) {
		out.published = published
	}
	h := &e.history
	out.Withdrawn = withdrawnBy(h.withdrawn, known)
	out.InForce, out.Suspended, out.Phases, out.Except = nil, nil, nil, nil
	for _, s := range h.inForce {
		if holds(s.known, known) {
			out.InForce = append(out.InForce, s.Interval)
		}
	}
	for _, s := range h.suspended {
		if holds(s.Known, known) {
			out.Suspended = append(out.Suspended, s)
		}
	}
	for _, ph := range h.phases {
		if holds(ph.Known, known) {
			out.Phases = append(out.Phases, ph)
		}
	}
	for _, x := range h.except {
		if holds(x.Known, known) {
			out.Except = append(out.Except, x)
		}
	}
	if e.Unless != nil {
		u := *e.Unless
		u.Determinations = slices.DeleteFunc(slices.Clone(h.determinations),
			func(d Determination) bool { return !holds(d.Known, known) })
		out.Unless = &u
	}
	return &out
}

// holds reports whether something was the published state at a date. Today's,
// for which the zero date stands, is what nothing has superseded.
func holds(published entity.Interval, known entity.Date) bool {
	if known.IsZero() {
		return published.To.IsZero()
	}
	return published.Contains(known)
}

func withdrawnBy(withdrawn, known entity.Date) entity.Date {
	if !known.IsZero() && known.Before(withdrawn) {
		return entity.Date{}
	}
	return withdrawn
}

// known reads when something was the published state: the day on which it was
// published, or {from, to} if another state has superseded it since.
func (c *compiler) known(n yamldoc.Node) entity.Interval {
	if !n.IsMap() {
		return entity.Interval{From: c.date(n)}
	}
	m := n.Map(keysOf("known")...)
	iv := entity.Interval{From: c.date(m.Get("from")), To: c.date(m.Need("to"))}
	if !iv.From.IsZero() && !iv.To.IsZero() && !iv.From.Before(iv.To) {
		m.Get("to").Note("to %s is not after from %s: the day of the publication that superseded it is wanted", iv.To, iv.From)
	}
	return iv
}

func (c *compiler) inForce(n yamldoc.Node) []span {
	var out []span
	for _, item := range n.List() {
		m := item.Map(keysOf("interval")...)
		s := span{c.interval(m, "from", "to"), c.known(m.Get("known")), m.Get("end").Text()}
		if s.end != "" && s.To.IsZero() {
			m.KeyAt("end").Note("what ended it is said, but not when: give the day (to)")
		}
		for _, before := range out {
			inOrder(item, before.known, s.known, before.Interval, s.Interval)
		}
		out = append(out, s)
	}
	switch {
	case !n.IsZero() && len(out) == 0:
		n.Note("an entry is in force at some time: write [{from: 2020-08-05}]")
	case len(out) > 0 && !slices.ContainsFunc(out, func(s span) bool { return s.known.To.IsZero() }):
		n.Note("every span was superseded: add the one that is known today, or withdraw the entry")
	}
	return out
}

func (c *compiler) suspended(n yamldoc.Node) []Suspension {
	var out []Suspension
	for _, item := range n.List() {
		m := item.Map(keysOf("suspension")...)
		s := Suspension{c.interval(m, "from", "to"), c.needText(m, "reason"), c.known(m.Get("known"))}
		for _, before := range out {
			inOrder(item, before.Known, s.Known, before.Interval, s.Interval)
		}
		out = append(out, s)
	}
	return out
}

// inOrder notes spans that were the published state at one time and do not
// follow one another.
func inOrder(n yamldoc.Node, knownBefore, knownNext, before, next entity.Interval) {
	if knownBefore.Overlaps(knownNext) && !next.From.IsZero() && (before.To.IsZero() || next.From.Before(before.To)) {
		n.Note("%s overlaps %s or stands before it: write the spans in order of time", next, before)
	}
}
