package entity

import "slices"

// chain implements answer: every company on the way from the seeds in which
// they may have an interest, owners first.
func (m *multiply) chain(_ *Control, company int32) []Proof {
	may := m.state(company) != In
	of := m.values(may)
	var up []int32
	seen := map[int32]bool{company: true}
	for queue := []int32{company}; len(queue) > 0; queue = queue[1:] {
		up = append(up, queue[0])
		for _, o := range m.upward(queue[0]) {
			if !seen[o] && of[o] > 0 {
				seen[o] = true
				queue = append(queue, o)
			}
		}
	}
	t := tarjan{index: map[int32]int32{}, low: map[int32]int32{}, on: map[int32]bool{}}
	for _, c := range up {
		if _, done := t.index[c]; !done {
			t.walk(c, func(c int32) []int32 {
				return slices.DeleteFunc(m.upward(c), func(o int32) bool { return !seen[o] })
			})
		}
	}
	var out []Proof
	for _, knot := range t.knots {
		for _, c := range knot {
			out = append(out, m.proof(c, may))
		}
	}
	return out
}

// proof shows how the effective interest in a company adds up.
func (m *multiply) proof(company int32, may bool) Proof {
	of := m.values(may)
	out := Proof{
		Asset: m.g.r.slug(company), Sum: m.share(of[company], may), Least: m.share(m.least[company], false),
		Most: m.share(m.most[company], true), Reach: Share(m.m.reach), Decides: m.state(company) == Unknown,
	}
	for _, c := range m.columns(company) {
		v := func(i int) uint64 { return of[c.rows[i].other] }
		shares := c.shares(v, may, m.full)
		if c.sum(shares, v, may) != of[company] && len(out.Edges) > 0 {
			continue
		}
		out.Edges, out.Sums = nil, nil
		running := make([]int32, len(shares))
		for i, w := range c.rows {
			if v(i) == 0 {
				continue
			}
			running[i] = shares[i]
			out.Edges = append(out.Edges, m.g.edge(w.other, company, w))
			out.Sums = append(out.Sums, m.share(c.sum(running, v, may), may))
		}
	}
	return out
}

// share rounds an effective interest to the units of shares.
func (m *multiply) share(v uint64, up bool) Share {
	if up {
		v += perUnit - 1
	}
	return Share(min(v/perUnit, uint64(Whole)))
}

// anyOf is the answer of several reckonings of which one is enough.
type anyOf []answer

func (a anyOf) state(company int32) State {
	out := Out
	for _, part := range a {
		switch part.state(company) {
		case In:
			return In
		case Unknown:
			out = Unknown
		}
	}
	return out
}

func (a anyOf) found(yield func(int32)) {
	seen := map[int32]bool{}
	for _, part := range a {
		part.found(func(company int32) {
			if !seen[company] {
				seen[company] = true
				yield(company)
			}
		})
	}
}

func (a anyOf) chain(c *Control, company int32) []Proof {
	want := a.state(company)
	for _, part := range a {
		if part.state(company) == want {
			return part.chain(c, company)
		}
	}
	return nil
}
