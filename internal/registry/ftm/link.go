package ftm

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry"
)

// day reads a date of the model, which may lack its day or its month: "2014" is
// its first day, or for an end the first day after it.
func day(text string, end bool) entity.Date {
	whole := registry.Day(text)
	if !whole.IsZero() || len(text) > len("2006-01") {
		return whole
	}
	years, months := 0, 0
	switch len(text) {
	case len("2006"):
		text, years = text+"-01-01", 1
	case len("2006-01"):
		text, months = text+"-01", 1
	}
	first := registry.Day(text)
	if first.IsZero() || !end {
		return first
	}
	return entity.DateOf(first.Time().AddDate(years, months, 0))
}

// span returns when an interval of the model holds, by its first start, of the
// properties in their order, and its last end. It reports false if there is no
// day in it.
func span(n *node, starts ...string) (entity.Interval, bool) {
	end := starts[len(starts)-1]
	var iv entity.Interval
	for _, p := range starts[:len(starts)-1] {
		for _, v := range n.Properties[p] {
			if d := day(v.text, false); !d.IsZero() && (iv.From.IsZero() || d.Before(iv.From)) {
				iv.From = d
			}
		}
		if !iv.From.IsZero() {
			break
		}
	}
	for _, v := range n.Properties[end] {
		if d := day(v.text, true); iv.To.Before(d) {
			iv.To = d
		}
	}
	return iv, iv.From.IsZero() || iv.To.IsZero() || iv.From.Before(iv.To)
}

// sanction keeps a listing until it is known whose it is: one for each dataset
// that states it.
func (g *graph) sanction(n *node) {
	valid, ok := span(n, "startDate", "listingDate", "endDate")
	if !ok {
		g.problem(n.ID, "a sanction that ends before it begins was left out")
		return
	}
	lists := slices.Clone(n.Datasets)
	if len(lists) == 0 { // as in files that other tools write
		lists = append(lists, n.first("authority"))
	}
	fact := entity.Listing{
		Program: joined(n, "program", "programId"), Note: joined(n, "authority"),
		Valid: valid, Known: n.known(), Record: "id " + registry.Short(n.ID),
	}
	for i, list := range lists {
		fact.List = registry.Code(list)
		if fact.List == "" || slices.Contains(lists[:i], list) {
			g.w.Report.Drop("listing without the name of its list")
			continue
		}
		for _, who := range n.Properties["entity"] {
			g.held++
			g.listings = append(g.listings, listing{fact: fact, id: who.text})
		}
	}
}

// joined returns the values of the first property that has any.
func joined(n *node, properties ...string) string {
	for _, p := range properties {
		var out []string
		for _, v := range n.Properties[p] {
			if text, ok := registry.Clean(v.text); ok && text != "" && !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
		if text := strings.Join(out, "; "); text != "" && len(text) <= registry.MaxText {
			return text
		}
	}
	return ""
}

// ownership keeps a holding until it is known whose it is.
func (g *graph) ownership(n *node) {
	valid, ok := span(n, "startDate", "date", "endDate")
	if !ok {
		g.problem(n.ID, "a holding that ends before it begins was left out")
		return
	}
	e := entity.Edge{Share: entity.Range{Hi: entity.Whole}, Interest: "unknown-interest", Valid: valid, Known: n.known(), Record: "id " + registry.Short(n.ID)}
	if n.has("percentage", "sharesCount", "sharesValue") {
		e.Interest = "shareholding"
	}
	for i, v := range n.Properties["percentage"] {
		share, ok := percentage(v.text)
		if !ok {
			g.problem(n.ID, "the percentage is none: the share is taken as unknown")
			share = entity.Range{Hi: entity.Whole}
		}
		if i > 0 { // several sources: whatever one of them says
			share.Lo, share.Hi = min(share.Lo, e.Share.Lo), max(share.Hi, e.Share.Hi)
		}
		e.Share = share
	}
	for _, owner := range n.Properties["owner"] {
		for _, asset := range n.Properties["asset"] {
			g.held++
			g.ownerships = append(g.ownerships, ownership{fact: e, owner: owner.text, asset: asset.text, line: g.line})
		}
	}
}

// percentage reads "25", "25.5 %", "25,5", "25-50", "> 50" and the like.
func percentage(text string) (entity.Range, bool) {
	text = strings.NewReplacer(" ", "", "%", "", ",", ".", "–", "-", "≥", ">=", "≤", "<=").Replace(text)
	form := text
	if low, high, ok := strings.Cut(text, "-"); ok {
		form = "[" + low + "," + high + "]"
	}
	for _, c := range []struct{ sign, before, after string }{
		{">=", "[", ",100]"}, {">", "(", ",100]"}, {"<=", "[0,", "]"}, {"<", "[0,", ")"},
	} {
		if rest, ok := strings.CutPrefix(text, c.sign); ok {
			form = c.before + rest + c.after
			break
		}
	}
	share, err := entity.ParseRange(form)
	return share, err == nil
}

// giveOwnerships passes the holdings on, in the order of assets and owners.
// Those of one owner and kind that overlap, from several sources, become one
// with the range of both: given twice they would be counted twice.
func (g *graph) giveOwnerships() {
	var edges []entity.Edge
	for _, o := range g.ownerships {
		e := o.fact
		if g.classes[o.asset] != company {
			g.w.Report.Drop("holding in what is no company")
			continue
		}
		e.Asset = g.slug(o.asset)
		switch g.classes[o.owner] {
		case company:
			e.Owner = g.slug(o.owner)
		case person:
		default:
			g.w.Report.Problem(registry.Problem{Line: o.line, Record: e.Record, Message: "the owner is no entity of the file that can own: the holding was left out"})
			continue
		}
		edges = append(edges, e)
	}
	slices.SortStableFunc(edges, func(a, b entity.Edge) int {
		return cmp.Or(cmp.Compare(a.Asset, b.Asset), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Interest, b.Interest),
			a.Valid.From.Compare(b.Valid.From), cmp.Compare(a.Record, b.Record))
	})
	for i := 0; i < len(edges); {
		e := edges[i]
		for i++; i < len(edges) && e.Owner != "" && repeats(e, edges[i]); i++ {
			e = union(e, edges[i])
		}
		g.w.Edge(e)
	}
}

// repeats reports whether the second holding says something of the first.
func repeats(e, o entity.Edge) bool {
	return e.Asset == o.Asset && e.Owner == o.Owner && e.Interest == o.Interest && e.Valid.Overlaps(o.Valid)
}

// union joins a holding with one that begins no earlier and overlaps it.
func union(e, o entity.Edge) entity.Edge {
	e.Share = entity.Range{Lo: min(e.Share.Lo, o.Share.Lo), Hi: max(e.Share.Hi, o.Share.Hi)}
	if !e.Valid.To.IsZero() && (o.Valid.To.IsZero() || e.Valid.To.Before(o.Valid.To)) {
		e.Valid.To = o.Valid.To
	}
	if e.Known.From.Before(o.Known.From) {
		e.Known = o.Known
	}
	e.Note = "joined from several records"
	return e
}
