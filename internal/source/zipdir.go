package source

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"strings"
)

// Records of a zip, as APPNOTE.TXT 6.3.10 names them: their signatures and
// the lengths of their fixed parts.
const (
	zipLocalSig   = "PK\x03\x04" // 4.3.7, local file header
	zipEntrySig   = "PK\x01\x02" // 4.3.12, central directory header
	zipEndSig     = "PK\x05\x06" // 4.3.16, end of central directory
	zip64EndSig   = "PK\x06\x06" // 4.3.14
	zip64FindSig  = "PK\x06\x07" // 4.3.15, locator of the former
	zipLocalLen   = 30
	zipEntryLen   = 46
	zipEndLen     = 22
	zip64EndLen   = 56
	zip64FindLen  = 20
	zipMaxComment = math.MaxUint16
)

// zipEntry is what the directory says of one file.
type zipEntry struct {
	name         string
	encrypted    bool
	regular      bool
	method       uint16
	crc          uint32
	packed, size int64
	offset       int64 // of the local header
}

// zipDir reads the central directory entry by entry. It never holds more than
// one: package archive/zip reads all of them first, which a directory of some
// GiB turns into a lack of memory.
type zipDir struct {
	r       *bufio.Reader
	base    int64 // what to add to the offsets: bytes put before the zip
	records uint64
	wide    bool // whether records is not cut to 16 bits
	read    uint64
}

// matchZip recognises the first local header, or the end of an empty zip.
func matchZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte(zipLocalSig)) || bytes.HasPrefix(head, []byte(zipEndSig))
}

// openZipDir finds the central directory of a zip of the given size.
func openZipDir(r io.ReaderAt, size int64) (*zipDir, error) {
	tail := make([]byte, min(size, zipEndLen+zipMaxComment))
	if err := readAt(r, tail, size-int64(len(tail))); err != nil {
		return nil, err
	}
	i := findZipEnd(tail)
	if i < 0 {
		return nil, &fault{reason: Truncated, msg: "zip has no directory at its end"}
	}
	end := tail[i:]
	at := size - int64(len(tail)) + int64(i)
	d := &zipDir{records: uint64(binary.LittleEndian.Uint16(end[10:]))}
	length := int64(binary.LittleEndian.Uint32(end[12:]))
	offset := int64(binary.LittleEndian.Uint32(end[16:]))
	if wide, wideAt := zip64End(r, at); wide != nil {
		at, d.wide = wideAt, true
		d.records = binary.LittleEndian.Uint64(wide[32:])
		length = int64(binary.LittleEndian.Uint64(wide[40:]))
		offset = int64(binary.LittleEndian.Uint64(wide[48:]))
	}
	// The directory lies where it says, or else directly before its end: then
	// something was put before the zip and all offsets are shifted.
	start := offset
	if d.records > 0 && !hasSignature(r, start, zipEntrySig) {
		start = at - length
		d.base = start - offset
		if !hasSignature(r, start, zipEntrySig) {
			return nil, corruptf("zip has no directory where it should be")
		}
	}
	if start < 0 || start > at {
		return nil, corruptf("zip has no directory where it should be")
	}
	d.r = bufio.NewReaderSize(io.NewSectionReader(r, start, at-start), 64<<10)
	return d, nil
}

// findZipEnd returns where in the last bytes the end record begins, or -1.
func findZipEnd(tail []byte) int {
	for i := len(tail) - zipEndLen; i >= 0; i-- {
		if string(tail[i:i+4]) != zipEndSig {
			continue
		}
		if comment := int(binary.LittleEndian.Uint16(tail[i+20:])); i+zipEndLen+comment <= len(tail) {
			return i
		}
	}
	return -1
}

// zip64End returns the 64-bit end record, if there is one, and where it is.
func zip64End(r io.ReaderAt, end int64) ([]byte, int64) {
	find := make([]byte, zip64FindLen)
	if readAt(r, find, end-zip64FindLen) != nil || string(find[:4]) != zip64FindSig {
		return nil, 0
	}
	wide := make([]byte, zip64EndLen)
	said := int64(binary.LittleEndian.Uint64(find[8:]))
	for _, at := range []int64{said, end - zip64FindLen - zip64EndLen} {
		if readAt(r, wide, at) == nil && string(wide[:4]) == zip64EndSig {
			return wide, at
		}
	}
	return nil, 0
}

// hasSignature reports whether a record with that signature is at the offset.
func hasSignature(r io.ReaderAt, offset int64, signature string) bool {
	var b [4]byte
	return readAt(r, b[:], offset) == nil && string(b[:]) == signature
}

// readAt fills b from the given offset.
func readAt(r io.ReaderAt, b []byte, offset int64) error {
	if offset < 0 {
		return io.ErrUnexpectedEOF
	}
	n, err := r.ReadAt(b, offset)
	if n == len(b) {
		return nil
	}
	return noEOF(err)
}

// next returns the next entry, io.EOF after the last.
func (d *zipDir) next() (zipEntry, error) {
	signature, err := d.r.Peek(4)
	if err != nil && err != io.EOF {
		return zipEntry{}, err
	}
	if string(signature) != zipEntrySig {
		read := d.read
		if !d.wide {
			read &= math.MaxUint16
		}
		if read != d.records {
			return zipEntry{}, corruptf("zip directory lists %d files of %d", d.read, d.records)
		}
		return zipEntry{}, io.EOF
	}
	var b [zipEntryLen]byte
	if _, err := io.ReadFull(d.r, b[:]); err != nil {
		return zipEntry{}, noEOF(err)
	}
	d.read++
	u16 := func(i int) uint16 { return binary.LittleEndian.Uint16(b[i:]) }
	u32 := func(i int) uint32 { return binary.LittleEndian.Uint32(b[i:]) }
	nameLen, extraLen, commentLen := int(u16(28)), int(u16(30)), int(u16(32))
	text := make([]byte, nameLen+extraLen)
	if _, err := io.ReadFull(d.r, text); err != nil {
		return zipEntry{}, noEOF(err)
	}
	if _, err := d.r.Discard(commentLen); err != nil {
		return zipEntry{}, noEOF(err)
	}
	e := zipEntry{
		name:      string(text[:nameLen]),
		encrypted: u16(8)&1 != 0,
		method:    u16(10),
		crc:       u32(16),
		packed:    int64(u32(20)),
		size:      int64(u32(24)),
		offset:    int64(u32(42)),
	}
	e.regular = isRegularZip(e.name, u16(4)>>8, u32(38))
	e.widen(text[nameLen:])
	e.offset += d.base
	return e, nil
}

// isRegularZip tells files from directories and from links, which Unix
// systems mark in the upper half of the attributes (4.4.15).
func isRegularZip(name string, system uint16, attributes uint32) bool {
	const unix, typeMask, regular = 3, 0xf000, 0x8000
	if strings.HasSuffix(name, "/") {
		return false
	}
	kind := attributes >> 16 & typeMask
	return system != unix || kind == 0 || kind == regular
}

// widen takes sizes that need 64 bits from the extra field (4.5.3).
func (e *zipEntry) widen(extra []byte) {
	for len(extra) >= 4 {
		id := binary.LittleEndian.Uint16(extra)
		n := int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if n > len(extra) {
			return
		}
		field := extra[:n]
		extra = extra[n:]
		if id != 1 {
			continue
		}
		for _, v := range []*int64{&e.size, &e.packed, &e.offset} {
			if *v == math.MaxUint32 && len(field) >= 8 {
				*v = int64(binary.LittleEndian.Uint64(field))
				field = field[8:]
			}
		}
	}
}
