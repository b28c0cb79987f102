package bgp

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Sizes of messages, in bytes (RFC 4271 section 4.1, RFC 8654 section 3).
const (
	HeaderSize     = 19
	MaxMessage     = 4096
	MaxLongMessage = 65535 // with the capability of extended messages
	markerSize     = 16
)

// Errors of messages.
var (
	// ErrShort: the bytes end inside the message, so more of them are needed.
	ErrShort = errors.New("ends too early")
	// ErrMarker: no message starts here.
	ErrMarker = errors.New("no message: its first 16 bytes are not all ones")
	// ErrLength: a message states a length that it cannot have.
	ErrLength = errors.New("impossible message length")
)

// MessageType is the type of a message (RFC 4271 section 4.1, RFC 2918).
type MessageType uint8

// Types of messages.
const (
	TypeOpen         MessageType = 1
	TypeUpdate       MessageType = 2
	TypeNotification MessageType = 3
	TypeKeepalive    MessageType = 4
	TypeRouteRefresh MessageType = 5
)

// String returns the name that the RFCs give the type, or "type N".
func (t MessageType) String() string {
	switch t {
	case TypeOpen:
		return "OPEN"
	case TypeUpdate:
		return "UPDATE"
	case TypeNotification:
		return "NOTIFICATION"
	case TypeKeepalive:
		return "KEEPALIVE"
	case TypeRouteRefresh:
		return "ROUTE-REFRESH"
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// Message is one message. Body is what follows the header, and shares memory
// with the bytes that it was read from.
type Message struct {
	Type MessageType
	Body []byte
}

// NextMessage takes the message at the start of b, and returns the bytes after
// it. The error wraps [ErrShort] if b does not hold all of it, [ErrMarker] or
// [ErrLength] if b does not start with a message.
func NextMessage(b []byte) (m Message, rest []byte, err error) {
	for i, x := range b[:min(len(b), markerSize)] {
		if x != 0xff {
			return m, b, fmt.Errorf("byte %d is %#02x: %w", i, x, ErrMarker)
		}
	}
	if len(b) < HeaderSize {
		return m, b, fmt.Errorf("header in %d bytes: %w", len(b), ErrShort)
	}
	size := int(binary.BigEndian.Uint16(b[markerSize:]))
	if size < HeaderSize {
		return m, b, fmt.Errorf("%d bytes with header: %w", size, ErrLength)
	}
	if len(b) < size {
		return m, b, fmt.Errorf("message of %d bytes in %d: %w", size, len(b), ErrShort)
	}
	return Message{MessageType(b[markerSize+2]), b[HeaderSize:size:size]}, b[size:], nil
}

// Notification is a NOTIFICATION: why a speaker ends the session (RFC 4271
// section 4.5). Data shares memory with the message.
type Notification struct {
	Code, Subcode uint8
	Data          []byte
}

// ParseNotification decodes the body of a NOTIFICATION. The error wraps
// [ErrShort].
func ParseNotification(body []byte) (Notification, error) {
	if len(body) < 2 {
		return Notification{}, fmt.Errorf("NOTIFICATION of %d bytes: %w", len(body), ErrShort)
	}
	return Notification{body[0], body[1], body[2:]}, nil
}

// String returns the error that the notification names, in the words of RFC
// 4271 section 4.5 and RFC 4486, with its numbers.
func (n Notification) String() string {
	name := "unknown error"
	switch n.Code {
	case 1:
		name = "message header error"
	case 2:
		name = "OPEN message error"
	case 3:
		name = "UPDATE message error"
	case 4:
		name = "hold timer expired"
	case 5:
		name = "finite state machine error"
	case 6:
		name = "cease"
	case 7:
		name = "ROUTE-REFRESH message error"
	}
	return fmt.Sprintf("%s (%d/%d)", name, n.Code, n.Subcode)
}
