// Package rib holds the routes that are there now and what they show: a live
// counterpart of the readers of routing tables. Routes come and go; facts (an
// adjacency, an origin, a transit, a session) are there as long as one route or
// session shows them.
//
// What it promises: memory is bounded by [Limits], whatever peers send, and
// nothing is left of routes that are gone; what changed since the last time is
// handed out by [Table.Changed], so that nobody has to look at everything; and
// routes of a feed that was lost are kept aside, because nobody has said that
// they are gone.
//
// Use [New], [Table.Source] for each table of each peer, and [Source.Announce].
package rib

import (
	"cmp"
	"time"

	"github.com/cleannet/cleannet/internal/domain/carrier"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// Limits bounds a table. Zero values stand for defaults.
type Limits struct {
	// MaxRoutes is how many routes all sources together may hold. Default 20
	// million.
	MaxRoutes int
	// MaxPerSource is how many routes one source may hold. Default 4 million,
	// four times the Internet's.
	MaxPerSource int
	// MaxSources is how many sources there may be. Default 16,384.
	MaxSources int
	// MaxPathBytes bounds the memory for paths and for what they show, which a
	// peer could else fill with paths that nobody has. Default 2 GiB, more than
	// ten times what the Internet's paths take.
	MaxPathBytes int64
}

func (l Limits) withDefaults() Limits {
	l.MaxRoutes = cmp.Or(max(l.MaxRoutes, 0), 20_000_000)
	l.MaxPerSource = cmp.Or(max(l.MaxPerSource, 0), 4_000_000)
	l.MaxSources = cmp.Or(max(l.MaxSources, 0), 1<<14)
	l.MaxPathBytes = cmp.Or(max(l.MaxPathBytes, 0), 2<<30)
	return l
}

// Table is all sources together. It is used by one goroutine at a time.
type Table struct {
	limits  Limits
	sources map[string]*Source
	bySlot  []*Source // in the order in which they came; nil for those that went
	routes  int
	paths   int64 // bytes of all paths

	facts   map[carrier.Fact]uint32 // number in seen
	seen    []sighting
	free    []uint32 // numbers in seen that are not in use
	changed []uint32 // numbers whose fact has changed

	shown   []carrier.Fact // scratch
	decoded mrt.Path       // likewise
}

// New returns an empty table.
func New(limits Limits) *Table {
	return &Table{
		limits: limits.withDefaults(), sources: make(map[string]*Source), facts: make(map[carrier.Fact]uint32),
	}
}

// Routes returns how many routes there are.
func (t *Table) Routes() int { return t.routes }

// Facts returns how many facts there are.
func (t *Table) Facts() int { return len(t.facts) }

// pathBytes is what the paths and facts take, in bytes.
func (t *Table) pathBytes() int64 {
	const factSize = 300 // with its place in the map and its first witness
	return t.paths + factSize*int64(len(t.facts))
}

// sighting is a fact and what shows it now.
type sighting struct {
	fact    carrier.Fact
	routes  uint64 // that show it
	looped  uint64 // of them, those with a loop
	ended   int64  // of a session: times that it ended
	by      []witness
	example example
	first   time.Time
	last    time.Time
	changed bool
	lost    bool // the last route that showed it went with its feed
	used    bool
}

// witness is a source that shows a fact, by so many paths.
type witness struct {
	source *Source
	paths  uint32 // without loop
	looped uint32
}

// example is a route that shows a fact. The zero value is none.
type example struct {
	source *Source
	route  Key
	place  Place
	path   uint32
}

// sight returns the number of a fact, a new one if need be.
func (t *Table) sight(f carrier.Fact) uint32 {
	no, ok := t.facts[f]
	if ok {
		return no
	}
	if n := len(t.free); n > 0 {
		no, t.free = t.free[n-1], t.free[:n-1]
	} else {
		no = uint32(len(t.seen))
		t.seen = append(t.seen, sighting{})
	}
	t.seen[no] = sighting{fact: f, used: true}
	t.facts[f] = no
	return no
}

// mark notes that a fact has changed.
func (t *Table) mark(no uint32) {
	if s := &t.seen[no]; !s.changed {
		s.changed = true
		t.changed = append(t.changed, no)
	}
}

// MarkAll notes that everything has changed, for a judge whose rules have.
func (t *Table) MarkAll() {
	for no := range t.seen {
		if t.seen[no].used {
			t.mark(uint32(no))
		}
	}
}

// join adds paths of a source to those that show a fact, or takes them away.
func (t *Table) join(no uint32, s *Source, looped bool, n int) {
	seen := &t.seen[no]
	i := 0
	for i < len(seen.by) && seen.by[i].source != s {
		i++
	}
	if i == len(seen.by) {
		seen.by = append(seen.by, witness{source: s})
	}
	w := &seen.by[i]
	before := *w
	if looped {
		w.looped = uint32(int(w.looped) + n)
	} else {
		w.paths = uint32(int(w.paths) + n)
	}
	if (before.paths == 0) != (w.paths == 0) || (before.looped == 0) != (w.looped == 0) {
		t.mark(no)
	}
	if w.paths+w.looped == 0 {
		last := len(seen.by) - 1
		seen.by[i], seen.by[last] = seen.by[last], witness{}
		seen.by = seen.by[:last]
	}
}
