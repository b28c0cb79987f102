package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// try tests one observation on a bench, once for each role that a selected
// company may have in it.
func (j *judgement) try(b *bench, o *evidence.Observation) error {
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
			if err := j.tryPair(b, o, p, other, standing); err != nil {
				return err
			}
		}
	}
	return nil
}

// counterparts returns the parties on the other side of the one in the role;
// a kind with a single party has none, which one empty party stands for.
func (j *judgement) counterparts(b *bench, o *evidence.Observation, role string) []party {
	var out []party
	for _, s := range o.Subjects {
		if r, ok := b.relation.Kind.Role(s.Role); ok && r.Party && s.Role != role {
			out = append(out, j.party(s.ID))
		}
	}
	if len(out) == 0 {
		out = append(out, party{})
	}
	return out
}

// draft is a finding in the making.
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

func (j *judgement) tryPair(b *bench, o *evidence.Observation, p, other party, s standing) error {
	e := b.entry
	d := draft{verdict: policy.Violation}
	if !other.id.IsZero() || !e.Protects.IsZero() {
		yes, unknown := j.guarded(e, other)
		switch {
		case other.id.IsZero() && !yes:
			return nil
		case unknown != "" && s != unresolved:
			d.doubt(unknown, "give its registration: cleannet db build with the registry's delegated-extended file, "+
				"or a line in a registry file of your own (--registry)")
		case !yes && unknown == "":
			return nil
		}
		// Two selected companies meeting each other touch nobody protected.
		if e.Protects.IsZero() && b.standing(other) == barred {
			return nil
		}
	}
	switch {
	case s == unresolved && !e.Select.AllBut:
		b.unresolved[p.id] += o.Count
		return nil
	case s == unresolved:
		d.doubt("which company holds "+p.String(), "name the company and its owners in a registry file of your own (--registry)")
	case s == undecided:
		d.doubt("whether "+p.name+" is controlled by the companies that the entry names: "+b.deciding(p.slug),
			"find the exact shares and add them with their source to a registry file of your own (--registry)")
	}
	applies, err := j.conditions(b, o, p, other, &d)
	if err != nil || !applies {
		return err
	}
	j.except(b, p, other, &d)
	j.record(b, o, p, other, &d)
	return nil
}

// conditions applies corroboration, when and unless. It reports whether the
// entry concerns the observation at all.
func (j *judgement) conditions(b *bench, o *evidence.Observation, p, other party, d *draft) (bool, error) {
	e := b.entry
	for _, r := range e.Requires {
		a, _ := o.Attr(r.Attr)
		if a.Number() < r.AtLeast {
			d.doubt(fmt.Sprintf("corroboration: %s is %d, the entry asks for %d", r.Attr, a.Number(), r.AtLeast),
				"collect evidence from more vantage points, and merge the sets")
		}
	}
	if e.When != nil {
		truth, absent, err := e.When.Eval(policy.Facts{Observation: o, Party: p.facts(), Counterpart: other.facts()})
		switch {
		case err != nil:
			return false, fmt.Errorf("%s: entry %q: when: %w", e.Place, e.ID, err)
		case truth == policy.False:
			return false, nil
		case truth == policy.Undecided:
			d.doubt("the condition "+e.When.String()+" rests on "+strings.Join(absent, ", ")+", which was not observed",
				"collect evidence that has it")
		}
	}
	if e.Unless == nil {
		return true, nil
	}
	switch state, why := e.Unless.Status(j.AsOf); state {
	case policy.UnlessSatisfied:
		return false, nil
	case policy.UnlessPending:
		if d.verdict == policy.Violation {
			d.verdict = policy.Pending
		}
		d.reasons = append(d.reasons, why)
	case policy.UnlessUnknown:
		d.doubt(why, "record the determination in the policy")
	}
	return true, nil
}

func (p party) facts() policy.FactsOf {
	return policy.FactsOf{ID: p.id, Name: p.name, Country: p.country, Company: p.slug}
}

// except looks for a waiver. One that has expired does not help, and is named.
func (j *judgement) except(b *bench, p, other party, d *draft) {
	if d.verdict != policy.Violation {
		return
	}
	for _, x := range j.Policy.Exceptions {
		if !x.Covers(b.entry.ID, p.slug, p.id, other.id) {
			continue
		}
		switch {
		case x.InForce(j.AsOf):
			d.verdict, d.exception = policy.Excepted, x
			return
		case !j.AsOf.Before(x.Term.To):
			d.reasons = append(d.reasons, "exception "+x.ID+" expired on "+x.Term.To.String())
		}
	}
}

// record turns the draft into a finding, or adds it to the one about the same
// parties that another observation (the other direction, say) has made.
func (j *judgement) record(b *bench, o *evidence.Observation, p, other party, d *draft) {
	e := b.entry
	f := &finding.Finding{
		Domain: e.Domain, Relation: b.relation.Name,
		Verdict: d.verdict, Effect: e.Effect, Severity: e.Severity,
		Subject: other.id, SubjectName: other.name,
		Party: p.id, PartyName: p.name,
		Policy: j.Policy.ID, Entry: e.ID, Remedy: e.Remedy,
		Count: o.Count, Missing: d.missing,
	}
	if p.slug != "" {
		f.Company, f.CompanyName = p.holding.Company.ID(), p.holding.Company.Name
	}
	f.ID = finding.Identify(f)
	f.Reason = j.reason(b, o, p, other, d)
	f.Chain = j.chain(b, o, p, other, d)
	old, ok := b.found[f.ID]
	if !ok {
		b.found[f.ID] = f
		return
	}
	order := policy.Verdicts()
	if slices.Index(order, f.Verdict) < slices.Index(order, old.Verdict) {
		f, old = old, f
		b.found[old.ID] = old
	}
	old.Count += f.Count
	old.Chain = mergeChains(old.Chain, f.Chain)
}

// reason says in a sentence what was seen and why it matters.
func (j *judgement) reason(b *bench, o *evidence.Observation, p, other party, d *draft) string {
	text := strings.NewReplacer("{party}", p.String(), "{subject}", other.String()).Replace(b.relation.Kind.Phrase)
	text += ", in " + plural(o.Count, "record")
	if a, ok := o.Attr("peers"); ok {
		text += " of " + plural(uint64(a.Number()), "peer")
	}
	for _, m := range d.missing {
		text += "; not known: " + m.What
	}
	for _, r := range d.reasons {
		text += "; " + r
	}
	return text + "."
}

func plural(n uint64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
