package enforce

import (
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// describe takes from an entry what files cite.
func describe(e *policy.Entry) Entry {
	info := Entry{
		ID: e.ID, Title: e.Title, Domain: e.Domain, Effect: e.Effect, Level: levelOf(e),
		Protects: protects(e.Protects), AllBut: e.Select.AllBut,
	}
	if e.Authority != nil {
		info.Authority, info.URL = e.Authority.Title, e.Authority.URL
	}
	if e.Citation != "" {
		info.Authority = strings.TrimPrefix(info.Authority+", "+e.Citation, ", ")
	}
	return info
}

// item begins an item of the entry, with the id that it has without a finding.
func (e Entry) item(id evidence.ID, company, name string) Item {
	holder := company
	if holder == "" {
		holder = "-"
	}
	return Item{
		ID:    e.ID + "/" + holder + "/" + id.String(),
		Entry: e.ID, Domain: e.Domain, Authority: e.Authority, URL: e.URL,
		Company: company, CompanyName: name, Identifier: id,
		Level: e.Level, Effect: e.Effect, Allow: e.AllBut,
	}
}

// protects says in a line whose side is protected.
func protects(p policy.Protection) string {
	if p.IsZero() {
		return "everyone"
	}
	parts := append([]string(nil), p.Countries...)
	parts = append(parts, p.Companies...)
	for _, id := range p.IDs {
		parts = append(parts, id.String())
	}
	return strings.Join(parts, ", ")
}

// noteDates moves the plan's Until to the next date on which the entry begins
// or ends, resumes or is suspended.
func (b *builder) noteDates(e *policy.Entry) {
	later := func(dates ...entity.Date) {
		for _, d := range dates {
			if b.on.Before(d) {
				b.plan.Until = earlier(b.plan.Until, d)
			}
		}
	}
	for _, iv := range e.InForce {
		later(iv.From, iv.To)
	}
	for _, s := range e.Suspended {
		later(s.From, s.To)
	}
	for _, p := range e.Phases {
		later(p.Due)
	}
	for _, x := range e.Except {
		later(x.Term.From, x.Term.To)
	}
	if e.Unless != nil {
		later(e.Unless.By)
		for _, d := range e.Unless.Determinations {
			later(d.Date, d.Until)
		}
	}
}

// expiry returns the first later date on which the entry stops to apply.
func expiry(e *policy.Entry, on entity.Date) entity.Date {
	var until entity.Date
	for _, iv := range e.InForce {
		if iv.Contains(on) {
			until = earlier(until, iv.To)
		}
	}
	for _, s := range e.Suspended {
		if on.Before(s.From) {
			until = earlier(until, s.From)
		}
	}
	return until
}

// earlier returns the earlier of two dates of which zero means never.
func earlier(a, b entity.Date) entity.Date {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// foundNotes says which findings the plan could not use.
func (b *builder) foundNotes(found []Found) {
	known := make(map[string]bool)
	for _, e := range b.policy.Entries {
		known[e.ID] = true
	}
	strangers := make(map[string]int)
	for _, f := range found {
		if !known[f.Entry] {
			strangers[f.Entry]++
		}
	}
	for entry, n := range strangers {
		b.plan.Notes = append(b.plan.Notes, fmt.Sprintf(
			"%d findings of entry %s do not belong to this policy and were passed over", n, entry))
	}
}
