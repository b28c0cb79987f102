package carrier

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"net/netip"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// queue holds entries until there are some to be counted together. A path lies
// anywhere in the memory, and those of several entries can be asked for at once.
type queue struct {
	entries [queueSize]waiting
	n       uint32
	places  []place
	here    place // the record being walked
	placed  bool  // it is the last of places
	keys    []byte
	glanced uint64 // see glance
}

const queueSize = 32

// waiting is an entry in the queue.
type waiting struct {
	key    []byte // without the tag: of its path or, if that was cut, of its rest
	hash   uint64 // of the key
	prefix netip.Prefix
	head   [3]uint32 // if it was cut
	path   uint32    // numbers as of lastPath
	headNo uint32
	like   uint32 // turn of the entry whose path is the same, plus one
	place  uint32
	peer   uint32
	tag    byte
	fresh  bool // path and headNo are to be found
	cut    bool
}

// place is a record in the input.
type place struct {
	offset  int64
	length  uint32 // with its header
	time    uint32
	spot    uint32       // the last one there, noSpot if none
	spotted netip.Prefix // its prefix
}

// placeOf returns the place of an MRT record.
func placeOf(r *mrt.Record) place {
	return place{offset: r.Offset, length: uint32(recordHeader + len(r.Body)), time: r.Time}
}

// begin begins a record.
func (q *queue) begin(at place) {
	q.here, q.here.spot, q.placed = at, noSpot, false
}

// enqueue puts an entry into the queue.
func (t *pathTable) enqueue(raw mrt.RawPath, peer uint32, prefix netip.Prefix) {
	q := &t.queue
	if !q.placed {
		q.places = append(q.places, q.here)
		q.placed = true
	}
	w := &q.entries[q.n]
	q.n++
	w.prefix, w.place, w.peer = prefix, uint32(len(q.places)-1), peer
	w.fresh, w.like = false, 0
	last, tag := &t.lasts[peer], raw.Tag()
	switch {
	case last.tag != tag || !bytes.Equal(last.raw, raw.ASPath) || raw.AS4Path != nil:
		last.raw, last.tag, last.turn = append(last.raw[:0], raw.ASPath...), tag, q.n
		w.fresh = true
		t.setKey(w, raw, tag)
	case last.turn != 0:
		w.like = last.turn
	default:
		w.path, w.headNo = last.path, last.head
	}
	if q.n == queueSize {
		t.drain()
	}
}

// setKey sets the key under which an entry is counted.
func (t *pathTable) setKey(w *waiting, raw mrt.RawPath, tag byte) {
	q := &t.queue
	w.tag, w.cut = tag, false
	start := len(q.keys)
	switch {
	case t.whole >= t.most:
		if w.head, q.keys, w.cut = raw.CutHead(q.keys); w.cut {
			w.key = q.keys[start+1:]
			break
		}
		fallthrough
	case raw.AS4Path != nil:
		q.keys = raw.AppendKey(q.keys)
		w.key = q.keys[start+1:]
	default:
		w.key = raw.ASPath
	}
	w.hash = t.hash(w.tag, w.key)
}

// hash returns the hash of a key.
func (t *pathTable) hash(tag byte, rest []byte) uint64 {
	return maphash.Bytes(t.seed, rest)>>32 ^ uint64(tag)<<24
}

// drain counts the entries in the queue, in their order.
func (t *pathTable) drain() {
	q := &t.queue
	t.glanceAtPaths()
	for i := range q.entries[:q.n] {
		w := &q.entries[i]
		switch {
		case w.fresh:
			w.path, w.headNo = t.number(w)
			if last := &t.lasts[w.peer]; last.turn == uint32(i)+1 {
				last.path, last.head, last.turn = w.path, w.headNo, 0
			}
		case w.like != 0:
			w.path, w.headNo = q.entries[w.like-1].path, q.entries[w.like-1].headNo
		}
		exemplar := noExemplar
		exemplar = t.count(w.path, w, exemplar)
		if w.headNo != 0 {
			t.count(w.headNo-1, w, exemplar)
		}
	}
	q.n, q.keys = 0, q.keys[:0]
	if n := len(q.places); n > 0 { // the record may go on
		q.places[0] = q.places[n-1]
		q.places = q.places[:1]
	}
}

// glanceAtPaths looks at what the new entries of the queue will need.
func (t *pathTable) glanceAtPaths() {
	q := &t.queue
	mask := uint64(len(t.slots) - 1)
	var slots [queueSize]uint64
	for i := range q.entries[:q.n] {
		if w := &q.entries[i]; w.fresh {
			slots[i] = t.slots[w.hash&mask]
		}
	}
	var keys [queueSize]span
	for i := range q.entries[:q.n] {
		if w := &q.entries[i]; w.fresh && slots[i]>>32 == w.hash && slots[i] != 0 {
			keys[i] = t.stats.at(uint32(slots[i]) - 1).key
		}
	}
	for i := range q.entries[:q.n] {
		if keys[i].n > 0 {
			q.glanced += uint64(t.keys.get(keys[i])[0])
		}
	}
}

// number returns the numbers under which a new entry of the queue is counted.
func (t *pathTable) number(w *waiting) (path, head uint32) {
	path, known := t.find(w.tag, w.key, w.hash)
	if w.cut {
		return path, t.head(w.head, path) + 1
	}
	if !known {
		t.whole++
	}
	return path, 0
}

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
	no, _ := t.find(tag, b[:], t.hash(tag, b[:]))
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

// count counts an entry for a path, or for a part of it. It takes the number of
// the entry as an exemplar, and returns it.
func (t *pathTable) count(no uint32, w *waiting, exemplar uint32) uint32 {
	s, now := &t.stats.at(no).seen, t.queue.places[w.place].time
	if s.count == 0 {
		s.first, s.last = now, now
	}
	s.count++
	s.first, s.last = min(s.first, now), max(s.last, now)
	t.masks.add(no, &s.peers, w.peer)
	if s.kept < keepExemplars {
		if exemplar == noExemplar {
			exemplar = t.exemplar(w)
		}
		s.exemplars[s.kept] = exemplar
		s.kept++
	}
	return exemplar
}
