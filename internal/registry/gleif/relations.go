package gleif

import (
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry"
)

// relationRecord is what is taken of a level 2 record.
type relationRecord struct {
	start, startType, end, endType      string
	kind, status, registration, updated string
	periods                             []period
	quantifiers                         []quantifier
}

type period struct{ from, to, kind string }

type quantifier struct{ method, amount, units string }

// relations are the rules for level 2.
//
// Relations of funds are given as they come. The parents are kept to the end of
// the file, some 100 bytes each, because the record of an ultimate parent says
// again what a chain of direct ones may say: given both, an asset would be held
// twice by more than half. So an ultimate parent is
//
//   - left out where direct parents lead to it during all of its time;
//   - given as consolidation where no direct parent is named for that time;
//   - given as other influence or control otherwise: a kind of interest of its
//     own, which is never added to the first.
type relations struct {
	w     *registry.Writer
	links []link
	first map[lei]int32 // the place of an asset's last link, plus one
}

type lei [20]byte

// link is the relation of an asset to a parent.
type link struct {
	asset, owner lei
	valid, known entity.Interval
	note         string
	ultimate     bool
	branch       bool
	role         role
	line         int64
	next         int32 // the place of the asset's link before, plus one
}

// role is how a link is given.
type role uint8

const (
	unplaced role = iota
	main          // as consolidation
	side          // as other influence or control
)

const (
	// maxLinks is how many parents a file may name: thirty times those of 2026.
	maxLinks = 8 << 20
	// maxParents is how many links of one asset are looked at.
	maxParents = 64
	// maxChain is how long a chain of direct parents may be.
	maxChain = 256
)

func newRelations(w *registry.Writer) *relations {
	return &relations{w: w, first: map[lei]int32{}}
}

func (x *relations) take(r *record) error {
	rel := &r.rel
	if reason := left(rel.registration); reason != "" {
		x.w.Report.Drop(strings.NewReplacer("LEI record", "relation", "LEI", "relation").Replace(reason))
		return nil
	}
	if rel.startType != "LEI" && rel.startType != "" || rel.endType != "LEI" && rel.endType != "" {
		x.w.Report.Drop("relation with an end that has no LEI")
		return nil
	}
	start, startID, ok := company(rel.start)
	end, endID, okEnd := company(rel.end)
	if !ok || !okEnd {
		x.problem(r.line, rel.start, fmt.Sprintf("the LEI %q or %q is none (ISO 17442): the relation was left out", registry.Short(rel.start), registry.Short(rel.end)))
		return nil
	}
	if start == end {
		x.w.Report.Drop("relation of an entity to itself")
		return nil
	}
	spans, reason := rel.spans()
	if reason != "" {
		x.w.Report.Drop(reason)
		return nil
	}
	record := key(startID.Value()) + " " + registry.Short(rel.kind)
	for _, valid := range spans {
		e := entity.Edge{Owner: end, Asset: start, Valid: valid, Known: since(rel.updated), Note: rel.note(), Record: record}
		switch rel.kind {
		case "IS_DIRECTLY_CONSOLIDATED_BY", "IS_ULTIMATELY_CONSOLIDATED_BY", "IS_INTERNATIONAL_BRANCH_OF":
			l := link{
				valid: valid, known: e.Known, note: e.Note, line: r.line,
				ultimate: rel.kind == "IS_ULTIMATELY_CONSOLIDATED_BY",
				branch:   rel.kind == "IS_INTERNATIONAL_BRANCH_OF",
			}
			copy(l.asset[:], startID.Value())
			copy(l.owner[:], endID.Value())
			if err := x.add(l); err != nil {
				return err
			}
			continue
		case "IS_FUND-MANAGED_BY": // who decides for the fund, without owning it
			e.Interest, e.Share = "control-by-contract", entity.Range{Hi: entity.Whole}
		case "IS_SUBFUND_OF": // a compartment of an umbrella, owned by investors
			e.Interest, e.Share = "control-via-company-rules-or-articles", entity.Range{Hi: entity.Whole}
		case "IS_FEEDER_TO": // the feeder invests in the master
			e.Owner, e.Asset = start, end
			e.Interest, e.Share = "rights-to-profit-or-income", entity.Range{Lo: 1, Hi: entity.Whole}
		default:
			x.problem(r.line, rel.start, fmt.Sprintf("unknown relation %q: it was left out", registry.Short(rel.kind)))
			return nil
		}
		x.w.Edge(e)
	}
	return nil
}

func (x *relations) problem(line int64, lei, message string) {
	x.w.Report.Problem(registry.Problem{Line: line, Record: key(registry.Short(lei)), Message: message})
}

// spans returns when the relation holds, by its periods of that kind; those of
// the accounts and the documents say when it was reported. One without a period
// holds at all times. The reason says why the relation is left out.
func (rel *relationRecord) spans() (spans []entity.Interval, reason string) {
	ended := false
	for _, p := range rel.periods {
		if p.kind != "RELATIONSHIP_PERIOD" {
			continue
		}
		iv := entity.Interval{From: registry.Day(p.from), To: registry.Day(p.to)}
		if !iv.From.IsZero() && !iv.To.IsZero() && !iv.From.Before(iv.To) {
			return nil, "relation that ends before it begins"
		}
		for _, old := range spans {
			if old.Overlaps(iv) {
				return nil, "relation with periods that overlap"
			}
		}
		ended = ended || !iv.To.IsZero()
		spans = append(spans, iv)
	}
	if len(spans) == 0 {
		spans = []entity.Interval{{}}
	}
	switch {
	case rel.status == "ACTIVE" || rel.status == "INACTIVE" && ended:
		return spans, ""
	case rel.status == "INACTIVE":
		return nil, "ended relation without a date"
	}
	return nil, "relation without a status"
}

// note says in a sentence what else the record states.
func (rel *relationRecord) note() string {
	var parts []string
	if rel.registration == "LAPSED" {
		parts = append(parts, "the record was not renewed")
	}
	for _, q := range rel.quantifiers {
		method, units := registry.Code(q.method), registry.Code(q.units)
		if method != "" && units != "" && len(q.amount) < 20 && strings.Trim(q.amount, "0123456789.") == "" && q.amount != "" {
			parts = append(parts, method+" "+q.amount+" "+units)
		}
	}
	return strings.Join(parts, "; ")
}

// add keeps a link for the end of the file.
func (x *relations) add(l link) error {
	if len(x.links) == maxLinks {
		return fmt.Errorf("line %d: the file names more than %d parents: %s", l.line, maxLinks, fetch)
	}
	l.next = x.first[l.asset]
	x.links = append(x.links, l)
	x.first[l.asset] = int32(len(x.links))
	return nil
}

// end places the direct parents and branches, then the ultimate parents, and
// gives them in the order of the file.
func (x *relations) end() {
	for i := range x.links {
		if l := &x.links[i]; !l.ultimate {
			x.place(l)
		}
	}
	for i := range x.links {
		switch l := &x.links[i]; {
		case !l.ultimate:
		case x.told(l):
			x.w.Report.Drop("ultimate parent that direct parents lead to")
		default:
			x.place(l)
		}
	}
	for i := range x.links {
		if l := &x.links[i]; l.role != unplaced {
			x.w.Edge(l.edge())
		}
	}
}

// place finds a role in which the link does not add to another of its time.
func (x *relations) place(l *link) {
	free := [...]bool{main: true, side: true}
	steps := 0
	for at := x.first[l.asset]; at != 0; at = x.links[at-1].next {
		o := &x.links[at-1]
		if steps++; steps > maxParents {
			x.problem(l.line, string(l.asset[:]), fmt.Sprintf("more than %d parents: this one was left out", maxParents))
			return
		}
		if o != l && o.role != unplaced && o.valid.Overlaps(l.valid) {
			free[o.role] = false
		}
	}
	switch {
	case free[main]:
		l.role = main
	case free[side]:
		l.role = side
	default:
		x.problem(l.line, string(l.asset[:]), "a third parent for the same time was left out")
	}
}

// told reports whether direct parents lead from the asset to its ultimate
// parent, each of them during all of the link's time.
func (x *relations) told(l *link) bool {
	asset := l.asset
	for range maxChain {
		d := x.direct(asset, l.valid)
		if d == nil {
			return false
		}
		if d.owner == l.owner {
			return true
		}
		asset = d.owner
	}
	return false
}

// direct returns the consolidating direct parent during all of the time.
func (x *relations) direct(asset lei, valid entity.Interval) *link {
	at := x.first[asset]
	for range maxParents {
		if at == 0 {
			return nil
		}
		o := &x.links[at-1]
		if o.role == main && !o.ultimate && covers(o.valid, valid) {
			return o
		}
		at = o.next
	}
	return nil
}

// covers reports whether all dates of inner lie in outer.
func covers(outer, inner entity.Interval) bool {
	return (outer.From.IsZero() || !inner.From.IsZero() && !inner.From.Before(outer.From)) &&
		(outer.To.IsZero() || !inner.To.IsZero() && !outer.To.Before(inner.To))
}

// edge returns the link as a fact.
func (l *link) edge() entity.Edge {
	asset, owner := string(l.asset[:]), string(l.owner[:])
	e := entity.Edge{
		Owner: "lei-" + strings.ToLower(owner), Asset: "lei-" + strings.ToLower(asset),
		Share: moreThanHalf(), Interest: entity.Consolidation,
		Valid: l.valid, Known: l.known, Record: key(asset),
	}
	what := "direct parent"
	switch {
	case l.ultimate:
		what = "ultimate parent"
	case l.branch: // a branch is a part of its head office
		what, e.Share = "head office", entity.Range{Lo: entity.Whole, Hi: entity.Whole}
	}
	if l.role == side {
		e.Interest = "other-influence-or-control"
	}
	e.Record += " " + what
	e.Note = l.note
	return e
}
