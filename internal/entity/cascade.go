package entity

import (
	"math"
	"slices"
)

// never is the round of a company that is not found.
const never = math.MaxInt32

// cascade is the answer of MethodCascade and MethodControl: for each company
// the round in which it was found. Round 0 are the seeds; round k+1 are those
// that the companies of rounds up to k hold to the threshold. Rounds do not
// depend on the order of anything, so proofs that follow them do not either.
type cascade struct {
	g         *graph
	m         measure
	seeds     []int32
	places    places
	must, may []int32 // rounds by place
}

func newCascade(g *graph, rule ControlRule, seeds []int32) *cascade {
	return floodAll(g, rule.measure(), seeds)
}

// floodAll computes both fixpoints from nothing.
func floodAll(g *graph, m measure, seeds []int32) *cascade {
	c := &cascade{g: g, m: m, seeds: seeds, places: places{n: g.n}}
	f := flood{cascade: c}
	for _, s := range seeds {
		f.place(s)
	}
	c.may = f.run(true)
	c.must = f.run(false)
	for len(c.may) < len(c.must) {
		c.may = append(c.may, never)
	}
	for len(c.must) < len(c.may) {
		c.must = append(c.must, never)
	}
	return c
}

func (c *cascade) state(company int32) State {
	place := c.places.find(company)
	switch {
	case place < 0 || int(place) >= len(c.may):
		return Out
	case c.must[place] != never:
		return In
	case c.may[place] != never:
		return Unknown
	}
	return Out
}

func (c *cascade) found(yield func(int32)) {
	for place, company := range c.places.list {
		if place < len(c.may) && (c.may[place] != never || c.must[place] != never) {
			yield(company)
		}
	}
}

// flood computes the two fixpoints from nothing. Every company enters once and
// every holding is counted once, so the cost is linear in what is reached. What
// an edge needs to know of its asset lies together: where most is reached, the
// time goes into fetching it.
type flood struct {
	*cascade
	cells   []cell // by place
	tallies []tally
	rows    []row
	owners  []row
}

// cell is a company that was reached.
type cell struct {
	tally         // of the first kind of interest in it; empty if nobody owns it
	round   int32 // in which it was found
	queued  int32 // the last round for which it was looked at
	another int32 // where in tallies those of other kinds begin, -1 if there are none
}

// place returns a company's place, a new one with its tallies if need be.
func (f *flood) place(company int32) int32 {
	if p := f.places.find(company); p >= 0 {
		return p
	}
	p := f.places.add(company)
	if f.places.dense != nil && cap(f.cells) < int(f.g.n) { // much is reached: no more growing
		f.cells = slices.Grow(f.cells, int(f.g.n)-len(f.cells))
	}
	f.owners = f.g.owners(company, f.owners)
	f.cells = append(f.cells, f.cell(company, f.owners))
	return p
}

// cell adds up the holdings in a company.
func (f *flood) cell(company int32, owners []row) cell {
	c := cell{round: never, another: -1}
	if len(owners) == 0 {
		return c
	}
	c.interest = owners[0].interest
	for i := range owners {
		w := &owners[i]
		t := f.tallyOf(&c, w.interest)
		if t == nil {
			f.tallies = append(f.tallies, tally{next: c.another, interest: w.interest})
			c.another = int32(len(f.tallies) - 1)
			t = &f.tallies[c.another]
		}
		t.total(w)
	}
	// Whether all owners are named is asked only where it matters: it lies far
	// away.
	c.close(c.allHi >= whole && f.g.r.complete(company))
	for at := c.another; at >= 0; at = f.tallies[at].next {
		t := &f.tallies[at]
		t.close(t.allHi >= whole && f.g.r.complete(company))
	}
	return c
}

// tallyOf returns the tally of an interest, nil if there is none.
func (f *flood) tallyOf(c *cell, interest uint8) *tally {
	if c.interest == interest {
		return &c.tally
	}
	for at := c.another; at >= 0; at = f.tallies[at].next {
		if f.tallies[at].interest == interest {
			return &f.tallies[at]
		}
	}
	return nil
}

// run computes one fixpoint and returns its rounds by place.
func (f *flood) run(may bool) []int32 {
	for i := range f.tallies {
		f.tallies[i].empty()
	}
	for i := range f.cells {
		c := &f.cells[i]
		c.empty()
		c.round, c.queued = never, 0
	}
	var front, looked []int32
	for _, s := range f.seeds {
		p := f.places.find(s)
		f.cells[p].round = 0
		front = append(front, p)
	}
	for round := int32(1); len(front) > 0 || round == 1; round++ {
		looked = looked[:0]
		for _, p := range front {
			looked = f.spread(f.places.list[p], round, looked, may)
		}
		if may && round == 1 && f.m.undefined {
			looked = append(looked, f.roomy()...)
		}
		front = front[:0]
		if f.places.dense != nil { // many: in the order in which their edges lie
			slices.SortFunc(looked, func(a, b int32) int { return int(f.places.list[a]) - int(f.places.list[b]) })
		}
		for _, p := range looked {
			if c := &f.cells[p]; c.round == never && f.reached(c, may) {
				c.round = round
				front = append(front, p)
			}
		}
	}
	rounds := make([]int32, len(f.cells))
	for i := range rounds {
		rounds[i] = f.cells[i].round
	}
	return rounds
}

// spread counts what an owner holds, and adds the assets to those that are
// looked at in the round.
func (f *flood) spread(owner, round int32, looked []int32, may bool) []int32 {
	f.rows = f.g.assets(owner, f.rows)
	for i := range f.rows {
		w := &f.rows[i]
		if w.other == owner {
			continue // treasury stock: no owner
		}
		at := f.place(w.other)
		c := &f.cells[at]
		if c.round != never {
			continue
		}
		if t := f.tallyOf(c, w.interest); t != nil {
			t.add(w, f.m.reachOf(w.interest), may)
		}
		if c.queued != round {
			c.queued = round
			looked = append(looked, at)
		}
	}
	return looked
}

func (f *flood) reached(c *cell, may bool) bool {
	if c.reached(&f.m, may) {
		return true
	}
	for at := c.another; at >= 0; at = f.tallies[at].next {
		if f.tallies[at].reached(&f.m, may) {
			return true
		}
	}
	return false
}

// roomy returns the places of the companies that even without a known owner
// among the seeds may be held to the threshold, because their named owners
// leave room. Of a company without any named owner nothing is known, not even
// that it has an undisclosed one; it stays out.
func (f *flood) roomy() []int32 {
	var out []int32
	var buf []row
	for company := range f.g.n {
		buf = f.g.owners(company, buf)
		if len(buf) > 0 && leavesRoom(f.g, &f.m, company, buf) {
			out = append(out, f.place(company))
		}
	}
	return out
}
