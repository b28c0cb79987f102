package mrt

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// Peer is a BGP speaker whose routes a table holds.
type Peer struct {
	BGPID netip.Addr // its BGP identifier; not valid in TABLE_DUMP, which has none
	Addr  netip.Addr // the address of its end of the session
	ASN   uint32
}

// PeerTable is a PEER_INDEX_TABLE (RFC 6396 section 4.3.1). It is immutable
// and safe for concurrent use.
type PeerTable struct {
	Offset    int64      // of its record in the input, in bytes
	Collector netip.Addr // BGP identifier of the collector
	View      string     // name of the view, often empty
	// Peers in the order of the table. If the table is damaged, the peers
	// before the damage; [Entries] reports it as the error of its record.
	Peers []Peer

	err       error // why the table is incomplete
	announced int   // number of peers that it claims to have
}

// Bits of a peer's type (RFC 6396 section 4.3.1).
const (
	peerIPv6 = 1 << 0
	peerAS4  = 1 << 1
)

// minPeerSize is the size of the smallest peer: type, BGP identifier, IPv4
// address, 2-byte AS number.
const minPeerSize = 1 + 4 + 4 + 2

// parsePeerTable reads the body of a PEER_INDEX_TABLE at offset. It always
// returns a table: a damaged one takes the place of an older sound one, because
// the entries that follow do not refer to that one.
func parsePeerTable(body []byte, offset int64) *PeerTable {
	t := &PeerTable{Offset: offset}
	if len(body) < 8 {
		t.err = fmt.Errorf("peer table: %w", ErrTruncated)
		return t
	}
	t.Collector = netip.AddrFrom4([4]byte(body))
	name := int(binary.BigEndian.Uint16(body[4:]))
	if len(body) < 6+name+2 {
		t.err = fmt.Errorf("peer table: view name: %w", ErrTruncated)
		return t
	}
	t.View = string(body[6 : 6+name])
	t.announced = int(binary.BigEndian.Uint16(body[6+name:]))
	b := body[6+name+2:]
	t.Peers = make([]Peer, 0, min(t.announced, len(b)/minPeerSize))
	for range t.announced {
		peer, size := parsePeer(b)
		if size == 0 {
			t.err = fmt.Errorf("peer table: peer %d of %d: %w", len(t.Peers), t.announced, ErrTruncated)
			return t
		}
		t.Peers = append(t.Peers, peer)
		b = b[size:]
	}
	if len(b) > 0 {
		t.err = fmt.Errorf("peer table: %d bytes after the last peer: %w", len(b), ErrTrailing)
	}
	return t
}

// parsePeer reads the peer at the start of b and returns its size, 0 if b is
// too short for it.
func parsePeer(b []byte) (peer Peer, size int) {
	if len(b) < minPeerSize {
		return Peer{}, 0
	}
	kind := b[0]
	size = minPeerSize
	if kind&peerIPv6 != 0 {
		size += 12
	}
	if kind&peerAS4 != 0 {
		size += 2
	}
	if len(b) < size {
		return Peer{}, 0
	}
	peer.BGPID = netip.AddrFrom4([4]byte(b[1:]))
	if kind&peerIPv6 != 0 {
		peer.Addr = netip.AddrFrom16([16]byte(b[5:]))
	} else {
		peer.Addr = netip.AddrFrom4([4]byte(b[5:]))
	}
	if kind&peerAS4 != 0 {
		peer.ASN = binary.BigEndian.Uint32(b[size-4:])
	} else {
		peer.ASN = uint32(binary.BigEndian.Uint16(b[size-2:]))
	}
	return peer, size
}
