package bmp

import (
	"bytes"
	"encoding/binary"
)

// Routes is a route monitoring (RFC 7854 section 4.6).
type Routes struct {
	Peer   Peer
	Update []byte // a BGP UPDATE message, whole
	// Capabilities are those under which the message is to be read, as an OPEN
	// would have them. Only version 4 says so in each message.
	Capabilities []byte
}

// ParseRoutes reads a route monitoring.
func ParseRoutes(m *Message) (Routes, error) {
	if m.Type != RouteMonitoring {
		return Routes{}, ErrType
	}
	p, b, err := NewPeer(m)
	if err != nil {
		return Routes{}, err
	}
	r := Routes{Peer: p}
	const update = 2
	if m.Version == Version3 {
		r.Update, _, err = pdu(m, b, update)
		return r, err
	}
	// The drafts of version 4 have numbered the types of information anew, so
	// the message is known by its marker.
	all, err := parseTLVs(m, b, true)
	if err != nil {
		return r, err
	}
	for _, t := range all {
		switch {
		case bytes.HasPrefix(t.Value, marker()):
			if r.Update, _, err = pdu(m, t.Value, update); err != nil {
				return r, err
			}
		case t.Type == 1 && isCapability(t.Value):
			r.Capabilities = append(r.Capabilities, t.Value...)
		}
	}
	if r.Update == nil {
		return r, bodyError(m, "no BGP message in %d pieces of information", len(all))
	}
	return r, nil
}

// isCapability reports whether b is one capability of those that change how an
// UPDATE is read: AS numbers of four bytes (RFC 6793) or additional paths
// (RFC 7911).
func isCapability(b []byte) bool {
	const as4, addPath = 65, 69
	return len(b) >= 2 && (b[0] == as4 || b[0] == addPath) && int(b[1]) == len(b)-2
}

// Mirrored is a route mirroring (RFC 7854 section 4.7): messages as they came,
// malformed ones included.
type Mirrored struct {
	Peer     Peer
	Messages [][]byte // BGP messages
	// Malformed says that the router took the messages' errors for withdrawals
	// (RFC 7606), Lost that it sent fewer messages than it received.
	Malformed, Lost bool
}

// ParseMirrored reads a route mirroring.
func ParseMirrored(m *Message) (Mirrored, error) {
	if m.Type != RouteMirroring {
		return Mirrored{}, ErrType
	}
	p, b, err := NewPeer(m)
	if err != nil {
		return Mirrored{}, err
	}
	out := Mirrored{Peer: p}
	all, err := parseTLVs(m, b, false)
	for _, t := range all {
		const message, information = 0, 1
		switch {
		case t.Type == message:
			out.Messages = append(out.Messages, t.Value)
		case t.Type == information && len(t.Value) == 2:
			out.Malformed = out.Malformed || binary.BigEndian.Uint16(t.Value) == 0
			out.Lost = out.Lost || binary.BigEndian.Uint16(t.Value) == 1
		}
	}
	return out, err
}

// Stat is a figure in a statistics report.
type Stat struct {
	Type  uint16
	AFI   uint16 // of the routes counted, 0 where the figure is of all
	SAFI  uint8
	Value uint64
}

// ParseStatistics reads a statistics report (RFC 7854 section 4.8). Figures of
// a length that no RFC has are left out.
func ParseStatistics(m *Message) (Peer, []Stat, error) {
	if m.Type != StatisticsReport {
		return Peer{}, nil, ErrType
	}
	p, b, err := NewPeer(m)
	if err != nil {
		return p, nil, err
	}
	if len(b) < 4 {
		return p, nil, bodyError(m, "no count")
	}
	all, err := parseTLVs(m, b[4:], false)
	stats := make([]Stat, 0, len(all))
	for _, t := range all {
		s := Stat{Type: t.Type}
		switch len(t.Value) {
		case 4:
			s.Value = uint64(binary.BigEndian.Uint32(t.Value))
		case 8:
			s.Value = binary.BigEndian.Uint64(t.Value)
		case 11:
			s.AFI, s.SAFI = binary.BigEndian.Uint16(t.Value), t.Value[2]
			s.Value = binary.BigEndian.Uint64(t.Value[3:])
		default:
			continue
		}
		stats = append(stats, s)
	}
	if n := binary.BigEndian.Uint32(b); err == nil && int64(n) != int64(len(all)) {
		err = bodyError(m, "%d figures where it says %d", len(all), n)
	}
	return p, stats, err
}
