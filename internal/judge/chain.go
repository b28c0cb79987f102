package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
)

// chain builds the proof from bytes to rule.
func (j *judgement) chain(b *bench, o *evidence.Observation, p, other party, d *draft) []finding.Step {
	var steps []finding.Step
	for i := range o.Refs {
		steps = append(steps, j.bytesStep(&o.Refs[i]))
	}
	seen := *o
	seen.Refs = nil // they are the steps before
	steps = append(steps, finding.Step{
		Kind:     finding.StepObservation,
		Text:     observationText(o),
		Observed: &seen,
	})
	steps = append(steps, j.identifierSteps(other)...)
	steps = append(steps, j.identifierSteps(p)...)
	steps = append(steps, j.ownershipSteps(b, p)...)
	if d.exception != nil {
		steps = append(steps, finding.Step{
			Kind:  finding.StepException,
			Text:  fmt.Sprintf("exception %s: %s; approved by %s, until %s", d.exception.ID, d.exception.Reason, d.exception.ApprovedBy, d.exception.Term.To),
			Valid: d.exception.Term.String(),
			File:  d.exception.Place.File, Line: d.exception.Place.Line,
		})
	}
	return append(steps, j.ruleStep(b))
}

func (j *judgement) bytesStep(r *evidence.Ref) finding.Step {
	place := j.names[r.Input]
	if r.Path != "" {
		place += ", in it " + r.Path
	}
	text := fmt.Sprintf("%s, %d bytes at offset %d", place, r.Length, r.Offset)
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
	text := fmt.Sprintf("%s: %s; %d records", o.Kind, strings.Join(subjects, ", "), o.Count)
	for _, a := range o.Attrs {
		if a.Op() != evidence.OpSet {
			text += fmt.Sprintf(", %s %d", strings.ReplaceAll(a.Key, "_", " "), a.Number())
		}
	}
	if !o.First.IsZero() {
		text += fmt.Sprintf("; seen %s to %s", o.First.Format("2006-01-02 15:04:05Z"), o.Last.Format("2006-01-02 15:04:05Z"))
	}
	return text
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
	if p.numbered {
		basis := "registered in"
		if !p.proved {
			basis = "address space mostly in"
		}
		step := finding.Step{
			Kind: finding.StepIdentifier, From: p.id, Relation: "named as",
			Text: fmt.Sprintf("%s is named %q, %s %s", spell(p.id), p.name, basis, p.country),
		}
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

// ownershipSteps lists the edges that decide control of the party's company,
// each asset's with the running sum that was compared with the threshold.
func (j *judgement) ownershipSteps(b *bench, p party) []finding.Step {
	if p.slug == "" {
		return nil
	}
	var steps []finding.Step
	for _, proof := range b.control.Chain(p.slug) {
		var sum entity.Share
		for _, e := range proof.Edges {
			sum += e.Share.Lo
			text := fmt.Sprintf("%s owns %s of %s (%s)", j.companyName(e.Owner), e.Share, j.companyName(e.Asset), e.Interest)
			if e.Valid != (entity.Interval{}) {
				text += ", " + e.Valid.String()
			}
			steps = append(steps, finding.Step{
				Kind: finding.StepOwnership, Text: text,
				From: evidence.Company(e.Owner), To: evidence.Company(e.Asset), Relation: e.Interest,
				Share: e.Share.String(), Sum: min(sum, entity.Whole).String(), Valid: e.Valid.String(), Source: j.source(e.Source),
			})
		}
	}
	return steps
}

// deciding names the edges that keep control of a company open.
func (b *bench) deciding(slug string) string {
	var parts []string
	for _, proof := range b.control.Chain(slug) {
		for _, e := range proof.Edges {
			parts = append(parts, fmt.Sprintf("%s owns %s of %s", e.Owner, e.Share, e.Asset))
		}
	}
	return strings.Join(parts, ", ")
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

// mergeChains puts the bytes and the observation of a second sighting before
// the steps that both chains share.
func mergeChains(a, b []finding.Step) []finding.Step {
	isSeen := func(s finding.Step) bool {
		return s.Kind == finding.StepBytes || s.Kind == finding.StepObservation
	}
	split := slices.IndexFunc(a, func(s finding.Step) bool { return !isSeen(s) })
	end := slices.IndexFunc(b, func(s finding.Step) bool { return !isSeen(s) })
	if split < 0 || end < 0 {
		return a
	}
	return slices.Concat(a[:split], b[:end], a[split:])
}
