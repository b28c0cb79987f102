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

// noExemplar is the number of no exemplar.
const noExemplar = ^uint32(0)

// exemplar makes an exemplar of an entry and returns its number.
func (t *pathTable) exemplar(w *waiting) uint32 {
	at := &t.queue.places[w.place]
	if at.spot == noSpot || at.spotted != w.prefix {
		s, no := t.spots.add()
		addr := w.prefix.Addr()
		*s = spot{at.offset, addr.As16(), at.length, uint8(w.prefix.Bits()), addr.Is4()}
		at.spot, at.spotted = no, w.prefix
	}
	x, no := t.exemplars.add()
	*x = exemplar{at.spot, w.peer, w.path, w.headNo}
	return no
}
