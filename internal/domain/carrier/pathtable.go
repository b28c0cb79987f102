package carrier

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"net/netip"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// pathTable is what one worker has read. Entries repeat paths many times over,
// so an entry only finds the record of its path and adds one to it; what a path
// shows is worked out once for each, when all entries are there.
//
// Neighbouring prefixes of one network come over the same path from the same
// peer, so the path that a peer showed last is looked at first. A table with very
// many paths, as of many peers, has far fewer beginnings and rests of paths; so
// beyond a number of paths new ones are counted in two parts, head and rest.
//
// Everything is numbered densely and lies in lists without pointers. A table
// belongs to one goroutine. A worker gets its chunks in the order of the input,
// so the first entries that show something are the first in the input, too: they
// are its exemplars.
type pathTable struct {
	peers   []mrt.Peer
	peerIDs map[mrt.Peer]uint32
	table   *mrt.PeerTable
	indexed map[*mrt.PeerTable][]uint32 // number in peers, plus one, by peer index
	numbers []uint32                    // of table
	lasts   []lastPath                  // by peer

	seed  maphash.Seed
	slots []uint64 // open addressing: 32 bits of the key's hash, number of the path plus one
	stats list[pathStat]
	masks masks  // peers of each
	keys  store  // of each
	whole uint32 // how many paths are counted whole

	spots     list[spot]
	exemplars list[exemplar]
	trails    trails
	ends      []uint32      // trail of each path, once finished; 0 if it has none
	passed    kindSightings // of trails, by their first numbers
	glanced   uint64        // see glance
	shown     sightings

	counts   tally
	problems []problem
	broken   []brokenPath

	met  meeting
	key  []byte
	path mrt.Path
	asns []uint32
	walk mrt.Entries
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

// pathStat is what was met of a path, or of a part of one.
type pathStat struct {
	seen
	key   span  // tag and raw path, or head
	loops uint8 // of a rest: noLoop or someLoop, once known
}

const (
	noLoop   = 1
	someLoop = 2
)

// lastPath is the path that a peer showed last.
type lastPath struct {
	raw  []byte
	tag  byte
	path uint32 // its number, or that of its rest
	head uint32 // that of its head plus one, 0 if it is counted whole
}

// brokenPath is a path that cannot be decoded.
type brokenPath struct {
	first spot // of its first entry
	no    uint32
	err   error
}

// meeting is the entry being counted.
type meeting struct {
	exemplar
	offset          int64        // of its record
	length          uint32       // of the record, with its header
	time            uint32       // of the record
	prefix, spotted netip.Prefix // of the entry, and of the spot
	no              uint32       // of the exemplar, plus one; 0 if it is none
}

// maxWhole is how many paths a worker counts whole.
const maxWhole = 1 << 18

func newPathTable() *pathTable {
	return &pathTable{
		peerIDs: make(map[mrt.Peer]uint32),
		indexed: make(map[*mrt.PeerTable][]uint32),
		seed:    maphash.MakeSeed(),
		slots:   make([]uint64, 1<<14),
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
	t.met.offset, t.met.length, t.met.time = r.Offset, uint32(recordHeader+len(r.Body)), r.Time
	t.met.spot = noSpot
	t.walk.Reset(*r)
	for t.walk.Next() {
		t.entry(r, t.walk.Entry())
	}
	if err := t.walk.Err(); err != nil {
		t.problem(r.Offset, err.Error())
	}
}

func (t *pathTable) entry(r *mrt.Record, e *mrt.Entry) {
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
	t.met.peer, t.met.prefix, t.met.no = peer, e.Prefix, 0
	tag := raw.Tag()
	last := &t.lasts[peer]
	if last.tag != tag || !bytes.Equal(last.raw, raw.ASPath) || raw.AS4Path != nil {
		last.path, last.head = t.number(raw, tag)
		last.raw, last.tag = append(last.raw[:0], raw.ASPath...), tag
	}
	t.met.path, t.met.head = last.path, last.head
	t.count(last.path)
	if last.head != 0 {
		t.count(last.head - 1)
	}
}

// number returns the numbers under which a path is counted.
func (t *pathTable) number(raw mrt.RawPath, tag byte) (path, head uint32) {
	if t.whole >= maxWhole {
		asns, key, cut := raw.CutHead(t.key[:0])
		t.key = key
		if cut {
			path, _ = t.find(key[0], key[1:])
			return path, t.head(asns, path) + 1
		}
	}
	rest := raw.ASPath
	if raw.AS4Path != nil {
		t.key = raw.AppendKey(t.key[:0])
		rest = t.key[1:]
	}
	path, known := t.find(tag, rest)
	if !known {
		t.whole++
	}
	return path, 0
}

// Tags of heads, which no raw path has.
const (
	tagHead       = 0
	tagLoopedHead = 1
)

// head returns the number of the head of a path: two numbers, and the one that
// the second is a neighbour of. Heads before rests with a loop are apart.
func (t *pathTable) head(asns [3]uint32, rest uint32) uint32 {
	tag := byte(tagHead)
	if t.looped(rest) {
		tag = tagLoopedHead
	}
	var b [12]byte
	for i, asn := range asns {
		binary.LittleEndian.PutUint32(b[4*i:], asn)
	}
	no, _ := t.find(tag, b[:])
	return no
}

// looped reports whether a rest has a loop.
func (t *pathTable) looped(rest uint32) bool {
	s := t.stats.at(rest)
	if s.loops == 0 {
		s.loops = noLoop
		if err := t.path.Decode(mrt.RawPathOf(t.keys.get(s.key))); err == nil && t.path.HasLoop() {
			s.loops = someLoop
		}
	}
	return s.loops == someLoop
}

// count counts the entry for a path, or for a part of it.
func (t *pathTable) count(no uint32) {
	s, now := &t.stats.at(no).seen, t.met.time
	if s.count == 0 {
		s.first, s.last = now, now
	}
	s.count++
	s.first, s.last = min(s.first, now), max(s.last, now)
	t.masks.add(no, &s.peers, t.met.peer)
	if s.kept < keepExemplars {
		s.exemplars[s.kept] = t.exemplar()
		s.kept++
	}
}

// peer returns the number of the entry's peer in t.peers. Peers of a peer
// table are found by their index there, others by their value.
func (t *pathTable) peer(table *mrt.PeerTable, e *mrt.Entry) uint32 {
	if e.PeerIndex < 0 || table == nil {
		return t.peerByValue(e.Peer)
	}
	if t.table != table {
		t.table = table
		if t.indexed[table] == nil {
			t.indexed[table] = make([]uint32, len(table.Peers))
		}
		t.numbers = t.indexed[table]
	}
	no := &t.numbers[e.PeerIndex]
	if *no == 0 {
		*no = t.peerByValue(e.Peer) + 1
	}
	return *no - 1
}

func (t *pathTable) peerByValue(p *mrt.Peer) uint32 {
	n, ok := t.peerIDs[*p]
	if !ok {
		n = uint32(len(t.peers))
		t.peers = append(t.peers, *p)
		t.peerIDs[*p] = n
		t.lasts = append(t.lasts, lastPath{})
	}
	return n
}

func (t *pathTable) problem(offset int64, message string) {
	t.counts.problems++
	if len(t.problems) < maxWorkerProblems {
		t.problems = append(t.problems, problem{offset, message})
	}
}
