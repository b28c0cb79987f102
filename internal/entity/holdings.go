package entity

// holdings are those that hold at a date and count, by owner, in columns; with
// treasury stock left out and statements of several layers reconciled.
type holdings struct {
	from      []int32 // by owner: where its holdings begin; one more for the end
	asset     []int32
	lo, hi    []int32
	kind      []uint8
	reconcile []row
}

// read fills the columns.
func (h *holdings) read(g *graph) {
	edges := g.r.im.rows(secOut)
	h.from = make([]int32, g.n+1)
	h.asset, h.lo, h.hi = make([]int32, 0, edges), make([]int32, 0, edges), make([]int32, 0, edges)
	h.kind = make([]uint8, 0, edges)
	plain := g.plain()
	for owner := range g.n {
		h.from[owner] = int32(len(h.asset))
		if !plain || !h.copy(g, owner) {
			h.cut(h.from[owner])
			h.reconcile = g.assets(owner, h.reconcile)
			for i := range h.reconcile {
				if w := &h.reconcile[i]; w.other != owner && w.other >= 0 {
					h.add(w.other, w.lo, w.hi, w.interest)
				}
			}
		}
	}
	h.from[g.n] = int32(len(h.asset))
}

func (h *holdings) add(asset, lo, hi int32, kind uint8) {
	h.asset, h.lo, h.hi, h.kind = append(h.asset, asset), append(h.lo, lo), append(h.hi, hi), append(h.kind, kind)
}

func (h *holdings) cut(n int32) {
	h.asset, h.lo, h.hi, h.kind = h.asset[:n], h.lo[:n], h.hi[:n], h.kind[:n]
}

// copy adds what an owner holds as it stands in the image, false if it must be
// reconciled.
func (h *holdings) copy(g *graph, owner int32) bool {
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
			return false
		}
		last = asset
		if asset != owner {
			h.add(asset, lo, hi, uint8(u32(b[20:])))
		}
	}
	return true
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
