package entity

import "slices"

// holding is one that holds at a date and counts.
type holding struct {
	asset, lo, hi int32
	kind          uint8
}

// holdings appends what an owner holds, without treasury stock and with the
// statements of several layers reconciled. The spare rows are for what must be.
func (g *graph) holdings(owner int32, into []holding, spare []row) (out []holding, rows []row) {
	from := len(into)
	if g.plain() {
		var ok bool
		if into, ok = g.stated(owner, into); ok {
			return into, spare
		}
	}
	into, spare = into[:from], g.assets(owner, spare)
	for i := range spare {
		if w := &spare[i]; w.other != owner && w.other >= 0 {
			into = append(into, holding{w.other, w.lo, w.hi, w.interest})
		}
	}
	return into, spare
}

// stated appends what an owner holds as it stands in the image, false if it
// must be reconciled.
func (g *graph) stated(owner int32, into []holding) ([]holding, bool) {
	im := g.r.im
	index, limit := im.part[secOutAt][indexWidth*int(owner):], len(im.part[secOut])/outWidth
	from := min(int(u32(index)), limit)
	to := max(from, min(int(u32(index[indexWidth:])), limit))
	last := int32(noCompany)
	for b := im.part[secOut][from*outWidth : to*outWidth]; len(b) >= outWidth; b = b[outWidth:] {
		if !g.standing(b) {
			continue
		}
		asset := int32(u32(b))
		lo, hi := int32(u32(b[4:])), int32(u32(b[8:]))
		if asset == last || asset < 0 || asset >= g.base || lo < 0 || lo > hi || hi > int32(Whole) {
			return into, false
		}
		last = asset
		if asset != owner {
			into = append(into, holding{asset, lo, hi, uint8(u32(b[20:]))})
		}
	}
	return into, true
}

// table is all holdings, by owner. It takes as few bytes as will do, because
// it is read in no order.
type table struct {
	from []int32 // by owner: where its holdings begin; one more for the end
	rows []packed
}

// packed is a holding in twelve bytes: the kind stands above the lower bound.
type packed struct {
	asset, lo, hi int32
}

const kindAt = 24

func (p packed) holding() holding {
	return holding{p.asset, p.lo & (1<<kindAt - 1), p.hi, uint8(p.lo >> kindAt)}
}

// fill reads all holdings of a graph.
func (t *table) fill(g *graph) {
	edges := g.r.im.rows(secOut)
	t.from, t.rows = slices.Grow(t.from[:0], int(g.n)+1), slices.Grow(t.rows[:0], edges)
	var list []holding
	var spare []row
	for owner := range g.n {
		t.from = append(t.from, int32(len(t.rows)))
		list, spare = g.holdings(owner, list[:0], spare)
		for i := range list {
			h := &list[i]
			t.rows = append(t.rows, packed{h.asset, h.lo | int32(h.kind)<<kindAt, h.hi})
		}
	}
	t.from = append(t.from, int32(len(t.rows)))
}

// warm reads the beginning of what each of some owners holds, and returns
// nothing of meaning.
func (t *table) warm(owners []int32) (warm int32) {
	if len(t.rows) == 0 {
		return 0
	}
	var at [together]int32
	last := int32(len(t.rows) - 1)
	for i, owner := range owners {
		at[i] = min(t.from[owner], last)
	}
	for _, at := range at[:len(owners)] {
		warm ^= t.rows[at].asset
	}
	return warm
}

// plain reports whether the rows of the image may be read as they stand:
// nothing was added to it, and all of it was known.
func (g *graph) plain() bool { return g.r.over == nil && g.r.known.IsZero() }

// standing reports whether a row holds at the date and counts.
func (g *graph) standing(b []byte) bool {
	start, end := int32(u32(b[12:])), int32(u32(b[16:]))
	return (start == 0 || g.on.days >= start) && (end == 0 || g.on.days < end) && g.mask>>(u32(b[20:])&31)&1 != 0
}

// inflow reads who owns what, in the order of the assets.
type inflow struct {
	g        *graph
	at, rows []byte
	limit    int
	complete []uint64 // bits of companies of which all shareholders are named
}

func newInflow(g *graph) *inflow {
	im := g.r.im
	in := &inflow{g: g, at: im.part[secInAt], rows: im.part[secIn], limit: im.rows(secIn)}
	if !g.plain() {
		return in
	}
	in.complete = make([]uint64, g.n/64+1)
	for from, to := im.having(traitComplete); from < to; from++ {
		if company := u32(im.row(secHaving, from)); company < uint32(g.n) {
			in.complete[company/64] |= 1 << (company % 64)
		}
	}
	return in
}

// sums adds up the holdings in a company straight from the image. It gives up,
// with false, where they are of several kinds or must be reconciled.
func (in *inflow) sums(company int32) (t tally, ok bool) {
	t.interest = noInterest
	if in.complete == nil {
		return t, false
	}
	from := min(int(u32(in.at[indexWidth*int(company):])), in.limit)
	to := max(from, min(int(u32(in.at[indexWidth*int(company+1):])), in.limit))
	last, g := uint32(0), in.g
	for b := in.rows[from*inWidth : to*inWidth]; len(b) >= inWidth; b = b[inWidth:] {
		if !g.standing(b) {
			continue
		}
		other, interest := u32(b), uint8(u32(b[20:]))
		lo, hi := int32(u32(b[4:])), int32(u32(b[8:]))
		switch {
		case t.interest != noInterest && (interest != t.interest || other == last),
			other >= uint32(g.base) && other != noCompanyDisk,
			lo < 0 || lo > hi || hi > int32(Whole):
			return t, false
		}
		last, t.interest = other, interest
		t.allLo += int64(lo)
		t.allHi += int64(hi)
	}
	if t.interest != noInterest {
		t.close(t.allHi >= whole && in.complete[company/64]>>(company%64)&1 != 0)
	}
	return t, true
}
