package exposure

import (
	"encoding/binary"
	"iter"
	"net/netip"
	"slices"
)

// Space is a run of addresses that is registered in one country.
type Space struct {
	First, Last netip.Addr // inclusive
	Country     string     // ISO 3166-1 alpha-2
}

// country is a code of two letters as a number; 0 is none.
type country uint16

// countries is the number of codes, with none.
const countries = 26*26 + 1

// codeOf returns the number of a code, 0 if it is none.
func codeOf(s string) country {
	if len(s) != 2 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' {
		return 0
	}
	return country(s[0]-'A')*26 + country(s[1]-'A') + 1
}

// String returns the two letters, empty for none.
func (c country) String() string {
	if c == 0 {
		return ""
	}
	return string([]byte{byte('A' + (c-1)/26), byte('A' + (c-1)%26)})
}

// Places says in which country addresses are registered. It is immutable.
type Places struct {
	v4     []span4
	v6     []span6
	totals [countries]uint64 // IPv4 addresses
}

type span4 struct {
	first, last uint64
	country     country
}

type span6 struct {
	first, last netip.Addr
	country     country
}

// NewPlaces takes runs of addresses that do not overlap, IPv4 and IPv6, each in
// ascending order.
func NewPlaces(spaces iter.Seq[Space]) *Places {
	p := &Places{}
	for s := range spaces {
		c := codeOf(s.Country)
		if s.First.Is4() {
			first, last := number4(s.First), number4(s.Last)
			p.v4 = append(p.v4, span4{first, last, c})
			p.totals[c] += last - first + 1
		} else {
			p.v6 = append(p.v6, span6{s.First, s.Last, c})
		}
	}
	return p
}

func number4(a netip.Addr) uint64 {
	b := a.As4()
	return uint64(binary.BigEndian.Uint32(b[:]))
}

// at6 returns the country of an IPv6 address.
func (p *Places) at6(a netip.Addr) country {
	i, found := slices.BinarySearchFunc(p.v6, a, func(s span6, a netip.Addr) int { return s.first.Compare(a) })
	if !found {
		i--
	}
	if i < 0 || p.v6[i].last.Less(a) {
		return 0
	}
	return p.v6[i].country
}

// at4 returns the country of an IPv4 address.
func (p *Places) at4(a uint64) country {
	i, found := slices.BinarySearchFunc(p.v4, a, func(s span4, a uint64) int {
		switch {
		case s.first < a:
			return -1
		case s.first > a:
			return 1
		}
		return 0
	})
	if !found {
		i--
	}
	if i < 0 || p.v4[i].last < a {
		return 0
	}
	return p.v4[i].country
}
