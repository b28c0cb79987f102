package enforce

import (
	"cmp"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// NewPlan works out what the policy asks to be cut at a date. Only entries in
// force whose effect is to prohibit or to restrict give items: one for each
// identifier of each company that the entry selects or its control rule adds.
//
// Findings do not narrow a plan, since a company not met yesterday may be met
// tomorrow. They give items their ids; they add identifiers that the evidence
// showed and the registry does not list; and for an entry with a condition,
// which only an observation can meet, they are the sole source of items.
func NewPlan(p *policy.Policy, reg *entity.Registry, on entity.Date, found ...Found) *Plan {
	b := &builder{
		policy: p, reg: reg, on: on, used: make(map[string]bool),
		plan: &Plan{
			Policy:   Policy{p.ID, p.Title, p.Version, p.Digest},
			Registry: reg.Digest(),
			AsOf:     on,
		},
	}
	found = slices.Clone(found)
	slices.SortFunc(found, func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.Entry, b.Entry), a.Party.Compare(b.Party),
			cmp.Compare(a.Company, b.Company), cmp.Compare(a.ID, b.ID))
	})
	for _, e := range p.Entries {
		b.entry(e, found)
	}
	b.exceptionNotes()
	b.foundNotes(found)
	b.sort()
	return b.plan
}

// builder holds what NewPlan works with.
type builder struct {
	policy *policy.Policy
	reg    *entity.Registry
	on     entity.Date
	plan   *Plan
	used   map[string]bool // exceptions that took effect, by id
}

// entry adds what one entry of the policy asks.
func (b *builder) entry(e *policy.Entry, found []Found) {
	b.noteDates(e)
	if reason := b.leaveOut(e); reason != "" {
		b.plan.LeftOut = append(b.plan.LeftOut, LeftOut{e.ID, e.Title, e.Domain, reason})
		return
	}
	info := describe(e)
	c := b.reg.ControlBy(e.Control, e.Select.Group(b.reg, b.on), b.on)
	in, unknown := c.Members()
	for _, slug := range unknown {
		u := Undecided{Entry: e.ID, Company: slug, CompanyName: b.name(slug), Allow: e.Select.AllBut}
		for _, proof := range c.Chain(slug) {
			u.Edges = append(u.Edges, proof.Edges...)
		}
		b.plan.Undecided = append(b.plan.Undecided, u)
	}
	b.plan.Entries = append(b.plan.Entries, info)
	var items []Item
	if !e.Conditional() {
		for _, slug := range in {
			items = append(items, b.company(e, info, c, slug)...)
		}
	}
	if e.Select.AllBut {
		b.plan.Items = append(b.plan.Items, append(items, b.waivedInto(e, info, items)...)...)
		return
	}
	items = b.withFindings(e, info, items, found)
	if e.Conditional() && len(items) == 0 {
		b.plan.Notes = append(b.plan.Notes, "entry "+e.ID+" has a condition that only observations can meet, "+
			"and no finding says that one did: nothing is cut for it; make the plan from the findings of a run")
	}
	for _, it := range items {
		b.admit(it)
	}
}

// leaveOut says why an entry gives no items, empty if it does.
func (b *builder) leaveOut(e *policy.Entry) string {
	if state, why := e.State(b.on); state != policy.InForce {
		return state.String() + ": " + why
	}
	if e.Unless != nil {
		if state, why := e.Unless.Status(b.on); state != policy.UnlessLapsed {
			return "its condition is " + state.String() + ": " + why
		}
	}
	if e.Effect != policy.Prohibit && e.Effect != policy.Restrict {
		return "its effect is " + string(e.Effect) + ": it asks for a look, not for a cut"
	}
	if e.Conditional() && e.Select.AllBut {
		return "it is an allow-list with a condition, and a file cannot weigh a condition"
	}
	if e.Select.AllBut {
		if x := b.waivedWhole(e); x != nil {
			b.plan.Until = earlier(b.plan.Until, x.Term.To)
			return "exception " + x.ID + ", approved by " + x.ApprovedBy + ", lifts it until " + x.Term.To.String()
		}
	}
	return ""
}

// company returns an item for each identifier of a company.
func (b *builder) company(e *policy.Entry, info Entry, c *entity.Control, slug string) []Item {
	reason, until := "listed by the entry", expiry(e, b.on)
	if !c.Listed(slug) {
		chain := c.Chain(slug)
		for _, proof := range chain {
			for _, edge := range proof.Edges {
				until = earlier(until, edge.Valid.To)
			}
		}
		if len(chain) > 0 {
			reason = "controlled: " + Undecided{Edges: chain[len(chain)-1].Edges}.Why()
		}
	}
	var items []Item
	for _, held := range b.reg.Identifiers(slug, b.on) {
		it := info.item(held.ID, slug, b.name(slug))
		it.Reason, it.Until = reason, earlier(until, held.Valid.To)
		items = append(items, it)
	}
	return items
}

// withFindings gives items the ids of their findings, and adds an item for
// each party that was seen and has none yet.
func (b *builder) withFindings(e *policy.Entry, info Entry, items []Item, found []Found) []Item {
	at := make(map[evidence.ID]int, len(items))
	for i, it := range items {
		at[it.Identifier] = i
	}
	named := make(map[evidence.ID]bool)
	for _, f := range found {
		if f.Entry != e.ID || f.Party.IsZero() || named[f.Party] {
			continue // findings of one party with several subjects are one item
		}
		named[f.Party] = true
		i, ok := at[f.Party]
		if !ok {
			it := info.item(f.Party, f.Company, b.name(f.Company))
			it.Reason, it.Until = "seen in evidence, held by the company", expiry(e, b.on)
			i, items = len(items), append(items, it)
		}
		items[i].ID = f.ID
	}
	return items
}

// name returns the name of a company, its slug if the registry has none.
func (b *builder) name(slug string) string {
	if c, ok := b.reg.Company(slug); ok && c.Name != "" {
		return c.Name
	}
	return slug
}

// sort puts every list in its declared order.
func (b *builder) sort() {
	p := b.plan
	slices.SortFunc(p.Items, compareItems)
	slices.SortFunc(p.Entries, func(a, b Entry) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(p.Undecided, func(a, b Undecided) int {
		return cmp.Or(cmp.Compare(a.Company, b.Company), cmp.Compare(a.Entry, b.Entry))
	})
	slices.SortFunc(p.Excepted, func(a, b Excepted) int {
		return cmp.Or(compareItems(a.Item, b.Item), cmp.Compare(a.Exception, b.Exception))
	})
	slices.SortFunc(p.LeftOut, func(a, b LeftOut) int { return cmp.Compare(a.Entry, b.Entry) })
	slices.Sort(p.Notes)
	for _, it := range p.Items {
		p.Until = earlier(p.Until, it.Until)
	}
	for _, x := range p.Excepted {
		p.Until = earlier(p.Until, x.Expires)
	}
}

func compareItems(a, b Item) int {
	return cmp.Or(cmp.Compare(a.Company, b.Company), a.Identifier.Compare(b.Identifier),
		cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.ID, b.ID))
}
