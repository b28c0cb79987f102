package rib

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/cleannet/cleannet/internal/domain/carrier"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// Errors of announcements. The route is not kept, and what shows it is not seen.
var (
	// ErrFull: a limit is reached.
	ErrFull = errors.New("rib: limit of routes reached")
	// ErrPath: the path cannot be decoded.
	ErrPath = errors.New("rib: malformed path")
)

// Key names a route of a source.
type Key struct {
	Prefix netip.Prefix
	RD     uint64 // route distinguisher, of a VPN
	PathID uint32 // of additional paths
}

// Place is where an announcement stands in what was received.
type Place struct {
	Offset, Length int64     // in the stream of the feed, in bytes
	Time           time.Time // UTC
}

// Source is one table of one peer: a witness of what its routes show.
type Source struct {
	Name string   // that users read: of the feed, and which table
	Peer mrt.Peer // who shows the routes

	table    *Table
	plain    map[uint64]entry // IPv4 without distinguisher and identifier
	other    map[Key]entry
	paths    map[string]uint32 // number in list, by the raw path
	list     []path
	free     []uint32 // numbers in list that are not in use
	round    uint32   // of the feed's connections
	waiting  bool     // routes of earlier rounds are still there
	refused  uint64
	sessions map[carrier.Fact]uint32 // sessions that are up, by what they show
	slot     int
	key      []byte // scratch
}

// entry is a route.
type entry struct {
	path  uint32
	round uint32
}

// path is what routes of a source have in common.
type path struct {
	key    string // raw path
	routes uint32
	looped bool
	shows  []uint32 // sightings
}

// size is what the path takes, in bytes.
func (p *path) size() int64 {
	const around = 128 // itself, and its place in the map
	return around + int64(len(p.key)) + 4*int64(len(p.shows))
}

// Source returns the source of a name, and a new one if there is none. It
// returns nil if there are too many.
func (t *Table) Source(name string, peer mrt.Peer) *Source {
	if s, ok := t.sources[name]; ok {
		s.Peer = peer
		return s
	}
	if len(t.sources) >= t.limits.MaxSources {
		return nil
	}
	s := &Source{
		Name: name, Peer: peer, table: t, slot: len(t.bySlot),
		plain: make(map[uint64]entry), other: make(map[Key]entry), paths: make(map[string]uint32),
		sessions: make(map[carrier.Fact]uint32),
	}
	t.sources[name] = s
	t.bySlot = append(t.bySlot, s)
	return s
}

// Routes returns how many routes the source holds.
func (s *Source) Routes() int { return len(s.plain) + len(s.other) }

// Refused returns how many announcements found no room.
func (s *Source) Refused() uint64 { return s.refused }

// plainKey packs a route of IPv4 into a number.
func plainKey(k Key) (uint64, bool) {
	if !k.Prefix.Addr().Is4() || k.RD != 0 || k.PathID != 0 {
		return 0, false
	}
	a := k.Prefix.Addr().As4()
	return uint64(binary.BigEndian.Uint32(a[:]))<<8 | uint64(k.Prefix.Bits()), true
}

func unpacked(n uint64) Key {
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], uint32(n>>8))
	return Key{Prefix: netip.PrefixFrom(netip.AddrFrom4(a), int(n&0xff))}
}

func (s *Source) get(k Key) (entry, bool) {
	if n, ok := plainKey(k); ok {
		e, ok := s.plain[n]
		return e, ok
	}
	e, ok := s.other[k]
	return e, ok
}

func (s *Source) put(k Key, e entry) {
	if n, ok := plainKey(k); ok {
		s.plain[n] = e
		return
	}
	s.other[k] = e
}

// Announce adds a route, or replaces it. The error wraps [ErrFull] or [ErrPath];
// a route that was there before is then withdrawn, because it is no longer.
func (s *Source) Announce(k Key, raw mrt.RawPath, at Place) error {
	old, known := s.get(k)
	if !known && (s.Routes() >= s.table.limits.MaxPerSource || s.table.routes >= s.table.limits.MaxRoutes) {
		s.refused++
		return ErrFull
	}
	s.key = raw.AppendKey(s.key[:0])
	no, ok := s.paths[string(s.key)]
	if known && ok && old.path == no {
		if old.round != s.round {
			s.put(k, entry{no, s.round})
		}
		return nil
	}
	if !ok {
		var err error
		if no, err = s.newPath(raw); err != nil {
			if errors.Is(err, ErrFull) {
				s.refused++
			}
			s.Withdraw(k)
			return err
		}
	}
	s.show(k, no, at)
	s.put(k, entry{no, s.round})
	if known {
		s.hide(k, old.path, false)
	} else {
		s.table.routes++
	}
	return nil
}

// Withdraw takes a route away. It reports whether it was there.
func (s *Source) Withdraw(k Key) bool { return s.withdraw(k, false) }

func (s *Source) withdraw(k Key, lost bool) bool {
	old, ok := s.get(k)
	if !ok {
		return false
	}
	if n, plain := plainKey(k); plain {
		delete(s.plain, n)
	} else {
		delete(s.other, k)
	}
	s.table.routes--
	s.hide(k, old.path, lost)
	return true
}

// longestPath is the longest path that is taken, in bytes: two thousand numbers,
// where real ones have ten and the worst known some hundreds.
const longestPath = 8 << 10

// newPath numbers the path whose key is in s.key.
func (s *Source) newPath(raw mrt.RawPath) (uint32, error) {
	t := s.table
	switch {
	case len(s.key) > longestPath:
		return 0, fmt.Errorf("%w: %d bytes long", ErrPath, len(s.key))
	case t.pathBytes() > t.limits.MaxPathBytes:
		return 0, ErrFull
	}
	if err := t.decoded.Decode(raw); err != nil {
		return 0, errors.Join(ErrPath, err)
	}
	t.shown = carrier.AppendFacts(t.shown[:0], &t.decoded)
	p := path{key: string(s.key), looped: t.decoded.HasLoop(), shows: make([]uint32, len(t.shown))}
	for i, f := range t.shown {
		p.shows[i] = t.sight(f)
	}
	var no uint32
	if n := len(s.free); n > 0 {
		no, s.free = s.free[n-1], s.free[:n-1]
	} else {
		no = uint32(len(s.list))
		s.list = append(s.list, path{})
	}
	s.list[no] = p
	s.paths[p.key] = no
	t.paths += p.size()
	return no, nil
}

// show counts a route for all that its path shows.
func (s *Source) show(k Key, no uint32, at Place) {
	p := &s.list[no]
	p.routes++
	for _, f := range p.shows {
		seen := &s.table.seen[f]
		seen.routes++
		if p.looped {
			seen.looped++
		}
		if e := &seen.example; e.source == nil || e.source == s && e.route == k {
			*e = example{s, k, at, no}
		}
		seen.lost = false
		if seen.first.IsZero() {
			seen.first = at.Time
		}
		seen.last = at.Time
		if p.routes == 1 {
			s.table.join(f, s, p.looped, +1)
		}
	}
}

// hide takes a route away from all that its path shows.
func (s *Source) hide(k Key, no uint32, lost bool) {
	p := &s.list[no]
	p.routes--
	for _, f := range p.shows {
		seen := &s.table.seen[f]
		seen.routes--
		if p.looped {
			seen.looped--
		}
		if seen.example.source == s && seen.example.route == k && seen.example.path == no {
			seen.example = example{}
		}
		seen.lost = lost
		if p.routes == 0 {
			s.table.join(f, s, p.looped, -1)
		}
	}
	if p.routes == 0 {
		delete(s.paths, p.key)
		s.table.paths -= p.size()
		*p = path{}
		s.free = append(s.free, no)
	}
}

// Begin begins a round: the feed is connected anew and will announce everything
// again. What it has announced before stays until [Source.Sweep].
func (s *Source) Begin() {
	s.round++
	s.waiting = s.Routes() > 0 || len(s.sessions) > 0
}

// Sweep takes away what was not announced in the current round. Nothing tells
// any more that it is there, and the feed has told all that it has.
func (s *Source) Sweep() {
	if !s.waiting {
		return
	}
	s.waiting = false
	s.remove(func(e entry) bool { return e.round != s.round }, false)
	for f, round := range s.sessions {
		if round != s.round {
			s.endSession(f, false, false)
		}
	}
}

// Waiting reports whether a sweep would have something to look for.
func (s *Source) Waiting() bool { return s.waiting }

// Close takes the source away with its routes and sessions. Lost says that it is
// not known whether they are gone.
func (s *Source) Close(lost bool) {
	s.remove(func(entry) bool { return true }, lost)
	for f := range s.sessions {
		s.endSession(f, lost, false)
	}
	delete(s.table.sources, s.Name)
	s.table.bySlot[s.slot] = nil
	if len(s.table.bySlot) > 2*len(s.table.sources)+16 {
		s.table.compact()
	}
}

// Clear takes all routes of the source away: its peer said that the session
// ended.
func (s *Source) Clear() {
	s.remove(func(entry) bool { return true }, false)
	s.waiting = false
}

func (s *Source) remove(which func(entry) bool, lost bool) {
	for n, e := range s.plain {
		if which(e) {
			s.withdraw(unpacked(n), lost)
		}
	}
	for k, e := range s.other {
		if which(e) {
			s.withdraw(k, lost)
		}
	}
}

// compact gives the sources new places.
func (t *Table) compact() {
	t.bySlot = slices.DeleteFunc(t.bySlot, func(s *Source) bool { return s == nil })
	for i, s := range t.bySlot {
		s.slot = i
	}
}

// Session notes that a session is up, or adds to one that is.
func (s *Source) Session(f carrier.Fact, at Place) {
	no := s.table.sight(f)
	seen := &s.table.seen[no]
	_, up := s.sessions[f]
	s.sessions[f] = s.round
	if up {
		return
	}
	seen.routes++
	seen.lost = false
	if seen.first.IsZero() {
		seen.first = at.Time
	}
	seen.last = at.Time
	if seen.example.source == nil {
		seen.example = example{source: s, place: at, path: noPath}
	}
	s.table.join(no, s, false, +1)
}

// EndSession notes that a session ended, as the feed said.
func (s *Source) EndSession(f carrier.Fact) { s.endSession(f, false, true) }

func (s *Source) endSession(f carrier.Fact, lost, said bool) {
	if _, up := s.sessions[f]; !up {
		return
	}
	delete(s.sessions, f)
	no := s.table.sight(f)
	seen := &s.table.seen[no]
	seen.routes--
	seen.lost = lost
	if said {
		seen.ended++
	}
	if seen.example.source == s {
		seen.example = example{}
	}
	s.table.join(no, s, false, -1)
}

// noPath is the path of the example of a session.
const noPath = ^uint32(0)
