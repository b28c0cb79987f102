package exposure

import (
	"cmp"
	"slices"
)

// CompanyLoss is what would be lost if one company alone were cut.
type CompanyLoss struct {
	Company  string   `json:"company"` // slug, or the AS number of a network of none
	Name     string   `json:"name,omitempty"`
	Networks []string `json:"networks"` // those of it that stand on paths
	IPv4     []Lost   `json:"ipv4"`
	IPv6     []Lost   `json:"ipv6"`
}

// Customer is a network that would lose space.
type Customer struct {
	ASN       uint32 `json:"asn"`
	Name      string `json:"name,omitempty"`
	Country   string `json:"country,omitempty"`
	Standing  string `json:"standing"`
	Prefixes  int    `json:"prefixes"`  // lost, IPv4 and IPv6
	Addresses uint64 `json:"addresses"` // lost, IPv4
	Of        uint64 `json:"of"`        // IPv4 addresses that it announces, those that no more-specific has
	Beside    bool   `json:"beside"`    // some are lost already at the level direct
}

// Scope is the space that a question is about: that of a country, or what some
// networks announce. The zero scope is all space.
type Scope struct {
	Country string
	ASNs    []uint32
}

// Words names the scope as Case.From does.
func (s Scope) Words() []string {
	if s.Country != "" {
		return []string{s.Country}
	}
	var out []string
	for _, asn := range s.ASNs {
		out = append(out, asName(asn))
	}
	return out
}

// Detail is the figures of a scope with what stands behind them.
type Detail struct {
	Row
	Companies []CompanyLoss `json:"companies"`
	Customers []Customer    `json:"customers"` // that would lose most at the level transit, untrusted ones apart
	// Destinations is what would be lost, by country, if the networks asked for
	// were cut; only for networks that the policy bars.
	Destinations []Destination `json:"destinations,omitempty"`
}

// Destination is what a country would lose.
type Destination struct {
	Country string `json:"country"`
	IPv4    []Lost `json:"ipv4"`
	IPv6    []Lost `json:"ipv6"`
}

// mostCustomers is how many customers are listed.
const mostCustomers = 25

// Detail returns the figures of a scope, false if the table has no such space.
func (m *Measure) Detail(s Scope) (Detail, bool) {
	within, targets := m.within(s)
	var d Detail
	if s.Country != "" {
		row, ok := m.Row(s.Country)
		if !ok {
			return d, false
		}
		d.Row = row
	} else if d.Row = m.announced(targets); d.IPv4.Prefixes+d.IPv6.Prefixes == 0 {
		return d, false
	}
	pick := func(l *losses, family int) []Lost {
		if s.Country != "" {
			return l.at(codeOf(s.Country), family)
		}
		return named(l.total[family])
	}
	if s.Country == "" {
		all := m.lost(func(l *loss) levelSet { return m.gone[l.prefix] & within(l) })
		d.IPv4.Lost, d.IPv6.Lost = named(all.total[0]), named(all.total[1])
	}
	for i, key := range m.classes.keys {
		lost := m.lost(func(l *loss) levelSet { return l.company.at(uint32(i)) & within(l) })
		c := CompanyLoss{Company: key, IPv4: pick(lost, 0), IPv6: pick(lost, 1)}
		asked := false
		for k, n := range m.networks {
			if n.Standing == Untrusted && n.Key() == key {
				c.Name = cmp.Or(c.Name, n.Name)
				c.Networks = append(c.Networks, asName(n.ASN))
				asked = asked || targets[uint32(k)]
			}
		}
		d.Companies = append(d.Companies, c)
		if asked {
			d.Destinations = append(d.Destinations, m.destinations(func(l *loss) levelSet { return l.company.at(uint32(i)) })...)
		}
	}
	slices.SortStableFunc(d.Companies, func(a, b CompanyLoss) int {
		return cmp.Or(cmp.Compare(b.IPv4[Any].Addresses, a.IPv4[Any].Addresses), cmp.Compare(b.IPv6[Any].Prefixes, a.IPv6[Any].Prefixes))
	})
	d.Customers = m.customers(within)
	return d, true
}

// within returns a filter of losses for a scope, and the networks of it.
func (m *Measure) within(s Scope) (filter func(*loss) levelSet, targets map[uint32]bool) {
	targets = make(map[uint32]bool)
	for _, asn := range s.ASNs {
		if i, ok := m.table.Network(asn); ok {
			targets[uint32(i)] = true
		}
	}
	c := codeOf(s.Country)
	return func(l *loss) levelSet {
		switch {
		case s.Country != "" && m.shares.home[l.prefix] != c:
			for _, p := range m.shares.of(int(l.prefix)) {
				if p.country == c {
					return allLevels
				}
			}
			return 0
		case len(s.ASNs) > 0 && !slices.ContainsFunc(l.origins, func(o uint32) bool { return targets[o] }):
			return 0
		}
		return allLevels
	}, targets
}

// announced returns how what some networks announce is reached.
func (m *Measure) announced(targets map[uint32]bool) Row {
	var row Row
	of := make([][2]tally, len(m.table.Peers))
	last := make([]int, len(m.table.Peers))
	for i, prefix := range m.table.Prefixes() {
		family, here := prefix.Family(), false
		for routes := range m.table.Routes(i) {
			for _, r := range routes {
				if !m.accepted[r.Peer] || !m.table.Sound(r.Path) ||
					!slices.ContainsFunc(m.table.Path(r.Path).Origins(), func(o uint32) bool { return targets[o] }) {
					continue
				}
				here = true
				if m.full[family][r.Peer] && last[r.Peer] != i+1 {
					last[r.Peer] = i + 1
					weight := uint64(1)
					if family == 0 {
						weight = m.shares.own(i)
					}
					of[r.Peer][family][m.classes.of(r.Path).bucket()] += weight
				}
			}
		}
		switch {
		case here && family == 0:
			row.IPv4.Prefixes++
			row.IPv4.Addresses += m.shares.own(i)
		case here:
			row.IPv6.Prefixes++
		}
	}
	row.IPv4.Reached, row.IPv4.Views = m.views(0, func(peer int) *tally { return &of[peer][0] })
	row.IPv6.Reached, row.IPv6.Views = m.views(1, func(peer int) *tally { return &of[peer][1] })
	return row
}

// Outward is what the accepted peers would lose anywhere, by country, if every
// untrusted network were cut. Ask it of a measure whose peers are those of the
// country or network in question.
func (m *Measure) Outward() *Outward {
	return &Outward{m.Views, m.destinations(func(l *loss) levelSet { return m.gone[l.prefix] })}
}

// Outward is what some peers would lose.
type Outward struct {
	Views        Views         `json:"views"`
	Destinations []Destination `json:"destinations"`
}

// destinations returns what countries lose, the largest loss first.
func (m *Measure) destinations(at func(*loss) levelSet) []Destination {
	lost := m.lost(at)
	var out []Destination
	for c := range country(countries) {
		of := &lost.byCountry[c]
		if of[0][Any].Prefixes+of[1][Any].Prefixes > 0 || of[0][Any].Addresses > 0 {
			out = append(out, Destination{c.String(), lost.at(c, 0), lost.at(c, 1)})
		}
	}
	slices.SortStableFunc(out, func(a, b Destination) int {
		return cmp.Or(cmp.Compare(b.IPv4[Any].Addresses, a.IPv4[Any].Addresses), cmp.Compare(b.IPv6[Any].Prefixes, a.IPv6[Any].Prefixes))
	})
	return out
}

// customers returns the networks that lose most in a scope when all untrusted
// ones carry nothing any more.
func (m *Measure) customers(within func(*loss) levelSet) []Customer {
	found := make(map[uint32]*Customer)
	for i := range m.losses {
		l := &m.losses[i]
		at := m.gone[l.prefix] & within(l)
		if !at.has(Transit) {
			continue
		}
		for _, o := range l.origins {
			n := m.networks[o]
			if n.Standing == Untrusted {
				continue
			}
			c := found[o]
			if c == nil {
				c = &Customer{ASN: n.ASN, Name: n.Name, Country: n.Country, Standing: n.Standing.String(), Of: m.space[o]}
				found[o] = c
			}
			c.Prefixes++
			c.Addresses += m.shares.own(int(l.prefix))
			c.Beside = c.Beside || at.has(Direct)
		}
	}
	var out []Customer
	for _, c := range found {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Customer) int {
		return cmp.Or(cmp.Compare(b.Addresses, a.Addresses), cmp.Compare(b.Prefixes, a.Prefixes), cmp.Compare(a.ASN, b.ASN))
	})
	return out[:min(len(out), mostCustomers)]
}
