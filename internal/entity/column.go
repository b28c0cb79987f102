package entity

import (
	"cmp"
	"math/bits"
	"slices"
)

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
