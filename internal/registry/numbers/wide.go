package numbers

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// wide is an unsigned 128-bit number: an address of either family, or a count
// of addresses. Arithmetic wraps around.
type wide struct{ hi, lo uint64 }

func (w wide) compare(v wide) int {
	if c := cmp.Compare(w.hi, v.hi); c != 0 {
		return c
	}
	return cmp.Compare(w.lo, v.lo)
}

func (w wide) less(v wide) bool {
	return w.hi < v.hi || w.hi == v.hi && w.lo < v.lo
}

func (w wide) add(v wide) wide {
	lo, carry := bits.Add64(w.lo, v.lo, 0)
	hi, _ := bits.Add64(w.hi, v.hi, carry)
	return wide{hi, lo}
}

func (w wide) sub(v wide) wide {
	lo, borrow := bits.Sub64(w.lo, v.lo, 0)
	hi, _ := bits.Sub64(w.hi, v.hi, borrow)
	return wide{hi, lo}
}

func (w wide) inc() wide { return w.add(wide{0, 1}) }
func (w wide) dec() wide { return w.sub(wide{0, 1}) }

func (w wide) isZero() bool { return w.hi|w.lo == 0 }

// shr and shl shift by n bits; n ≥ 128 gives zero.
func (w wide) shr(n uint) wide {
	if n >= 64 {
		return wide{0, w.hi >> (n - 64)}
	}
	return wide{w.hi >> n, w.lo>>n | w.hi<<(64-n)}
}

func (w wide) shl(n uint) wide {
	if n >= 64 {
		return wide{w.lo << (n - 64), 0}
	}
	return wide{w.hi<<n | w.lo>>(64-n), w.lo << n}
}

// trailingZeros returns the number of zero bits below the lowest one bit, 128
// for zero.
func (w wide) trailingZeros() uint {
	if w.lo != 0 {
		return uint(bits.TrailingZeros64(w.lo))
	}
	return 64 + uint(bits.TrailingZeros64(w.hi))
}

// bitLen returns the number of bits that w needs, 0 for zero.
func (w wide) bitLen() uint {
	if w.hi != 0 {
		return 64 + uint(bits.Len64(w.hi))
	}
	return uint(bits.Len64(w.lo))
}

// family is one of the two address families; its value is the width of an
// address in bits.
type family uint

const (
	ipv4 family = 32
	ipv6 family = 128
)

// max returns the highest address of the family.
func (f family) max() wide {
	if f == ipv4 {
		return wide{0, 1<<32 - 1}
	}
	return wide{1<<64 - 1, 1<<64 - 1}
}

// addr returns the address whose number is w.
func (f family) addr(w wide) netip.Addr {
	if f == ipv4 {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], uint32(w.lo))
		return netip.AddrFrom4(b)
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], w.hi)
	binary.BigEndian.PutUint64(b[8:], w.lo)
	return netip.AddrFrom16(b)
}

// wideOf returns the number and family of a valid address. An IPv4-mapped
// IPv6 address counts as IPv4.
func wideOf(a netip.Addr) (wide, family) {
	if a.Is4() || a.Is4In6() {
		b := a.As4()
		return wide{0, uint64(binary.BigEndian.Uint32(b[:]))}, ipv4
	}
	b := a.As16()
	return wide{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}, ipv6
}
