package exposure

import (
	"cmp"
	"fmt"
	"slices"
)

// Figures say of some space in one address family how it is reached, and what
// would be lost.
type Figures struct {
	Prefixes  int    `json:"prefixes"`
	Addresses uint64 `json:"addresses"` // IPv4 only
	Views     int    `json:"views"`     // peer ASes with a full table that see it
	// Reached is the mean over these peer ASes. Its parts add up to 1 if there
	// is a view.
	Reached Reached `json:"reached"`
	// Lost is what would have no path left, by level, all untrusted networks
	// being cut there.
	Lost []Lost `json:"lost"`
}

// Reached says over what paths space is reached, as parts of 1: of IPv4 by
// addresses, of IPv6 by prefixes.
type Reached struct {
	Origin     float64 `json:"origin"`     // an untrusted network announces it
	Direct     float64 `json:"direct"`     // else, one stands beside the network that announces it
	Transit    float64 `json:"transit"`    // else, one stands farther away on the path
	Undecided  float64 `json:"undecided"`  // else, the path has a network of which it is open whether the policy bars it
	Unresolved float64 `json:"unresolved"` // else, one that no company is known to hold
	Cleared    float64 `json:"cleared"`    // all networks are held by companies that the policy does not bar
}

// Untrusted is the part that is reached through untrusted networks.
func (r *Reached) Untrusted() float64 { return r.Origin + r.Direct + r.Transit }

// Unknown is the part of which it is not known.
func (r *Reached) Unknown() float64 { return r.Undecided + r.Unresolved }

// Lost is what has no path left if untrusted networks are cut at a level.
type Lost struct {
	Level     string `json:"level"`
	Prefixes  int    `json:"prefixes"`
	Addresses uint64 `json:"addresses"` // IPv4, those that no more-specific has
	// Covered of these addresses lie in a shorter prefix that keeps a path, which
	// may or may not lead to them.
	Covered uint64 `json:"covered,omitempty"`
	Origins int    `json:"origins"` // networks that announce what is lost
}

func asName(asn uint32) string { return fmt.Sprintf("AS%d", asn) }

// views adds up the views of full tables: mean over the addresses of a peer AS,
// then over the peer ASes.
func (m *Measure) views(family int, of func(peer int) *tally) (Reached, int) {
	var sum [buckets]float64
	ases := 0
	for from, to := 0, 0; from < len(m.table.Peers); from = to {
		var mine [buckets]float64
		n := 0
		for to < len(m.table.Peers) && m.table.Peers[to].ASN == m.table.Peers[from].ASN {
			if m.full[family][to] {
				if t := of(to); t != nil && t.total() > 0 {
					n++
					for b, v := range t {
						mine[b] += float64(v) / float64(t.total())
					}
				}
			}
			to++
		}
		if n == 0 {
			continue
		}
		ases++
		for b := range mine {
			sum[b] += mine[b] / float64(n)
		}
	}
	if ases == 0 {
		return Reached{}, 0
	}
	for b := range sum {
		sum[b] /= float64(ases)
	}
	return Reached{sum[byOrigin], sum[byDirect], sum[byTransit], sum[byUndecided], sum[byUnresolved], sum[byCleared]}, ases
}

// country returns the figures of a country in a family.
func (m *Measure) country(c country, family int, lost *losses) Figures {
	f := Figures{Prefixes: m.counts[c][family], Lost: lost.at(c, family)}
	if family == 0 {
		f.Addresses = m.seen[c]
	}
	f.Reached, f.Views = m.views(family, func(peer int) *tally {
		if of := m.reach.peers[peer]; of != nil {
			return &of[c][family]
		}
		return nil
	})
	return f
}

// losses is what is lost, by country, family and level.
type losses struct {
	byCountry [countries][2][levels]Lost
	total     [2][levels]Lost
}

func (l *losses) at(c country, family int) []Lost { return named(l.byCountry[c][family]) }

// named returns the losses of all levels with their names.
func named(lost [levels]Lost) []Lost {
	out := slices.Clone(lost[:])
	for i := range out {
		out[i].Level = Level(i).String()
	}
	return out
}

// lost adds up what is lost. at says of a loss at which levels it counts.
func (m *Measure) lost(at func(*loss) levelSet) *losses {
	type origin struct {
		network uint32
		country country
		family  int
		level   Level
	}
	out := &losses{}
	met := make(map[origin]bool)
	for i := range m.losses {
		l := &m.losses[i]
		set := at(l)
		if set == 0 {
			continue
		}
		prefix := int(l.prefix)
		home, family := m.shares.home[prefix], m.table.Prefixes()[prefix].Family()
		for _, level := range Levels() {
			if !set.has(level) {
				continue
			}
			covered := m.covered(prefix, level)
			here, all := &out.byCountry[home][family][level], &out.total[family][level]
			here.Prefixes++
			all.Prefixes++
			for _, p := range m.shares.of(prefix) {
				there := &out.byCountry[p.country][family][level]
				there.Addresses += p.addresses
				all.Addresses += p.addresses
				if covered {
					there.Covered += p.addresses
					all.Covered += p.addresses
				}
			}
			for _, o := range l.origins {
				if key := (origin{o, home, family, level}); !met[key] {
					met[key] = true
					here.Origins++
				}
				if key := (origin{o, countries, family, level}); !met[key] {
					met[key] = true
					all.Origins++
				}
			}
		}
	}
	return out
}

// covered reports whether a shorter prefix that covers a lost one keeps a path.
func (m *Measure) covered(prefix int, level Level) bool {
	for up := m.shares.parent[prefix]; up >= 0; up = m.shares.parent[up] {
		if !m.gone[up].has(level) {
			return true
		}
	}
	return false
}

// Row is the figures of a country.
type Row struct {
	Country string  `json:"country"`
	IPv4    Figures `json:"ipv4"`
	IPv6    Figures `json:"ipv6"`
	// Influence is the CTI of the untrusted networks, the largest first; nil if
	// it was not computed.
	Influence []Influence `json:"influence,omitempty"`
}

// Influence is the country-level transit influence of a network.
type Influence struct {
	ASN      uint32  `json:"asn"`
	Name     string  `json:"name,omitempty"`
	Company  string  `json:"company,omitempty"`
	Standing string  `json:"standing"`
	CTI      float64 `json:"cti"`
}

// Rows returns the figures of every country that has space in the table, by
// code. What the table of numbers places nowhere has the empty code.
func (m *Measure) Rows() []Row {
	lost := m.lost(func(l *loss) levelSet { return m.gone[l.prefix] })
	var rows []Row
	for c := range country(countries) {
		if m.counts[c] == [2]int{} && m.seen[c] == 0 {
			continue
		}
		rows = append(rows, Row{Country: c.String(), IPv4: m.country(c, 0, lost), IPv6: m.country(c, 1, lost)})
	}
	return rows
}

// Row returns the figures of one country, false if it has no space in the table.
func (m *Measure) Row(code string) (Row, bool) {
	rows := m.Rows()
	i, ok := slices.BinarySearchFunc(rows, code, func(r Row, code string) int { return cmp.Compare(r.Country, code) })
	if !ok || code == "" {
		return Row{}, false
	}
	return rows[i], true
}
