package exposure

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Change is how the figures of a country differ between two scorecards.
type Change struct {
	Country string `json:"country"`
	// Only is "first" or "second" for a country that only one of them has.
	Only   string  `json:"only,omitempty"`
	Before Summary `json:"before"`
	After  Summary `json:"after"`
}

// Summary is the figures of a country that are compared. Parts are of 1.
type Summary struct {
	Addresses     uint64  `json:"addresses"`
	Untrusted     float64 `json:"untrusted"` // of IPv4 addresses
	Unknown       float64 `json:"unknown"`
	Lost          uint64  `json:"lost"` // IPv4 addresses, at the level any
	Prefixes6     int     `json:"ipv6_prefixes"`
	Untrusted6    float64 `json:"ipv6_untrusted"`
	Lost6         int     `json:"ipv6_lost"` // prefixes
	MostInfluence float64 `json:"most_influence,omitempty"`
}

// Summarise picks what is compared.
func Summarise(r *Row) Summary {
	s := Summary{
		Addresses: r.IPv4.Addresses, Untrusted: r.IPv4.Reached.Untrusted(), Unknown: r.IPv4.Reached.Unknown(),
		Lost: r.IPv4.Lost[Any].Addresses, Prefixes6: r.IPv6.Prefixes,
		Untrusted6: r.IPv6.Reached.Untrusted(), Lost6: r.IPv6.Lost[Any].Prefixes,
	}
	if len(r.Influence) > 0 {
		s.MostInfluence = r.Influence[0].CTI
	}
	return s
}

// Diff returns what differs between two scorecards, the largest change of the
// untrusted part first, and what else differs that may explain it.
func Diff(a, b *Report) (changes []Change, caveats []string) {
	rows := make(map[string][2]*Row)
	for i := range a.Countries {
		rows[a.Countries[i].Country] = [2]*Row{&a.Countries[i], nil}
	}
	for i := range b.Countries {
		both := rows[b.Countries[i].Country]
		both[1] = &b.Countries[i]
		rows[b.Countries[i].Country] = both
	}
	for code, both := range rows {
		c := Change{Country: code}
		if both[0] != nil {
			c.Before = Summarise(both[0])
		} else {
			c.Only = "second"
		}
		if both[1] != nil {
			c.After = Summarise(both[1])
		} else {
			c.Only = "first"
		}
		if c.Before != c.After {
			changes = append(changes, c)
		}
	}
	moved := func(c *Change) float64 { return math.Abs(c.After.Untrusted - c.Before.Untrusted) }
	slices.SortFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(moved(&b), moved(&a)), cmp.Compare(a.Country, b.Country))
	})
	for _, x := range []struct{ what, a, b string }{
		{"policy", a.Basis.Policy.ID + " " + a.Basis.Policy.Digest, b.Basis.Policy.ID + " " + b.Basis.Policy.Digest},
		{"date", a.Basis.AsOf.String(), b.Basis.AsOf.String()},
		{"registry", a.Basis.Registry, b.Basis.Registry},
		{"table of numbers", a.Basis.Numbers, b.Basis.Numbers},
		{"relationships", a.Basis.Relationships, b.Basis.Relationships},
		{"choice of peers", fmt.Sprint(a.Basis.From), fmt.Sprint(b.Basis.From)},
		{"number of accepted peers", fmt.Sprint(a.Views.Accepted), fmt.Sprint(b.Views.Accepted)},
	} {
		if x.a != x.b {
			caveats = append(caveats, fmt.Sprintf("the %s is another: %s, then %s", x.what, x.a, x.b))
		}
	}
	return changes, caveats
}
