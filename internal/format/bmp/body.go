package bmp

import (
	"bytes"
	"encoding/binary"
	"net/netip"
)

// TLV is a type, a length and a value (RFC 7854 section 4.4). Value shares
// memory with the message.
type TLV struct {
	Type  uint16
	Index uint16 // of the route that it is about, in route monitoring of version 4
	Value []byte
}

// Types of information in an initiation (RFC 7854 section 4.4) and a peer up
// (section 4.10 and RFC 9069 section 4.4).
const (
	InfoString      uint16 = 0
	InfoDescription uint16 = 1 // of the system
	InfoName        uint16 = 2 // of the system
	InfoTable       uint16 = 3 // name of the VRF or table
)

// parseTLVs reads all of b. A last one that is cut is an error, with those
// before it.
func parseTLVs(m *Message, b []byte, indexed bool) ([]TLV, error) {
	header := 4
	if indexed {
		header = 6
	}
	var out []TLV
	for len(b) > 0 {
		if len(b) < header || len(b) < header+int(binary.BigEndian.Uint16(b[2:])) {
			return out, bodyError(m, "information %d is cut", len(out))
		}
		end := header + int(binary.BigEndian.Uint16(b[2:]))
		t := TLV{Type: binary.BigEndian.Uint16(b), Value: b[header:end:end]}
		if indexed {
			t.Index = binary.BigEndian.Uint16(b[4:])
		}
		out, b = append(out, t), b[end:]
	}
	return out, nil
}

// ParseInformation reads an initiation or a termination (RFC 7854 sections 4.3
// and 4.5). The error comes with what stands before the damage.
func ParseInformation(m *Message) ([]TLV, error) {
	if m.Type != Initiation && m.Type != Termination {
		return nil, ErrType
	}
	return parseTLVs(m, m.Body, false)
}

// Up is a peer up: a session of the router came up, or was up when the station
// was connected (RFC 7854 section 4.10).
type Up struct {
	Peer                  Peer
	Local                 netip.Addr // the router's end of the session
	LocalPort, RemotePort uint16
	Sent, Received        []byte // the OPEN messages, whole
	Information           []TLV
}

// ParsePeerUp reads a peer up. What is wrong in the information behind the OPEN
// messages is not an error.
func ParsePeerUp(m *Message) (Up, error) {
	if m.Type != PeerUp {
		return Up{}, ErrType
	}
	p, b, err := NewPeer(m)
	if err != nil {
		return Up{}, err
	}
	const fixed = 20
	if len(b) < fixed {
		return Up{}, bodyError(m, "%d bytes behind the peer", len(b))
	}
	up := Up{
		Peer: p, Local: address(b, p.Addr.Is6()),
		LocalPort: binary.BigEndian.Uint16(b[16:]), RemotePort: binary.BigEndian.Uint16(b[18:]),
	}
	b = b[fixed:]
	const open = 1
	if up.Sent, b, err = pdu(m, b, open); err != nil {
		return Up{}, err
	}
	if up.Received, b, err = pdu(m, b, open); err != nil {
		return Up{}, err
	}
	up.Information, _ = parseTLVs(m, b, false)
	return up, nil
}

// pdu cuts a BGP message of a type off b.
func pdu(m *Message, b []byte, kind byte) (one, rest []byte, err error) {
	const header = 19
	if len(b) < header || !bytes.Equal(b[:16], marker()) {
		return nil, nil, bodyError(m, "no BGP message where one belongs")
	}
	n := int(binary.BigEndian.Uint16(b[16:]))
	if n < header || n > len(b) || b[18] != kind {
		return nil, nil, bodyError(m, "a BGP message of type %d and %d bytes in %d", b[18], n, len(b))
	}
	return b[:n:n], b[n:], nil
}

// marker begins every BGP message (RFC 4271 section 4.1).
func marker() []byte { return bytes.Repeat([]byte{0xff}, 16) }

// DownReason says why a session ended (RFC 7854 section 4.9, RFC 9069
// section 5.3).
type DownReason uint8

// Reasons for the end of a session.
const (
	DownLocalNotification  DownReason = 1
	DownLocal              DownReason = 2
	DownRemoteNotification DownReason = 3
	DownRemote             DownReason = 4
	DownNotMonitored       DownReason = 5 // it may be up, but is no longer told about
	DownLocalTable         DownReason = 6
)

// String says the reason in words.
func (r DownReason) String() string {
	switch r {
	case DownLocalNotification:
		return "closed by the router, with a notification"
	case DownLocal:
		return "closed by the router"
	case DownRemoteNotification:
		return "closed by the peer, with a notification"
	case DownRemote:
		return "closed by the peer"
	case DownNotMonitored:
		return "no longer monitored"
	case DownLocalTable:
		return "the router's table ended"
	}
	return "for an unknown reason"
}

// ParsePeerDown reads a peer down.
func ParsePeerDown(m *Message) (Peer, DownReason, error) {
	if m.Type != PeerDown {
		return Peer{}, 0, ErrType
	}
	p, b, err := NewPeer(m)
	if err == nil && len(b) == 0 {
		err = bodyError(m, "no reason")
	}
	if err != nil {
		return p, 0, err
	}
	return p, DownReason(b[0]), nil
}
