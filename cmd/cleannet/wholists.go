package main

import (
	"cmp"
	"fmt"
	"strings"

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
// controls it, and on what ground: first what is proved, then what is open, and
// in one line what is only possible because not all owners are disclosed, as is
// so of most companies.
func (p *whoPrinter) lists(c *entity.Company) {
	var open, undisclosed []string
	for _, r := range p.shippedRules() {
		e := r.entry
		state := ""
		if now, why := e.State(p.on); now != policy.InForce {
			state = "; does not apply on " + p.on.String() + ": " + why
		}
		line := func(how string) string {
			return fmt.Sprintf("%s, entry %s: %s (%s)%s", r.policy, e.ID, how, e.Authority.Title, state)
		}
		switch r.control.State(c.Slug) {
		case entity.In:
			how := "controlled by a selected company"
			if r.control.Listed(c.Slug) {
				how = cmp.Or(e.Select.Ground(p.reg, c, p.on), "selected")
			}
			p.printf("  policy       %s\n", line(how))
		case entity.Unknown:
			if r.disclosed.State(c.Slug) == entity.Unknown {
				open = append(open, line("perhaps controlled by a selected company"))
			} else {
				undisclosed = append(undisclosed, r.policy+" entry "+e.ID)
			}
		}
	}
	for _, line := range open {
		p.printf("  policy       %s\n", line)
	}
	if len(undisclosed) > 0 {
		p.printf("  possible     not all of its owners are known, and those unknown might bring it under %s\n", strings.Join(undisclosed, ", "))
	}
}

// shippedRule is an entry of a shipped policy and whom it reaches: by its own
// rule of control, and by what is disclosed alone.
type shippedRule struct {
	policy             string
	entry              *policy.Entry
	control, disclosed *entity.Control
}

// shippedRules works out once, for all companies, whom each entry reaches.
// Allow-lists are left out: they reach nearly everyone.
func (p *whoPrinter) shippedRules() []shippedRule {
	if p.rules != nil {
		return p.rules
	}
	for _, pol := range p.shippedPolicies() {
		for _, e := range pol.Entries {
			if e.Select.AllBut {
				continue
			}
			seeds := e.Select.Seeds(p.reg, p.on)
			r := shippedRule{policy: pol.ID, entry: e, control: p.reg.Control(e.Control, seeds, p.on)}
			r.disclosed = r.control
			if rule := e.Control; rule.CountUndisclosed {
				rule.CountUndisclosed = false
				r.disclosed = p.reg.Control(rule, seeds, p.on)
			}
			p.rules = append(p.rules, r)
		}
	}
	return p.rules
}

func (p *whoPrinter) shippedPolicies() []*policy.Policy {
	var out []*policy.Policy
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
		out = append(out, pol)
	}
	return out
}
