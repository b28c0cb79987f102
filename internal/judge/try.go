package judge

import (
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// try tests one observation on every bench of its kind that it can concern,
// once for each role that a selected company may have in it.
func (j *judgement) try(at *station, o *evidence.Observation) {
	for i, p := range j.subjects(o) {
		s := &o.Subjects[i]
		if s.ID.IsZero() || o.Subject(s.Role) != s.ID {
			continue // a role that stands twice speaks once
		}
		for _, control := range p.reaching {
			for _, b := range at.byControl[control] {
				j.tryRole(b, o, s.Role, p)
			}
		}
		for _, b := range at.byID[s.ID] {
			if !b.reaches(p) { // else it was tried as that of a company
				j.tryRole(b, o, s.Role, p)
			}
		}
		for _, c := range at.crowds {
			if slices.Contains(c.roles, s.Role) {
				j.tryStranger(at, c, o, s.Role, p)
			}
		}
	}
	if !o.Thing.IsZero() {
		for _, b := range at.byID[o.Thing] {
			j.tryThing(b, o)
		}
	}
	for _, b := range at.each {
		if b.ofClass() {
			j.tryThing(b, o)
			continue
		}
		for _, role := range b.roles {
			if id := o.Subject(role); !id.IsZero() {
				j.tryRole(b, o, role, j.party(id))
			}
		}
	}
}

// tryRole tests an observation for the party in one role.
func (j *judgement) tryRole(b *bench, o *evidence.Observation, role string, p *party) {
	if !slices.Contains(b.roles, role) {
		return
	}
	s := b.standing(p)
	if s == free {
		return
	}
	for _, other := range j.counterparts(b, o, role) {
		j.tryPair(b, o, p, other, s)
	}
}

// tryThing tests an observation of a thing that the entry selects, whoever the
// party is.
func (j *judgement) tryThing(b *bench, o *evidence.Observation) {
	role, p := "", &party{}
	for _, r := range b.roles {
		id := o.Subject(r)
		switch {
		case id.IsZero():
		case !b.ofClass() && b.standing(j.party(id)) == barred:
			return // it was tried for its party
		case role == "":
			role, p = r, j.party(id)
		}
	}
	for _, other := range j.counterparts(b, o, role) {
		j.tryPair(b, o, p, other, barred)
	}
}

// counterparts returns the parties on the other side of the one in the role;
// a kind with a single party has none, which one empty party stands for. The
// slice is good until the next call.
func (j *judgement) counterparts(b *bench, o *evidence.Observation, role string) []*party {
	out := j.others[:0]
	present := j.subjects(o)
	for i, s := range o.Subjects {
		if r, ok := b.relation.Kind.Role(s.Role); ok && r.Party && s.Role != role && !s.ID.IsZero() {
			out = append(out, present[i])
		}
	}
	if len(out) == 0 {
		out = append(out, &party{})
	}
	j.others = out
	return out
}

// tryStranger counts a party that nobody is known to hold, or of whose company
// too little is known, for all benches of a crowd at once: one finding for each
// would bury the others, so that the roll-up names them.
func (j *judgement) tryStranger(at *station, c *crowd, o *evidence.Observation, role string, p *party) {
	if p.slug != "" && !c.doubts {
		return
	}
	open := c.unresolved
	switch standing := c.sample.standing(p); {
	case standing == barred:
		return
	case p.slug != "":
		what := c.sample.entry.Select.Doubtful(p.holding.Company)
		if what == "" || standing != free {
			return
		}
		if c.doubtful[what] == nil {
			c.doubtful[what] = make(map[evidence.ID]uint64)
		}
		open = c.doubtful[what]
	}
	for _, other := range j.counterparts(c.sample, o, role) {
		var d draft
		if !c.sample.protected(o, other, &d, c.unplaced) || !j.conditions(c.sample, o, p, other, &d) {
			continue
		}
		open[p.id] += o.Count
		for _, control := range other.reaching {
			for _, b := range at.byControl[control] {
				if b.crowd == c && !b.named(other) && b.standing(other) == barred {
					b.among[p.id] += o.Count
				}
			}
		}
	}
}

// draft is a verdict in the making.
type draft struct {
	verdict   policy.Verdict
	effect    policy.Effect // empty: the entry's
	reasons   []string
	missing   []finding.Missing
	exception *policy.Exception
	seconds   []*evidence.Observation // that the entry asks for also
}

// doubt makes the draft unknown for want of something.
func (d *draft) doubt(what, next string) {
	d.verdict = policy.Unknown
	d.missing = append(d.missing, finding.Missing{What: what, Next: next})
}

// The next steps that settle what the registry leaves open.
const (
	nameCompany  = "name the company and its owners in a registry file of your own (--registry)"
	giveShares   = "find the exact shares and add them with their source to a registry file of your own (--registry)"
	giveRegister = "give its registration: cleannet db build with the registry's delegated-extended file, " +
		"or a line in a registry file of your own (--registry)"
)

func (j *judgement) tryPair(b *bench, o *evidence.Observation, p, other *party, s standing) {
	d := draft{verdict: policy.Violation}
	if !b.protected(o, other, &d, b.unplaced) || !b.meets(p, other, &d) {
		return
	}
	switch s {
	case undecided:
		if !b.undecided(o, p, &d) {
			return
		}
	case unresolved: // only an allow-list comes here, see tryStranger
		d.doubt("which company holds "+p.String(), nameCompany)
	}
	if !j.conditions(b, o, p, other, &d) {
		return
	}
	j.except(b, o, p, other, &d)
	j.record(b, o, p, other, &d)
}

// undecided does what the entry asks for where the shares do not say whether
// it selects the party. It reports whether the entry then concerns it.
func (b *bench) undecided(o *evidence.Observation, p *party, d *draft) bool {
	what := "whether " + p.name + " is controlled by the companies that the entry selects" + deciding(b.registry, b.control, p.slug)
	answer := b.entry.OnUnknown
	if b.entry.Select.AllBut {
		answer = policy.UnknownStays // as if controlled would be as if trusted
	}
	switch answer {
	case policy.UnknownIgnored:
		b.ignored[p.id] += o.Count
		return false
	case policy.UnknownReview:
		d.effect = policy.Review
		d.reasons = append(d.reasons, "for review, because it is not known "+what)
	case policy.UnknownViolates:
		d.reasons = append(d.reasons, "the entry counts it as controlled although it is not known "+what)
	default:
		d.doubt(what, giveShares)
	}
	return true
}

// protected reports whether the counterpart is, or may be, one that the entry
// protects; what is not known of it is noted in the draft, or counted where
// its address space speaks against it.
func (b *bench) protected(o *evidence.Observation, other *party, d *draft, unplaced map[evidence.ID]uint64) bool {
	switch where, missing := b.shelter(other); where {
	case outside:
		return false
	case elsewhere:
		unplaced[other.id] += o.Count
		return false
	case perhaps:
		d.doubt(missing, giveRegister)
	case inside:
	}
	return true
}

// meets reports whether the counterpart may be anything but one that the entry
// selects itself: two selected companies that meet touch nobody protected.
func (b *bench) meets(p, other *party, d *draft) bool {
	if other.id.IsZero() || b.named(other) || b.ofClass() {
		return true
	}
	switch b.standing(other) {
	case barred:
		return false
	case undecided:
		d.doubt("whether "+other.name+", too, is controlled by the companies that the entry selects"+
			deciding(b.registry, b.control, other.slug), giveShares)
	case unresolved:
		if b.entry.Select.AllBut && b.entry.Protects.IsZero() {
			d.doubt("which company holds "+other.String()+": it may be trusted no more than "+p.String(), nameCompany)
		}
	case free:
	}
	return true
}
