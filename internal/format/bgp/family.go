package bgp

import (
	"encoding/binary"
	"fmt"
)

// AFI is an address family (RFC 4760 section 3).
type AFI uint16

// Address families.
const (
	AFIIPv4  AFI = 1
	AFIIPv6  AFI = 2
	AFIL2VPN AFI = 25
)

// SAFI is a subsequent address family (RFC 4760 section 6).
type SAFI uint8

// Subsequent address families whose routes this package decodes.
const (
	SAFIUnicast      SAFI = 1
	SAFIMulticast    SAFI = 2
	SAFILabeled      SAFI = 4   // RFC 8277
	SAFIEVPN         SAFI = 70  // RFC 7432
	SAFIVPN          SAFI = 128 // RFC 4364
	SAFIMulticastVPN SAFI = 129 // RFC 6514
)

// Family says what kind of routes an update holds.
type Family struct {
	AFI  AFI
	SAFI SAFI
}

// IPv4 is the family of the routes that stand in an UPDATE itself, outside the
// attributes of RFC 4760.
func IPv4() Family { return Family{AFIIPv4, SAFIUnicast} }

// String returns the family in words, or its two numbers.
func (f Family) String() string {
	afi, safi := "", ""
	switch f.AFI {
	case AFIIPv4:
		afi = "IPv4"
	case AFIIPv6:
		afi = "IPv6"
	case AFIL2VPN:
		afi = "L2VPN"
	}
	switch f.SAFI {
	case SAFIUnicast:
		safi = "unicast"
	case SAFIMulticast:
		safi = "multicast"
	case SAFILabeled:
		safi = "labeled unicast"
	case SAFIEVPN:
		safi = "EVPN"
	case SAFIVPN:
		safi = "VPN"
	case SAFIMulticastVPN:
		safi = "multicast VPN"
	}
	if afi == "" || safi == "" {
		return fmt.Sprintf("AFI %d SAFI %d", f.AFI, f.SAFI)
	}
	return afi + " " + safi
}

// shape is how the routes of a family are written down.
type shape uint8

const (
	shapeUnknown shape = iota
	shapePrefix        // length, prefix
	shapeLabeled       // length, labels, prefix
	shapeVPN           // length, labels, route distinguisher, prefix
	shapeVPNBare       // length, route distinguisher, prefix
	shapeEVPN          // type, length, value
)

// shape returns how the routes of the family are written down.
func (f Family) shape() shape {
	if f.AFI == AFIL2VPN && f.SAFI == SAFIEVPN {
		return shapeEVPN
	}
	if f.AFI != AFIIPv4 && f.AFI != AFIIPv6 {
		return shapeUnknown
	}
	switch f.SAFI {
	case SAFIUnicast, SAFIMulticast:
		return shapePrefix
	case SAFILabeled:
		return shapeLabeled
	case SAFIVPN:
		return shapeVPN
	case SAFIMulticastVPN:
		return shapeVPNBare
	}
	return shapeUnknown
}

// known numbers the families whose routes this package decodes, from 0.
func (f Family) known() (int, bool) {
	safis := [...]SAFI{SAFIUnicast, SAFIMulticast, SAFILabeled, SAFIVPN, SAFIMulticastVPN}
	if f.AFI == AFIL2VPN && f.SAFI == SAFIEVPN {
		return 2 * len(safis), true
	}
	if f.AFI != AFIIPv4 && f.AFI != AFIIPv6 {
		return 0, false
	}
	for i, s := range safis {
		if s == f.SAFI {
			return 2*i + int(f.AFI-AFIIPv4), true
		}
	}
	return 0, false
}

// Families is a set of families whose routes this package decodes; it has no
// others. The zero value is empty.
type Families uint16

// AllFamilies returns the set of all of them.
func AllFamilies() Families { return 1<<11 - 1 }

// With returns the set with a family added.
func (s Families) With(f Family) Families {
	if no, ok := f.known(); ok {
		s |= 1 << no
	}
	return s
}

// Has reports whether the family is in the set.
func (s Families) Has(f Family) bool {
	no, ok := f.known()
	return ok && s>>no&1 == 1
}

// family reads an AFI and a SAFI.
func family(b []byte) Family { return Family{AFI(binary.BigEndian.Uint16(b)), SAFI(b[2])} }
