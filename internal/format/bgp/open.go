package bgp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// ErrOpen is the error of an OPEN whose parameters do not fit the bytes that
// hold them.
var ErrOpen = errors.New("malformed OPEN")

// CapabilityCode says what a speaker can do (RFC 5492).
type CapabilityCode uint8

// Capabilities that this package looks into (RFC 4760, RFC 2918, RFC 8654, RFC
// 9234, RFC 6793, RFC 7911).
const (
	CapabilityFamily       CapabilityCode = 1
	CapabilityRouteRefresh CapabilityCode = 2
	CapabilityLongMessage  CapabilityCode = 6
	CapabilityRole         CapabilityCode = 9
	CapabilityAS4          CapabilityCode = 65
	CapabilityAddPath      CapabilityCode = 69
)

// Capability is one capability. Value shares memory with the message.
type Capability struct {
	Code  CapabilityCode
	Value []byte
}

// Role is what a speaker says that it is to its neighbour (RFC 9234 section
// 4.1): the relation of the two, declared by one of them.
type Role uint8

// Roles. RoleNone is of an OPEN that names none.
const (
	RoleProvider Role = iota
	RoleRouteServer
	RoleRouteServerClient
	RoleCustomer
	RolePeer
	RoleNone Role = 255
)

// Open is an OPEN (RFC 4271 section 4.2).
type Open struct {
	Version  uint8
	ASN      uint32 // of 4 bytes where the speaker has the capability
	HoldTime uint16 // in seconds
	ID       netip.Addr
	AS4      bool // it writes AS numbers with 4 bytes to those who do so, too
	Long     bool // it takes messages of more than 4,096 bytes
	Role     Role
	// Families that it takes. One that names none takes IPv4 unicast.
	Families []Family
	// AddPathSend and AddPathReceive are the families for which it can send
	// and receive several paths of a prefix (RFC 7911).
	AddPathSend, AddPathReceive Families
	// Capabilities are all of them as they stand, in their order.
	Capabilities []Capability
}

// ParseOpen decodes the body of an OPEN. The error wraps [ErrShort] or
// [ErrOpen]; after ErrOpen the fields before the damage hold.
func ParseOpen(body []byte) (Open, error) {
	const fixed = 1 + 2 + 2 + 4 + 1
	if len(body) < fixed {
		return Open{}, fmt.Errorf("OPEN of %d bytes: %w", len(body), ErrShort)
	}
	o := Open{
		Version:  body[0],
		ASN:      uint32(binary.BigEndian.Uint16(body[1:])),
		HoldTime: binary.BigEndian.Uint16(body[3:]),
		ID:       netip.AddrFrom4([4]byte(body[5:])),
		Role:     RoleNone,
	}
	size, params := int(body[9]), body[fixed:]
	// RFC 9072: parameters of more than 255 bytes state their length in two
	// bytes, after a type of 255 that no parameter has.
	wide := size > 0 && len(params) >= 3 && params[0] == 255
	if wide {
		size, params = int(binary.BigEndian.Uint16(params[1:])), params[3:]
	}
	if len(params) < size {
		return o, fmt.Errorf("%d bytes of parameters in %d: %w", size, len(params), ErrOpen)
	}
	return o, o.parameters(params[:size], wide)
}

// parameters decodes the optional parameters (RFC 5492 section 4).
func (o *Open) parameters(b []byte, wide bool) error {
	const capabilities = 2
	head := 2
	if wide {
		head = 3
	}
	for len(b) > 0 {
		if len(b) < head {
			return fmt.Errorf("parameter in %d bytes: %w", len(b), ErrOpen)
		}
		end := head + int(b[1])
		if wide {
			end = head + int(binary.BigEndian.Uint16(b[1:]))
		}
		if len(b) < end {
			return fmt.Errorf("parameter of %d bytes in %d: %w", end, len(b), ErrOpen)
		}
		if b[0] == capabilities {
			if err := o.capabilities(b[head:end]); err != nil {
				return err
			}
		}
		b = b[end:]
	}
	return nil
}

// capabilities decodes one list of capabilities.
func (o *Open) capabilities(b []byte) error {
	for len(b) > 0 {
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return fmt.Errorf("capability in %d bytes: %w", len(b), ErrOpen)
		}
		end := 2 + int(b[1])
		c := Capability{CapabilityCode(b[0]), b[2:end:end]}
		o.Capabilities = append(o.Capabilities, c)
		o.note(c)
		b = b[end:]
	}
	return nil
}

// note takes in what a capability says. One of a length that it cannot have
// says nothing (RFC 5492 section 5).
func (o *Open) note(c Capability) {
	v := c.Value
	switch c.Code {
	case CapabilityFamily:
		if len(v) == 4 {
			o.Families = append(o.Families, family([]byte{v[0], v[1], v[3]}))
		}
	case CapabilityLongMessage:
		o.Long = true
	case CapabilityRole:
		if len(v) == 1 {
			o.Role = Role(v[0])
		}
	case CapabilityAS4:
		if len(v) == 4 {
			o.AS4, o.ASN = true, binary.BigEndian.Uint32(v)
		}
	case CapabilityAddPath:
		const receive, send = 1, 2
		for ; len(v) >= 4; v = v[4:] {
			f := family(v)
			if v[3]&receive != 0 && v[3] <= receive|send {
				o.AddPathReceive = o.AddPathReceive.With(f)
			}
			if v[3]&send != 0 && v[3] <= receive|send {
				o.AddPathSend = o.AddPathSend.With(f)
			}
		}
	}
}

// Session says how the updates of one direction of a session are encoded. The
// zero value is a session of 1995: AS numbers of 2 bytes, one path of a prefix.
type Session struct {
	AS4     bool     // AS numbers have 4 bytes (RFC 6793)
	AddPath Families // whose routes have a path identifier (RFC 7911)
}

// Negotiate returns how the updates from one speaker to another are encoded,
// by the OPENs that they sent.
func Negotiate(from, to Open) Session {
	return Session{AS4: from.AS4 && to.AS4, AddPath: from.AddPathSend & to.AddPathReceive}
}
