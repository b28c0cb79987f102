package mrt

import "encoding/binary"

// firstYear is 1990-01-01 in seconds since 1970. No routing data is older; the
// first collectors started in 1997.
const firstYear = 631_152_000

// Plausible reports whether head, the first bytes of a file, look like MRT. It
// needs 12 bytes, and judges better with a few hundred, because it then sees
// the second record as well. It never says no to a file that starts with two
// whole records of a known type.
func Plausible(head []byte) bool {
	const anySize = 1<<31 - 1
	if !known(head, anySize) {
		return false
	}
	next := head[min(len(head), recordSize(head, len(head))):]
	if len(next) >= headerSize+4 {
		batched := Type(binary.BigEndian.Uint16(head[4:])) == TypeTableDump
		return known(next, anySize) || batched && known(next[4:], anySize)
	}
	return dated(head)
}

// known reports whether b starts with a record header of a known type and
// subtype, and with a length that such a record can have, at most maxRecord.
// Bytes that come in place of a header by accident pass with a probability of
// about 2^-32.
func known(b []byte, maxRecord int) bool {
	if len(b) < headerSize || b[4] != 0 || b[6] != 0 {
		return false
	}
	length := binary.BigEndian.Uint32(b[8:])
	if int64(length) > int64(maxRecord) {
		return false
	}
	// A BGP message has at most 65,535 bytes (RFC 8654), and the fields
	// around it at most 64.
	const maxMessage = 65_535 + 64
	subtype := b[7]
	switch Type(b[5]) {
	case TypeTableDumpV2:
		return subtype >= 1 && subtype <= 12 && length >= 7
	case TypeTableDump:
		return subtype >= 1 && subtype <= 2 && length >= 18
	case TypeBGP4MP:
		return subtype <= 11 && length >= 8 && length <= maxMessage
	case TypeBGP4MPET:
		return subtype <= 11 && length >= 12 && length <= maxMessage
	case TypeBGP:
		return subtype <= 7 && length >= 8 && length <= maxMessage
	case TypeOSPFv2, TypeISIS, TypeISISET, TypeOSPFv3, TypeOSPFv3ET:
		return subtype <= 3 && length >= 4 && length <= maxMessage
	}
	return false
}

// dated reports whether the header at the start of b bears a time at which
// there was routing data. It is asked only where a header has to be guessed,
// because a router without a clock writes real records of 1970.
func dated(b []byte) bool {
	return binary.BigEndian.Uint32(b) >= firstYear
}

// recordSize returns the size of the record whose header starts b, header
// included, as the header states it, but at most limit.
func recordSize(b []byte, limit int) int {
	return int(min(headerSize+int64(binary.BigEndian.Uint32(b[8:])), int64(limit)))
}
