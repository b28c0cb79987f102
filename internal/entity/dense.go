package entity

import "math"

// dense is flood among all companies. Where most are reached, the time goes
// into fetching from memory what each asset lacks, in no order, for each
// holding. So that is kept in as few bytes as will do. Nearly all companies have owners by one kind of interest
// and lack one number, or two; the others, the odd ones, are counted as flood
// counts them.
type dense struct {
	flood
	sides [2]side // of must, of may
	table *table
	roomy []int32 // companies that may be controlled though no owner is found
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
// holdings once, by asset, and for each fixpoint those of whom it finds, by owner.
func (d *dense) many() {
	n := int(d.g.n)
	d.lacks[1].may = true
	d.sides[0] = side{&d.lacks[0], make([]int32, n), nil}
	d.sides[1] = side{&d.lacks[1], make([]int32, n), make([]int32, n)}
	in, usual := newInflow(d.g), d.usual()
	for company := range d.g.n {
		d.admit(company, in, &usual)
	}
	d.table = d.g.r.scratch.get()
	defer d.g.r.scratch.put(d.table)
	d.table.fill(d.g)
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
			front = batch.take(d.table, s, front)
			after = d.spread(s, &batch, round, after)
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

// batch is the holdings of some found companies.
type batch struct {
	list []holding
	warm int32
}

// together is how many owners are in a batch: as many as the processor can
// fetch for at once, and few enough that what it fetched stays near.
const together = 128

// take gathers the holdings of the first companies of a front, and returns the
// rest. It reads where they lie, then the holdings, then what the assets lack,
// each first without deciding anything on it: so, many reads overlap, which
// they do not where each decides what comes next.
func (b *batch) take(t *table, s *side, front []int32) []int32 {
	now, rest := front[:min(len(front), together)], front[min(len(front), together):]
	warm := t.warm(now)
	b.list = b.list[:0]
	for _, owner := range now {
		for _, p := range t.rows[t.from[owner]:t.from[owner+1]] {
			b.list = append(b.list, p.holding())
		}
	}
	for i := range b.list {
		warm ^= s.state[b.list[i].asset]
	}
	b.warm = warm // read by nobody: it keeps the reads from being left out
	return rest
}

// spread counts a batch of holdings, and adds to those found whom that gives
// control of.
func (d *dense) spread(s *side, b *batch, round int32, found []int32) []int32 {
	for i := range b.list {
		h := &b.list[i]
		state := s.state[h.asset]
		if state <= justFound || state == nowhere {
			continue
		}
		if state >= oddFrom {
			w := row{other: h.asset, lo: h.lo, hi: h.hi, interest: h.kind}
			if !d.countPlace(s.needs, state-oddFrom, &w) {
				continue
			}
		} else if !s.count(h.asset, int64(h.lo), int64(h.hi)) {
			continue
		}
		s.find(h.asset, round)
		found = append(found, h.asset)
	}
	return found
}

// count takes from what a company lacks, if it is not an odd one, and reports
// whether nothing is lacking any more.
func (s *side) count(asset int32, lo, hi int64) bool {
	state := int64(s.state[asset])
	switch {
	case !s.may:
		state -= lo
	case state >= short:
		state = max(state-hi, short)
		more := int64(s.more[asset]) - lo
		s.more[asset] = int32(max(more, 0))
		if more <= 0 {
			state -= short
		}
	default:
		state -= hi
	}
	s.state[asset] = int32(max(state, 0))
	return state <= 0
}
