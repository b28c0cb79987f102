package numbers

import "fmt"

// country is an ISO 3166-1 alpha-2 code as a number, in alphabetical order;
// 0 is "none".
type country uint16

const maxCountry = 26 * 26 // ZZ

// parseCC reads a country code. What registries write for "no single country"
// (nothing, ZZ, and the regions AP and EU, none of which ISO 3166-1 assigns to
// a country) is none.
func parseCC(s string) (country, error) {
	switch s {
	case "", "ZZ", "AP", "EU":
		return 0, nil
	}
	if len(s) != 2 || !isUpper(s[0]) || !isUpper(s[1]) {
		return 0, fmt.Errorf("%q is not a country code of two capital letters", clip(s))
	}
	return country(s[0]-'A')*26 + country(s[1]-'A') + 1, nil
}

// countryValues returns all countries, in order.
func countryValues() []uint32 {
	out := make([]uint32, maxCountry)
	for i := range out {
		out[i] = uint32(i) + 1
	}
	return out
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// String returns the two letters, empty for none.
func (c country) String() string {
	if c == 0 {
		return ""
	}
	return string([]byte{byte('A' + (c-1)/26), byte('A' + (c-1)%26)})
}

// spaceShares adds up, for each AS number, how many addresses it originates in
// each country. Both lists are flat.
func spaceShares(origins, countries []span) map[uint32]map[country]wide {
	shares := make(map[uint32]map[country]wide)
	c := 0
	for _, o := range origins {
		for c < len(countries) && countries[c].last.less(o.first) {
			c++
		}
		for i := c; i < len(countries) && !o.last.less(countries[i].first); i++ {
			first, last := o.first, o.last
			if first.less(countries[i].first) {
				first = countries[i].first
			}
			if countries[i].last.less(last) {
				last = countries[i].last
			}
			of := shares[o.value]
			if of == nil {
				of = make(map[country]wide)
				shares[o.value] = of
			}
			cc := country(countries[i].value)
			// The sum wraps around only for the whole IPv6 space in one
			// country, which then has no rival.
			of[cc] = of[cc].add(last.sub(first).inc())
		}
	}
	return shares
}

// largest returns the country of the largest share, the first in the alphabet
// of equals.
func largest(shares map[country]wide) country {
	var best country
	for cc, n := range shares {
		c := n.compare(shares[best])
		if best == 0 || c > 0 || c == 0 && cc < best {
			best = cc
		}
	}
	return best
}
