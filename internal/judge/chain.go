package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
)

// seenSteps are the first part of a chain: the bytes and what they show.
func (j *judgement) seenSteps(o *evidence.Observation) []finding.Step {
	var steps []finding.Step
	for i := range o.Refs {
		steps = append(steps, j.bytesStep(&o.Refs[i]))
	}
	seen := *o
	seen.Refs = nil // they are the steps before
	return append(steps, finding.Step{
		Kind:     finding.StepObservation,
		Text:     observationText(o),
		Observed: &seen,
	})
}

// groundSteps are the second part: from the identifiers to the rule.
func (j *judgement) groundSteps(b *bench, m *matter) []finding.Step {
	steps := slices.Concat(j.identifierSteps(m.other), j.identifierSteps(m.party))
	if b.guard != nil {
		steps = append(steps, j.ownershipSteps(b.guard, m.other.slug)...)
	}
	steps = append(steps, j.ownershipSteps(b.control, m.party.slug)...)
	if x := m.draft.exception; x != nil {
		steps = append(steps, finding.Step{
			Kind:  finding.StepException,
			Text:  fmt.Sprintf("exception %s: %s; approved by %s, until %s", x.ID, x.Reason, x.ApprovedBy, x.Term.To),
			Valid: x.Term.String(),
			File:  x.Place.File, Line: x.Place.Line,
		})
	}
	return append(steps, j.ruleStep(b))
}

func (j *judgement) bytesStep(r *evidence.Ref) finding.Step {
	place := j.names[r.Input]
	if r.Path != "" {
		place += ", in it " + r.Path
	}
	text := fmt.Sprintf("%s, %s at offset %d", place, plural(uint64(max(r.Length, 0)), "byte", "bytes"), r.Offset)
	if r.Note != "" {
		text += ": " + r.Note
	}
	return finding.Step{Kind: finding.StepBytes, Text: text, Ref: r, Name: j.names[r.Input]}
}

func observationText(o *evidence.Observation) string {
	subjects := make([]string, len(o.Subjects))
	for i, s := range o.Subjects {
		subjects[i] = s.Role + " " + spell(s.ID)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s; %s", o.Kind, strings.Join(subjects, ", "), plural(o.Count, "record", "records"))
	for _, a := range o.Attrs {
		if a.Op() != evidence.OpSet {
			text.WriteString(", " + strings.ReplaceAll(a.Key, "_", " ") + " " + number(a))
		}
	}
	if !o.First.IsZero() {
		fmt.Fprintf(&text, "; seen %s to %s", o.First.Format("2006-01-02 15:04:05Z"), o.Last.Format("2006-01-02 15:04:05Z"))
	}
	return text.String()
}

// identifierSteps says who holds an identifier, and by which source.
func (j *judgement) identifierSteps(p party) []finding.Step {
	var steps []finding.Step
	for _, l := range p.holding.Links {
		text := fmt.Sprintf("%s is %s %s", spell(l.From), l.Relation, j.nameOf(l.To))
		if l.Note != "" {
			text += " (" + l.Note + ")"
		}
		steps = append(steps, finding.Step{
			Kind: finding.StepIdentifier, Text: text, From: l.From, To: l.To,
			Relation: l.Relation, Valid: l.Valid.String(), Source: j.source(l.Source),
		})
	}
	if p.number != nil {
		text := fmt.Sprintf("%s is named %q", spell(p.id), p.number.Name)
		switch {
		case p.number.Country == "":
			text += ", of a country that the table of numbers does not say"
		case p.proved:
			text += ", registered in " + p.number.Country
		default:
			text += ", address space mostly in " + p.number.Country
		}
		step := finding.Step{Kind: finding.StepIdentifier, From: p.id, Relation: "named as", Text: text}
		if s := j.Registry.Numbers().Sources(); len(s) > 0 {
			step.Source = j.source(s[0].ID)
		}
		steps = append(steps, step)
	}
	return steps
}

func (j *judgement) nameOf(id evidence.ID) string {
	if id.Scheme() == evidence.SchemeCompany {
		if c, ok := j.Registry.Company(id.Value()); ok {
			return c.Name
		}
	}
	return spell(id)
}

// ownershipSteps lists the edges that decide control of a company, each
// asset's with the running sum, of which the last is what was compared with
// the threshold: of lower bounds where control is proved, else of upper ones.
func (j *judgement) ownershipSteps(control *entity.Control, slug string) []finding.Step {
	proved := control.State(slug) == entity.In
	var steps []finding.Step
	for _, proof := range control.Chain(slug) {
		var sum int64 // of many owners' upper bounds
		for i, e := range proof.Edges {
			bound := e.Share.Hi
			if proved {
				bound = e.Share.Lo
			}
			sum = min(sum+int64(bound), int64(entity.Whole))
			if i == len(proof.Edges)-1 {
				sum = int64(proof.Sum)
			}
			text := fmt.Sprintf("%s owns %s of %s (%s)", j.companyName(e.Owner), e.Share, j.companyName(e.Asset), e.Interest)
			if e.Valid != (entity.Interval{}) {
				text += ", " + e.Valid.String()
			}
			steps = append(steps, finding.Step{
				Kind: finding.StepOwnership, Text: text,
				From: evidence.Company(e.Owner), To: evidence.Company(e.Asset), Relation: e.Interest,
				Share: e.Share.String(), Sum: entity.Share(sum).String(), Valid: e.Valid.String(), Source: j.source(e.Source),
			})
		}
	}
	return steps
}

// deciding names the edges that keep control of a company open, as the end of
// a clause that asks for it.
func (j *judgement) deciding(control *entity.Control, slug string) string {
	var parts []string
	for _, proof := range control.Chain(slug) {
		for _, e := range proof.Edges {
			parts = append(parts, fmt.Sprintf("%s owns %s of %s", j.companyName(e.Owner), e.Share, j.companyName(e.Asset)))
		}
	}
	if len(parts) == 0 { // what no owner is named for is counted as theirs
		return ": its named owners leave room for others"
	}
	return ": " + strings.Join(parts, ", ")
}

func (j *judgement) companyName(slug string) string {
	if c, ok := j.Registry.Company(slug); ok {
		return c.Name
	}
	return slug
}

func (j *judgement) ruleStep(b *bench) finding.Step {
	e := b.entry
	text := fmt.Sprintf("entry %s of policy %s", e.ID, j.Policy.ID)
	step := finding.Step{Kind: finding.StepRule, File: e.Place.File, Line: e.Place.Line}
	if a := e.Authority; a != nil {
		text += ": " + a.Title
		if e.Citation != "" {
			text += ", " + e.Citation
		}
		step.Source = &finding.Source{ID: a.ID, Title: a.Title, URL: a.URL, Retrieved: a.Retrieved}
	}
	for _, iv := range e.InForce {
		if iv.Contains(j.AsOf) {
			step.Valid = iv.String()
		}
	}
	step.Text = text
	return step
}

func (j *judgement) source(id string) *finding.Source {
	if id == "" {
		return nil
	}
	s := j.Registry.Source(id)
	return &finding.Source{ID: s.ID, Title: s.Title, URL: s.URL, Retrieved: s.Retrieved, Licence: s.Licence}
}
