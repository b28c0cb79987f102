package entity

import "slices"

// maxParents bounds the companies above a seed that are tried as its parents.
const maxParents = 1000

// family is the answer of MethodFamily, by the measure of MethodControl. A
// subsidiary is whom the seeds control; a parent is who alone controls a seed;
// an affiliate is whom a parent of a seed controls.
type family struct {
	seeds      []int32
	below      *cascade // of the seeds; nil if not asked for
	above      []parent // in the order of their numbers
	parents    bool
	affiliates bool
	beyond     []int32  // owners that were not tried one by one, for being too many; sorted
	rest       *cascade // whom those may control, all together; nil if there are none
}

// parent is a company that controls, or may control, a seed.
type parent struct {
	company int32
	seed    int32 // one that it controls, surely if any
	sure    bool
	holds   *cascade // whom it controls
}

func newFamily(g *graph, rule ControlRule, seeds []int32) *family {
	wants := func(kin string) bool { return rule.Reach == nil || slices.Contains(rule.Reach, kin) }
	f := &family{seeds: seeds, parents: wants("parents"), affiliates: wants("affiliates")}
	if wants("subsidiaries") {
		f.below = newCascade(g, rule, seeds)
	}
	if !f.parents && !f.affiliates {
		return f
	}
	rule.CountUndisclosed = false // else anybody might be the undisclosed parent of anybody
	for _, company := range f.owners(g) {
		p := parent{company: company, holds: newCascade(g, rule, []int32{company}), seed: noCompany}
		for _, s := range seeds {
			state := p.holds.state(s)
			if state == In && !p.sure || state == Unknown && p.seed == noCompany {
				p.seed, p.sure = s, state == In
			}
		}
		if p.seed != noCompany {
			f.above = append(f.above, p)
		}
	}
	if len(f.beyond) > 0 && f.affiliates {
		f.rest = newCascade(g, rule, f.beyond)
	}
	return f
}

// owners returns the companies above the seeds, by any holding, nearest first.
func (f *family) owners(g *graph) []int32 {
	seen := map[int32]bool{}
	for _, s := range f.seeds {
		seen[s] = true
	}
	var out []int32
	for queue := slices.Clone(f.seeds); len(queue) > 0; queue = queue[1:] {
		for _, w := range g.owners(queue[0], nil) {
			if w.other == noCompany || seen[w.other] {
				continue
			}
			seen[w.other] = true
			queue = append(queue, w.other)
			if len(out) < maxParents {
				out = append(out, w.other)
			} else {
				f.beyond = append(f.beyond, w.other)
			}
		}
	}
	slices.Sort(f.beyond)
	slices.Sort(out)
	return out
}

func (f *family) state(company int32) State {
	state, _, _ := f.kin(company)
	return state
}

// kin returns how a company belongs to the family: below a seed (nil), or as a
// parent or its affiliate.
func (f *family) kin(company int32) (state State, of *parent, affiliate bool) {
	state = Out
	if f.below != nil {
		state = f.below.state(company)
	}
	better := func(s State, p *parent, a bool) {
		if s == In && state != In || s == Unknown && state == Out {
			state, of, affiliate = s, p, a
		}
	}
	for i := range f.above {
		p := &f.above[i]
		sure := Unknown
		if p.sure {
			sure = In
		}
		if p.company == company && f.parents {
			better(sure, p, false)
		}
		if f.affiliates && p.company != company {
			switch p.holds.state(company) {
			case In:
				better(sure, p, true)
			case Unknown:
				better(Unknown, p, true)
			}
		}
	}
	if _, untried := slices.BinarySearch(f.beyond, company); untried && f.parents {
		better(Unknown, nil, false)
	}
	if f.rest != nil && f.rest.state(company) != Out {
		better(Unknown, nil, false)
	}
	return state, of, affiliate
}

func (f *family) found(yield func(int32)) {
	seen := map[int32]bool{}
	once := func(company int32) {
		if !seen[company] && f.state(company) != Out {
			seen[company] = true
			yield(company)
		}
	}
	if f.below != nil {
		f.below.found(once)
	}
	for i := range f.above {
		once(f.above[i].company)
		f.above[i].holds.found(once)
	}
	for _, company := range f.beyond {
		once(company)
	}
	if f.rest != nil {
		f.rest.found(once)
	}
}

func (f *family) chain(c *Control, company int32) []Proof {
	_, of, affiliate := f.kin(company)
	if of == nil {
		if f.below == nil {
			return nil
		}
		return f.below.chain(c, company)
	}
	out := of.holds.chain(c, of.seed)
	if !affiliate {
		return out
	}
	for _, p := range of.holds.chain(c, company) {
		if !slices.ContainsFunc(out, func(q Proof) bool { return q.Asset == p.Asset }) {
			out = append(out, p)
		}
	}
	return out
}
