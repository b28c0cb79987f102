package bgp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// Errors of routes.
var (
	// ErrPrefix: a prefix is longer than its address, or than its bytes.
	ErrPrefix = errors.New("malformed prefix")
	// ErrFamily: routes of a family that this package does not decode.
	ErrFamily = errors.New("address family not supported")
)

// NLRI is a list of routes as a message holds it. The zero value is empty.
type NLRI struct {
	Family  Family
	AddPath bool // each has a path identifier
	Bytes   []byte
}

// Route is what an update announces or withdraws.
type Route struct {
	// Prefix is masked. It is not valid for a route that is no IP prefix, such
	// as the address of a machine in an EVPN.
	Prefix netip.Prefix
	PathID uint32 // 0 without additional paths
	RD     uint64 // route distinguisher of a VPN, else 0 (RFC 4364 section 4.2)
	Label  uint32 // the outermost, of 20 bits; 0 without labels
	Kind   uint8  // type of an EVPN route, else 0 (RFC 7432 section 7)
}

// Routes walks a list of routes. The zero value has none.
type Routes struct {
	route   Route
	rest    []byte
	family  Family
	shape   shape
	addPath bool
	err     error
}

// Reset begins the walk over a list.
func (it *Routes) Reset(n NLRI) {
	*it = Routes{rest: n.Bytes, family: n.Family, shape: n.Family.shape(), addPath: n.AddPath}
	if it.shape == shapeUnknown && len(n.Bytes) > 0 {
		it.fail(fmt.Errorf("%d bytes of %s: %w", len(n.Bytes), n.Family, ErrFamily))
	}
}

// Next goes on to the next route, until the end or the first that cannot be
// decoded; none after that one can be found.
func (it *Routes) Next() bool {
	if len(it.rest) == 0 {
		return false
	}
	it.route = Route{}
	if it.addPath {
		if len(it.rest) < 5 {
			return it.fail(fmt.Errorf("path identifier in %d bytes: %w", len(it.rest), ErrPrefix))
		}
		it.route.PathID = binary.BigEndian.Uint32(it.rest)
		it.rest = it.rest[4:]
	}
	switch it.shape {
	case shapePrefix:
		return it.prefix()
	case shapeEVPN:
		return it.evpn()
	}
	return it.labeled()
}

// Route returns the current route, valid until the next call of Next or Reset.
func (it *Routes) Route() *Route { return &it.route }

// Err returns what could not be decoded, nil if nothing. It wraps [ErrPrefix]
// or [ErrFamily].
func (it *Routes) Err() error { return it.err }

// fail ends the walk.
func (it *Routes) fail(err error) bool {
	it.rest, it.err = nil, err
	return false
}

// prefix decodes a plain prefix.
func (it *Routes) prefix() bool {
	bits := int(it.rest[0])
	size := 1 + (bits+7)/8
	if len(it.rest) < size {
		return it.fail(fmt.Errorf("/%d in %d bytes: %w", bits, len(it.rest), ErrPrefix))
	}
	if !it.setPrefix(it.rest[1:size], bits) {
		return false
	}
	it.rest = it.rest[size:]
	return true
}

// setPrefix sets the prefix of bits in b, whose size they determine.
func (it *Routes) setPrefix(b []byte, bits int) bool {
	if it.family.AFI == AFIIPv4 {
		if bits < 0 || bits > 32 {
			return it.fail(fmt.Errorf("IPv4 /%d: %w", bits, ErrPrefix))
		}
		var word [4]byte
		copy(word[:], b)
		number := binary.BigEndian.Uint32(word[:]) & (^uint32(0) << (32 - bits))
		binary.BigEndian.PutUint32(word[:], number)
		it.route.Prefix = netip.PrefixFrom(netip.AddrFrom4(word), bits)
		return true
	}
	if bits < 0 || bits > 128 {
		return it.fail(fmt.Errorf("IPv6 /%d: %w", bits, ErrPrefix))
	}
	var word [16]byte
	copy(word[:], b)
	it.route.Prefix, _ = netip.AddrFrom16(word).Prefix(bits) // bits are checked
	return true
}

// labeled decodes a prefix behind labels, a route distinguisher, or both. Its
// length counts them, too (RFC 8277 section 2, RFC 4364 section 4.3.4).
func (it *Routes) labeled() bool {
	const labelBits, rdBits = 24, 64
	bits := int(it.rest[0])
	size := 1 + (bits+7)/8
	if len(it.rest) < size {
		return it.fail(fmt.Errorf("labeled /%d in %d bytes: %w", bits, len(it.rest), ErrPrefix))
	}
	b := it.rest[1:size]
	if it.shape != shapeVPNBare {
		for bottom, n := false, 0; !bottom; n++ {
			if bits < labelBits {
				return it.fail(fmt.Errorf("labels in %d bits: %w", bits, ErrPrefix))
			}
			label := uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
			// A withdrawal has one of two words in place of labels (RFC 8277
			// section 2.4).
			bottom = label&1 == 1 || label == 0x800000 || label == 0
			if n == 0 {
				it.route.Label = label >> 4
			}
			b, bits = b[3:], bits-labelBits
		}
	}
	if it.shape != shapeLabeled {
		if bits < rdBits {
			return it.fail(fmt.Errorf("route distinguisher in %d bits: %w", bits, ErrPrefix))
		}
		it.route.RD = binary.BigEndian.Uint64(b)
		b, bits = b[8:], bits-rdBits
	}
	if !it.setPrefix(b, bits) {
		return false
	}
	it.rest = it.rest[size:]
	return true
}

// evpn decodes a route of an EVPN: its type, and the prefix of those that have
// one (RFC 7432 section 7, RFC 9136 section 3.1).
func (it *Routes) evpn() bool {
	const ipPrefix, small, large = 5, 34, 58
	if len(it.rest) < 2 || len(it.rest) < 2+int(it.rest[1]) {
		return it.fail(fmt.Errorf("EVPN route in %d bytes: %w", len(it.rest), ErrPrefix))
	}
	size := 2 + int(it.rest[1])
	b := it.rest[2:size]
	it.route.Kind = it.rest[0]
	if len(b) >= 8 {
		it.route.RD = binary.BigEndian.Uint64(b)
	}
	// Route distinguisher 8, segment 10, tag 4, prefix length 1, prefix.
	if it.route.Kind == ipPrefix && (len(b) == small || len(b) == large) {
		it.family.AFI = AFIIPv4
		if len(b) == large {
			it.family.AFI = AFIIPv6
		}
		if !it.setPrefix(b[23:], int(b[22])) {
			return false
		}
	}
	it.rest = it.rest[size:]
	return true
}
