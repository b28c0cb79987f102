package bgp

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrAttributes is the error of path attributes that do not fit the bytes that
// hold them.
var ErrAttributes = errors.New("malformed path attributes")

// AttrType is the type code of a path attribute.
type AttrType uint8

// Path attributes (RFC 4271 section 5, RFC 1997, RFC 4456, RFC 4760, RFC 4360,
// RFC 6793, RFC 8092, RFC 9234).
const (
	AttrOrigin              AttrType = 1
	AttrASPath              AttrType = 2
	AttrNextHop             AttrType = 3
	AttrMED                 AttrType = 4
	AttrLocalPref           AttrType = 5
	AttrAtomicAggregate     AttrType = 6
	AttrAggregator          AttrType = 7
	AttrCommunities         AttrType = 8
	AttrOriginatorID        AttrType = 9
	AttrClusterList         AttrType = 10
	AttrMPReach             AttrType = 14
	AttrMPUnreach           AttrType = 15
	AttrExtendedCommunities AttrType = 16
	AttrAS4Path             AttrType = 17
	AttrAS4Aggregator       AttrType = 18
	AttrLargeCommunities    AttrType = 32
	AttrOnlyToCustomer      AttrType = 35
)

// String returns the name that the RFCs give the attribute, or "attribute N".
func (t AttrType) String() string {
	switch t {
	case AttrOrigin:
		return "ORIGIN"
	case AttrASPath:
		return "AS_PATH"
	case AttrNextHop:
		return "NEXT_HOP"
	case AttrMED:
		return "MULTI_EXIT_DISC"
	case AttrLocalPref:
		return "LOCAL_PREF"
	case AttrAtomicAggregate:
		return "ATOMIC_AGGREGATE"
	case AttrAggregator:
		return "AGGREGATOR"
	case AttrCommunities:
		return "COMMUNITIES"
	case AttrOriginatorID:
		return "ORIGINATOR_ID"
	case AttrClusterList:
		return "CLUSTER_LIST"
	case AttrMPReach:
		return "MP_REACH_NLRI"
	case AttrMPUnreach:
		return "MP_UNREACH_NLRI"
	case AttrExtendedCommunities:
		return "EXTENDED_COMMUNITIES"
	case AttrAS4Path:
		return "AS4_PATH"
	case AttrAS4Aggregator:
		return "AS4_AGGREGATOR"
	case AttrLargeCommunities:
		return "LARGE_COMMUNITY"
	case AttrOnlyToCustomer:
		return "ONLY_TO_CUSTOMER"
	}
	return fmt.Sprintf("attribute %d", uint8(t))
}

// AttrFlags are the flags of a path attribute (RFC 4271 section 4.3).
type AttrFlags uint8

// Flags of a path attribute.
const (
	FlagExtendedLength AttrFlags = 1 << 4 // its length takes two bytes
	FlagPartial        AttrFlags = 1 << 5
	FlagTransitive     AttrFlags = 1 << 6
	FlagOptional       AttrFlags = 1 << 7
)

// Attribute is one path attribute. Value shares memory with the message.
type Attribute struct {
	Flags AttrFlags
	Type  AttrType
	Value []byte
}

// NextAttribute takes the attribute that starts raw, and returns the bytes
// after it. The error wraps [ErrAttributes].
func NextAttribute(raw []byte) (a Attribute, rest []byte, err error) {
	if len(raw) < 3 {
		return a, raw, tornAttribute(raw)
	}
	start, size := 3, int(raw[2])
	if AttrFlags(raw[0])&FlagExtendedLength != 0 {
		if len(raw) < 4 {
			return a, raw, tornAttribute(raw)
		}
		start, size = 4, int(binary.BigEndian.Uint16(raw[2:]))
	}
	end := start + size
	if len(raw) < end {
		return a, raw, tornAttribute(raw)
	}
	return Attribute{AttrFlags(raw[0]), AttrType(raw[1]), raw[start:end:end]}, raw[end:], nil
}

// tornAttribute is the error of an attribute that does not fit.
func tornAttribute(raw []byte) error {
	return fmt.Errorf("%w: %d bytes left for the last one", ErrAttributes, len(raw))
}
