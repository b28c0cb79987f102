package entity

import "math"

// dense is flood among all companies. Where most are reached, the time goes
// into fetching from memory what each asset lacks, in no order, for each
// holding. So that is kept in as few bytes as will do, and holdings lie in
// columns by owner. Nearly all companies have owners by one kind of interest
// and lack one number, or two; the others, the odd ones, are counted as flood
// counts them.
type dense struct {
	flood
	sides [2]side // of must, of may
	roomy []int32 // companies that may be controlled though no owner is found
	out   holdings
}

// side is what one fixpoint lacks, by company: see state.
type side struct {
	*needs
	state []int32
	more  []int32 // of may, what is lacking in least shares; nil of must
}

// A state up to greatest is what is lacking: of must in least shares, of may in
// greatest shares. With short added, least shares lack too. From oddFrom on it
// is the place of an odd company, and a found one has -2 less its round.
const (
	short     = 1 << 28
	oddFrom   = 1 << 30
	nowhere   = math.MaxInt32 // never to be found
	justFound = -2
)

// roundOf returns the round that a state stands for.
func roundOf(state int32) int32 {
	if state <= justFound {
		return justFound - state
	}
	return never
}

// many computes both fixpoints where many companies are reached: it reads all
// holdings once, in their order, and for each fixpoint those of whom it finds.
func (d *dense) many() {
	n := int(d.g.n)
	d.lacks[1].may = true
	d.sides[0] = side{&d.lacks[0], make([]int32, n), nil}
	d.sides[1] = side{&d.lacks[1], make([]int32, n), make([]int32, n)}
	in, usual := newInflow(d.g), d.usual()
	for company := range d.g.n {
		d.admit(company, in, &usual)
	}
	d.out.read(d.g)
	for _, i := range []int{1, 0} {
		s := &d.sides[i]
		d.run(s)
		for c, state := range s.state {
			s.state[c] = roundOf(state)
		}
	}
	d.must, d.may = d.sides[0].state, d.sides[1].state
}

// usual returns by interest what is lacking of a company of which nothing
// special is known, 0 where more must be asked: what [tally.need] says of it.
func (d *dense) usual() (reach [noInterest + 1]int32) {
	if d.m.single || d.m.undefined {
		return reach
	}
	for code := range uint8(len(interestNames)) {
		if r := d.m.reachOf(code); r <= whole {
			reach[code] = int32(r) // 0 where the interest gives control by itself
		}
	}
	return reach
}

// admit notes what is lacking of a company.
func (d *dense) admit(company int32, in *inflow, usual *[noInterest + 1]int32) {
	t, ok := in.sums(company)
	if reach := usual[t.interest]; ok && reach > 0 && !t.torn && !t.complete {
		d.sides[0].state[company], d.sides[1].state[company] = reach, reach
		if room := int64(reach) - whole + t.allLo; room > 0 { // what it takes beside the least shares of the others
			d.sides[1].state[company] += short
			d.sides[1].more[company] = int32(room)
		}
		return
	}
	if !ok {
		d.total(company)
		t = tally{interest: noInterest}
		if len(d.tallies) > 0 {
			t = d.tallies[0]
		}
		ok = len(d.tallies) < 2
	}
	must, may := &d.sides[0].state[company], &d.sides[1].state[company]
	if t.interest == noInterest {
		*must, *may = nowhere, nowhere
		return
	}
	lack, lackMay := t.need(&d.m, false), t.need(&d.m, true)
	if !ok || d.m.single || !lack.done && (lack.hi < far || lack.lo <= 0) {
		d.odd(company)
		return
	}
	*must, *may = lack.lo, int32(lackMay.hi)
	if lack.done {
		*must = nowhere
	}
	switch {
	case lackMay.done:
		*may = nowhere
	case lackMay.lo > 0:
		*may += short
		d.sides[1].more[company] = lackMay.lo
	}
	if t.roomy(&d.m) {
		d.roomy = append(d.roomy, company)
	}
}

// odd notes a company that is counted as flood counts.
func (d *dense) odd(company int32) {
	place := int32(len(d.lacks[0].first))
	before := len(d.flood.roomy)
	d.enter(company)
	d.sides[0].state[company], d.sides[1].state[company] = oddFrom+place, oddFrom+place
	if len(d.flood.roomy) > before {
		d.roomy = append(d.roomy, company)
	}
}

// run computes one fixpoint.
func (d *dense) run(s *side) {
	var front, after, spare []int32
	for _, company := range d.seeds {
		s.find(company, 0)
		front = append(front, company)
	}
	if s.may {
		for _, company := range d.roomy { // in round 1, as if found by round 0
			if s.state[company] > justFound {
				s.find(company, 1)
				after = append(after, company)
			}
		}
	}
	var batch batch
	for round := int32(1); len(front)+len(after) > 0; round++ {
		spare = front[:0]
		for len(front) > 0 {
			front = batch.take(&d.out, s, front)
			if s.may {
				after = d.spreadMay(s, &batch, round, after)
			} else {
				after = d.spreadMust(s, &batch, round, after)
			}
		}
		front, after = after, spare
		if len(front) > int(d.g.n)/256 {
			front = d.sorted(front) // in the order in which their holdings lie
		}
	}
}

// find notes the round in which a company is found.
func (s *side) find(company, round int32) {
	if state := s.state[company]; state >= oddFrom && state != nowhere {
		s.first[state-oddFrom].done = true
	}
	s.state[company] = justFound - round
}

// batch is some holdings of found companies, by their places in columns.
type batch struct {
	at     [256]int32
	n      int
	cursor int32 // the next holding of the front's first, if some of it were taken
	warm   int32
}

// take gathers holdings of the first companies of a front, and returns the
// rest. It reads what the assets lack without deciding anything on it: so, many
// reads overlap, which they do not where each decides what comes next.
func (b *batch) take(out *holdings, s *side, front []int32) []int32 {
	b.n = 0
	for len(front) > 0 && b.n < len(b.at) {
		at, to := max(out.from[front[0]], b.cursor), out.from[front[0]+1]
		for ; at < to && b.n < len(b.at); at++ {
			b.at[b.n] = at
			b.n++
		}
		if at < to {
			b.cursor = at
			break
		}
		b.cursor = 0
		front = front[1:]
	}
	warm := int32(0)
	for _, at := range b.at[:b.n] {
		warm ^= s.state[out.asset[at]]
	}
	b.warm = warm // read by nobody: it keeps the reads from being left out
	return front
}

// spreadMust counts a batch of holdings, and adds to those found whom that
// gives control of.
func (d *dense) spreadMust(s *side, b *batch, round int32, found []int32) []int32 {
	out := &d.out
	for _, at := range b.at[:b.n] {
		asset := out.asset[at]
		state := s.state[asset]
		if state <= justFound || state == nowhere {
			continue
		}
		if state >= oddFrom {
			found = d.countOdd(s, at, round, found)
			continue
		}
		if state -= out.lo[at]; state <= 0 {
			state = justFound - round
			found = append(found, asset)
		}
		s.state[asset] = state
	}
	return found
}

// spreadMay is spreadMust for the greatest shares.
func (d *dense) spreadMay(s *side, b *batch, round int32, found []int32) []int32 {
	out := &d.out
	for _, at := range b.at[:b.n] {
		asset := out.asset[at]
		state := s.state[asset]
		if state <= justFound || state == nowhere {
			continue
		}
		if state >= oddFrom {
			found = d.countOdd(s, at, round, found)
			continue
		}
		if state >= short {
			state = max(state-out.hi[at], short)
			if s.more[asset] -= out.lo[at]; s.more[asset] > 0 {
				s.state[asset] = state
				continue
			}
			state -= short
		} else {
			state -= out.hi[at]
		}
		if state <= 0 {
			state = justFound - round
			found = append(found, asset)
		}
		s.state[asset] = state
	}
	return found
}

// countOdd counts one holding in an odd company.
func (d *dense) countOdd(s *side, at, round int32, found []int32) []int32 {
	asset := d.out.asset[at]
	w := row{other: asset, lo: d.out.lo[at], hi: d.out.hi[at], interest: d.out.kind[at]}
	if !d.countPlace(s.needs, s.state[asset]-oddFrom, &w) {
		return found
	}
	s.find(asset, round)
	return append(found, asset)
}
