package entity

import "slices"

// ControlOf answers for one company what [Registry.Control] answers for all:
// State and Listed of the result are right for the company and for those above
// it, its owners and theirs. Of others they say nothing.
//
// Whether a company is controlled depends on nobody but those above it, so
// that nobody else is looked at and a registry of millions answers as fast as
// a small one. Seed says of one of them whether it is a seed. MethodFamily looks
// below too: for it all seeds are asked for, by the group.
func (r *Registry) ControlOf(company string, rule ControlRule, seed func(*Company) bool, all func() Group, on Date) *Control {
	start, ok := r.number(company)
	if !ok || rule.Method == MethodFamily {
		return r.ControlBy(rule, all(), on)
	}
	g := r.graph(rule, on)
	above := places{n: g.n}
	above.add(start)
	var owners []row
	for i := 0; i < len(above.list) && rule.Method != MethodListed; i++ {
		owners = g.owners(above.list[i], owners)
		for _, w := range owners {
			if w.other != noCompany && above.find(w.other) < 0 {
				above.add(w.other)
			}
		}
	}
	seeds := Group{r: r}
	for _, n := range above.list {
		if c := r.at(n); r.knew(c.Known) && seed(c) {
			seeds.numbers = append(seeds.numbers, n)
		}
	}
	slices.Sort(seeds.numbers)
	if rule.Method != MethodCascade && rule.Method != MethodControl {
		return r.ControlBy(rule, seeds, on)
	}
	c := &cascade{g: g, m: rule.measure(), seeds: seeds.numbers, places: above}
	f := flood{cascade: c}
	f.within()
	return &Control{r: r, rule: rule, on: on, seeds: seeds.numbers, answer: c}
}
