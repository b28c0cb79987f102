package judge

import (
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// try tests one observation on a bench, once for each role that a selected
// company may have in it.
func (j *judgement) try(b *bench, o *evidence.Observation) {
	for _, role := range b.relation.Roles {
		id := o.Subject(role)
		if id.IsZero() {
			continue
		}
		p := j.party(id)
		standing := b.standing(p)
		if standing == free {
			continue
		}
		for _, other := range j.counterparts(b, o, role) {
			j.tryPair(b, o, p, other, standing)
		}
	}
}

// counterparts returns the parties on the other side of the one in the role;
// a kind with a single party has none, which one empty party stands for.
func (j *judgement) counterparts(b *bench, o *evidence.Observation, role string) []party {
	var out []party
	for _, s := range o.Subjects {
		if r, ok := b.relation.Kind.Role(s.Role); ok && r.Party && s.Role != role && !s.ID.IsZero() {
			out = append(out, j.party(s.ID))
		}
	}
	if len(out) == 0 {
		out = append(out, party{})
	}
	return out
}

// draft is a verdict in the making.
type draft struct {
	verdict   policy.Verdict
	reasons   []string
	missing   []finding.Missing
	exception *policy.Exception
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

func (j *judgement) tryPair(b *bench, o *evidence.Observation, p, other party, s standing) {
	d := draft{verdict: policy.Violation}
	if !j.touches(b, o, p, other, &d) {
		return
	}
	stranger := s == unresolved && !b.entry.Select.AllBut
	switch s {
	case undecided:
		d.doubt("whether "+p.name+" is controlled by the companies that the entry names"+j.deciding(b.control, p.slug), giveShares)
	case unresolved:
		d.doubt("which company holds "+p.String(), nameCompany)
	}
	if !j.conditions(b, o, p, other, &d) {
		return
	}
	if stranger { // one for each would bury the findings: the roll-up names them
		b.unresolved[p.id] += o.Count
		return
	}
	j.except(b, p, other, &d)
	j.record(b, o, p, other, &d)
}

// touches reports whether the counterpart is, or may be, one that the entry
// protects; what is not known of it is noted in the draft.
func (j *judgement) touches(b *bench, o *evidence.Observation, p, other party, d *draft) bool {
	where, missing := j.shelter(b, other)
	switch where {
	case outside:
		return false
	case elsewhere:
		b.unplaced[other.id] += o.Count
		return false
	case perhaps:
		d.doubt(missing, giveRegister)
	case inside:
	}
	if other.id.IsZero() || b.named(other) {
		return true
	}
	// Two selected companies that meet each other touch nobody protected.
	switch b.standing(other) {
	case barred:
		return false
	case undecided:
		d.doubt("whether "+other.name+", too, is controlled by the companies that the entry names"+
			j.deciding(b.control, other.slug), giveShares)
	case unresolved:
		if b.entry.Select.AllBut && b.entry.Protects.IsZero() {
			d.doubt("which company holds "+other.String()+": it may be trusted no more than "+p.String(), nameCompany)
		}
	case free:
	}
	return true
}

// conditions applies corroboration, when and unless. It reports whether the
// entry concerns the observation at all.
func (j *judgement) conditions(b *bench, o *evidence.Observation, p, other party, d *draft) bool {
	e := b.entry
	for _, r := range e.Requires {
		if a, _ := o.Attr(r.Attr); atLeast(a) < r.AtLeast {
			d.doubt(fmt.Sprintf("corroboration: %s is %s, the entry asks for %d", r.Attr, number(a), r.AtLeast),
				"collect evidence from more vantage points, and merge the sets")
		}
	}
	if e.When != nil {
		truth, absent, err := e.When.Eval(policy.Facts{Observation: o, Party: p.facts(), Counterpart: other.facts()})
		switch {
		case err != nil: // hostile evidence must not end the run
			d.doubt(fmt.Sprintf("the condition %s, which could not be carried out: %v", e.When, err),
				"mend the condition at "+e.Place.String())
		case truth == policy.False:
			return false
		case truth == policy.Undecided:
			d.doubt(fmt.Sprintf("the condition %s, which rests on %s", e.When, strings.Join(absent, ", ")),
				"collect evidence that has it")
		}
	}
	if e.Unless == nil {
		return true
	}
	switch state, why := e.Unless.Status(j.AsOf); state {
	case policy.UnlessPending:
		if d.verdict == policy.Violation {
			d.verdict = policy.Pending
		}
		d.reasons = append(d.reasons, why)
	case policy.UnlessUnknown:
		d.doubt(why, "record the determination in the policy")
	case policy.UnlessLapsed: // the entry applies
		d.reasons = append(d.reasons, why)
	case policy.UnlessSatisfied: // such an entry has no bench, see applies
		return false
	}
	return true
}

// atLeast returns what an attribute surely amounts to: an estimate counts for
// three standard errors less.
func atLeast(a evidence.Attr) int64 {
	if a.Error() == 0 {
		return a.Number()
	}
	return int64(float64(a.Number()) * (1 - 3*a.Error()))
}

// number writes the value of an attribute.
func number(a evidence.Attr) string {
	if a.Error() > 0 {
		return fmt.Sprintf("about %d", a.Number())
	}
	return fmt.Sprint(a.Number())
}

// except looks for a waiver. One that has expired does not help, and is named.
func (j *judgement) except(b *bench, p, other party, d *draft) {
	if d.verdict != policy.Violation {
		return
	}
	var expired []string
	for _, x := range j.Policy.Exceptions {
		if !x.Covers(b.entry.ID, p.slug, p.id, other.id) {
			continue
		}
		switch {
		case x.InForce(j.AsOf):
			d.verdict, d.exception = policy.Excepted, x
			d.reasons = append(d.reasons, "exception "+x.ID+" holds until "+x.Term.To.String())
			return
		case !j.AsOf.Before(x.Term.To):
			expired = append(expired, "exception "+x.ID+" expired on "+x.Term.To.String())
		}
	}
	d.reasons = append(d.reasons, expired...)
}
