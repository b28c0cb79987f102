package main

import (
	"cmp"
	"fmt"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/domain/all"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/policy"
)

// listings prints the published lists on which the company stands.
func (p *whoPrinter) listings(slug string) {
	for _, l := range p.reg.Listings(slug, p.on) {
		text := l.List
		if l.Program != "" {
			text += ", " + l.Program
		}
		if l.Valid != (entity.Interval{}) {
			text += ", " + l.Valid.String()
		}
		p.printf("  on list      %s%s\n", text, p.cite(l.Source, l.Note))
	}
}

// lists prints the shipped policies that select the company or one that
// controls it, and on what ground.
func (p *whoPrinter) lists(c *entity.Company) {
	for _, pol := range p.shippedPolicies() {
		for _, e := range pol.Entries {
			if e.Select.AllBut {
				continue
			}
			group := func() entity.Group { return e.Select.Group(p.reg, p.on) }
			control := p.reg.ControlOf(c.Slug, e.Control, e.Select.Selector(p.reg, p.on), group, p.on)
			var how string
			switch state := control.State(c.Slug); {
			case control.Listed(c.Slug):
				how = cmp.Or(e.Select.Ground(p.reg, c, p.on), "selected")
			case state == entity.In:
				how = "controlled by a selected company"
			case state == entity.Unknown:
				how = "perhaps controlled by a selected company"
			default:
				continue
			}
			state := ""
			if now, why := e.State(p.on); now != policy.InForce {
				state = "; does not apply on " + p.on.String() + ": " + why
			}
			p.printf("  policy       %s, entry %s: %s (%s)%s\n", pol.ID, e.ID, how, e.Authority.Title, state)
		}
	}
}

func (p *whoPrinter) shippedPolicies() []*policy.Policy {
	if p.policies != nil {
		return p.policies
	}
	for _, id := range shippedPolicies() {
		file, raw, err := policySource(id)
		if err != nil {
			continue
		}
		pol, err := policy.Compile(file, raw, policy.Env{Registry: p.reg, Kinds: domain.Kinds(all.Domains())})
		if err != nil {
			if p.err == nil {
				p.err = fmt.Errorf("shipped policy %s: %w", id, err)
			}
			continue
		}
		p.policies = append(p.policies, pol)
	}
	return p.policies
}
