package entity

import (
	"cmp"
	"slices"
	"strings"
)

// row is a holding as the methods see it: what all sources say of one owner,
// asset and interest at a date.
type row struct {
	other    int32 // the owner, or the asset; noCompany for a bucket of persons
	lo, hi   int32
	edge     int32 // its number; edges of an overlay count down from -1
	interest uint8
	layer    uint16
	joined   bool // several statements were reconciled
}

// graph is ownership at a date, by company numbers.
type graph struct {
	r    *Registry
	on   Date
	mask uint32 // interests that are looked at
	n    int32
	base int32
}

func (r *Registry) graph(rule ControlRule, on Date) *graph {
	return &graph{r: r, on: on, mask: rule.measure().counted(), n: int32(r.count()), base: int32(r.im.companies())}
}

// at returns the graph of another date.
func (g *graph) at(on Date) *graph {
	next := *g
	next.on = on
	return &next
}

// owners returns the holdings in an asset, by owner, buckets of persons last.
func (g *graph) owners(asset int32, into []row) []row {
	into = into[:0]
	if asset < g.base {
		into = g.read(into, g.r.im, int(asset), secInAt, secIn)
	}
	if local, ok := g.r.over.local(asset); ok {
		into = g.readOver(into, local, secInAt, secIn)
	}
	return reconcile(into)
}

// assets returns the holdings of an owner, by asset.
func (g *graph) assets(owner int32, into []row) []row {
	into = into[:0]
	if owner < g.base {
		into = g.read(into, g.r.im, int(owner), secOutAt, secOut)
	}
	if local, ok := g.r.over.local(owner); ok {
		into = g.readOver(into, local, secOutAt, secOut)
	}
	return reconcile(into)
}

// read appends the rows of a company that hold at the date and count.
func (g *graph) read(into []row, im *image, company int, index, s section) []row {
	from, to := im.span(index, s, company)
	if from == to {
		return into
	}
	width := inWidth
	if s == secOut {
		width = outWidth
	}
	limit := int32(im.companies())
	for b := im.part[s][from*width : to*width]; len(b) >= width; b = b[width:] {
		edge := int32(from)
		from++
		meta := u32(b[20:])
		start, end := int32(u32(b[12:])), int32(u32(b[16:]))
		if start != 0 && g.on.days < start || end != 0 && g.on.days >= end || g.mask>>(meta&31)&1 == 0 {
			continue
		}
		other := int32(u32(b))
		if s == secOut {
			edge = int32(u32(b[24:]))
		}
		if other >= limit || edge < 0 || other < 0 && s == secOut { // hostile bytes
			continue
		}
		if im == g.r.im && g.r.over.cuts(int(edge)) || meta&edgeDated != 0 && !g.knew(im, edge) {
			continue
		}
		lo, hi := int32(u32(b[4:])), int32(u32(b[8:]))
		if lo < 0 || lo > hi || hi > int32(Whole) {
			lo, hi = 0, int32(Whole)
		}
		into = append(into, row{other: max(other, noCompany), lo: lo, hi: hi, edge: edge, interest: uint8(meta), layer: uint16(meta >> 16)})
	}
	return into
}

func (g *graph) knew(im *image, edge int32) bool {
	return int(edge) < im.rows(secFacts) && g.r.knew(intervalAt(im.row(secFacts, int(edge))))
}

// readOver appends the rows of the overlay, with the numbers of the whole.
func (g *graph) readOver(into []row, local int, index, s section) []row {
	over := g.r.over
	at := len(into)
	into = g.read(into, over.im, local, index, s)
	for i := at; i < len(into); i++ {
		into[i].edge = -1 - into[i].edge
		if into[i].other >= 0 {
			into[i].other = over.number[into[i].other]
		}
	}
	slices.SortStableFunc(into, func(a, b row) int {
		return cmp.Or(cmp.Compare(uint32(a.other), uint32(b.other)), cmp.Compare(a.interest, b.interest), cmp.Compare(a.layer, b.layer))
	})
	return into
}

// reconcile makes one row of all that speak of the same holding, in place. The
// statements of one layer add up (only buckets of persons have several). Of
// what two layers state, the part that they agree on counts; if they agree on
// nothing, everything from the least to the greatest that either states.
func reconcile(rows []row) []row {
	kept := 0
	for i := 0; i < len(rows); {
		j := i + 1
		for j < len(rows) && rows[j].other == rows[i].other && rows[j].interest == rows[i].interest {
			j++
		}
		if j == i+1 || rows[i].other == noCompany && rows[i].layer == rows[j-1].layer {
			kept += copy(rows[kept:], rows[i:j])
		} else {
			rows[kept] = meet(rows[i:j])
			kept++
		}
		i = j
	}
	return rows[:kept]
}

// meet reconciles the statements of one holding.
func meet(rows []row) row {
	var out row
	for i := 0; i < len(rows); {
		said := rows[i]
		for i++; i < len(rows) && rows[i].layer == said.layer; i++ {
			said.lo = min(said.lo+rows[i].lo, int32(Whole))
			said.hi = min(said.hi+rows[i].hi, int32(Whole))
		}
		lo, hi := max(out.lo, said.lo), min(out.hi, said.hi)
		switch {
		case !out.joined:
			out = said
		case lo <= hi:
			out.lo, out.hi = lo, hi
		default:
			out.lo, out.hi = min(out.lo, said.lo), max(out.hi, said.hi)
		}
		out.joined = true
	}
	return out
}

// edge returns the edge of a row, with what was reconciled in its note.
func (g *graph) edge(owner, asset int32, w row) Edge {
	e := g.edgeAt(w.edge)
	e.Owner, e.Asset = "", g.r.slug(asset)
	if owner != noCompany {
		e.Owner = g.r.slug(owner)
	}
	if !w.joined {
		return e
	}
	var stated strings.Builder
	for _, raw := range g.r.Owners(e.Asset, g.on) {
		if raw.Owner == e.Owner && raw.Interest == e.Interest {
			stated.WriteString("; " + raw.Source + " states " + raw.Share.String())
		}
	}
	e.Share = Range{Share(w.lo), Share(w.hi)}
	e.Note = "reconciled: " + stated.String()[min(2, len(stated.String())):]
	return e
}

func (g *graph) edgeAt(edge int32) Edge {
	im, i := g.r.im, int(edge)
	if edge < 0 {
		im, i = g.r.over.im, int(-1-edge)
	}
	if i >= im.rows(secIn) {
		return Edge{}
	}
	return im.edge(i)
}
