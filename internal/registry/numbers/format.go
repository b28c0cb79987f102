package numbers

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// A snapshot is a header and eight sections, all numbers little-endian:
//
//	offset  size
//	     0     8  magic "CNUMBERS"
//	     8     2  version of the format, 2
//	    10     2  number of sections, 8
//	    12     4  zero
//	    16    32  SHA-256 of everything after it
//	    48  8×16  section table, in the order of the sections:
//	                4  name
//	                4  size as stored
//	                4  size unpacked
//	                4  zero
//	   176        the sections, one after the other, each a zstd frame
//
// The sections are the manifest (JSON), the holders of the AS numbers
// (holder.go), the lengths and the text of their names (name.go), the IPv4 and
// IPv6 ranges by origin, and those by country (ranges.go). The text of the names
// is the exception to the last line: it is many frames, and its size unpacked is
// given as its size as stored. A later version of the format may change everything but the magic
// and the place of the version.
const (
	magic         = "CNUMBERS"
	formatVersion = 2

	versionAt  = 8
	digestAt   = 16
	tableAt    = digestAt + sha256.Size
	tableEntry = 16
	headerSize = tableAt + int(sectionCount)*tableEntry

	// maxUnpacked bounds what one section may unpack to. The largest, of a
	// table at the limits of Build, stays below it.
	maxUnpacked = 128 << 20
	// maxManifest bounds the manifest, which is unpacked on opening.
	maxManifest = 1 << 20
)

// section is the place of a section in a snapshot.
type section int

const (
	manifestSection section = iota
	holderSection
	nameSection
	textSection
	ipv4Section
	ipv6Section
	space4Section
	space6Section
	sectionCount
)

// limit returns how many bytes the section may unpack to.
func (s section) limit() int {
	if s == manifestSection {
		return maxManifest
	}
	return maxUnpacked
}

// String returns the four letters that stand in the section table.
func (s section) String() string {
	return [sectionCount]string{"META", "ASNS", "NAME", "TEXT", "IPV4", "IPV6", "CTY4", "CTY6"}[s]
}

// sections is the content of each section, unpacked, but for textSection.
type sections [sectionCount][]byte

// Errors that [Open] wraps, for callers that tell the user what to do.
var (
	// ErrCorrupt says that the bytes are no snapshot, or not one as it was
	// written: fetch or build it again.
	ErrCorrupt = errors.New("number table is corrupt: fetch or build it again")
	// ErrVersion says that the snapshot is of a version of the format that
	// this program does not know.
	ErrVersion = errors.New("number table is of another version of the format: update cleannet or build the table again")
)

// seal packs the sections into a snapshot.
func seal(raw sections) ([]byte, error) {
	for s, body := range raw {
		if limit := section(s).limit(); len(body) > limit {
			return nil, fmt.Errorf("section %v has %d bytes, at most %d", section(s), len(body), limit)
		}
	}
	bodies, err := compress(raw[:]...)
	if err != nil {
		return nil, err
	}
	bodies[textSection] = raw[textSection]
	out := make([]byte, headerSize)
	for s, body := range bodies {
		entry := out[tableAt+s*tableEntry:][:tableEntry]
		copy(entry, section(s).String())
		binary.LittleEndian.PutUint32(entry[4:], uint32(len(body)))
		binary.LittleEndian.PutUint32(entry[8:], uint32(len(raw[s])))
		out = append(out, body...)
	}
	copy(out, magic)
	binary.LittleEndian.PutUint16(out[versionAt:], formatVersion)
	binary.LittleEndian.PutUint16(out[versionAt+2:], uint16(sectionCount))
	sum := sha256.Sum256(out[tableAt:])
	copy(out[digestAt:], sum[:])
	return out, nil
}

// compress makes each body a zstd frame. The same body gives the same frame.
func compress(bodies ...[]byte) ([][]byte, error) {
	// A single segment makes the frame's window as large as its content, which
	// is what unpack allows.
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression),
		zstd.WithEncoderConcurrency(1), zstd.WithSingleSegment(true))
	if err != nil {
		return nil, fmt.Errorf("compressor: %w", err)
	}
	defer enc.Close()
	out := make([][]byte, len(bodies))
	for i, body := range bodies {
		out[i] = enc.EncodeAll(body, nil)
	}
	return out, nil
}

// packed is a zstd frame of a section: the whole section but for textSection.
type packed struct {
	section section
	body    []byte
	size    int // unpacked
}

// unseal checks that data is a whole and unchanged snapshot and returns its
// sections, which share its memory.
func unseal(data []byte) ([sectionCount]packed, error) {
	var out [sectionCount]packed
	if len(data) < versionAt+2 || !bytes.HasPrefix(data, []byte(magic)) {
		return out, fmt.Errorf("%w (it does not begin as one)", ErrCorrupt)
	}
	if v := binary.LittleEndian.Uint16(data[versionAt:]); v != formatVersion {
		return out, fmt.Errorf("%w (version %d, this program reads %d)", ErrVersion, v, formatVersion)
	}
	if len(data) < headerSize {
		return out, fmt.Errorf("%w (cut within the header)", ErrCorrupt)
	}
	if binary.LittleEndian.Uint16(data[versionAt+2:]) != uint16(sectionCount) || binary.LittleEndian.Uint32(data[versionAt+4:]) != 0 {
		return out, fmt.Errorf("%w (bad header)", ErrCorrupt)
	}
	// The sizes come before the checksum so that a cut file is called cut.
	at := headerSize
	for s := range sectionCount {
		entry := data[tableAt+int(s)*tableEntry:][:tableEntry]
		stored, size := binary.LittleEndian.Uint32(entry[4:]), binary.LittleEndian.Uint32(entry[8:])
		if string(entry[:4]) != s.String() || int64(size) > int64(s.limit()) || binary.LittleEndian.Uint32(entry[12:]) != 0 {
			return out, fmt.Errorf("%w (bad entry of section %v)", ErrCorrupt, s)
		}
		if uint64(stored) > uint64(len(data)-at) {
			return out, fmt.Errorf("%w (cut within section %v)", ErrCorrupt, s)
		}
		out[s] = packed{s, data[at : at+int(stored)], int(size)}
		at += int(stored)
	}
	if at != len(data) {
		return out, fmt.Errorf("%w (%d bytes after its end)", ErrCorrupt, len(data)-at)
	}
	if sum := sha256.Sum256(data[tableAt:]); !bytes.Equal(sum[:], data[digestAt:tableAt]) {
		return out, fmt.Errorf("%w (checksum does not match)", ErrCorrupt)
	}
	return out, nil
}

// unpack decompresses the frame.
func (p packed) unpack() ([]byte, error) {
	limit := uint64(max(p.size, zstd.MinWindowSize))
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxMemory(limit), zstd.WithDecoderMaxWindow(limit))
	if err != nil {
		return nil, fmt.Errorf("section %v: decompressor: %w", p.section, err)
	}
	defer dec.Close()
	// The claimed size is trusted for an allocation only as far as the stored
	// bytes make it likely.
	body, err := dec.DecodeAll(p.body, make([]byte, 0, min(p.size, 64*len(p.body))))
	if err != nil {
		return nil, fmt.Errorf("%w (section %v: %w)", ErrCorrupt, p.section, err)
	}
	if len(body) != p.size {
		return nil, fmt.Errorf("%w (section %v unpacks to %d bytes instead of %d)", ErrCorrupt, p.section, len(body), p.size)
	}
	return body, nil
}
