package mrt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// AttrType is the type code of a path attribute.
type AttrType uint8

// Path attributes (RFC 4271 section 5, RFC 1997, RFC 4760, RFC 6793, RFC 8092).
const (
	AttrOrigin           AttrType = 1
	AttrASPath           AttrType = 2
	AttrNextHop          AttrType = 3
	AttrMED              AttrType = 4
	AttrLocalPref        AttrType = 5
	AttrAtomicAggregate  AttrType = 6
	AttrAggregator       AttrType = 7
	AttrCommunities      AttrType = 8
	AttrMPReach          AttrType = 14
	AttrMPUnreach        AttrType = 15
	AttrAS4Path          AttrType = 17
	AttrAS4Aggregator    AttrType = 18
	AttrLargeCommunities AttrType = 32
)

// AttrFlags are the flags of a path attribute (RFC 4271 section 4.3).
type AttrFlags uint8

// Flags of a path attribute.
const (
	FlagExtendedLength AttrFlags = 1 << 4 // its length takes two bytes
	FlagPartial        AttrFlags = 1 << 5
	FlagTransitive     AttrFlags = 1 << 6
	FlagOptional       AttrFlags = 1 << 7
)

// ErrAttributes is the error of path attributes that do not fit the bytes that
// hold them.
var ErrAttributes = errors.New("mrt: malformed path attributes")

// Attribute is one path attribute. Value shares memory with the bytes that it
// was read from.
type Attribute struct {
	Flags AttrFlags
	Type  AttrType
	Value []byte
}

// NextAttribute reads the attribute that starts raw, and returns it with the
// bytes after it. It is how to see attributes that [Attributes] has no field
// for. raw must not be empty. The error wraps [ErrAttributes].
func NextAttribute(raw []byte) (a Attribute, rest []byte, err error) {
	start, end, ok := attributeBounds(raw)
	if !ok {
		return Attribute{}, nil, fmt.Errorf("%w: %d bytes left for the last one", ErrAttributes, len(raw))
	}
	a = Attribute{AttrFlags(raw[0]), AttrType(raw[1]), raw[start:end:end]}
	return a, raw[end:], nil
}

// attributeBounds returns where the value of the attribute that starts raw
// begins and ends (RFC 4271 section 4.3).
func attributeBounds(raw []byte) (start, end int, ok bool) {
	if len(raw) < 3 {
		return 0, 0, false
	}
	start, end = 3, 3+int(raw[2])
	if AttrFlags(raw[0])&FlagExtendedLength != 0 {
		if len(raw) < 4 {
			return 0, 0, false
		}
		start, end = 4, 4+int(binary.BigEndian.Uint16(raw[2:]))
	}
	return start, end, end <= len(raw)
}

// Attributes holds the values of the path attributes of one route that this
// package has a use for. A field is nil if the route lacks the attribute, and
// empty but not nil if its value is empty. The values share memory with the
// bytes that were parsed.
//
// The zero value is a route without attributes. Parse may be called again and
// again on the same value; it does not allocate.
type Attributes struct {
	Origin        []byte
	ASPath        []byte
	NextHop       []byte
	Aggregator    []byte
	MPReach       []byte
	AS4Path       []byte
	AS4Aggregator []byte
}

// Parse finds the attributes in raw, the attribute bytes of one route. Of an
// attribute that occurs twice the first counts (RFC 7606 section 3 g). The
// error wraps [ErrAttributes]; the attributes before the damage are found.
func (a *Attributes) Parse(raw []byte) error {
	*a = Attributes{}
	for at := 0; at < len(raw); {
		start, end, ok := attributeBounds(raw[at:])
		if !ok {
			return tornAttributes(len(raw)-at, len(raw))
		}
		code := AttrType(raw[at+1])
		value := raw[at+start : at+end : at+end]
		at += end
		var field *[]byte
		switch code {
		case AttrOrigin:
			field = &a.Origin
		case AttrASPath:
			field = &a.ASPath
		case AttrNextHop:
			field = &a.NextHop
		case AttrAggregator:
			field = &a.Aggregator
		case AttrMPReach:
			field = &a.MPReach
		case AttrAS4Path:
			field = &a.AS4Path
		case AttrAS4Aggregator:
			field = &a.AS4Aggregator
		default:
			continue
		}
		if *field == nil {
			*field = value
		}
	}
	return nil
}

// asTrans stands for a number of 4 bytes where only 2 fit (RFC 6793 section 9).
const asTrans = 23456

// RawPath returns the AS path of the route, undecoded. as4 says whether its AS
// numbers have 4 bytes; see [Entry.AS4].
//
// AS4_PATH counts only between speakers of 2-byte numbers, and not if a later
// one of them aggregated the route: if both AGGREGATOR and AS4_AGGREGATOR are
// there and AGGREGATOR does not say AS_TRANS (RFC 6793 section 4.2.3).
func (a *Attributes) RawPath(as4 bool) RawPath {
	if as4 {
		return RawPath{ASPath: a.ASPath, AS4: true}
	}
	if len(a.Aggregator) == 6 && len(a.AS4Aggregator) == 8 &&
		binary.BigEndian.Uint16(a.Aggregator) != asTrans {
		return RawPath{ASPath: a.ASPath}
	}
	return RawPath{ASPath: a.ASPath, AS4Path: a.AS4Path}
}

// FindPath returns the AS path in raw, the attribute bytes of one route: what
// [Attributes.Parse] and [Attributes.RawPath] give, in less time for those that
// want nothing else. The error wraps [ErrAttributes].
func FindPath(raw []byte, as4 bool) (RawPath, error) {
	if !as4 {
		var a Attributes
		err := a.Parse(raw)
		return a.RawPath(false), err
	}
	var path []byte
	for at := 0; at < len(raw); {
		start, end, ok := attributeBounds(raw[at:])
		if !ok {
			return RawPath{}, tornAttributes(len(raw)-at, len(raw))
		}
		if AttrType(raw[at+1]) == AttrASPath && path == nil {
			path = raw[at+start : at+end : at+end]
		}
		at += end
	}
	return RawPath{ASPath: path, AS4: true}, nil
}

// tornAttributes is the error of an attribute that does not fit into the bytes
// left of all.
func tornAttributes(left, all int) error {
	return fmt.Errorf("%w: %d of %d bytes left for the last one", ErrAttributes, left, all)
}

// NextHopAddr returns the next hop of the route, of MP_REACH_NLRI if there is
// one, else of NEXT_HOP. It is not valid if there is none or it is malformed.
func (a *Attributes) NextHopAddr() netip.Addr {
	if a.MPReach != nil {
		return mpNextHop(a.MPReach)
	}
	if len(a.NextHop) == 4 {
		return netip.AddrFrom4([4]byte(a.NextHop))
	}
	return netip.Addr{}
}

// mpNextHop returns the next hop in an MP_REACH_NLRI attribute. RFC 6396
// section 4.3.4 cuts the attribute in tables down to the next hop and its
// length; some writers leave it whole, in which case it starts with the high
// byte of the address family, which is 0 (RFC 4760 section 3).
func mpNextHop(b []byte) netip.Addr {
	if len(b) > 3 && b[0] == 0 {
		b = b[3:]
	}
	if len(b) == 0 || len(b) < 1+int(b[0]) {
		return netip.Addr{}
	}
	switch b[0] {
	case 4:
		return netip.AddrFrom4([4]byte(b[1:]))
	case 16, 32: // the second address is link-local
		return netip.AddrFrom16([16]byte(b[1:]))
	}
	return netip.Addr{}
}
