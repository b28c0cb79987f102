package exposure

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cleannet/cleannet/internal/exposure/rib"
)

// Case is what is to be measured.
type Case struct {
	Table  *rib.Table
	Roll   *Roll
	Places *Places
	// From limits the peers whose view counts to those in the countries or with
	// the AS numbers given; none means all. Peers that are untrusted themselves
	// never count: what they see goes through them.
	From    []string
	Workers int
}

// Measure is the result of going over a table once: for each country and peer
// how its space is reached, and what would be lost. Ask it for figures. It is
// immutable.
type Measure struct {
	Views Views

	table    *rib.Table
	roll     *Roll
	places   *Places
	shares   *shares
	networks []*Network // by network
	classes  *classes
	accepted []bool // by peer
	full     [2][]bool
	losses   []loss     // in the order of prefixes
	gone     []levelSet // by prefix: at which levels it is lost
	space    []uint64   // IPv4 addresses that each network announces, by network
	reach    reach
	counts   [countries][2]int // prefixes that accepted peers see, by home
	seen     [countries]uint64 // and their IPv4 addresses
}

// Views says whose views the figures rest on.
type Views struct {
	Peers     int      `json:"peers"`            // in the input
	Accepted  int      `json:"accepted"`         // whose paths count
	PeerASes  int      `json:"peer_ases"`        // of these
	Untrusted []string `json:"untrusted_peers"`  // left out because the policy bars them
	Full4     int      `json:"full_tables_ipv4"` // accepted peers with a full IPv4 table
	Full6     int      `json:"full_tables_ipv6"`
}

// fullShare is the part of the largest table of the family that a peer must
// announce for its table to count as full.
const fullShare = 0.75

// New goes over the table.
func New(c Case) *Measure {
	m := &Measure{
		table: c.Table, roll: c.Roll, places: c.Places,
		accepted: make([]bool, len(c.Table.Peers)),
	}
	for _, asn := range c.Table.ASNs {
		m.networks = append(m.networks, c.Roll.Network(asn))
	}
	m.accept(c.From)
	m.shares = c.Places.divide(c.Table)
	m.classes = classify(c.Table, m.networks, c.Workers)
	m.sweep(max(c.Workers, 1))
	return m
}

// accept decides whose views count.
func (m *Measure) accept(from []string) {
	var largest [2]uint64
	for i, p := range m.table.Peers {
		n := m.roll.Network(p.ASN)
		m.Views.Peers++
		if n.Standing == Untrusted {
			m.Views.Untrusted = append(m.Views.Untrusted, asName(p.ASN))
			continue
		}
		if len(from) > 0 && !slices.Contains(from, asName(p.ASN)) && (n.Country == "" || !slices.Contains(from, n.Country)) {
			continue
		}
		m.accepted[i] = true
		for f := range largest {
			largest[f] = max(largest[f], p.Routes[f])
		}
	}
	m.Views.Untrusted = slices.Compact(m.Views.Untrusted)
	ases := make(map[uint32]bool)
	for f := range m.full {
		m.full[f] = make([]bool, len(m.table.Peers))
	}
	for i, p := range m.table.Peers {
		if !m.accepted[i] {
			continue
		}
		m.Views.Accepted++
		ases[p.ASN] = true
		for f := range m.full {
			m.full[f][i] = p.Routes[f] > 0 && float64(p.Routes[f]) >= fullShare*float64(largest[f])
		}
		m.Views.Full4 += one(m.full[0][i])
		m.Views.Full6 += one(m.full[1][i])
	}
	m.Views.PeerASes = len(ases)
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// loss is a prefix that loses its last path at some level when all untrusted
// networks, or one company, are cut.
type loss struct {
	prefix  uint32
	company companySet // what of it each company would cut alone
	origins []uint32
}

// part is what one worker finds in a run of prefixes.
type part struct {
	reach  reach
	losses []loss
	space  []uint64
	counts [countries][2]int
	seen   [countries]uint64
}

// sweep goes over all prefixes, in runs that several workers take.
func (m *Measure) sweep(workers int) {
	prefixes := len(m.table.Prefixes())
	m.gone = make([]levelSet, prefixes)
	m.reach = newReach(len(m.table.Peers))
	m.space = make([]uint64, len(m.table.ASNs))
	const run = 4096
	parts := make([]*part, workers)
	var next atomic.Int64
	var wg sync.WaitGroup
	for k := range parts {
		p := &part{reach: newReach(len(m.table.Peers)), space: make([]uint64, len(m.table.ASNs))}
		parts[k] = p
		wg.Go(func() {
			for from := int(next.Add(run)) - run; from < prefixes; from = int(next.Add(run)) - run {
				for i := from; i < min(from+run, prefixes); i++ {
					m.prefix(p, i)
				}
			}
		})
	}
	wg.Wait()
	for _, p := range parts {
		m.reach.add(&p.reach)
		m.losses = append(m.losses, p.losses...)
		for i, n := range p.space {
			m.space[i] += n
		}
		for i := range p.counts {
			m.counts[i][0] += p.counts[i][0]
			m.counts[i][1] += p.counts[i][1]
			m.seen[i] += p.seen[i]
		}
	}
	slices.SortFunc(m.losses, func(a, b loss) int { return int(a.prefix) - int(b.prefix) })
}

// prefix weighs the routes to one prefix.
func (m *Measure) prefix(p *part, prefix int) {
	family := m.table.Prefixes()[prefix].Family()
	pieces, home := m.shares.of(prefix), m.shares.home[prefix]
	gone, seen := allLevels, false
	var cut companySet
	var origins []uint32
	for routes := range m.table.Routes(prefix) {
		for _, r := range routes {
			if !m.accepted[r.Peer] || !m.table.Sound(r.Path) {
				continue
			}
			class := m.classes.of(r.Path)
			if !seen {
				cut = m.classes.companies(r.Path)
			} else {
				cut = cut.and(m.classes.companies(r.Path))
			}
			seen = true
			gone &= class.levels
			for _, o := range m.table.Path(r.Path).Origins() {
				if !slices.Contains(origins, o) {
					origins = append(origins, o)
				}
			}
			if m.full[family][r.Peer] && p.reach.first(r.Peer, prefix) {
				p.reach.count(r.Peer, family, home, pieces, class.bucket())
			}
		}
	}
	m.gone[prefix] = gone // a prefix that nobody sees keeps no path either
	if !seen {
		return
	}
	p.counts[home][family]++
	for _, x := range pieces {
		p.seen[x.country] += x.addresses
	}
	for _, o := range origins {
		p.space[o] += m.shares.own(prefix)
	}
	if gone != 0 || len(cut) > 0 {
		p.losses = append(p.losses, loss{uint32(prefix), cut, origins})
	}
}
