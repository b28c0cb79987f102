package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// conditions applies what narrows the entry: corroboration, class and use,
// when, second observations, phases, unless. It reports whether the entry
// concerns the observation at all.
func (j *judgement) conditions(b *bench, o *evidence.Observation, p, other *party, d *draft) bool {
	e := b.entry
	for _, r := range e.Requires {
		if !r.Concerns(b.relation.Kind) {
			continue
		}
		if a, _ := o.Attr(r.Attr); atLeast(a) < r.AtLeast {
			d.doubt(fmt.Sprintf("corroboration: %s is %s, the entry asks for %d", r.Attr, number(a), r.AtLeast),
				"collect evidence from more vantage points, and merge the sets")
		}
	}
	concerns, missing := e.Concerns(o)
	if concerns == policy.False {
		return false
	}
	for _, what := range missing {
		d.doubt(what, "collect evidence that shows it, or examine it by other means")
	}
	if e.When != nil && !when(e, o, p, other, d) {
		return false
	}
	return j.also(b, o, d) && phases(e, o, j, d) && unless(e, j, d)
}

// when asks the entry's condition.
func when(e *policy.Entry, o *evidence.Observation, p, other *party, d *draft) bool {
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
	return true
}

// phases asks which parts of the rule are due.
func phases(e *policy.Entry, o *evidence.Observation, j *judgement, d *draft) bool {
	if len(e.Phases) == 0 {
		return true
	}
	answer := e.Phase(o, j.AsOf)
	switch answer.Verdict {
	case policy.Clean:
		return false
	case policy.Pending:
		d.pend()
	case policy.Unknown:
		for _, what := range answer.Missing {
			d.doubt(what, "collect evidence that shows it, or examine it by other means")
		}
	}
	d.reasons = append(d.reasons, answer.Reasons...)
	return true
}

// pend turns what would be a violation into one that is not decided yet.
func (d *draft) pend() {
	if d.verdict == policy.Violation {
		d.verdict = policy.Pending
	}
}

// unless asks how far the condition is decided that keeps the entry from
// applying.
func unless(e *policy.Entry, j *judgement, d *draft) bool {
	if e.Unless == nil {
		return true
	}
	switch state, why := e.Unless.Status(j.AsOf); state {
	case policy.UnlessPending:
		d.pend()
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

// except looks for what lifts a violation: an exception in the rule itself, or
// a waiver. One that has expired does not help, and is named; one that may
// cover makes the answer unknown.
func (j *judgement) except(b *bench, o *evidence.Observation, p, other *party, d *draft) {
	carve, truth, open := b.entry.Excepts(o, j.AsOf)
	if truth == policy.True {
		text := "the rule excepts it: " + carve.Title
		if !carve.Term.To.IsZero() {
			text += ", until " + carve.Term.To.String()
		}
		d.verdict, d.missing = policy.Excepted, nil
		d.reasons = append(d.reasons, text)
		return
	}
	if d.verdict != policy.Violation {
		return
	}
	if j.waive(b, o, p, other, d) {
		return
	}
	for _, what := range open {
		d.doubt(what, "collect evidence that shows it, or examine it by other means")
	}
}

// waive looks for a waiver, and reports whether one lifts the violation.
func (j *judgement) waive(b *bench, o *evidence.Observation, p, other *party, d *draft) bool {
	var expired, open []string
	for _, x := range j.Policy.Exceptions {
		if !x.Covers(b.entry.ID, p.slug, p.id, other.id) {
			continue
		}
		if !j.AsOf.Before(x.Term.To) {
			expired = append(expired, "exception "+x.ID+" expired on "+x.Term.To.String())
			continue
		}
		if !x.InForce(j.AsOf) {
			continue
		}
		truth, absent := policy.True, []string(nil)
		if x.When != nil {
			var err error
			truth, absent, err = x.When.Eval(policy.Facts{Observation: o, Party: p.facts(), Counterpart: other.facts()})
			if err != nil {
				absent = []string{err.Error()}
			}
		}
		switch truth {
		case policy.True:
			d.verdict, d.exception = policy.Excepted, x
			d.reasons = append(d.reasons, "exception "+x.ID+" holds until "+x.Term.To.String()+conditionsOf(x))
			return true
		case policy.Undecided:
			open = append(open, fmt.Sprintf("whether the exception %s covers it: %s rests on %s", x.ID, x.When, strings.Join(absent, ", ")))
		}
	}
	d.reasons = append(d.reasons, slices.Concat(expired)...)
	for _, what := range open {
		d.doubt(what, "collect evidence that has it")
	}
	return false
}

// conditionsOf names the duties that come with a waiver.
func conditionsOf(x *policy.Exception) string {
	if len(x.Conditions) == 0 {
		return ""
	}
	return ", on condition: " + strings.Join(x.Conditions, "; ")
}
