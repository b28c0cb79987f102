package enforce

import (
	"fmt"
	"slices"
)

// AtLevel returns the plan narrowed to some places on a path, and a note about
// what the policy asks beyond them. Items that ask nothing there go; allow-lists
// stay, since they are about neighbours.
func (p *Plan) AtLevel(l Level) *Plan {
	out := *p
	out.Items, out.Notes = nil, slices.Clone(p.Notes)
	narrowed := 0
	for _, it := range p.Items {
		if it.Allow || it.Level&Any == 0 {
			out.Items = append(out.Items, it)
			continue
		}
		if !l.Has(it.Level) {
			narrowed++
		}
		if it.Level &= l; it.Level != 0 {
			out.Items = append(out.Items, it)
		}
	}
	if narrowed > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf(
			"by the user's choice cut at level %s only: for %d identifiers the policy asks more", l, narrowed))
		slices.Sort(out.Notes)
	}
	return &out
}
