package entity

import (
	"math"
	"slices"
	"sort"
)

// at returns the answer for another date. It is the algorithm of G. Ramalingam
// and T. Reps, "An incremental algorithm for a generalization of the
// shortest-path problem" (Journal of Algorithms 21, 1996): a company's round
// is one more than the round in which its owners cross the threshold, which is
// a strictly superior function of theirs, so that only companies whose round
// changes, and what they own, are looked at.
func (c *cascade) at(on Date) *cascade {
	if on == c.g.on {
		return c
	}
	next := &cascade{
		g: c.g.at(on), m: c.m, seeds: c.seeds, places: c.places.clone(),
		must: slices.Clone(c.must), may: slices.Clone(c.may),
	}
	changed := next.turned(c.g.on)
	var ok, okMay bool
	next.must, ok = next.mend(next.must, changed, false)
	next.may, okMay = next.mend(next.may, changed, true)
	if !ok || !okMay {
		return floodAll(next.g, next.m, next.seeds)
	}
	for len(next.must) < next.places.count() {
		next.must = append(next.must, never)
	}
	for len(next.may) < next.places.count() {
		next.may = append(next.may, never)
	}
	return next
}

// turned returns the assets of the edges that began or ended between the other
// date and the cascade's.
func (c *cascade) turned(from Date) []int32 {
	r := c.g.r
	lo, hi := from, c.g.on
	if hi.Before(lo) {
		lo, hi = hi, lo
	}
	var out []int32
	im := r.im
	n := im.rows(secTurns)
	day := func(i int) int32 { return int32(u32(im.row(secTurns, i))) }
	for i := sort.Search(n, func(i int) bool { return day(i) > lo.days }); i < n && day(i) <= hi.days; i++ {
		if edge := int(u32(im.row(secTurns, i)[4:])); edge < im.rows(secIn) {
			out = append(out, int32(im.assetOf(edge)))
		}
	}
	if r.over != nil { // an overlay is small: all it speaks of may have changed
		out = append(out, r.over.number...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// mending is one fixpoint being brought to another date.
type mending struct {
	*cascade
	may    bool
	rounds []int32
	queue  rank
	owners []row
	assets []row
}

// mend returns the rounds by place once the changed assets are looked at. It
// gives up, with false, where so much changes that it is quicker to begin anew.
func (c *cascade) mend(rounds, changed []int32, may bool) ([]int32, bool) {
	m := mending{cascade: c, may: may, rounds: rounds}
	for _, a := range changed {
		m.look(a)
	}
	steps := 1000 + int64(len(changed)) + (int64(c.g.n)+int64(c.g.r.im.rows(secIn)))/16
	for ; len(m.queue) > 0; steps-- {
		if steps == 0 {
			return nil, false
		}
		top := m.queue.pop()
		have, want := m.round(top.company), m.want(top.company)
		if have == want || min(have, want) != top.round {
			continue // since then it was settled, or stands elsewhere in the queue
		}
		if want < have {
			m.set(top.company, want)
		} else {
			m.set(top.company, never)
			m.look(top.company)
		}
		m.assets = m.g.assets(top.company, m.assets)
		for _, w := range m.assets {
			if w.other != top.company {
				m.look(w.other)
			}
		}
	}
	return m.rounds, true
}

// look queues a company whose round is not what its owners make it.
func (m *mending) look(company int32) {
	have, want := m.round(company), m.want(company)
	if have != want {
		m.queue.push(ranked{min(have, want), company})
	}
}

func (m *mending) round(company int32) int32 {
	if p := m.places.find(company); p >= 0 && int(p) < len(m.rounds) {
		return m.rounds[p]
	}
	return never
}

func (m *mending) set(company, round int32) {
	p := m.places.find(company)
	if p < 0 {
		p = m.places.add(company)
	}
	for int(p) >= len(m.rounds) {
		m.rounds = append(m.rounds, never)
	}
	m.rounds[p] = round
}

// want returns the round that a company's owners make it.
func (m *mending) want(company int32) int32 {
	if _, seed := slices.BinarySearch(m.seeds, company); seed {
		return 0
	}
	m.owners = m.g.owners(company, m.owners)
	at, ok := crossing(m.g, &m.m, company, m.owners, m.round, m.may)
	if !ok || at.round == math.MaxInt32-1 {
		return never
	}
	return at.round + 1
}

// rank is a queue of companies by round, a binary heap. A company may stand in
// it several times; what is stale is passed over.
type rank []ranked

type ranked struct{ round, company int32 }

func (r ranked) before(other ranked) bool {
	return r.round < other.round || r.round == other.round && r.company < other.company
}

func (r *rank) push(x ranked) {
	list := append(*r, x)
	at := len(list) - 1
	for at > 0 && x.before(list[(at-1)/2]) {
		list[at] = list[(at-1)/2]
		at = (at - 1) / 2
	}
	list[at] = x
	*r = list
}

func (r *rank) pop() ranked {
	list := *r
	top, x := list[0], list[len(list)-1]
	list = list[:len(list)-1]
	at := 0
	for next := 1; next < len(list); next = 2*at + 1 {
		if next+1 < len(list) && list[next+1].before(list[next]) {
			next++
		}
		if !list[next].before(x) {
			break
		}
		list[at] = list[next]
		at = next
	}
	if len(list) > 0 {
		list[at] = x
	}
	*r = list
	return top
}
