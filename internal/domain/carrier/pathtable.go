package carrier

import (
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
	most  uint32 // how many may be

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

	messages messages

	queue queue
	path  mrt.Path
	asns  []uint32
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
	turn uint32 // in the queue, plus one, while it is not numbered yet
}

// brokenPath is a path that cannot be decoded.
type brokenPath struct {
	first spot // of its first entry
	no    uint32
	err   error
}

// maxWhole is how many paths a worker counts whole.
const maxWhole = 1 << 17

func newPathTable() *pathTable {
	return &pathTable{
		peerIDs: make(map[mrt.Peer]uint32),
		indexed: make(map[*mrt.PeerTable][]uint32),
		seed:    maphash.MakeSeed(),
		most:    maxWhole,
		slots:   make([]uint64, 1<<14),
		counts:  tally{other: make(map[string]uint64)},

		messages: newMessages(),
	}
}

// chunk counts everything in a chunk of records.
func (t *pathTable) chunk(c *mrt.Chunk) {
	for record := range c.Records() {
		t.record(&record)
	}
	t.drain() // before the memory of the chunk is used again
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
	t.queue.begin(placeOf(r))
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
	t.enqueue(raw, t.peer(r.Peers, e), e.Prefix)
}

// told takes in a route that stands in no MRT record, but in the queue's current
// place. The path is looked at until the queue is drained.
func (t *pathTable) told(peer *mrt.Peer, prefix netip.Prefix, raw mrt.RawPath) {
	t.counts.entries++
	if len(raw.ASPath) == 0 {
		t.counts.pathless++
		return
	}
	t.enqueue(raw, t.peerByValue(peer), prefix)
}

// Tags of heads, which no raw path has.
const (
	tagHead       = 0
	tagLoopedHead = 1
)

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
