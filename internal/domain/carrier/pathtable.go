package carrier

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"net/netip"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// pathTable is what one worker has read. Entries repeat paths many times over:
// each raw path of each peer is decoded once, when it is first met, and an
// entry then costs one look-up. Everything is numbered densely and lies in
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
	keys  store[byte]   // peer and raw path of each
	shows store[uint32] // sightings of each

	seen      sightings
	exemplars list[exemplar]
	proofs    []proof // made of exemplars at the end

	counts   tally
	problems []problem
	broken   []brokenPath

	key   []byte
	path  mrt.Path
	shown []uint32
	walk  mrt.Entries
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

// pathStat is how often and when a path of a peer was met, and what it shows.
type pathStat struct {
	count       uint64
	first, last uint32 // seconds since 1970
	peer        uint32
	key         span // peer, raw path
	shows       span // numbers of sightings, once each
	looped      bool
	hungry      bool // a sighting of it has room for exemplars
}

// brokenPath is a path that cannot be decoded.
type brokenPath struct {
	exemplar // its first entry
	err      error
}

// exemplar is an entry kept as proof.
type exemplar struct {
	place
	path   uint32 // number of its path
	prefix netip.Prefix
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
		t.counts.other[r.Name()]++
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
	peer := t.peer(r.Peers, e)
	t.key = raw.AppendKey(binary.LittleEndian.AppendUint32(t.key[:0], peer))
	no, known := t.find(t.key)
	s := t.stats.at(no)
	if !known {
		s.peer, s.first, s.last = peer, r.Time, r.Time
		t.decode(s, raw, exemplar{placeOf(r, number), no, e.Prefix})
	}
	s.count++
	s.first, s.last = min(s.first, r.Time), max(s.last, r.Time)
	if s.hungry {
		t.feed(s, exemplar{placeOf(r, number), no, e.Prefix})
	}
}

// peerKey is the length of the peer's number at the start of a key.
const peerKey = 4

// find returns the number of the path with the key, a new one if it is not
// known yet.
func (t *pathTable) find(key []byte) (no uint32, known bool) {
	hash := maphash.Bytes(t.seed, key) >> 32
	mask := uint64(len(t.slots) - 1)
	at := hash & mask
	for ; t.slots[at] != 0; at = (at + 1) & mask {
		if t.slots[at]>>32 != hash {
			continue
		}
		no = uint32(t.slots[at]) - 1
		if bytes.Equal(t.keys.get(t.stats.at(no).key), key) {
			return no, true
		}
	}
	s, no := t.stats.add()
	s.key = t.keys.keep(key)
	t.slots[at] = hash<<32 | uint64(no+1)
	if int(no) > len(t.slots)/2 {
		t.grow()
	}
	return no, false
}

// grow doubles the slots. Their hashes are all that it takes.
func (t *pathTable) grow() {
	old := t.slots
	t.slots = make([]uint64, 2*len(old))
	mask := uint64(len(t.slots) - 1)
	for _, slot := range old {
		if slot == 0 {
			continue
		}
		at := slot >> 32 & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = slot
	}
}

// decode fills in what a new path, met at first, shows.
func (t *pathTable) decode(s *pathStat, raw mrt.RawPath, first exemplar) {
	if err := t.path.Decode(raw); err != nil {
		t.broken = append(t.broken, brokenPath{first, err})
		return
	}
	t.shown = t.seen.of(t.shown[:0], &t.path)
	s.shows = t.shows.keep(t.shown)
	s.looped = t.path.HasLoop()
	s.hungry = true
}

// feed gives an entry to those sightings of its path that have room.
func (t *pathTable) feed(s *pathStat, x exemplar) {
	s.hungry = false
	kept, no := false, uint32(0)
	for _, g := range t.shows.get(s.shows) {
		sighting := t.seen.all.at(g)
		if sighting.kept == keepExemplars {
			continue
		}
		if !kept {
			var room *exemplar
			room, no = t.exemplars.add()
			*room, kept = x, true
		}
		sighting.exemplars[sighting.kept] = no
		sighting.kept++
		s.hungry = s.hungry || sighting.kept < keepExemplars
	}
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
