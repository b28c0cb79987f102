package entity

import (
	"math/big"
	"slices"
)

// Bounds of the reckoning in a knot, a set of companies that own one another in
// cycles. Up to maxExact companies are solved exactly; larger knots, and those
// in which a company is held by several kinds of interest, are approached from
// the safe side in at most maxSweeps rounds.
const (
	maxExact    = 32
	maxSweeps   = 2000
	maxPolicies = 200
)

// solve finds the effective interests in the companies of a knot, whose owners
// outside it are solved already.
func (m *multiply) solve(knot []int32, may bool) {
	of := m.values(may)
	if len(knot) == 1 {
		if v := m.value(knot[0], may); v > 0 {
			of[knot[0]] = v
		}
		return
	}
	if len(knot) <= maxExact && !m.full {
		if s, ok := newSystem(m, knot, may); ok && s.iterate() {
			for i, company := range s.companies {
				of[company] = fixed(s.v[i], may)
			}
			return
		}
	}
	m.sweep(knot, may)
}

// sweep approaches the least fixpoint: for the least interests from below,
// which every round keeps below it; for the greatest from above, which every
// round keeps above it (a value that its own equation does not raise bounds
// the least fixpoint, by Park's principle).
func (m *multiply) sweep(knot []int32, may bool) {
	of := m.values(may)
	if may {
		for _, company := range knot {
			of[company] = one
		}
	}
	for range maxSweeps {
		changed := false
		for _, company := range knot {
			v := m.value(company, may)
			if may {
				v = min(v, of[company])
			} else {
				v = max(v, of[company])
			}
			if v != of[company] {
				of[company], changed = v, true
			}
		}
		if !changed {
			return
		}
	}
}

// system is the linear equations of a knot: v = A·v + b, for the completion of
// the ranges that is being tried.
type system struct {
	m         *multiply
	may       bool
	companies []int32
	place     map[int32]int
	columns   []column
	shares    [][]int32 // the completion
	v         []*big.Rat
}

// newSystem prepares the equations of those companies of a knot in which the
// seeds have an interest under every completion (for the least) or under some
// (for the greatest); the others have none. It returns false where a company
// is held by several kinds of interest.
func newSystem(m *multiply, knot []int32, may bool) (*system, bool) {
	s := &system{m: m, may: may, place: map[int32]int{}}
	for _, company := range knot {
		if !may && m.sure.state(company) != In {
			continue
		}
		columns := m.columns(company)
		if len(columns) != 1 {
			return nil, false
		}
		s.place[company] = len(s.companies)
		s.companies = append(s.companies, company)
		s.columns = append(s.columns, columns[0])
		s.v = append(s.v, new(big.Rat))
	}
	return s, true
}

// interest returns the effective interest in an owner.
func (s *system) interest(owner int32) *big.Rat {
	if i, ok := s.place[owner]; ok {
		return s.v[i]
	}
	v := new(big.Rat).SetInt(new(big.Int).SetUint64(s.m.values(s.may)[owner]))
	return v.Quo(v, new(big.Rat).SetInt(new(big.Int).SetUint64(one)))
}

// iterate tries completions, each better than the last in the exact interests
// that it gives, until none is (R. Howard's policy iteration, 1960). It returns
// false if it did not get so far.
func (s *system) iterate() bool {
	s.shares = make([][]int32, len(s.companies))
	for i := range s.companies {
		s.shares[i] = s.best(i)
	}
	for range maxPolicies {
		if !s.evaluate() {
			return false
		}
		better := false
		for i := range s.companies {
			shares := s.best(i)
			sign := s.sum(i, shares).Cmp(s.v[i])
			if s.may && sign > 0 || !s.may && sign < 0 {
				s.shares[i], better = shares, true
			}
		}
		if !better {
			return true
		}
	}
	return false
}

// best completes the ranges of a company's column for the present interests.
func (s *system) best(i int) []int32 {
	c := &s.columns[i]
	values := make([]*big.Rat, len(c.rows))
	for j := range c.rows {
		values[j] = s.interest(c.rows[j].other)
	}
	sorted := slices.Clone(values)
	slices.SortFunc(sorted, (*big.Rat).Cmp)
	rank := func(j int) uint64 { // shares need only the order
		at, _ := slices.BinarySearchFunc(sorted, values[j], (*big.Rat).Cmp)
		return uint64(at)
	}
	return c.shares(rank, s.may, false)
}

func (s *system) sum(i int, shares []int32) *big.Rat {
	total, term := new(big.Rat), new(big.Rat)
	for j, share := range shares {
		if share == 0 {
			continue
		}
		term.SetFrac64(int64(share), int64(Whole))
		if j < len(s.columns[i].rows) {
			term.Mul(term, s.interest(s.columns[i].rows[j].other))
		}
		total.Add(total, term)
	}
	return total
}

// evaluate solves the equations of the present completion exactly. Companies
// from which no chain leads to an interest from outside the knot have none:
// that is the least solution, and the rest of the equations has only one.
func (s *system) evaluate() bool {
	n := len(s.companies)
	a := make([][]*big.Rat, n) // I - A, and b last
	for i := range a {
		a[i] = make([]*big.Rat, n+1)
		for j := range a[i] {
			a[i][j] = new(big.Rat)
		}
		for j, share := range s.shares[i] {
			part := new(big.Rat).SetFrac64(int64(share), int64(Whole))
			if j == len(s.columns[i].rows) {
				a[i][n].Add(a[i][n], part)
				continue
			}
			owner := s.columns[i].rows[j].other
			if at, ok := s.place[owner]; ok {
				a[i][at].Sub(a[i][at], part)
			} else {
				a[i][n].Add(a[i][n], part.Mul(part, s.interest(owner)))
			}
		}
	}
	live := alive(a)
	for i := range a {
		for j := range n {
			if !live[i] || !live[j] {
				a[i][j].SetInt64(0)
			}
		}
		if !live[i] {
			a[i][n].SetInt64(0)
		}
		a[i][i].Add(a[i][i], big.NewRat(1, 1))
	}
	return s.eliminate(a)
}

// alive tells which rows lead, through entries that are not zero, to one with a
// value of its own in the last column.
func alive(a [][]*big.Rat) []bool {
	n := len(a)
	live := make([]bool, n)
	for changed := true; changed; {
		changed = false
		for i := range a {
			if live[i] {
				continue
			}
			leads := a[i][n].Sign() != 0
			for j := range n {
				leads = leads || live[j] && a[i][j].Sign() != 0
			}
			if leads {
				live[i], changed = true, true
			}
		}
	}
	return live
}

// eliminate is Gauss's method, in exact arithmetic.
func (s *system) eliminate(a [][]*big.Rat) bool {
	n := len(a)
	f := new(big.Rat)
	for p := range n {
		pivot := p
		for pivot < n && a[pivot][p].Sign() == 0 {
			pivot++
		}
		if pivot == n {
			return false
		}
		a[p], a[pivot] = a[pivot], a[p]
		for i := range n {
			if i == p || a[i][p].Sign() == 0 {
				continue
			}
			f.Quo(a[i][p], a[p][p])
			factor := new(big.Rat).Set(f)
			for j := p; j <= n; j++ {
				if a[p][j].Sign() != 0 {
					a[i][j].Sub(a[i][j], f.Mul(factor, a[p][j]))
				}
			}
		}
	}
	for i := range n {
		s.v[i] = new(big.Rat).Quo(a[i][n], a[i][i])
	}
	return true
}

// fixed rounds an exact interest down or up.
func fixed(v *big.Rat, up bool) uint64 {
	n := new(big.Int).Mul(v.Num(), new(big.Int).SetUint64(one))
	quo, rem := n.QuoRem(n, v.Denom(), new(big.Int))
	if up && rem.Sign() > 0 {
		quo.Add(quo, big.NewInt(1))
	}
	if quo.Sign() < 0 || !quo.IsUint64() {
		return 0
	}
	return min(quo.Uint64(), one)
}
