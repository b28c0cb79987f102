package bmp

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Versions of the protocol.
const (
	Version3 = 3 // RFC 7854
	Version4 = 4 // draft-ietf-grow-bmp-tlv
)

// headerSize is the length of the header of all messages in bytes (RFC 7854
// section 4.1): version, length of the whole message, type.
const headerSize = 6

// Type is the type of a message (RFC 7854 section 4.1).
type Type uint8

// Types of messages.
const (
	RouteMonitoring  Type = 0
	StatisticsReport Type = 1
	PeerDown         Type = 2
	PeerUp           Type = 3
	Initiation       Type = 4
	Termination      Type = 5
	RouteMirroring   Type = 6
)

// String returns the name of the type in lower case, as in "peer up".
func (t Type) String() string {
	names := []string{"route monitoring", "statistics report", "peer down", "peer up", "initiation", "termination", "route mirroring"}
	if int(t) < len(names) {
		return names[t]
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// ofPeer reports whether messages of the type begin with a per-peer header.
func (t Type) ofPeer() bool { return t <= PeerUp || t == RouteMirroring }

// Message is one message of a stream. Body shares memory with what it came
// from; see [Framer.Next].
type Message struct {
	Offset  int64 // of the header in the stream, in bytes
	Version uint8
	Type    Type
	Body    []byte // everything behind the header
}

// Size returns the length of the message with its header, in bytes.
func (m *Message) Size() int { return headerSize + len(m.Body) }

// Errors of bodies.
var (
	// ErrBody: a body does not have the form that its type demands.
	ErrBody = errors.New("bmp: malformed body")
	// ErrType: the message is of another type than the one asked for.
	ErrType = errors.New("bmp: message of another type")
)

func bodyError(m *Message, format string, args ...any) error {
	return fmt.Errorf("%w of %s message at offset %d: %s", ErrBody, m.Type, m.Offset, fmt.Sprintf(format, args...))
}

// DefaultMaxMessage is the largest message that is taken for one, in bytes. A
// peer up has two OPEN messages of at most 64 KiB each (RFC 8654), and nothing
// else of use is longer.
const DefaultMaxMessage = 1 << 20

// minBody is the least length of a body by its type.
func (t Type) minBody() int {
	switch t {
	case RouteMonitoring, RouteMirroring:
		return peerSize
	case StatisticsReport:
		return peerSize + 4
	case PeerDown:
		return peerSize + 1
	case PeerUp:
		return peerSize + 20 + 2*minOpen
	}
	return 0
}

// parseHeader reads the header at the start of b, which has it. It reports
// false where that cannot be one.
func parseHeader(b []byte, maxMessage int) (m Message, size int, ok bool) {
	n := binary.BigEndian.Uint32(b[1:])
	m = Message{Version: b[0], Type: Type(b[5])}
	if m.Version != Version3 && m.Version != Version4 || n < headerSize || int64(n) > int64(maxMessage) {
		return m, 0, false
	}
	return m, int(n), true
}

// likely is the stricter question where the header had to be searched for: of a
// known type, and long enough for it.
func likely(b []byte, maxMessage int) (size int, ok bool) {
	m, size, ok := parseHeader(b, maxMessage)
	if !ok || m.Type > RouteMirroring || size-headerSize < m.Type.minBody() {
		return 0, false
	}
	if m.Type.ofPeer() && len(b) > headerSize && b[headerSize] > highestPeerType {
		return 0, false
	}
	return size, true
}

// Plausible reports whether head, the first bytes of a stream, look like BMP. It
// needs 6 bytes and judges better with a few hundred, because it then sees the
// second message, too.
func Plausible(head []byte) bool {
	for range 2 {
		if len(head) < headerSize {
			return false
		}
		size, ok := likely(head, DefaultMaxMessage)
		if !ok {
			return false
		}
		if size+headerSize > len(head) {
			break
		}
		head = head[size:]
	}
	return true
}
