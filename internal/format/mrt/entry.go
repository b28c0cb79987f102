package mrt

import (
	"errors"
	"fmt"
	"net/netip"
)

// Reasons why a record or an entry cannot be decoded; see [RecordError].
var (
	// ErrTruncated: a length points beyond the bytes that are there.
	ErrTruncated = errors.New("ends too early")
	// ErrTrailing: bytes are left over after the last part.
	ErrTrailing = errors.New("bytes left over")
	// ErrNoPeerTable: an entry of TABLE_DUMP_V2 before any peer table.
	ErrNoPeerTable = errors.New("no peer table before it")
	// ErrPeerIndex: an entry names a peer that the peer table does not have.
	ErrPeerIndex = errors.New("no such peer in the peer table")
	// ErrPrefixLength: a prefix is longer than its address.
	ErrPrefixLength = errors.New("impossible prefix length")
	// ErrFamily: a generic table of routes that are not plain IP prefixes.
	ErrFamily = errors.New("address family not supported")
)

// SAFI is a subsequent address family identifier (RFC 4760 section 6).
type SAFI uint8

// Families of plain IP prefixes.
const (
	SAFIUnicast   SAFI = 1
	SAFIMulticast SAFI = 2
)

// Entry is one route of a routing table: what one peer announced about one
// prefix.
//
// Attrs shares memory with the record. Peer points into the peer table for
// TABLE_DUMP_V2, and into the [Entries] for TABLE_DUMP, where it holds until
// the next call of Next.
type Entry struct {
	Prefix     netip.Prefix // masked
	Peer       *Peer        // never nil
	PeerIndex  int          // of Peer in the peer table, -1 for TABLE_DUMP
	SAFI       SAFI
	AS4        bool   // AS numbers in Attrs have 4 bytes, else 2
	Originated uint32 // when the peer announced it, seconds since 1970, UTC
	HasPathID  bool   // the table keeps several paths of a peer (RFC 8050)
	PathID     uint32
	Attrs      []byte // path attributes, for [Attributes.Parse]
}

// RecordError says what of a record could not be decoded.
type RecordError struct {
	Offset int64  // of the record in the input, in bytes
	Name   string // of the record's type and subtype
	// Entry is the number of the first entry that failed, from 0, or -1 if
	// the record failed before or after its entries.
	Entry int
	// Lost is how many entries could not be decoded: of those that the record
	// claims to have, and at least one where it does not say.
	Lost int
	Err  error // the first failure; wraps one of the errors of this package
}

// Error describes the failure.
func (e *RecordError) Error() string {
	at := ""
	if e.Entry >= 0 {
		at = fmt.Sprintf(" entry %d", e.Entry)
	}
	return fmt.Sprintf("mrt: %s record at offset %d%s: %v (%d entries lost)", e.Name, e.Offset, at, e.Err, e.Lost)
}

// Unwrap returns the first failure.
func (e *RecordError) Unwrap() error { return e.Err }

// form is how the entries of a record are laid out.
type form uint8

const (
	formNone        form = iota // no entries
	formTableDump               // complete entries, one after the other
	formTableDumpV2             // one prefix, then entries that refer to peers
)

// Entries walks the routing table entries of one record after the other
// without allocating. The zero value has no entries. It must not be copied
// while in use.
//
//	entries.Reset(record)
//	for entries.Next() {
//		entry := entries.Entry()
//		...
//	}
//	if err := entries.Err(); err != nil {
//		...
//	}
type Entries struct {
	entry  Entry
	form   form
	rest   []byte // not yet decoded
	number int    // of the entry that Next looks at, from 0
	record Record
	err    *RecordError

	// TABLE_DUMP_V2 only:
	peers   []Peer
	left    int  // entries that are still announced
	pathIDs bool // entries hold a path identifier

	// TABLE_DUMP only:
	wide bool // IPv6 addresses
	peer Peer // the current entry's
}

// Reset begins the walk over the entries of r. Records that hold no entries,
// such as BGP messages, have none and no error.
func (it *Entries) Reset(r Record) {
	it.form, it.left, it.number, it.err = formNone, 0, 0, nil
	it.record = r
	switch r.Type {
	case TypeTableDump:
		it.resetTableDump()
	case TypeTableDumpV2:
		it.resetTableDumpV2()
	}
}

// Next goes on to the next entry that can be decoded. It skips those that
// cannot, which [Entries.Err] reports after the walk.
func (it *Entries) Next() bool {
	switch it.form {
	case formTableDumpV2:
		return it.nextTableDumpV2()
	case formTableDump:
		return it.nextTableDump()
	}
	return false
}

// Entry returns the current entry. It is valid, and may be modified, until the
// next call of Next or Reset.
func (it *Entries) Entry() *Entry { return &it.entry }

// Err returns what could not be decoded so far as a [*RecordError], nil if
// nothing. Ask after Next returned false.
func (it *Entries) Err() error {
	if it.err == nil {
		return nil // not a nil *RecordError in an error
	}
	return it.err
}

// fail notes that lost entries are missing from entry number on, -1 for none
// in particular. Only the first failure of a record is kept, which bounds what
// a hostile record can cost.
func (it *Entries) fail(number, lost int, err error) {
	if it.err != nil {
		it.err.Lost += lost
		return
	}
	it.err = &RecordError{
		Offset: it.record.Offset,
		Name:   it.record.Name(),
		Entry:  number,
		Lost:   lost,
		Err:    err,
	}
}
