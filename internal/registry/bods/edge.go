package bods

import (
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry"
)

// edge is a holding before it is known what else is held in its asset.
type edge struct {
	fact     entity.Edge
	indirect bool // by way of others, which the file does not name
	line     int64
}

// holding completes a holding by an interest and keeps it.
func (b *book) holding(e *edge, in interest, components bool) {
	e.indirect = in.DirectOrIndirect == "indirect"
	if components && in.DirectOrIndirect != "direct" {
		b.w.Report.Drop("indirect interest that its components state")
		return
	}
	kind := registry.Code(in.Type)
	switch kind {
	case "":
		kind = "unknown-interest"
	case "settlor", "trustee", "protector", "beneficiary-of-legal-arrangement":
		b.w.Report.Drop("interest in a trust")
		return
	case "senior-managing-official", "board-member", "board-chair", "nominee", "nominator":
		if e.fact.Owner == "" {
			b.w.Report.Drop("office of a natural person")
			return
		}
	}
	e.fact.Interest = kind
	if !slices.Contains(entity.Interests(), kind) {
		b.report(e, fmt.Sprintf("interest type %q is none of BODS 0.4: it is taken as unknown", registry.Short(in.Type)))
		e.fact.Interest = "unknown-interest"
	}
	share, err := in.Share.bounds()
	if err != nil {
		b.report(e, "the share is no range within 0 and 100: it is taken as unknown")
		share = entity.Range{Hi: entity.Whole}
	}
	e.fact.Share = share
	if from := registry.Day(in.StartDate); e.fact.Valid.From.Before(from) {
		e.fact.Valid.From = from
	}
	if to := registry.Day(in.EndDate); !to.IsZero() && (e.fact.Valid.To.IsZero() || to.Before(e.fact.Valid.To)) {
		e.fact.Valid.To = to
	}
	if iv := e.fact.Valid; !iv.From.IsZero() && !iv.To.IsZero() && !iv.From.Before(iv.To) {
		b.w.Report.Drop("interest during no day")
		return
	}
	b.edges = append(b.edges, *e)
}

func (b *book) report(e *edge, message string) {
	b.w.Report.Problem(registry.Problem{Line: e.line, Record: e.fact.Record, Message: message})
}

// held is what a holding may be counted twice with.
type held struct{ asset, interest string }

// holds is what a company must not hold twice.
type holds struct{ owner, asset, interest string }

// giveEdges passes the holdings on. Of one owner and kind, those of equal spans
// are joined to what they can be together, and those that only overlap are not
// both given: shares would be counted twice.
func (b *book) giveEdges() {
	direct := map[held][]entity.Interval{}
	for i := range b.edges {
		if e := &b.edges[i]; !e.indirect {
			key := held{e.fact.Asset, e.fact.Interest}
			direct[key] = append(direct[key], e.fact.Valid)
		}
	}
	given := map[holds][]int{}
	var out []edge
	for _, e := range b.edges {
		if e.indirect && overlaps(direct[held{e.fact.Asset, e.fact.Interest}], e.fact.Valid) {
			e.fact.Share.Lo = 0
			e.fact.Note = "indirect, and perhaps a part of what is held directly"
		}
		key := holds{e.fact.Owner, e.fact.Asset, e.fact.Interest}
		if e.fact.Owner == "" || !b.join(out, given[key], &e) {
			given[key] = append(given[key], len(out))
			out = append(out, e)
		}
	}
	for _, e := range out {
		if e.fact.Interest != "" {
			b.w.Edge(e.fact)
		}
	}
}

// maxCompared bounds how many holdings of an owner or an asset are looked at, so
// that a file of nothing else costs no more than its length.
const maxCompared = 1000

// join adds a holding to one of the same owner, asset and kind that was found
// before, and reports whether it did or left it out.
func (b *book) join(out []edge, before []int, e *edge) bool {
	if len(before) > maxCompared {
		b.report(e, fmt.Sprintf("more than %d holdings of one kind between two companies: this one was left out", maxCompared))
		return true
	}
	for _, i := range before {
		o := &out[i].fact
		switch {
		case o.Valid == e.fact.Valid:
			o.Share.Lo = max(o.Share.Lo, e.fact.Share.Lo)
			o.Share.Hi = min(o.Share.Hi+e.fact.Share.Hi, entity.Whole)
			o.Note = "joined from several interests of the kind"
			return true
		case o.Valid.Overlaps(e.fact.Valid):
			b.report(e, "a second holding of the kind between the same companies overlaps the first: it was left out")
			return true
		}
	}
	return false
}

func overlaps(spans []entity.Interval, span entity.Interval) bool {
	for i, s := range spans {
		if s.Overlaps(span) || i == maxCompared {
			return true
		}
	}
	return false
}
