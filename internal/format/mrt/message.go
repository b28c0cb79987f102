package mrt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/cleannet/cleannet/internal/format/bgp"
)

// Subtypes of BGP (RFC 6396 appendix B.2.2).
const (
	BGPUpdate      uint16 = 1
	BGPStateChange uint16 = 3
	BGPOpen        uint16 = 5
	BGPNotify      uint16 = 6
	BGPKeepalive   uint16 = 7
)

// Subtypes of BGP4MP and BGP4MP_ET (RFC 6396 section 4.4, RFC 8050 section 3).
const (
	StateChange            uint16 = 0
	MessageAS2             uint16 = 1
	MessageAS4             uint16 = 4
	StateChangeAS4         uint16 = 5
	MessageLocal           uint16 = 6
	MessageAS4Local        uint16 = 7
	MessageAddPath         uint16 = 8
	MessageAS4AddPath      uint16 = 9
	MessageLocalAddPath    uint16 = 10
	MessageAS4LocalAddPath uint16 = 11
)

// Errors of records of messages, beside those of [RecordError].
var (
	// ErrNoMessage: the record is of a type or subtype that holds no message.
	ErrNoMessage = errors.New("the record holds no BGP message")
	// ErrState: a session cannot be in the state that the record names.
	ErrState = errors.New("no such state of a session")
)

// State is the state of a session (RFC 4271 section 8.2.2).
type State uint16

// States. The last two are private to Quagga, whose records are full of them.
const (
	StateIdle        State = 1
	StateConnect     State = 2
	StateActive      State = 3
	StateOpenSent    State = 4
	StateOpenConfirm State = 5
	StateEstablished State = 6
	StateClearing    State = 7
	StateDeleted     State = 8
)

// String returns the name of the state, or "state N".
func (s State) String() string {
	names := [...]string{"", "Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established", "Clearing", "Deleted"}
	if s >= 1 && int(s) < len(names) {
		return names[s]
	}
	return fmt.Sprintf("state %d", uint16(s))
}

// Message is what a record of type BGP, BGP4MP or BGP4MP_ET says: a message
// between two speakers, or a change of the state of their session.
//
// The zero value is empty; Parse may be called again and again on the same
// value and does not allocate for a sound record. Body shares memory with the
// record.
type Message struct {
	// Peer is the far end of the session, and Local the collector's or the
	// router's own. An address that the record leaves out is not valid.
	Peer, Local Peer
	Interface   uint16      // of the local end
	Session     bgp.Session // how the message is encoded
	// Sent says that the local end sent the message; else it received it.
	Sent bool
	// Changed says that the record is a change of state, from Old to New, and
	// holds no message.
	Changed  bool
	Old, New State
	Type     bgp.MessageType
	Body     []byte // of the message, without its header
}

// Speaker returns who sent the message.
func (m *Message) Speaker() *Peer {
	if m.Sent {
		return &m.Local
	}
	return &m.Peer
}

// Parse decodes a record. The error wraps [ErrNoMessage], [ErrTruncated],
// [ErrFamily] or [ErrState], or one of package bgp; what was decoded before the
// damage is there.
func (m *Message) Parse(r Record) error {
	*m = Message{}
	switch r.Type {
	case TypeBGP:
		return m.parseBGP(r)
	case TypeBGP4MP:
		return m.parseBGP4MP(r.Subtype, r.Body)
	case TypeBGP4MPET:
		const micros = 4
		if len(r.Body) < micros {
			return fmt.Errorf("microseconds in %d bytes: %w", len(r.Body), ErrTruncated)
		}
		return m.parseBGP4MP(r.Subtype, r.Body[micros:])
	}
	return fmt.Errorf("%s: %w", r.Name(), ErrNoMessage)
}

// parseBGP decodes a record of the deprecated type: AS number and address of
// both ends, and a message without its header. Its IPv4 knows nothing else.
func (m *Message) parseBGP(r Record) error {
	const end, states = 2 + 4, 2 + 2
	b := r.Body
	if r.Subtype == BGPStateChange {
		if len(b) < end+states {
			return fmt.Errorf("state change of %d bytes: %w", len(b), ErrTruncated)
		}
		m.Peer = shortPeer(b)
		return m.states(b[end:])
	}
	if len(b) < 2*end {
		return fmt.Errorf("ends of the session in %d bytes: %w", len(b), ErrTruncated)
	}
	switch r.Subtype {
	case BGPUpdate:
		m.Type = bgp.TypeUpdate
	case BGPOpen:
		m.Type = bgp.TypeOpen
	case BGPNotify:
		m.Type = bgp.TypeNotification
	case BGPKeepalive:
		m.Type = bgp.TypeKeepalive
	default:
		return fmt.Errorf("%s: %w", r.Name(), ErrNoMessage)
	}
	m.Peer, m.Local, m.Body = shortPeer(b), shortPeer(b[end:]), b[2*end:]
	return nil
}

// shortPeer reads an AS number of 2 bytes and an IPv4 address.
func shortPeer(b []byte) Peer {
	return Peer{ASN: uint32(binary.BigEndian.Uint16(b)), Addr: netip.AddrFrom4([4]byte(b[2:]))}
}

// states reads the two states that end a change of state.
func (m *Message) states(b []byte) error {
	if len(b) < 4 {
		return fmt.Errorf("states in %d bytes: %w", len(b), ErrTruncated)
	}
	m.Changed = true
	m.Old, m.New = State(binary.BigEndian.Uint16(b)), State(binary.BigEndian.Uint16(b[2:]))
	for _, s := range [...]State{m.Old, m.New} {
		if s < StateIdle || s > StateDeleted {
			return fmt.Errorf("%s: %w", s, ErrState)
		}
	}
	return nil
}

// parseBGP4MP decodes a record of the current type (RFC 6396 section 4.4): AS
// numbers of both ends, interface, address family, addresses of both ends, and
// a whole message or two states.
func (m *Message) parseBGP4MP(subtype uint16, b []byte) error {
	changed, size := false, 2
	switch subtype {
	case StateChange, StateChangeAS4:
		changed = true
	case MessageAS2, MessageAS4:
	case MessageLocal, MessageAS4Local:
		m.Sent = true
	case MessageAddPath, MessageAS4AddPath:
		m.Session.AddPath = bgp.AllFamilies()
	case MessageLocalAddPath, MessageAS4LocalAddPath:
		m.Sent, m.Session.AddPath = true, bgp.AllFamilies()
	default:
		return fmt.Errorf("subtype %d: %w", subtype, ErrNoMessage)
	}
	switch subtype {
	case StateChangeAS4, MessageAS4, MessageAS4Local, MessageAS4AddPath, MessageAS4LocalAddPath:
		m.Session.AS4, size = true, 4
	}
	if len(b) < 2*size+4 {
		return fmt.Errorf("head of %d bytes: %w", len(b), ErrTruncated)
	}
	m.Peer.ASN, m.Local.ASN = number(b, size), number(b[size:], size)
	b = b[2*size:]
	if changed && len(b) == 4 { // Zebra wrote such short ones
		return m.states(b)
	}
	// Zebra left everything up to the message out of records of OPENs.
	if changed || !allOnes(b) {
		var err error
		if b, err = m.ends(b); err != nil {
			return err
		}
	}
	if changed {
		return m.states(b)
	}
	message, _, err := bgp.NextMessage(b)
	if err != nil {
		return err
	}
	m.Type, m.Body = message.Type, message.Body
	return nil
}

// ends reads interface, address family and the addresses of both ends, and
// returns what follows.
func (m *Message) ends(b []byte) ([]byte, error) {
	m.Interface = binary.BigEndian.Uint16(b)
	afi := int(binary.BigEndian.Uint16(b[2:]))
	b = b[4:]
	switch afi {
	case afiIPv4:
		if len(b) < 2*4 {
			break
		}
		m.Peer.Addr, m.Local.Addr = netip.AddrFrom4([4]byte(b)), netip.AddrFrom4([4]byte(b[4:]))
		return b[2*4:], nil
	case afiIPv6:
		if len(b) < 2*16 {
			break
		}
		m.Peer.Addr, m.Local.Addr = netip.AddrFrom16([16]byte(b)), netip.AddrFrom16([16]byte(b[16:]))
		return b[2*16:], nil
	default:
		return nil, fmt.Errorf("AFI %d of the session: %w", afi, ErrFamily)
	}
	return nil, fmt.Errorf("addresses in %d bytes: %w", len(b), ErrTruncated)
}

// allOnes reports whether b starts with the first half of a message's marker.
func allOnes(b []byte) bool {
	return len(b) >= 8 && binary.BigEndian.Uint64(b) == 1<<64-1
}

// number reads an AS number of 2 or 4 bytes.
func number(b []byte, size int) uint32 {
	if size == 2 {
		return uint32(binary.BigEndian.Uint16(b))
	}
	return binary.BigEndian.Uint32(b)
}
