package bmp

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// peerSize is the length of the per-peer header in bytes (RFC 7854 section 4.2).
const peerSize = 42

// minOpen is the length of the shortest BGP OPEN message in bytes (RFC 4271
// section 4.2).
const minOpen = 29

// PeerType says what a peer is.
type PeerType uint8

// Types of peers (RFC 7854 section 4.2, RFC 9069 section 4.1).
const (
	PeerGlobal PeerType = 0 // of the global instance
	PeerRD     PeerType = 1 // of an instance with a route distinguisher
	PeerLocal  PeerType = 2 // of an instance with a local number
	PeerLocRIB PeerType = 3 // none: the router's own table
)

const highestPeerType = 4 // used by drafts

// View is which of a router's tables a route stands in.
type View uint8

// The tables of a router.
const (
	PreIn   View = iota // received from the peer, before policy
	PostIn              // received and accepted
	PreOut              // to be sent to the peer, before policy (RFC 8671)
	PostOut             // sent to the peer
	LocRIB              // the router's own (RFC 9069)
)

// String returns the name that the RFCs give the table.
func (v View) String() string {
	switch v {
	case PreIn:
		return "Adj-RIB-In, pre-policy"
	case PostIn:
		return "Adj-RIB-In, post-policy"
	case PreOut:
		return "Adj-RIB-Out, pre-policy"
	case PostOut:
		return "Adj-RIB-Out, post-policy"
	}
	return "Loc-RIB"
}

// PeerKey names a peer of a router: messages about one peer have equal keys,
// whichever of its tables they are about.
type PeerKey struct {
	Type          PeerType
	Distinguisher uint64
	Addr          netip.Addr // of the peer; not valid for the router's own table
}

// Peer is the per-peer header (RFC 7854 section 4.2).
type Peer struct {
	PeerKey
	View View
	// TwoByte says that AS_PATH in the message has AS numbers of 2 bytes.
	TwoByte bool
	// Filtered says that the router's own table is not sent whole (RFC 9069
	// section 4.2).
	Filtered bool
	ASN      uint32
	BGPID    netip.Addr
	Time     time.Time // when the router learned it, UTC; zero if it does not say
}

// Flags of the per-peer header (RFC 7854 section 4.2, RFC 8671 section 4,
// RFC 9069 section 4.2).
const (
	flagIPv6     = 1 << 7
	flagPost     = 1 << 6
	flagTwoByte  = 1 << 5
	flagOut      = 1 << 4
	flagFiltered = 1 << 7 // of the router's own table
)

// NewPeer reads the per-peer header of a message and returns what follows it.
func NewPeer(m *Message) (p Peer, rest []byte, err error) {
	b := m.Body
	switch {
	case !m.Type.ofPeer():
		return p, nil, ErrType
	case len(b) < peerSize:
		return p, nil, bodyError(m, "%d bytes, a peer has %d", len(b), peerSize)
	}
	flags := b[1]
	p.Type, p.Distinguisher = PeerType(b[0]), binary.BigEndian.Uint64(b[2:])
	p.ASN, p.BGPID = binary.BigEndian.Uint32(b[26:]), netip.AddrFrom4([4]byte(b[30:]))
	if seconds, micros := binary.BigEndian.Uint32(b[34:]), binary.BigEndian.Uint32(b[38:]); seconds != 0 {
		p.Time = time.Unix(int64(seconds), int64(min(micros, 999_999))*1000).UTC()
	}
	p.TwoByte = flags&flagTwoByte != 0 && p.Type != PeerLocRIB
	if p.Type == PeerLocRIB {
		p.View, p.Filtered = LocRIB, flags&flagFiltered != 0
		return p, b[peerSize:], nil
	}
	p.Addr = address(b[10:26], flags&flagIPv6 != 0)
	if flags&flagOut != 0 {
		p.View = PreOut
	}
	if flags&flagPost != 0 {
		p.View++
	}
	return p, b[peerSize:], nil
}

// address reads an address of 16 bytes, of which IPv4 uses the last 4.
func address(b []byte, wide bool) netip.Addr {
	if wide {
		return netip.AddrFrom16([16]byte(b))
	}
	return netip.AddrFrom4([4]byte(b[12:]))
}
