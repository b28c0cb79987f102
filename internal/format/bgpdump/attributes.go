package bgpdump

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"github.com/cleannet/cleannet/internal/format/bgp"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// attributes are those of a route that a line shows.
type attributes struct {
	path           mrt.RawPath
	origin         int // -1 if there is none
	nextHop        netip.Addr
	mp6            bool // MP_REACH_NLRI has a next hop for IPv6
	mpNextHop      [16]byte
	med, localPref uint32
	communities    []byte // nil if there are none
	aggregated     bool
	aggregator     mrt.Peer // of which only number and address are set
}

// parse reads the attributes in raw.
func (a *attributes) parse(raw []byte, as4 bool) error {
	*a = attributes{origin: -1, nextHop: netip.AddrFrom4([4]byte{255, 255, 255, 255})}
	var all mrt.Attributes
	var as4Aggregator []byte
	for b := raw; len(b) > 0; {
		attr, rest, err := bgp.NextAttribute(b)
		if err != nil {
			return err
		}
		b = rest
		v := attr.Value
		switch attr.Type {
		case bgp.AttrOrigin:
			if len(v) > 0 {
				a.origin = int(v[0])
			}
		case bgp.AttrASPath:
			all.ASPath = v
		case bgp.AttrNextHop:
			if len(v) == 4 {
				a.nextHop = netip.AddrFrom4([4]byte(v))
			}
		case bgp.AttrMED:
			a.med = word(v)
		case bgp.AttrLocalPref:
			a.localPref = word(v)
		case bgp.AttrAtomicAggregate:
			a.aggregated = true
		case bgp.AttrAggregator:
			all.Aggregator = v
			a.aggregator = aggregator(v)
		case bgp.AttrCommunities:
			a.communities = v[:len(v):len(v)]
		case bgp.AttrAS4Path:
			all.AS4Path = v
		case bgp.AttrAS4Aggregator:
			all.AS4Aggregator, as4Aggregator = v, v
		case bgp.AttrMPReach:
			a.reach(v)
		}
	}
	a.path = all.RawPath(as4)
	const asTrans = 23456
	if !as4 && all.Aggregator != nil && a.aggregator.ASN == asTrans && len(as4Aggregator) == 8 {
		a.aggregator = aggregator(as4Aggregator)
	}
	return nil
}

// reach reads the next hop of MP_REACH_NLRI, whole or as tables cut it.
func (a *attributes) reach(v []byte) {
	if len(v) == 0 {
		return
	}
	a.mp6 = true
	if v[0] == 0 {
		if len(v) < 4 {
			return
		}
		a.mp6 = v[1] == byte(bgp.AFIIPv6) && v[2] == byte(bgp.SAFIUnicast)
		v = v[3:]
	}
	if n := int(v[0]); (n == 4 || n == 16 || n == 32) && len(v) > n {
		copy(a.mpNextHop[:], v[1:1+n])
	}
}

// word reads a number of four bytes, 0 if there are others.
func word(v []byte) uint32 {
	if len(v) != 4 {
		return 0
	}
	return binary.BigEndian.Uint32(v)
}

// aggregator reads the number, of two or four bytes, and address of one.
func aggregator(v []byte) mrt.Peer {
	switch len(v) {
	case 6:
		return mrt.Peer{ASN: uint32(binary.BigEndian.Uint16(v)), Addr: netip.AddrFrom4([4]byte(v[2:]))}
	case 8:
		return mrt.Peer{ASN: binary.BigEndian.Uint32(v), Addr: netip.AddrFrom4([4]byte(v[4:]))}
	}
	return mrt.Peer{}
}

// appendCommunity appends a community (RFC 1997), those of the RFC by name.
func appendCommunity(dst []byte, c uint32) []byte {
	switch c {
	case 0xffffff01:
		return append(dst, "no-export"...)
	case 0xffffff02:
		return append(dst, "no-advertise"...)
	case 0xffffff03:
		return append(dst, "local-AS"...)
	}
	dst = strconv.AppendUint(dst, uint64(c>>16), 10)
	dst = append(dst, ':')
	return strconv.AppendUint(dst, uint64(c&0xffff), 10)
}

// appendAddr appends an address as inet_ntop(3) does, which writes the last 32
// bits of an IPv6 address in the form of IPv4 if all others are 0. No address
// is 0.0.0.0.
func appendAddr(dst []byte, a netip.Addr) []byte {
	switch {
	case !a.IsValid():
		return append(dst, "0.0.0.0"...)
	case a.Is6():
		b := a.As16()
		if binary.BigEndian.Uint64(b[:]) == 0 && binary.BigEndian.Uint32(b[8:]) == 0 && binary.BigEndian.Uint16(b[12:]) != 0 {
			return netip.AddrFrom4([4]byte(b[12:])).AppendTo(append(dst, "::"...))
		}
	}
	return a.AppendTo(dst)
}

// appendPrefix appends a prefix.
func appendPrefix(dst []byte, p netip.Prefix) []byte {
	dst = append(appendAddr(dst, p.Addr()), '/')
	return strconv.AppendInt(dst, int64(p.Bits()), 10)
}
