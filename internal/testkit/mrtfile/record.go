package mrtfile

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Types of records that the package writes (RFC 6396 section 4).
const (
	TypeTableDump   uint16 = 12
	TypeTableDumpV2 uint16 = 13
)

// AppendRecord appends a record with any type, subtype and body to dst. The
// length in its header is that of the body.
func AppendRecord(dst []byte, at time.Time, kind, subtype uint16, body []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(at.Unix()))
	dst = binary.BigEndian.AppendUint16(dst, kind)
	dst = binary.BigEndian.AppendUint16(dst, subtype)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(body)))
	return append(dst, body...)
}

// AppendPeerTable appends a PEER_INDEX_TABLE record (RFC 6396 section 4.3.1).
// All AS numbers have four bytes.
func AppendPeerTable(dst []byte, at time.Time, collector netip.Addr, view string, peers []Peer) []byte {
	b := appendBGPID(nil, collector)
	b = binary.BigEndian.AppendUint16(b, uint16(len(view)))
	b = append(b, view...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(peers)))
	for _, p := range peers {
		const wideASN, wideAddr = 2, 1
		kind := byte(wideASN)
		if p.Addr.Is6() {
			kind |= wideAddr
		}
		b = append(b, kind)
		b = appendBGPID(b, p.BGPID)
		b = append(b, p.Addr.AsSlice()...)
		b = binary.BigEndian.AppendUint32(b, p.ASN)
	}
	return AppendRecord(dst, at, TypeTableDumpV2, 1, b)
}

// AppendPrefix appends a prefix as BGP writes it (RFC 4271 section 4.3): its
// length in bits, then as many bytes as that needs.
func AppendPrefix(dst []byte, p netip.Prefix) []byte {
	dst = append(dst, byte(p.Bits()))
	return append(dst, p.Masked().Addr().AsSlice()[:(p.Bits()+7)/8]...)
}

// appendBGPID appends a BGP identifier, 0.0.0.0 if id is no IPv4 address.
func appendBGPID(dst []byte, id netip.Addr) []byte {
	if !id.Is4() {
		return append(dst, 0, 0, 0, 0)
	}
	return append(dst, id.AsSlice()...)
}
