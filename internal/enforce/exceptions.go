package enforce

import (
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// admit puts an item into the plan, or on the list of what is excepted. Of
// several waivers that cover it the one that lasts longest is named.
func (b *builder) admit(it Item) {
	var best *policy.Exception
	for _, x := range b.policy.Exceptions {
		if !x.InForce(b.on) || !x.Covers(it.Entry, it.Company, it.Identifier) {
			continue
		}
		b.used[x.ID] = true
		if best == nil || best.Term.To.Before(x.Term.To) {
			best = x
		}
	}
	if best == nil {
		b.plan.Items = append(b.plan.Items, it)
		return
	}
	b.plan.Excepted = append(b.plan.Excepted, Excepted{
		Item: it, Exception: best.ID, ApprovedBy: best.ApprovedBy, Reason: best.Reason, Expires: best.Term.To,
	})
}

// waivedInto returns what exceptions add to an allow-list: there a waiver does
// not take an item away but permits one more, for its term. What is permitted
// anyway is not added again.
func (b *builder) waivedInto(e *policy.Entry, info Entry, permitted []Item) []Item {
	var items []Item
	seen := make(map[evidence.ID]bool, len(permitted))
	for _, it := range permitted {
		seen[it.Identifier] = true
	}
	for _, x := range b.policy.Exceptions {
		if !x.InForce(b.on) || !covers(x.Entries, e.ID) {
			continue
		}
		add := func(id evidence.ID, slug string) {
			b.used[x.ID] = true
			if seen[id] {
				return
			}
			seen[id] = true
			it := info.item(id, slug, b.name(slug))
			it.Reason, it.Until = "permitted by exception "+x.ID+", approved by "+x.ApprovedBy, x.Term.To
			items = append(items, it)
		}
		for _, slug := range x.Companies {
			for _, held := range b.reg.Identifiers(slug, b.on) {
				if len(x.IDs) == 0 || slices.Contains(x.IDs, held.ID) {
					add(held.ID, slug)
				}
			}
		}
		if len(x.Companies) == 0 {
			for _, id := range x.IDs {
				add(id, "")
			}
		}
	}
	return items
}

// waivedWhole returns the exception in force that lifts an allow-list as a
// whole, because it names neither company nor identifier; nil if none does.
func (b *builder) waivedWhole(e *policy.Entry) *policy.Exception {
	for _, x := range b.policy.Exceptions {
		if x.InForce(b.on) && covers(x.Entries, e.ID) && len(x.Companies)+len(x.IDs) == 0 {
			b.used[x.ID] = true
			return x
		}
	}
	return nil
}

// exceptionNotes names the exceptions in force for entries of the plan that
// touch nothing in it: such a one may be about the protected side, which a file for a device cannot
// know, and then a person must apply it.
func (b *builder) exceptionNotes() {
	for _, x := range b.policy.Exceptions {
		inScope := func(e Entry) bool { return covers(x.Entries, e.ID) }
		if x.InForce(b.on) && !b.used[x.ID] && slices.ContainsFunc(b.plan.Entries, inScope) {
			b.plan.Notes = append(b.plan.Notes, fmt.Sprintf(
				"exception %s (approved by %s, until %s) names nothing that this plan cuts; "+
					"if it is about one of your own sessions or systems, leave the check out there by hand",
				x.ID, x.ApprovedBy, x.Term.To))
			b.plan.Until = earlier(b.plan.Until, x.Term.To)
		}
	}
}

func covers(scope []string, name string) bool {
	return len(scope) == 0 || slices.Contains(scope, name)
}
