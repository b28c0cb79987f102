package carrier

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"net/netip"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// pathTable is what one worker has read. Entries repeat paths many times over:
// each raw path is decoded once, when it is first met, and an entry then costs
// a look-up. The peer and the network that it has the route from stand before
// many different rests, and a rest behind many of them; so a plain path is looked
// up in two parts, its head and its rest, which are far fewer than paths. Everything is numbered densely and lies in
// lists without pointers. A table belongs to one goroutine.
//
// A worker gets its chunks in the order of the input, so the first entries that
// show something are the first in the input, too: they are its exemplars.
type pathTable struct {
	peers   []mrt.Peer
	peerIDs map[mrt.Peer]uint32
	indexed map[*mrt.PeerTable][]uint32 // number in peers, plus one, by peer index

	seed  maphash.Seed
	slots []uint64 // open addressing: 32 bits of the key's hash, number of the path plus one
	stats list[pathStat]
	masks masks         // peers of each
	keys  store[byte]   // raw path of each
	shows store[uint32] // sightings of each

	seen      sightings
	exemplars list[exemplar]
	proofs    []proof // made of exemplars at the end

	counts   tally
	problems []problem
	broken   []brokenPath

	messages messages

	met     meeting
	key     []byte
	headKey []byte
	path    mrt.Path
	shown   []uint32
	walk    mrt.Entries
}

// tally counts what was examined.
type tally struct {
	records, entries, pathless, lost uint64
	other                            map[string]uint64 // records of other types, by name
	problems                         uint64
}

// problem is a stretch of the input that could not be understood.
type problem struct {
	offset  int64
	message string
}

// maxWorkerProblems bounds how many problems a worker remembers; all are counted.
const maxWorkerProblems = 200

// pathStat is how often, when and from whom a path, or a part of one, was met,
// and what it shows.
type pathStat struct {
	count       uint64
	first, last uint32 // seconds since 1970
	peers       peerMask
	key         span // raw path, or head
	shows       span // numbers of sightings, once each
	looped      bool
	hungry      bool // a sighting of it has room for exemplars
}

// brokenPath is a path that cannot be decoded.
type brokenPath struct {
	exemplar // its first entry
	no       uint32
	err      error
}

// exemplar is an entry kept as proof.
type exemplar struct {
	place
	peer   uint32
	path   span // raw path
	prefix netip.Prefix
}

// meeting is the entry being counted.
type meeting struct {
	exemplar
	time uint32
	raw  mrt.RawPath
	no   uint32 // of the exemplar, plus one; 0 if it is none
}

// place is where an entry stands. Places are ordered as the entries are.
type place struct {
	offset int64  // of its record in the input
	entry  uint32 // number of the entry in the record
	length uint32 // of the record, with its header
}

func placeOf(r *mrt.Record, entry uint32) place {
	return place{r.Offset, entry, uint32(recordHeader + len(r.Body))}
}

func newPathTable() *pathTable {
	return &pathTable{
		peerIDs: make(map[mrt.Peer]uint32),
		indexed: make(map[*mrt.PeerTable][]uint32),
		seed:    maphash.MakeSeed(),
		slots:   make([]uint64, 1<<12),
		seen:    newSightings(),
		counts:  tally{other: make(map[string]uint64)},

		messages: newMessages(),
	}
}

// chunk counts everything in a chunk of records.
func (t *pathTable) chunk(c *mrt.Chunk) {
	for record := range c.Records() {
		t.record(&record)
	}
	for _, gap := range c.Gaps() {
		t.problem(gap.Offset, gap.Error())
	}
}

func (t *pathTable) record(r *mrt.Record) {
	t.counts.records++
	switch r.Type {
	case mrt.TypeTableDump, mrt.TypeTableDumpV2:
	default:
		if t.messages.takes(r) {
			t.message(r)
		} else {
			t.counts.other[r.Name()]++
		}
		return
	}
	t.walk.Reset(*r)
	for entry := uint32(0); t.walk.Next(); entry++ {
		t.entry(r, t.walk.Entry(), entry)
	}
	if err := t.walk.Err(); err != nil {
		t.problem(r.Offset, err.Error())
	}
}

// recordHeader is the length of an MRT header, in bytes (RFC 6396 section 2).
const recordHeader = 12

func (t *pathTable) entry(r *mrt.Record, e *mrt.Entry, number uint32) {
	t.counts.entries++
	raw, err := mrt.FindPath(e.Attrs, e.AS4)
	if err != nil {
		t.counts.lost++
		t.problem(r.Offset, fmt.Sprintf("entry of %s: %v", e.Prefix, err))
		return
	}
	if len(raw.ASPath) == 0 {
		t.counts.pathless++
		return
	}
	t.route(exemplar{place: placeOf(r, number), peer: t.peer(r.Peers, e), prefix: e.Prefix}, r.Time, raw)
}

// route counts a route with a path, seen at a time in seconds since 1970.
func (t *pathTable) route(x exemplar, time uint32, raw mrt.RawPath) {
	t.met = meeting{exemplar: x, time: time, raw: raw}
	head, key, cut := raw.CutHead(t.key[:0])
	if !cut {
		key = raw.AppendKey(key)
	}
	t.key = key
	s := t.meet(key)
	if cut {
		t.meetHead(head, s.looped)
	}
}

// meet counts the entry for a path, whole or cut.
func (t *pathTable) meet(key []byte) *pathStat {
	s, no, known := t.count(key)
	if !known {
		t.decode(s, no, mrt.RawPathOf(key))
	}
	if s.hungry {
		t.feed(s)
	}
	return s
}

// meetHead counts the entry for the head of a path: two numbers, and the one
// that the second is a neighbour of. The tag keeps heads apart from paths.
func (t *pathTable) meetHead(head [3]uint32, looped bool) {
	const tag, tagLooped = 0, 1
	key := append(t.headKey[:0], tag)
	if looped {
		key[0] = tagLooped
	}
	for _, asn := range head {
		key = binary.LittleEndian.AppendUint32(key, asn)
	}
	t.headKey = key
	s, _, known := t.count(key)
	if !known {
		t.shown = append(t.shown[:0],
			t.seen.number(pair{left: head[0], kind: isTransit}), t.seen.number(pair{left: head[1], kind: isTransit}),
			t.seen.number(pair{head[0], head[1], isAdjacency}), t.seen.number(pair{head[1], head[2], isAdjacency}))
		s.shows, s.looped, s.hungry = t.shows.keep(t.shown), looped, true
	}
	if s.hungry {
		t.feed(s)
	}
}

// count counts the entry for a key.
func (t *pathTable) count(key []byte) (s *pathStat, no uint32, known bool) {
	no, known = t.find(key)
	s = t.stats.at(no)
	if !known {
		s.first, s.last = t.met.time, t.met.time
	}
	s.count++
	s.first, s.last = min(s.first, t.met.time), max(s.last, t.met.time)
	t.masks.add(no, &s.peers, t.met.peer)
	return s, no, known
}

// decode fills in what a new path shows.
func (t *pathTable) decode(s *pathStat, no uint32, raw mrt.RawPath) {
	if err := t.path.Decode(raw); err != nil {
		t.broken = append(t.broken, brokenPath{t.met.exemplar, no, err})
		return
	}
	t.shown = t.seen.of(t.shown[:0], &t.path)
	s.shows = t.shows.keep(t.shown)
	s.looped = t.path.HasLoop()
	s.hungry = true
}

// feed gives the entry to those sightings of a path that have room.
func (t *pathTable) feed(s *pathStat) {
	s.hungry = false
	for _, g := range t.shows.get(s.shows) {
		sighting := t.seen.all.at(g)
		if sighting.kept == keepExemplars {
			continue
		}
		sighting.exemplars[sighting.kept] = t.exemplar()
		sighting.kept++
		s.hungry = s.hungry || sighting.kept < keepExemplars
	}
}

// exemplar returns the number of the entry as an exemplar.
func (t *pathTable) exemplar() uint32 {
	if t.met.no == 0 {
		t.headKey = t.met.raw.AppendKey(t.headKey[:0])
		t.met.path = t.keys.keep(t.headKey)
		x, no := t.exemplars.add()
		*x, t.met.no = t.met.exemplar, no+1
	}
	return t.met.no - 1
}

// peer returns the number of the entry's peer in t.peers. Peers of a peer
// table are found by their index there, others by their value.
func (t *pathTable) peer(table *mrt.PeerTable, e *mrt.Entry) uint32 {
	if e.PeerIndex < 0 || table == nil {
		return t.peerByValue(e.Peer)
	}
	numbers, ok := t.indexed[table]
	if !ok {
		numbers = make([]uint32, len(table.Peers))
		t.indexed[table] = numbers
	}
	if numbers[e.PeerIndex] == 0 {
		numbers[e.PeerIndex] = t.peerByValue(e.Peer) + 1
	}
	return numbers[e.PeerIndex] - 1
}

func (t *pathTable) peerByValue(p *mrt.Peer) uint32 {
	n, ok := t.peerIDs[*p]
	if !ok {
		n = uint32(len(t.peers))
		t.peers = append(t.peers, *p)
		t.peerIDs[*p] = n
	}
	return n
}

func (t *pathTable) problem(offset int64, message string) {
	t.counts.problems++
	if len(t.problems) < maxWorkerProblems {
		t.problems = append(t.problems, problem{offset, message})
	}
}
