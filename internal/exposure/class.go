package exposure

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync"

	"github.com/cleannet/cleannet/internal/exposure/rib"
)

// Level says where on a path an untrusted network stands.
type Level uint8

// The levels, as docs/adr/0013-exposure.md defines them.
const (
	Origin  Level = iota // it announces the prefix
	Direct               // it stands beside the network that announces it
	Transit              // it stands on the path without announcing the prefix, Direct included
	Any                  // it stands anywhere on the path
	levels
)

// Levels returns all levels.
func Levels() []Level { return []Level{Origin, Direct, Transit, Any} }

// String returns the word for the level.
func (l Level) String() string { return [...]string{"origin", "direct", "transit", "any"}[l] }

// levelSet is a set of levels, a bit each.
type levelSet uint8

const allLevels levelSet = 1<<levels - 1

func (s levelSet) has(l Level) bool { return s>>l&1 == 1 }

// bucket is how a route reaches its prefix; the first that fits.
type bucket uint8

const (
	byOrigin     bucket = iota // an untrusted network announces it
	byDirect                   // one stands beside its origin
	byTransit                  // one stands farther away
	byUndecided                // none, but one that is undecided
	byUnresolved               // none, but one that nobody is known to hold
	byCleared                  // all are held by companies that the policy does not bar
	buckets
)

// class is what stands on a path.
type class struct {
	levels   levelSet
	open     Standing // the most open standing of the others: Cleared, Unresolved or Undecided
	withSets uint32   // number of its company set, plus one
}

func (c class) bucket() bucket {
	switch {
	case c.levels.has(Origin):
		return byOrigin
	case c.levels.has(Direct):
		return byDirect
	case c.levels.has(Transit):
		return byTransit
	case c.open == Undecided:
		return byUndecided
	case c.open == Unresolved:
		return byUnresolved
	}
	return byCleared
}

// companySet is which companies stand on a path and at which levels, by company.
type companySet []companyAt

type companyAt struct {
	company uint32 // index in classes.keys
	levels  levelSet
}

// and returns what both sets have. It may return one of them.
func (s companySet) and(o companySet) companySet {
	if len(s) == 0 || len(o) == 0 {
		return nil
	}
	if slices.Equal(s, o) {
		return s
	}
	var out companySet
	for _, a := range s {
		i, ok := slices.BinarySearchFunc(o, a.company, func(b companyAt, c uint32) int { return cmp.Compare(b.company, c) })
		if ok && a.levels&o[i].levels != 0 {
			out = append(out, companyAt{a.company, a.levels & o[i].levels})
		}
	}
	return out
}

func (s companySet) at(company uint32) levelSet {
	for _, a := range s {
		if a.company == company {
			return a.levels
		}
	}
	return 0
}

// classes is the class of every path.
type classes struct {
	keys    []string          // of companies, sorted
	company map[uint32]uint32 // of a network that is untrusted: its company's index
	list    []class           // by path
	mu      sync.Mutex
	sets    []companySet
	numbers map[string]uint32
}

func (c *classes) of(path uint32) class { return c.list[path] }

func (c *classes) companies(path uint32) companySet {
	if no := c.list[path].withSets; no > 0 {
		return c.sets[no-1]
	}
	return nil
}

// classify looks at every path once.
func classify(t *rib.Table, networks []*Network, workers int) *classes {
	c := &classes{company: make(map[uint32]uint32), list: make([]class, t.PathCount()), numbers: make(map[string]uint32)}
	for _, n := range networks {
		if n.Standing == Untrusted {
			c.keys = append(c.keys, n.Key())
		}
	}
	slices.Sort(c.keys)
	c.keys = slices.Compact(c.keys)
	for i, n := range networks {
		if n.Standing == Untrusted {
			at, _ := slices.BinarySearch(c.keys, n.Key())
			c.company[uint32(i)] = uint32(at)
		}
	}
	workers = max(workers, 1)
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() {
			for no := k; no < len(c.list); no += workers {
				c.list[no] = c.look(t.Path(uint32(no)), networks)
			}
		})
	}
	wg.Wait()
	return c
}

// look returns the class of a path.
func (c *classes) look(p rib.Path, networks []*Network) class {
	out := class{open: Cleared}
	var last, before []uint32
	untrusted := false
	for hop := range p.Hops {
		before, last = last, hop
		for _, network := range hop {
			switch s := networks[network].Standing; {
			case s == Untrusted:
				untrusted = true
			case s.outweighs(out.open):
				out.open = s
			}
		}
	}
	if !untrusted {
		return out
	}
	var set companySet
	at := func(network uint32, l levelSet) {
		company, ok := c.company[network]
		if !ok {
			return
		}
		out.levels |= l
		for i := range set {
			if set[i].company == company {
				set[i].levels |= l
				return
			}
		}
		set = append(set, companyAt{company, l})
	}
	for hop := range p.Hops {
		for _, network := range hop {
			switch {
			case slices.Contains(last, network):
				at(network, 1<<Origin|1<<Any)
			case len(last) == 1 && len(before) == 1 && network == before[0]:
				// A set has no neighbours (RFC 4271 section 4.3).
				at(network, 1<<Direct|1<<Transit|1<<Any)
			default:
				at(network, 1<<Transit|1<<Any)
			}
		}
	}
	slices.SortFunc(set, func(a, b companyAt) int { return cmp.Compare(a.company, b.company) })
	out.withSets = c.number(set)
	return out
}

// number returns the number of a company set, plus one.
func (c *classes) number(set companySet) uint32 {
	var key []byte
	for _, a := range set {
		key = binary.LittleEndian.AppendUint32(key, a.company)
		key = append(key, byte(a.levels))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	no, ok := c.numbers[string(key)]
	if !ok {
		c.sets = append(c.sets, set)
		no = uint32(len(c.sets))
		c.numbers[string(key)] = no
	}
	return no
}
