package mrt

import (
	"encoding/binary"
	"fmt"
	"iter"
)

// Chunk is a run of whole records in the order of the input, with the gaps
// between them. Chunks of one scanner follow each other without overlap.
//
// A chunk is used by one goroutine at a time. It does not change when the
// scanner goes on, and several chunks may be held at once.
type Chunk struct {
	offset int64 // of data in the input
	data   []byte
	spans  []span
	tables []tableSwitch
	gaps   []Gap
	home   chan<- *Chunk // the scanner's spare chunks, nil once released
}

// span is the place of a record in the data of a chunk.
type span struct {
	start   uint32
	size    uint32 // with header
	batched bool
}

// tableSwitch says that from a record on another peer table is in force.
type tableSwitch struct {
	record int // index in spans
	table  *PeerTable
}

// Len returns the number of records.
func (c *Chunk) Len() int { return len(c.spans) }

// Records yields the records of the chunk. They are valid until
// [Chunk.Release].
func (c *Chunk) Records() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for i, table := range c.tables {
			end := len(c.spans)
			if i+1 < len(c.tables) {
				end = c.tables[i+1].record
			}
			for _, s := range c.spans[table.record:end] {
				if !yield(c.record(s, table.table)) {
					return
				}
			}
		}
	}
}

// record returns the record at a span.
func (c *Chunk) record(s span, table *PeerTable) Record {
	b := c.data[s.start : s.start+s.size]
	return Record{
		Offset:  c.offset + int64(s.start),
		Time:    binary.BigEndian.Uint32(b),
		Type:    Type(binary.BigEndian.Uint16(b[4:])),
		Subtype: binary.BigEndian.Uint16(b[6:]),
		Body:    b[headerSize:len(b):len(b)],
		Peers:   table,
		batched: s.batched,
	}
}

// Gaps returns the stretches of the input that hold no record, in order. They
// lie between the records of this chunk, before the first, or after the last.
// The slice is valid until [Chunk.Release].
func (c *Chunk) Gaps() []Gap { return c.gaps }

// Release gives the chunk's memory back to the scanner for the next chunk. The
// chunk, its records and all that was decoded from them without copying must
// not be used afterwards. A chunk that is never released costs time, nothing
// else. Releasing it again has no effect.
func (c *Chunk) Release() {
	home := c.home
	c.home = nil
	select {
	case home <- c:
	default: // released before, or enough spare chunks
	}
}

// Gap is a stretch of the input that holds no record, because a writer was
// interrupted, a disk failed, or the file was cut. It is an error so that
// [Scanner.Next] can return it in the place where it lies.
type Gap struct {
	Offset int64 // in the input, in bytes
	Size   int64 // in bytes, never 0
	Reason GapReason
}

// GapReason says what is wrong with the bytes of a gap.
type GapReason int

// Reasons of gaps.
const (
	GapGarbage GapReason = iota // no record starts here
	GapTorn                     // a record starts here, but another one begins inside it
	GapCut                      // the input ends inside the record that starts here
)

// String returns the reason in words.
func (r GapReason) String() string {
	switch r {
	case GapTorn:
		return "torn record"
	case GapCut:
		return "record cut by the end of the input"
	}
	return "no record"
}

// Error describes the gap.
func (g Gap) Error() string {
	return fmt.Sprintf("mrt: skipped %d bytes at offset %d: %s", g.Size, g.Offset, g.Reason)
}
