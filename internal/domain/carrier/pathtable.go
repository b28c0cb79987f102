package carrier

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// pathTable counts AS paths. Entries repeat paths many times over, so a worker
// first counts each raw path of each peer, at the cost of one look-up an
// entry, and decodes every path only once, in expand. It belongs to one
// goroutine.
type pathTable struct {
	peers   []*mrt.Peer
	peerIDs map[mrt.Peer]uint32
	indexed map[*mrt.PeerTable][]uint32 // number in peers, plus one, by peer index

	paths map[string]*pathStat // key: peer, raw path
	stats slab                 // the values of paths, in the order in which they were met
	bytes arena                // of the raw paths

	counts   tally
	problems []problem

	seen  *sightings // made by expand
	key   []byte
	attrs mrt.Attributes
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

// pathStat is how often, when and where a path of a peer was met. It does not
// move in memory.
type pathStat struct {
	raw         mrt.RawPath
	count       uint64
	from        *mrt.Peer
	peer        uint32 // number of from in the worker's list
	first, last uint32 // seconds since 1970
	exemplars   []exemplar
	one         [1]exemplar // room for the first of them: most paths are met once
	note        string      // what stands there, after the prefix; made by expand
}

// exemplar is an entry kept as proof.
type exemplar struct {
	offset int64 // of its record in the input
	length int64 // of the record, with its header
	prefix netip.Prefix
	stat   *pathStat // of its path
}

func newPathTable() *pathTable {
	return &pathTable{
		peerIDs: make(map[mrt.Peer]uint32),
		indexed: make(map[*mrt.PeerTable][]uint32),
		paths:   make(map[string]*pathStat),
		counts:  tally{other: make(map[string]uint64)},
	}
}

// chunk counts everything in a chunk of records.
func (t *pathTable) chunk(c *mrt.Chunk) {
	for record := range c.Records() {
		t.record(record)
	}
	for _, gap := range c.Gaps() {
		t.problem(gap.Offset, gap.Error())
	}
}

func (t *pathTable) record(r mrt.Record) {
	t.counts.records++
	switch r.Type {
	case mrt.TypeTableDump, mrt.TypeTableDumpV2:
	default:
		t.counts.other[r.Name()]++
		return
	}
	t.walk.Reset(r)
	for t.walk.Next() {
		t.entry(r, t.walk.Entry())
	}
	if err := t.walk.Err(); err != nil {
		t.problem(r.Offset, err.Error())
	}
}

func (t *pathTable) entry(r mrt.Record, e *mrt.Entry) {
	t.counts.entries++
	if err := t.attrs.Parse(e.Attrs); err != nil {
		t.counts.lost++
		t.problem(r.Offset, fmt.Sprintf("entry of %s: %v", e.Prefix, err))
		return
	}
	raw := t.attrs.RawPath(e.AS4)
	if len(raw.ASPath) == 0 {
		t.counts.pathless++
		return
	}
	peer := t.peer(r.Peers, e)
	t.key = raw.AppendKey(binary.LittleEndian.AppendUint32(t.key[:0], peer))
	s, ok := t.paths[string(t.key)]
	if !ok {
		s = t.add(peer, raw, r.Time)
	}
	s.count++
	s.first, s.last = min(s.first, r.Time), max(s.last, r.Time)
	if len(s.exemplars) < keepExemplars {
		s.exemplars = append(s.exemplars, exemplar{offset: r.Offset, length: recordHeader + int64(len(r.Body)), prefix: e.Prefix, stat: s})
	}
}

// recordHeader is the length of an MRT header, in bytes (RFC 6396 section 2).
const recordHeader = 12

// add begins the count of a path.
func (t *pathTable) add(peer uint32, raw mrt.RawPath, now uint32) *pathStat {
	s := t.stats.next()
	s.raw = mrt.RawPath{ASPath: t.bytes.keep(raw.ASPath), AS4Path: t.bytes.keep(raw.AS4Path), AS4: raw.AS4}
	s.from, s.peer, s.first, s.last = t.peers[peer], peer, now, now
	s.exemplars = s.one[:0]
	t.paths[string(t.key)] = s
	return s
}

// slab hands out path statistics from blocks, so that they keep their place
// and cost one allocation for many.
type slab struct{ blocks [][]pathStat }

func (s *slab) next() *pathStat {
	const block = 512
	last := len(s.blocks) - 1
	if last < 0 || len(s.blocks[last]) == block {
		s.blocks = append(s.blocks, make([]pathStat, 0, block))
		last++
	}
	s.blocks[last] = append(s.blocks[last], pathStat{})
	return &s.blocks[last][len(s.blocks[last])-1]
}

// all yields the statistics in the order in which they were handed out.
func (s *slab) all(yield func(*pathStat) bool) {
	for _, block := range s.blocks {
		for i := range block {
			if !yield(&block[i]) {
				return
			}
		}
	}
}

// arena copies small byte slices into large blocks.
type arena struct{ free []byte }

// keep returns a copy, nil for nil.
func (a *arena) keep(b []byte) []byte {
	if b == nil {
		return nil
	}
	const block = 64 << 10
	if len(b) > len(a.free) {
		a.free = make([]byte, max(block, len(b)))
	}
	n := copy(a.free, b)
	kept := a.free[:n:n]
	a.free = a.free[n:]
	return kept
}

// peer returns the number of the entry's peer in t.peers. Peers of a peer
// table are found by their index there, others by their value.
func (t *pathTable) peer(table *mrt.PeerTable, e *mrt.Entry) uint32 {
	if e.PeerIndex < 0 || table == nil {
		return t.peerByValue(*e.Peer)
	}
	numbers, ok := t.indexed[table]
	if !ok {
		numbers = make([]uint32, len(table.Peers))
		t.indexed[table] = numbers
	}
	if numbers[e.PeerIndex] == 0 {
		numbers[e.PeerIndex] = t.peerByValue(*e.Peer) + 1
	}
	return numbers[e.PeerIndex] - 1
}

func (t *pathTable) peerByValue(p mrt.Peer) uint32 {
	n, ok := t.peerIDs[p]
	if !ok {
		n = uint32(len(t.peers))
		t.peers = append(t.peers, &p)
		t.peerIDs[p] = n
	}
	return n
}

// peerNames returns what to call the peers, by their number.
func (t *pathTable) peerNames() []string {
	names := make([]string, len(t.peers))
	for i, p := range t.peers {
		names[i] = fmt.Sprintf("%s AS%d", p.Addr, p.ASN)
	}
	return names
}

func (t *pathTable) problem(offset int64, message string) {
	t.counts.problems++
	if len(t.problems) < maxWorkerProblems {
		t.problems = append(t.problems, problem{offset, message})
	}
}

// expand decodes every path once and counts what it shows.
func (t *pathTable) expand() {
	t.seen = newSightings()
	t.paths = nil
	names := t.peerNames()
	var path mrt.Path
	var buf []byte
	for s := range t.stats.all {
		if err := path.Decode(s.raw); err != nil {
			t.counts.lost += s.count
			t.problem(s.exemplars[0].offset, fmt.Sprintf("%d entries like that of %s: %v",
				s.count, s.exemplars[0].prefix, err))
			continue
		}
		buf = s.describe(buf, names[s.peer], &path)
		t.seen.count(s, &path)
	}
}

// describe writes down what the path's exemplars have in common, after their
// prefix. It takes the text into the buffer, which it returns for reuse.
func (s *pathStat) describe(buf []byte, from string, path *mrt.Path) []byte {
	buf = append(append(append(buf[:0], " from "...), from...), ": path "...)
	buf, _ = path.AppendText(buf) // never fails
	s.note = string(buf)
	return buf
}
