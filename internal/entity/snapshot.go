package entity

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A snapshot is a header and the sections of an image, all numbers
// little-endian:
//
//	offset   size
//	     0      8  magic "CENTITYS"
//	     8      2  version of the format, 2
//	    10      2  number of sections, 20
//	    12      4  zero
//	    16     32  SHA-256 of the rest of the header
//	    48     32  SHA-256 of the sections, each with its length before it
//	    80  20×24  section table: 4 name, 4 zero, 8 offset, 8 size
//	   560         the sections, in order, each at a multiple of 8
const (
	snapshotMagic   = "CENTITYS"
	snapshotVersion = 2

	sumAt      = 16
	contentAt  = sumAt + sha256.Size
	tableAt    = contentAt + sha256.Size
	tableEntry = 24
	headerSize = tableAt + int(sectionCount)*tableEntry
	alignment  = 8

	// maxSources bounds the only section that is read as a whole on opening.
	maxSources = 64 << 20
)

// Errors that [Open] and [Registry.Verify] wrap, for callers that tell the
// user what to do.
var (
	// ErrCorrupt says that the bytes are no snapshot, or not one as it was
	// written: fetch or build it again.
	ErrCorrupt = errors.New("registry snapshot is corrupt: fetch or build it again")
	// ErrVersion says that the snapshot is of a version of the format that
	// this program does not know.
	ErrVersion = errors.New("registry snapshot is of another version of the format: update cleannet or build the snapshot again")
	// ErrOverlay says that a registry with assumptions, additions or a view of
	// a date cannot be written: write the one that it was made from.
	ErrOverlay = errors.New("only a whole registry can be written, not a view of one: write the registry without assumptions and --as-known-at")
)

// WriteTo implements [io.WriterTo] and writes the registry as a snapshot that
// [Open] reads. The table of numbers is not part of it. The error is that of
// the writer or wraps [ErrOverlay].
func (r *Registry) WriteTo(w io.Writer) (int64, error) {
	if r.over != nil || !r.known.IsZero() {
		return 0, ErrOverlay
	}
	var written int64
	put := func(b []byte) error {
		n, err := w.Write(b)
		written += int64(n)
		return err
	}
	if err := put(r.im.header()); err != nil {
		return written, err
	}
	for _, part := range r.im.part {
		if err := put(part); err != nil {
			return written, err
		}
		if err := put(make([]byte, padding(len(part)))); err != nil {
			return written, err
		}
	}
	return written, nil
}

// padding is what a section wants after it so that the next is aligned.
func padding(size int) int { return (alignment - size%alignment) % alignment }

func (im *image) header() []byte {
	head := make([]byte, headerSize)
	copy(head, snapshotMagic)
	binary.LittleEndian.PutUint16(head[8:], snapshotVersion)
	binary.LittleEndian.PutUint16(head[10:], uint16(sectionCount))
	content, err := hex.DecodeString(im.digest)
	if err == nil { // it was encoded here or by Open
		copy(head[contentAt:], content)
	}
	at := headerSize
	for s, part := range im.part {
		entry := head[tableAt+s*tableEntry:][:tableEntry]
		copy(entry, section(s).String())
		binary.LittleEndian.PutUint64(entry[8:], uint64(at))
		binary.LittleEndian.PutUint64(entry[16:], uint64(len(part)))
		at += len(part) + padding(len(part))
	}
	sum := sha256.Sum256(head[contentAt:])
	copy(head[sumAt:], sum[:])
	return head
}

// IsSnapshot reports whether a file is a snapshot of some version of the
// format, by its first eight bytes or more.
func IsSnapshot(head []byte) bool { return bytes.HasPrefix(head, []byte(snapshotMagic)) }

// SnapshotDigest returns the digest that a snapshot states of its content, as
// [Registry.Digest] does, empty if it is none. See [Registry.Verify].
func SnapshotDigest(data []byte) string {
	if !IsSnapshot(data) || len(data) < tableAt {
		return ""
	}
	return hex.EncodeToString(data[contentAt:tableAt])
}

// Open reads a snapshot that [Registry.WriteTo] wrote. It keeps data, which
// may be a file mapped into memory and must not change afterwards, and reads
// of it only the header and the sources: everything else is looked up when it
// is asked for. Bytes that were tampered with give wrong answers but no panic;
// call [Registry.Verify] once on a snapshot that comes from elsewhere. Numbers
// may be nil. The error wraps [ErrCorrupt] or [ErrVersion].
func Open(data []byte, numbers Numbers) (*Registry, error) {
	im, err := openImage(data)
	if err != nil {
		return nil, err
	}
	return newRegistry(im, numbers)
}

func openImage(data []byte) (*image, error) {
	corrupt := func(format string, args ...any) error {
		return fmt.Errorf("%w (%s)", ErrCorrupt, fmt.Sprintf(format, args...))
	}
	switch {
	case len(data) < tableAt || string(data[:8]) != snapshotMagic:
		return nil, corrupt("%d bytes that do not begin as one", len(data))
	case binary.LittleEndian.Uint16(data[8:]) != snapshotVersion:
		return nil, fmt.Errorf("%w (it is of version %d, this program reads %d)", ErrVersion, binary.LittleEndian.Uint16(data[8:]), snapshotVersion)
	case len(data) < headerSize:
		return nil, corrupt("cut off within its header, after %d bytes", len(data))
	}
	if sum := sha256.Sum256(data[contentAt:headerSize]); !bytes.Equal(sum[:], data[sumAt:contentAt]) {
		return nil, corrupt("the header's checksum is wrong")
	}
	im := &image{digest: hex.EncodeToString(data[contentAt:tableAt])}
	for s := range sectionCount {
		entry := data[tableAt+int(s)*tableEntry:][:tableEntry]
		at, size := binary.LittleEndian.Uint64(entry[8:]), binary.LittleEndian.Uint64(entry[16:])
		switch {
		case string(entry[:4]) != s.String():
			return nil, corrupt("section %d is named %q, want %q", int(s), entry[:4], s)
		case at > uint64(len(data)) || size > uint64(len(data))-at:
			return nil, corrupt("section %s lies beyond the %d bytes: it is cut off", s, len(data))
		case size%uint64(s.width()) != 0 || size/uint64(s.width()) >= 1<<32-1:
			return nil, corrupt("section %s has %d bytes, which are no rows of %d", s, size, s.width())
		}
		im.part[s] = data[at : at+size : at+size]
	}
	if err := im.checkCounts(); err != nil {
		return nil, corrupt("%v", err)
	}
	return im, nil
}

// checkCounts makes sure that sections which belong together have their rows.
func (im *image) checkCounts() error {
	n := im.rows(secCompanies)
	for _, pair := range []struct {
		s    section
		want int
	}{
		{secHeldAt, n + 1}, {secInAt, n + 1}, {secOutAt, n + 1}, {secHeld, im.rows(secIDs)},
		{secFacts, im.rows(secIn)}, {secListed, im.rows(secListings)}, {secBlocks, 1},
	} {
		if got := im.rows(pair.s); got != pair.want {
			return fmt.Errorf("section %s has %d rows, want %d", pair.s, got, pair.want)
		}
	}
	if n >= 1<<31-1 || im.rows(secIn) >= 1<<30 || len(im.part[secSources]) > maxSources {
		return errors.New("it is larger than any that this program writes")
	}
	return nil
}

// sources reads the list of sources.
func (im *image) sources() (map[string]Source, error) {
	var list []Source
	if err := json.Unmarshal(im.part[secSources], &list); err != nil {
		return nil, fmt.Errorf("%w (sources: %w)", ErrCorrupt, err)
	}
	out := make(map[string]Source, len(list))
	for _, s := range list {
		out[s.ID] = s
	}
	return out, nil
}
