package mrt

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// A RIB record of TABLE_DUMP_V2 (RFC 6396 section 4.3) is a sequence number of
// 4 bytes, a prefix, the number of entries, and the entries: peer index, time,
// with additional paths (RFC 8050) a path identifier, length of the attributes,
// attributes.

// Address family numbers (RFC 4760).
const (
	afiIPv4 = 1
	afiIPv6 = 2
)

// resetTableDumpV2 begins the walk over a TABLE_DUMP_V2 record.
func (it *Entries) resetTableDumpV2() {
	r := &it.record
	it.entry = Entry{SAFI: SAFIUnicast, AS4: true}
	afi := afiIPv4
	switch r.Subtype {
	case RIBIPv4Unicast, RIBIPv4UnicastAddPath:
	case RIBIPv6Unicast, RIBIPv6UnicastAddPath:
		afi = afiIPv6
	case RIBIPv4Multicast, RIBIPv4MulticastAddPath:
		it.entry.SAFI = SAFIMulticast
	case RIBIPv6Multicast, RIBIPv6MulticastAddPath:
		afi, it.entry.SAFI = afiIPv6, SAFIMulticast
	case RIBGeneric, RIBGenericAddPath:
		it.resetGeneric()
		return
	case PeerIndexTable:
		if t := r.Peers; t != nil && t.err != nil {
			it.fail(-1, 0, t.err)
		}
		return
	default:
		return // GEO_PEER_TABLE and what is not yet defined
	}
	it.pathIDs = r.Subtype >= RIBIPv4UnicastAddPath
	it.entry.HasPathID = it.pathIDs
	if len(r.Body) < 4 {
		it.fail(-1, 1, fmt.Errorf("sequence number: %w", ErrTruncated))
		return
	}
	it.begin(r.Body[4:], afi)
}

// begin reads prefix and number of entries at the start of b, and leaves Next
// to read the entries.
func (it *Entries) begin(b []byte, afi int) {
	prefix, size, err := parsePrefix(b, afi)
	if err != nil {
		it.fail(-1, 1, err)
		return
	}
	b = b[size:]
	if len(b) < 2 {
		it.fail(-1, 1, fmt.Errorf("entry count: %w", ErrTruncated))
		return
	}
	it.entry.Prefix = prefix
	it.left = int(binary.BigEndian.Uint16(b))
	it.rest = b[2:]
	if it.record.Peers == nil {
		it.fail(-1, it.left, ErrNoPeerTable)
		return
	}
	it.peers = it.record.Peers.Peers
	it.form = formTableDumpV2
}

// nextTableDumpV2 goes on to the next entry of a TABLE_DUMP_V2 record.
func (it *Entries) nextTableDumpV2() bool {
	e := &it.entry
	for it.left > 0 {
		b, fixed := it.rest, entryFixed(it.pathIDs)
		if len(b) < fixed {
			return it.cut()
		}
		end := fixed + int(binary.BigEndian.Uint16(b[fixed-2:]))
		if len(b) < end {
			return it.cut()
		}
		it.rest = b[end:]
		it.left--
		it.number++
		index := int(binary.BigEndian.Uint16(b))
		if index >= len(it.peers) {
			it.failPeer(index)
			continue
		}
		e.Peer = &it.peers[index]
		e.PeerIndex = index
		e.Originated = binary.BigEndian.Uint32(b[2:])
		if it.pathIDs {
			e.PathID = binary.BigEndian.Uint32(b[6:])
		}
		e.Attrs = b[fixed:end:end]
		return true
	}
	if len(it.rest) > 0 {
		it.fail(-1, 0, fmt.Errorf("%d bytes after the last entry: %w", len(it.rest), ErrTrailing))
	}
	it.form = formNone
	return false
}

// failPeer notes that the entry just read names a peer that is not there. A
// record may have 65,535 such entries, so the error is made only once.
func (it *Entries) failPeer(index int) {
	if it.err != nil {
		it.err.Lost++
		return
	}
	it.fail(it.number-1, 1, fmt.Errorf("peer %d of %d: %w", index, len(it.peers), ErrPeerIndex))
}

// entryFixed returns the size of an entry without its attributes.
func entryFixed(pathID bool) int {
	if pathID {
		return 2 + 4 + 4 + 2
	}
	return 2 + 4 + 2
}

// cut ends the walk at an entry that the record does not hold whole.
func (it *Entries) cut() bool {
	it.fail(it.number, it.left, ErrTruncated)
	it.form = formNone
	return false
}

// resetGeneric begins the walk over a RIB_GENERIC record, which names its
// address family (RFC 6396 section 4.3.3).
//
// With additional paths there are two layouts. RFC 8050 section 4.2 leaves the
// entries as they are and lets the path identifier precede the prefix. GoBGP
// and OpenBGPD put it into the entries instead, as the other subtypes do. The
// one that fits the record to its last byte is taken, the deployed one first.
func (it *Entries) resetGeneric() {
	const familySize = 4 + 2 + 1
	b := it.record.Body
	if len(b) < familySize {
		it.fail(-1, 1, fmt.Errorf("address family: %w", ErrTruncated))
		return
	}
	afi := int(binary.BigEndian.Uint16(b[4:]))
	safi := SAFI(b[6])
	if afi != afiIPv4 && afi != afiIPv6 || safi != SAFIUnicast && safi != SAFIMulticast {
		it.fail(-1, 1, fmt.Errorf("AFI %d SAFI %d: %w", afi, safi, ErrFamily))
		return
	}
	it.entry.SAFI = safi
	b = b[familySize:]
	it.pathIDs = false
	if it.record.Subtype == RIBGenericAddPath {
		it.entry.HasPathID = true
		it.pathIDs = true
		if !genericFits(b, afi, true) && len(b) > 4 && genericFits(b[4:], afi, false) {
			it.pathIDs = false
			it.entry.PathID = binary.BigEndian.Uint32(b)
			b = b[4:]
		}
	}
	it.begin(b, afi)
}

// genericFits reports whether b is exactly a prefix and its entries.
func genericFits(b []byte, afi int, pathIDs bool) bool {
	_, size, err := parsePrefix(b, afi)
	if err != nil || len(b) < size+2 {
		return false
	}
	count := int(binary.BigEndian.Uint16(b[size:]))
	b = b[size+2:]
	fixed := entryFixed(pathIDs)
	for range count {
		if len(b) < fixed {
			return false
		}
		end := fixed + int(binary.BigEndian.Uint16(b[fixed-2:]))
		if len(b) < end {
			return false
		}
		b = b[end:]
	}
	return len(b) == 0
}

// parsePrefix reads the prefix that starts b, its length in bits and then as
// many bytes as that needs (RFC 4271 section 4.3), and returns its size.
func parsePrefix(b []byte, afi int) (prefix netip.Prefix, size int, err error) {
	if len(b) < 1 {
		return netip.Prefix{}, 0, fmt.Errorf("prefix: %w", ErrTruncated)
	}
	bits := int(b[0])
	size = 1 + (bits+7)/8
	if afi == afiIPv4 && bits > 32 || bits > 128 {
		return netip.Prefix{}, 0, fmt.Errorf("/%d: %w", bits, ErrPrefixLength)
	}
	if len(b) < size {
		return netip.Prefix{}, 0, fmt.Errorf("prefix: %w", ErrTruncated)
	}
	if afi == afiIPv4 {
		var a [4]byte
		copy(a[:], b[1:size])
		prefix, _ = prefix4(binary.BigEndian.Uint32(a[:]), bits)
	} else {
		var a [16]byte
		copy(a[:], b[1:size])
		prefix, _ = prefix6(a, bits)
	}
	return prefix, size, nil
}
