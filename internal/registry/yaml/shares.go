package yaml

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// holding is an edge and where it stands.
type holding struct {
	*entity.Edge
	at yamldoc.Node
}

// checkShares notes, at the last of the holdings concerned, that owners of one
// company hold more than the whole by one kind of interest. The registry would
// refuse it too, but it knows no lines; what only several registries make up
// together is left to it.
func checkShares(files []*file) {
	type kind struct{ asset, interest string }
	groups := map[kind][]holding{}
	for _, f := range files {
		for i := range f.records.Edges {
			e := &f.records.Edges[i]
			k := kind{e.Asset, e.Interest}
			groups[k] = append(groups[k], holding{e, f.edges[i]})
		}
	}
	for k, list := range groups {
		held, sum := overWhole(list)
		if held == nil {
			continue
		}
		when := "at all dates"
		from := slices.MaxFunc(held, func(a, b holding) int { return a.Valid.From.Compare(b.Valid.From) }).Valid.From
		if !from.IsZero() {
			when = "from " + from.String()
		}
		last := held[len(held)-1]
		last.at.Note("owners (%s) of %q hold at least %s %s, more than the whole: correct a share, or end one with until; added up are %s",
			k.interest, k.asset, percent(sum), when, placesOf(held))
	}
}

// overWhole returns, in the order of the files, the holdings that add up to
// more than the whole at the first date at which any do, and the sum of their
// least shares; nil if there is no such date.
func overWhole(list []holding) (held []holding, sum int64) {
	ends := make([]entity.Date, 0, 2*len(list))
	for _, h := range list {
		ends = append(ends, h.Valid.From)
		if !h.Valid.To.IsZero() {
			ends = append(ends, h.Valid.To)
		}
	}
	slices.SortFunc(ends, entity.Date.Compare)
	byStart := slices.Clone(list)
	slices.SortStableFunc(byStart, func(a, b holding) int { return a.Valid.From.Compare(b.Valid.From) })
	byEnd := slices.DeleteFunc(slices.Clone(list), func(h holding) bool { return h.Valid.To.IsZero() })
	slices.SortStableFunc(byEnd, func(a, b holding) int { return a.Valid.To.Compare(b.Valid.To) })
	for _, on := range slices.Compact(ends) {
		for len(byStart) > 0 && byStart[0].Valid.From.Compare(on) <= 0 {
			sum += int64(byStart[0].Share.Lo)
			byStart = byStart[1:]
		}
		for len(byEnd) > 0 && byEnd[0].Valid.To.Compare(on) <= 0 {
			sum -= int64(byEnd[0].Share.Lo)
			byEnd = byEnd[1:]
		}
		if sum > int64(entity.Whole) {
			return slices.DeleteFunc(slices.Clone(list), func(h holding) bool {
				starts := h.Valid.From.Compare(on) <= 0
				return !starts || !h.Valid.To.IsZero() && h.Valid.To.Compare(on) <= 0 || h.Share.Lo == 0
			}), sum
		}
	}
	return nil, 0
}

// placesOf names the greatest of the holdings with their places.
func placesOf(held []holding) string {
	const most = 8
	order := slices.Clone(held)
	slices.SortStableFunc(order, func(a, b holding) int { return cmp.Compare(b.Share.Lo, a.Share.Lo) })
	var out []string
	for _, h := range order[:min(len(order), most)] {
		owner := cmp.Or(h.Owner, "persons")
		out = append(out, fmt.Sprintf("%s %s (%s)", owner, h.Share, h.at.Place()))
	}
	if more := len(order) - most; more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}

// percent writes a sum of shares, which may be too large for one.
func percent(units int64) string {
	whole, rest := units/10_000, units%10_000
	if rest == 0 {
		return fmt.Sprintf("%d%%", whole)
	}
	return strings.TrimRight(fmt.Sprintf("%d.%04d", whole, rest), "0") + "%"
}
