package mrtfile

import (
	"encoding/binary"
	"math"
	"net/netip"
	"slices"
)

// Origin says how the first network learnt of a route (RFC 4271 section 5.1.1).
type Origin uint8

// Origins of routes.
const (
	IGP        Origin = 0
	EGP        Origin = 1
	Incomplete Origin = 2
)

// Attributes are the path attributes of a route.
type Attributes struct {
	Origin  Origin
	Path    []Segment // the peer's own number first, the origin last
	NextHop netip.Addr
	// Communities as their four bytes, 64496<<16|1 for 64496:1 (RFC 1997); none
	// are written if empty.
	Communities []uint32
}

// Codes of path attributes.
const (
	attrOrigin      = 1
	attrASPath      = 2
	attrNextHop     = 3
	attrCommunities = 8
	attrMPReach     = 14
	attrAS4Path     = 17
)

// Flags of path attributes (RFC 4271 section 4.3).
const (
	flagExtended   = 0x10
	flagTransitive = 0x40
	flagOptional   = 0x80
)

// asTrans stands for an AS number that two bytes cannot hold (RFC 6793).
const asTrans = 23456

// appendV2 appends the attributes of a route to p as TABLE_DUMP_V2 has them.
func (a Attributes) appendV2(b []byte, p netip.Prefix, fullMPReach bool) []byte {
	b = AppendAttribute(b, flagTransitive, attrOrigin, []byte{byte(a.Origin)})
	b = AppendAttribute(b, flagTransitive, attrASPath, AppendPath(nil, a.Path, 4))
	b = a.appendNextHop(b, p)
	b = a.appendCommunities(b)
	if p.Addr().Is6() {
		b = AppendAttribute(b, flagOptional, attrMPReach, a.mpReach(p, fullMPReach))
	}
	return b
}

// appendV1 appends the attributes of a route to p as TABLE_DUMP has them.
func (a Attributes) appendV1(b []byte, p netip.Prefix) []byte {
	b = AppendAttribute(b, flagTransitive, attrOrigin, []byte{byte(a.Origin)})
	b = AppendAttribute(b, flagTransitive, attrASPath, AppendPath(nil, a.Path, 2))
	b = a.appendNextHop(b, p)
	b = a.appendCommunities(b)
	if p.Addr().Is6() {
		b = AppendAttribute(b, flagOptional, attrMPReach, a.mpReach(p, true))
	}
	if wide(a.Path) {
		inside := func(s Segment) bool { return s.Type == ConfedSequence || s.Type == ConfedSet }
		path := slices.DeleteFunc(slices.Clone(a.Path), inside)
		b = AppendAttribute(b, flagOptional|flagTransitive, attrAS4Path, AppendPath(nil, path, 4))
	}
	return b
}

// appendNextHop appends NEXT_HOP, which only IPv4 routes have.
func (a Attributes) appendNextHop(b []byte, p netip.Prefix) []byte {
	if p.Addr().Is6() {
		return b
	}
	return AppendAttribute(b, flagTransitive, attrNextHop, a.NextHop.AsSlice())
}

// appendCommunities appends COMMUNITIES if there are any.
func (a Attributes) appendCommunities(b []byte) []byte {
	if len(a.Communities) == 0 {
		return b
	}
	var value []byte
	for _, c := range a.Communities {
		value = binary.BigEndian.AppendUint32(value, c)
	}
	return AppendAttribute(b, flagOptional|flagTransitive, attrCommunities, value)
}

// mpReach returns the value of MP_REACH_NLRI for an IPv6 prefix (RFC 4760
// section 3), or only the part of it that RFC 6396 section 4.3.4 keeps. An
// IPv4 next hop is written as the IPv6 address that stands for it.
func (a Attributes) mpReach(p netip.Prefix, full bool) []byte {
	hop := a.NextHop.As16()
	short := append([]byte{byte(len(hop))}, hop[:]...)
	if !full {
		return short
	}
	const afiIPv6, safiUnicast, reserved = 2, 1, 0
	b := append([]byte{0, afiIPv6, safiUnicast}, short...)
	return AppendPrefix(append(b, reserved), p)
}

// AppendAttribute appends a path attribute. The flag of the extended length is
// set where the value needs it.
func AppendAttribute(dst []byte, flags, code byte, value []byte) []byte {
	if len(value) > math.MaxUint8 || flags&flagExtended != 0 {
		dst = append(dst, flags|flagExtended, code)
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(value)))
	} else {
		dst = append(dst, flags, code, byte(len(value)))
	}
	return append(dst, value...)
}
