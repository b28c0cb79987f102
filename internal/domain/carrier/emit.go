package carrier

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
)

// emit puts the workers' tables together and gives the result to the shard, in
// the shard's order. Nothing of it depends on how the work was divided. The
// error is a panic.
func emit(workers []*pathTable, path string, out *evidence.Shard) error {
	all := workers[0]
	for _, w := range workers[1:] {
		all.absorb(w)
	}
	order := all.seen.sorted()
	made := make([]evidence.Observation, len(order))
	share := (len(order) + len(workers) - 1) / len(workers)
	group := domain.NewGroup()
	for from := 0; from < len(order); from += share {
		group.Go(func() {
			e := newEmitter(all, path)
			for i := from; i < min(from+share, len(order)); i++ {
				e.observation(&order[i], &made[i])
			}
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	out.Grow(len(made))
	for i := range made {
		out.Observe(made[i])
	}
	all.account(path, out)
	return nil
}

// absorb adds what another worker found.
func (t *pathTable) absorb(o *pathTable) {
	renumber := make([]uint32, len(o.peers))
	for i, p := range o.peers {
		renumber[i] = t.peerByValue(*p)
	}
	t.seen.absorb(o.seen, renumber)
	t.counts.records += o.counts.records
	t.counts.entries += o.counts.entries
	t.counts.pathless += o.counts.pathless
	t.counts.lost += o.counts.lost
	t.counts.problems += o.counts.problems
	for name, n := range o.counts.other {
		t.counts.other[name] += n
	}
	t.problems = append(t.problems, o.problems...)
}

// account tells the shard what was examined and what could not be.
func (t *pathTable) account(path string, out *evidence.Shard) {
	out.Count("mrt: records", t.counts.records)
	out.Count("mrt: RIB entries", t.counts.entries)
	if t.counts.pathless > 0 {
		out.Count("mrt: RIB entries without AS path", t.counts.pathless)
	}
	if t.counts.lost > 0 {
		out.Count("mrt: RIB entries not understood", t.counts.lost)
	}
	for _, name := range slices.Sorted(maps.Keys(t.counts.other)) {
		out.Skip(path, fmt.Sprintf("%d %s records: this reader takes routing tables only", t.counts.other[name], name))
	}
	slices.SortFunc(t.problems, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.message, b.message))
	})
	for _, p := range t.problems {
		out.Problem(evidence.Problem{Path: path, Offset: p.offset, Reader: MRT{}.Name(), Message: p.message,
			Next: "the rest was read; fetch the file again if the source is sound"})
	}
}

// emitter makes observations; it shares what repeats, and takes the small
// slices of an observation from large blocks.
type emitter struct {
	path            string
	peers, peerASes []string
	ids             map[uint32]evidence.ID
	sets            map[string]peerAttrs
	buf             []byte
	subjects        pool[evidence.Subject]
	attrs           pool[evidence.Attr]
	refs            pool[evidence.Ref]
	words           pool[string]
}

// peerAttrs are the attributes that a set of peers gives. A table has few
// different sets and many sightings, so they are made once for each.
type peerAttrs struct{ peerASes, peers evidence.Attr }

// pool cuts small slices from blocks.
type pool[T any] struct{ free []T }

// take returns a zeroed slice of n elements that does not grow into others.
func (p *pool[T]) take(n int) []T {
	if n > len(p.free) {
		p.free = make([]T, max(n, 1024))
	}
	taken := p.free[:n:n]
	p.free = p.free[n:]
	return taken
}

func newEmitter(t *pathTable, path string) *emitter {
	e := &emitter{path: path, ids: make(map[uint32]evidence.ID), sets: make(map[string]peerAttrs), peers: t.peerNames()}
	for _, p := range t.peers {
		e.peerASes = append(e.peerASes, "AS"+strconv.FormatUint(uint64(p.ASN), 10))
	}
	return e
}

func (e *emitter) observation(p *pair, o *evidence.Observation) {
	s := p.seen
	o.Domain = Name
	o.Count = s.count
	o.First = time.Unix(int64(s.first), 0).UTC()
	o.Last = time.Unix(int64(s.last), 0).UTC()
	switch p.kind {
	case isAdjacency:
		o.Kind = KindAdjacency
		o.Subjects = e.subjects.take(2)
		o.Subjects[0] = evidence.Subject{Role: "near", ID: e.id(p.left)}
		o.Subjects[1] = evidence.Subject{Role: "far", ID: e.id(p.right)}
	case isOrigin:
		o.Kind = KindOrigin
		o.Subjects = e.subjects.take(1)
		o.Subjects[0] = evidence.Subject{Role: "origin", ID: e.id(p.left)}
	default:
		o.Kind = KindTransit
		o.Subjects = e.subjects.take(1)
		o.Subjects[0] = evidence.Subject{Role: "via", ID: e.id(p.left)}
	}
	prefixes := e.words.take(s.kept)
	o.Refs = e.refs.take(s.kept)
	for i, x := range s.proof() {
		e.buf = x.prefix.AppendTo(e.buf[:0])
		n := len(e.buf)
		e.buf = append(e.buf, x.stat.note...)
		note := string(e.buf)
		prefixes[i] = note[:n]
		o.Refs[i] = evidence.Ref{Path: e.path, Offset: x.offset, Length: x.length, Note: note}
	}
	seenBy := e.seenBy(s.peers)
	o.Attrs = e.attrs.take(4)
	o.Attrs[0] = evidence.Sum(attrLooped, int64(s.looped))
	o.Attrs[1] = seenBy.peerASes
	o.Attrs[2] = seenBy.peers
	o.Attrs[3] = evidence.Words(attrPrefixes, prefixes...)
}

// seenBy returns the attributes of a sorted set of peers.
func (e *emitter) seenBy(set []uint32) peerAttrs {
	e.buf = e.buf[:0]
	for _, n := range set {
		e.buf = binary.LittleEndian.AppendUint32(e.buf, n)
	}
	if known, ok := e.sets[string(e.buf)]; ok {
		return known
	}
	peers, ases := make([]string, len(set)), make([]string, len(set))
	for i, n := range set {
		peers[i], ases[i] = e.peers[n], e.peerASes[n]
	}
	made := peerAttrs{evidence.Distinct(attrPeerASes, ases...), evidence.Distinct(attrPeers, peers...)}
	e.sets[string(e.buf)] = made
	return made
}

func (e *emitter) id(asn uint32) evidence.ID {
	id, ok := e.ids[asn]
	if !ok {
		id = evidence.ASN(asn)
		e.ids[asn] = id
	}
	return id
}
