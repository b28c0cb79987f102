package mrt

import (
	"encoding/binary"
	"net/netip"
)

// A TABLE_DUMP record (RFC 6396 section 4.2) is a view number and a sequence
// number of 2 bytes each, and one entry: prefix, prefix length, status, time,
// peer address, peer AS number, length of the attributes, attributes. In the
// batched form many entries follow.
const tableDumpHead = 2 + 2

// tableDumpEntrySize returns the size of the entry that starts b, and whether b
// holds it whole.
func tableDumpEntrySize(b []byte, wide bool) (size int, ok bool) {
	fixed := tableDumpFixed(wide)
	if len(b) < fixed {
		return 0, false
	}
	size = fixed + int(binary.BigEndian.Uint16(b[fixed-2:]))
	return size, size <= len(b)
}

// tableDumpFixed returns the size of an entry without its attributes.
func tableDumpFixed(wide bool) int {
	if wide {
		return 16 + 1 + 1 + 4 + 16 + 2 + 2
	}
	return 4 + 1 + 1 + 4 + 4 + 2 + 2
}

// resetTableDump begins the walk over a TABLE_DUMP record.
func (it *Entries) resetTableDump() {
	switch it.record.Subtype {
	case TableDumpIPv4, TableDumpIPv6:
	default:
		it.fail(-1, 1, ErrFamily)
		return
	}
	if len(it.record.Body) < tableDumpHead {
		it.fail(-1, 1, ErrTruncated)
		return
	}
	it.form = formTableDump
	it.wide = it.record.Subtype == TableDumpIPv6
	it.rest = it.record.Body[tableDumpHead:]
	it.entry = Entry{Peer: &it.peer, PeerIndex: -1, SAFI: SAFIUnicast}
}

// nextTableDump goes on to the next entry of a TABLE_DUMP record.
func (it *Entries) nextTableDump() bool {
	for len(it.rest) > 0 {
		if it.number > 0 && !it.record.batched {
			it.fail(-1, 0, ErrTrailing)
			break
		}
		size, ok := tableDumpEntrySize(it.rest, it.wide)
		if !ok {
			it.fail(it.number, 1, ErrTruncated)
			break
		}
		b := it.rest[:size:size]
		it.rest = it.rest[size:]
		it.number++
		if it.parseTableDump(b) {
			return true
		}
		it.fail(it.number-1, 1, ErrPrefixLength)
	}
	if it.number == 0 && it.err == nil {
		it.fail(0, 1, ErrTruncated)
	}
	it.form = formNone
	return false
}

// parseTableDump decodes one whole entry, and reports whether its prefix can
// be.
func (it *Entries) parseTableDump(b []byte) bool {
	e := &it.entry
	var ok bool
	if it.wide {
		e.Prefix, ok = prefix6([16]byte(b), int(b[16]))
		b = b[16:]
	} else {
		e.Prefix, ok = prefix4(binary.BigEndian.Uint32(b), int(b[4]))
		b = b[4:]
	}
	e.Originated = binary.BigEndian.Uint32(b[2:])
	b = b[6:]
	if it.wide {
		it.peer.Addr = netip.AddrFrom16([16]byte(b))
		b = b[16:]
	} else {
		it.peer.Addr = netip.AddrFrom4([4]byte(b))
		b = b[4:]
	}
	it.peer.ASN = uint32(binary.BigEndian.Uint16(b))
	e.Attrs = b[4:]
	return ok
}

// prefix4 returns the IPv4 prefix of bits, with the bits after them cleared.
func prefix4(addr uint32, bits int) (netip.Prefix, bool) {
	if bits > 32 {
		return netip.Prefix{}, false
	}
	addr &= ^uint32(0) << (32 - bits)
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], addr)
	return netip.PrefixFrom(netip.AddrFrom4(a), bits), true
}

// prefix6 returns the IPv6 prefix of bits, with the bits after them cleared.
func prefix6(addr [16]byte, bits int) (netip.Prefix, bool) {
	if bits > 128 {
		return netip.Prefix{}, false
	}
	p, err := netip.AddrFrom16(addr).Prefix(bits)
	return p, err == nil
}
