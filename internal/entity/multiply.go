package entity

import (
	"cmp"
	"math/bits"
	"slices"
)

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

// columns returns the holdings in a company by interest, its own left out but
// counted, so that they take room.
func (m *multiply) columns(company int32) []column {
	var out []column
	complete := m.g.r.complete(company)
	for _, w := range m.g.owners(company, nil) {
		i := slices.IndexFunc(out, func(c column) bool { return c.interest == w.interest })
		if i < 0 {
			i = len(out)
			out = append(out, column{interest: w.interest})
		}
		if w.other == company {
			w.other = noCompany
		}
		out[i].rows = append(out[i].rows, w)
	}
	for i := range out {
		t := tally{interest: out[i].interest}
		for j := range out[i].rows {
			t.total(&out[i].rows[j])
		}
		t.close(complete)
		out[i].complete, out[i].torn = t.complete, t.torn
		out[i].open = m.m.undefined && !t.complete
	}
	return out
}

// value is the effective interest in a company, given those in its owners: the
// greatest by any kind of interest.
func (m *multiply) value(company int32, may bool) uint64 {
	var best uint64
	of := m.values(may)
	for _, c := range m.columns(company) {
		v := func(i int) uint64 { return of[c.rows[i].other] } // of persons and of who has none: 0
		sum := c.sum(c.shares(v, may, m.full), v, may)
		best = max(best, sum)
	}
	return best
}

// column is the holdings in an asset of one kind of interest.
type column struct {
	interest             uint8
	complete, torn, open bool
	rows                 []row
}

// shares completes the ranges of a column so that the sum of shares times
// interests is the least, or the greatest: each owner has its least, and what
// is left goes to those with the smallest (greatest) interest first. With full,
// the share of one that has more than half is returned as the whole. A last
// element is what is undisclosed and might be the seeds'.
func (c *column) shares(v func(int) uint64, may, full bool) []int32 {
	order := make([]int, len(c.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		if may {
			return cmp.Compare(v(j), v(i))
		}
		return cmp.Compare(v(i), v(j))
	})
	best := c.fill(order, may, -1, full)
	if !full {
		return best
	}
	score := func(shares []int32) uint64 {
		if shares == nil {
			if may {
				return 0
			}
			return 1 << 63
		}
		return c.sum(shares, v, may)
	}
	for major := range c.rows {
		other := c.fill(order, may, major, full)
		if other == nil {
			continue
		}
		if a, b := score(other), score(best); best == nil || may && a > b || !may && a < b {
			best = other
		}
	}
	if best == nil { // contradictory: nobody's, or anybody's
		best = make([]int32, len(c.rows)+1)
	}
	return best
}

// half is the most that is not more than half.
const half = int32(Whole) / 2

// fill gives shares in the order of the owners. With full, the owner major has
// more than half, and no other; -1 for nobody. It returns nil where the ranges
// do not allow that.
func (c *column) fill(order []int, may bool, major int, full bool) []int32 {
	shares := make([]int32, len(c.rows)+1)
	most := make([]int32, len(c.rows))
	var sum, can int64
	for i := range c.rows {
		w := &c.rows[i]
		shares[i], most[i] = w.lo, w.hi
		if c.torn {
			shares[i] = 0
		}
		if full && i == major {
			shares[i] = max(shares[i], half+1)
		} else if full {
			most[i] = min(most[i], half)
		}
		if shares[i] > most[i] {
			return nil
		}
		sum += int64(shares[i])
		can += int64(most[i])
	}
	room := whole - sum
	if room < 0 || c.complete && can < whole {
		return nil
	}
	give := func(i int) {
		more := min(int64(most[i]-shares[i]), room)
		shares[i] += int32(more)
		room -= more
	}
	switch {
	case may && c.open:
		shares[len(c.rows)] = int32(room) // nobody has a greater interest than the seeds themselves
	case may || c.complete:
		if full && major >= 0 && !may {
			give(major) // it counts as the whole already
		}
		for _, i := range order {
			if !full || i != major || !may {
				give(i)
			}
		}
	}
	if full && major >= 0 {
		shares[major] = int32(Whole)
	}
	return shares
}

// sum adds up shares times interests, rounded down or up, and at most one.
func (c *column) sum(shares []int32, v func(int) uint64, may bool) uint64 {
	var hi, lo, carry uint64
	for i, s := range shares {
		of := one
		if i < len(c.rows) {
			of = v(i)
		}
		h, l := bits.Mul64(uint64(s), of)
		lo, carry = bits.Add64(lo, l, 0)
		hi += h + carry
	}
	if hi >= uint64(Whole) { // never: at most twice the whole of one
		return one
	}
	quo, rem := bits.Div64(hi, lo, uint64(Whole))
	if rem > 0 && may {
		quo++
	}
	return min(quo, one)
}
