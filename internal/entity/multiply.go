package entity

import "slices"

// Effective interests are whole numbers of 10^-18. Products of shares are
// rounded once for each company: down where the least is wanted, up where the
// greatest is, so that what is concluded holds of the exact values.
const (
	one     uint64 = 1e18
	perUnit        = one / uint64(Whole)
)

// multiply is the answer of MethodMultiply and MethodMultiplyControl: for each
// company the least and the greatest effective interest of the seeds.
type multiply struct {
	g     *graph
	m     measure
	full  bool     // more than half counts as the whole
	sure  *cascade // who may (must) have any interest of the seeds in it
	least map[int32]uint64
	most  map[int32]uint64
}

// newMultiply computes effective interests. With a rule for single owners each
// seed is reckoned for itself.
func newMultiply(g *graph, rule ControlRule, seeds []int32) answer {
	if !rule.Single || len(seeds) < 2 {
		return newInterests(g, rule, seeds)
	}
	var parts anyOf
	for _, s := range seeds {
		parts = append(parts, newInterests(g, rule, []int32{s}))
	}
	return parts
}

func newInterests(g *graph, rule ControlRule, seeds []int32) *multiply {
	m := &multiply{
		g: g, m: rule.measure(), full: rule.Method == MethodMultiplyControl,
		least: map[int32]uint64{}, most: map[int32]uint64{},
	}
	some := measure{reach: 1, mask: m.m.mask, undefined: m.m.undefined}
	m.sure = floodAll(g, some, seeds)
	for _, s := range seeds {
		m.least[s], m.most[s] = one, one
	}
	for _, knot := range m.knots() {
		m.solve(knot, false)
		m.solve(knot, true)
	}
	return m
}

func (m *multiply) values(may bool) map[int32]uint64 {
	if may {
		return m.most
	}
	return m.least
}

// bound returns the threshold in the units of effective interests.
func (m *multiply) bound() uint64 { return uint64(m.m.reach) * perUnit }

func (m *multiply) state(company int32) State {
	switch least, most := m.least[company], m.most[company]; {
	case m.over(least):
		return In
	case m.over(most):
		return Unknown
	}
	return Out
}

// over compares an interest with the threshold. A strict threshold is one unit
// of shares higher in the measure; interests are finer than that.
func (m *multiply) over(v uint64) bool {
	if m.m.strict {
		return v > m.bound()-perUnit
	}
	return v >= m.bound()
}

func (m *multiply) found(yield func(int32)) {
	for company := range m.most {
		if m.state(company) != Out {
			yield(company)
		}
	}
}

// knots returns the companies in which the seeds may have an interest, except
// the seeds, in strongly connected components, owners first (R. Tarjan,
// "Depth-first search and linear graph algorithms", 1972).
func (m *multiply) knots() [][]int32 {
	t := tarjan{index: map[int32]int32{}, low: map[int32]int32{}, on: map[int32]bool{}}
	var reached []int32
	m.sure.found(func(company int32) { reached = append(reached, company) })
	slices.Sort(reached)
	for _, company := range reached {
		if _, seen := t.index[company]; !seen && m.most[company] != one {
			t.walk(company, m.upward)
		}
	}
	return t.knots
}

// upward returns the owners of a company in which the seeds may have an
// interest and that are no seeds.
func (m *multiply) upward(company int32) []int32 {
	var out []int32
	for _, w := range m.g.owners(company, nil) {
		if w.other != noCompany && w.other != company && w.hi > 0 && m.sure.state(w.other) != Out && m.most[w.other] != one {
			out = append(out, w.other)
		}
	}
	return out
}

// tarjan finds strongly connected components without recursion.
type tarjan struct {
	index, low map[int32]int32
	on         map[int32]bool
	stack      []int32
	knots      [][]int32
}

func (t *tarjan) walk(start int32, next func(int32) []int32) {
	type frame struct {
		at   int32
		todo []int32
	}
	enter := func(at int32) frame {
		t.index[at] = int32(len(t.index))
		t.low[at] = t.index[at]
		t.stack = append(t.stack, at)
		t.on[at] = true
		return frame{at, next(at)}
	}
	frames := []frame{enter(start)}
	for len(frames) > 0 {
		top := &frames[len(frames)-1]
		if len(top.todo) > 0 {
			to := top.todo[0]
			top.todo = top.todo[1:]
			if _, seen := t.index[to]; !seen {
				frames = append(frames, enter(to))
			} else if t.on[to] {
				t.low[top.at] = min(t.low[top.at], t.index[to])
			}
			continue
		}
		at := top.at
		frames = frames[:len(frames)-1]
		if len(frames) > 0 {
			above := frames[len(frames)-1].at
			t.low[above] = min(t.low[above], t.low[at])
		}
		if t.low[at] != t.index[at] {
			continue
		}
		for i := len(t.stack) - 1; ; i-- {
			t.on[t.stack[i]] = false
			if t.stack[i] == at {
				knot := slices.Clone(t.stack[i:])
				slices.Sort(knot)
				t.knots = append(t.knots, knot)
				t.stack = t.stack[:i]
				break
			}
		}
	}
}
