package carrier

import (
	"bytes"
	"cmp"
	"net/netip"

	"github.com/cleannet/cleannet/internal/evidence"
)

// keepExemplars is how many entries are kept as proof of a sighting.
const keepExemplars = evidence.MaxRefs

// spot is a record in the input, and the prefix that it, or one of its entries,
// is about.
type spot struct {
	offset int64
	addr   [16]byte
	length uint32 // with its header
	bits   uint8
	ipv4   bool
}

// noSpot is the number of no spot.
const noSpot = ^uint32(0)

// recordHeader is the length of an MRT header, in bytes (RFC 6396 section 2).
const recordHeader = 12

// newSpot returns the spot of the entry.
func (m *meeting) newSpot() spot {
	addr := m.prefix.Addr()
	return spot{m.offset, addr.As16(), m.length, uint8(m.prefix.Bits()), addr.Is4()}
}

func (s *spot) prefix() netip.Prefix {
	addr := netip.AddrFrom16(s.addr)
	if s.ipv4 {
		addr = addr.Unmap()
	}
	return netip.PrefixFrom(addr, int(s.bits))
}

// comparePrefix orders spots by their prefixes, IPv4 first.
func (s *spot) comparePrefix(o *spot) int {
	if s.ipv4 != o.ipv4 {
		if s.ipv4 {
			return -1
		}
		return 1
	}
	return cmp.Or(bytes.Compare(s.addr[:], o.addr[:]), cmp.Compare(s.bits, o.bits))
}

// exemplar is an entry kept as proof.
type exemplar struct {
	spot, peer uint32
	path, head uint32 // numbers of the path as it was counted, head plus one
}

// exemplar returns the number of the entry as an exemplar.
func (t *pathTable) exemplar() uint32 {
	if t.met.no == 0 {
		if t.met.spot == noSpot || t.met.spotted != t.met.prefix {
			s, no := t.spots.add()
			*s, t.met.spot, t.met.spotted = t.met.newSpot(), no, t.met.prefix
		}
		x, no := t.exemplars.add()
		*x, t.met.no = t.met.exemplar, no+1
	}
	return t.met.no - 1
}
