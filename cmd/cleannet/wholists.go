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
	for _, pol := range p.shippedPolicies() {
		for _, e := range pol.Entries {
			if e.Select.AllBut {
				continue
			}
			control := p.control(c, e, e.Control)
			line := func(how string) string {
				state := ""
				if now, why := e.State(p.on); now != policy.InForce {
					state = "; does not apply on " + p.on.String() + ": " + why
				}
				return fmt.Sprintf("  policy       %s, entry %s: %s (%s)%s\n", pol.ID, e.ID, how, e.Authority.Title, state)
			}
			switch state := control.State(c.Slug); {
			case control.Listed(c.Slug):
				p.printf("%s", line(cmp.Or(e.Select.Ground(p.reg, c, p.on), "selected")))
			case state == entity.In:
				p.printf("%s", line("controlled by a selected company"))
			case state == entity.Unknown && p.wantsDisclosure(c, e):
				undisclosed = append(undisclosed, pol.ID+" entry "+e.ID)
			case state == entity.Unknown:
				open = append(open, line("perhaps controlled by a selected company"))
			}
		}
	}
	p.printf("%s", strings.Join(open, ""))
	if len(undisclosed) > 0 {
		p.printf("  possible     not all of its owners are known, and those unknown might bring it under %s\n", strings.Join(undisclosed, ", "))
	}
}

// control works out whether the rule brings the company under the entry.
func (p *whoPrinter) control(c *entity.Company, e *policy.Entry, rule entity.ControlRule) *entity.Control {
	group := func() entity.Group { return e.Select.Group(p.reg, p.on) }
	return p.reg.ControlOf(c.Slug, rule, e.Select.Selector(p.reg, p.on), group, p.on)
}

// wantsDisclosure tells whether a company would be out of an entry's reach if
// nobody but the owners that are known held any of it.
func (p *whoPrinter) wantsDisclosure(c *entity.Company, e *policy.Entry) bool {
	rule := e.Control
	if !rule.CountUndisclosed {
		return false
	}
	rule.CountUndisclosed = false
	return p.control(c, e, rule).State(c.Slug) == entity.Out
}

func (p *whoPrinter) shippedPolicies() []*policy.Policy {
	if p.policies != nil || p.unread != nil {
		return p.policies
	}
	for _, id := range shippedPolicies() {
		file, raw, err := policySource(id)
		if err != nil {
			continue
		}
		pol, err := policy.Compile(file, raw, policy.Env{Registry: p.reg, Kinds: domain.Kinds(all.Domains())})
		if err != nil {
			p.unread = append(p.unread, id) // a registry without the built-in one lacks its companies
			continue
		}
		p.policies = append(p.policies, pol)
	}
	return p.policies
}
