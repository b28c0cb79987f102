package rib

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// worker reads chunks. Its routes lie by prefix, in blocks that never move.
type worker struct {
	b       *Builder
	indexed map[*mrt.PeerTable][]uint32 // number of a peer, plus one, by its index in the table
	rows    []row
	blocks  [][]Route
	counts  Counts
	first   uint64 // place of the first problem

	walk  mrt.Entries
	key   []byte
	heads map[[2]uint32]uint32 // numbers of heads, so as not to wait for others
	last  struct {             // the peer that a TABLE_DUMP entry named
		peer  mrt.Peer
		no    uint32
		known bool
	}
}

// Route is that a peer announces a prefix, and over which path.
type Route struct {
	Peer uint32 // index in Table.Peers
	Path uint32 // for Table.Path
}

// row is a run of routes to one prefix, as they followed each other in the
// input.
type row struct {
	hi, lo       uint64 // address; an IPv4 address is the upper half of hi
	place        uint64 // of the file and in it, for the order of routes to a prefix
	block, at, n uint32 // of its routes
	bits         uint8
	v6           bool
}

const routeBlock = 1 << 15

func (w *worker) chunk(c *mrt.Chunk, file int) error {
	before := w.counts.Routes
	for record := range c.Records() {
		w.counts.Records++
		if record.Type != mrt.TypeTableDump && record.Type != mrt.TypeTableDumpV2 {
			w.counts.Other++
			continue
		}
		if err := w.record(record, uint64(file)<<48|uint64(record.Offset)); err != nil {
			return err
		}
	}
	for _, gap := range c.Gaps() {
		w.counts.Gaps++
		w.problem(uint64(file)<<48|uint64(gap.Offset), gap.Error())
	}
	if n := w.b.routes.Add(int64(w.counts.Routes - before)); n > int64(w.b.limits.Routes) {
		return fmt.Errorf("%w of %d routes: give fewer files at once", ErrLimit, w.b.limits.Routes)
	}
	return nil
}

func (w *worker) problem(place uint64, message string) {
	if w.counts.Problem == "" || place < w.first {
		w.counts.Problem, w.first = message, place
	}
}

func (w *worker) record(record mrt.Record, place uint64) error {
	w.walk.Reset(record)
	for w.walk.Next() {
		if err := w.route(&record, w.walk.Entry(), place); err != nil {
			return err
		}
	}
	if err := w.walk.Err(); err != nil {
		w.counts.Bad++
		w.problem(place, err.Error())
	}
	return nil
}

func (w *worker) route(record *mrt.Record, e *mrt.Entry, place uint64) error {
	switch {
	case e.SAFI != mrt.SAFIUnicast:
		w.counts.NonIP++
		return nil
	case e.Prefix.Bits() == 0:
		w.counts.Default++
		return nil
	}
	raw, err := mrt.FindPath(e.Attrs, e.AS4)
	if err != nil {
		w.counts.Bad++
		w.problem(place, fmt.Sprintf("route to %s: %v", e.Prefix, err))
		return nil
	}
	if len(raw.ASPath) == 0 {
		w.counts.Pathless++
		return nil
	}
	peer, err := w.peer(record.Peers, e)
	if err != nil {
		return err
	}
	path, err := w.path(raw)
	if err != nil {
		return err
	}
	w.add(e.Prefix, place, Route{peer, path})
	w.counts.Routes++
	return nil
}

// path returns the number of a path.
func (w *worker) path(raw mrt.RawPath) (uint32, error) {
	var head uint32
	networks, key, cut := raw.CutHead(w.key[:0])
	if cut {
		two := [2]uint32{networks[0], networks[1]}
		no, ok := w.heads[two]
		if !ok {
			no = w.b.paths.head(two)
			w.heads[two] = no
		}
		head = no
	} else {
		key = raw.AppendKey(key)
	}
	w.key = key
	return w.b.paths.path(head, w.b.paths.rest(key))
}

// add puts a route to a prefix behind those of before, in their row if it is
// the same prefix and in a new one if not.
func (w *worker) add(prefix netip.Prefix, place uint64, route Route) {
	r := row{place: place, bits: uint8(prefix.Bits()), v6: prefix.Addr().Is6()}
	if r.v6 {
		b := prefix.Addr().As16()
		r.hi, r.lo = binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:])
	} else {
		b := prefix.Addr().As4()
		r.hi = uint64(binary.BigEndian.Uint32(b[:])) << 32
	}
	last := len(w.blocks) - 1
	if n := len(w.rows); n > 0 {
		before := &w.rows[n-1]
		if before.same(&r) && before.place>>48 == place>>48 && len(w.blocks[last]) < cap(w.blocks[last]) {
			w.blocks[last] = append(w.blocks[last], route)
			before.n++
			return
		}
	}
	if last < 0 || len(w.blocks[last]) == cap(w.blocks[last]) {
		w.blocks = append(w.blocks, make([]Route, 0, routeBlock))
		last++
	}
	r.block, r.at, r.n = uint32(last), uint32(len(w.blocks[last])), 1
	w.blocks[last] = append(w.blocks[last], route)
	w.rows = append(w.rows, r)
}

func (r *row) same(o *row) bool {
	return r.hi == o.hi && r.lo == o.lo && r.bits == o.bits && r.v6 == o.v6
}

// peer returns the number of the entry's peer. Peers of a peer table are found
// by their index there, others by their value.
func (w *worker) peer(table *mrt.PeerTable, e *mrt.Entry) (uint32, error) {
	if e.PeerIndex < 0 || table == nil {
		if w.last.known && w.last.peer == *e.Peer {
			return w.last.no, nil
		}
		no, err := w.b.peers.number(*e.Peer)
		w.last.peer, w.last.no, w.last.known = *e.Peer, no, err == nil
		return no, err
	}
	numbers, ok := w.indexed[table]
	if !ok {
		numbers = make([]uint32, len(table.Peers))
		w.indexed[table] = numbers
	}
	if numbers[e.PeerIndex] == 0 {
		no, err := w.b.peers.number(*e.Peer)
		if err != nil {
			return 0, err
		}
		numbers[e.PeerIndex] = no + 1
	}
	return numbers[e.PeerIndex] - 1, nil
}
