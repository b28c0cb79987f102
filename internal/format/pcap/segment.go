package pcap

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"time"
)

// Reasons why a packet holds no segment that can be used.
var (
	// ErrNotTCP: the packet is of another protocol.
	ErrNotTCP = errors.New("pcap: not TCP")
	// ErrLink: the link type is not one that the package knows.
	ErrLink = errors.New("pcap: unknown link type")
	// ErrFragment: the packet is a fragment, which is not put together.
	ErrFragment = errors.New("pcap: fragment of an IP packet")
	// ErrHeader: a header is malformed or was cut by the capture.
	ErrHeader = errors.New("pcap: malformed or cut header")
)

// Flow is one direction of a connection.
type Flow struct{ Src, Dst netip.AddrPort }

// Segment is a TCP segment. Data shares memory with the packet.
type Segment struct {
	Flow
	Time   time.Time
	Offset int64 // of Data in the input, in bytes
	Seq    uint32
	SYN    bool
	RST    bool
	Data   []byte
	Cut    int // bytes of the payload that the capture did not keep
}

// ParseSegment finds the TCP segment in a packet. The error is one of the
// package.
func ParseSegment(p *Packet) (Segment, error) {
	b, family, err := network(p.Link, p.Data)
	if err != nil {
		return Segment{}, err
	}
	s := Segment{Time: p.Time}
	var src, dst netip.Addr
	var cut int
	switch family {
	case 4:
		src, dst, b, cut, err = ipv4(b)
	case 6:
		src, dst, b, cut, err = ipv6(b)
	default:
		return s, ErrNotTCP
	}
	if err != nil {
		return s, err
	}
	const fixed = 20
	if len(b) < fixed {
		return s, ErrHeader
	}
	header := int(b[12]>>4) * 4
	if header < fixed || header > len(b) {
		return s, ErrHeader
	}
	const flagSYN, flagRST = 1 << 1, 1 << 2
	s.Src = netip.AddrPortFrom(src, binary.BigEndian.Uint16(b))
	s.Dst = netip.AddrPortFrom(dst, binary.BigEndian.Uint16(b[2:]))
	s.Seq = binary.BigEndian.Uint32(b[4:])
	s.SYN, s.RST = b[13]&flagSYN != 0, b[13]&flagRST != 0
	s.Data, s.Cut = b[header:], cut
	// All slices end where the packet's data ends or before it, so what lies
	// behind the start of a slice tells where it starts.
	s.Offset = p.Offset + int64(cap(p.Data)-cap(s.Data))
	return s, nil
}

// network returns the IP packet in a frame, and whether it is version 4 or 6.
func network(link LinkType, b []byte) (packet []byte, family int, err error) {
	cut := func(n int) ([]byte, int, error) {
		if len(b) < n {
			return nil, 0, ErrHeader
		}
		return etherType(binary.BigEndian.Uint16(b[n-2:]), b[n:])
	}
	switch link {
	case LinkEthernet:
		return cut(14)
	case LinkSLL:
		return cut(16)
	case LinkSLL2:
		const header = 20
		if len(b) < header {
			return nil, 0, ErrHeader
		}
		return etherType(binary.BigEndian.Uint16(b), b[header:])
	case LinkNull, LinkLoop:
		if len(b) < 4 {
			return nil, 0, ErrHeader
		}
		b = b[4:] // the family differs between systems, the packet's version does not
	case LinkRaw, LinkIPv4, LinkIPv6:
	default:
		return nil, 0, ErrLink
	}
	if len(b) == 0 {
		return nil, 0, ErrHeader
	}
	return b, int(b[0] >> 4), nil
}

// etherType looks behind VLAN tags (IEEE 802.1Q).
func etherType(kind uint16, b []byte) (packet []byte, family int, err error) {
	const maxTags = 4
	for range maxTags {
		switch kind {
		case 0x0800:
			return b, 4, nil
		case 0x86dd:
			return b, 6, nil
		case 0x8100, 0x88a8, 0x9100:
			if len(b) < 4 {
				return nil, 0, ErrHeader
			}
			kind, b = binary.BigEndian.Uint16(b[2:]), b[4:]
		default:
			return nil, 0, ErrNotTCP
		}
	}
	return nil, 0, ErrNotTCP
}

const protocolTCP = 6

// ipv4 returns addresses and payload of a packet (RFC 791), and how much of it
// the capture did not keep.
func ipv4(b []byte) (src, dst netip.Addr, payload []byte, cut int, err error) {
	const fixed = 20
	if len(b) < fixed {
		return src, dst, nil, 0, ErrHeader
	}
	header, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if total == 0 {
		total = len(b) // left to the network card to fill in
	}
	if b[0]>>4 != 4 || header < fixed || header > len(b) || total < header {
		return src, dst, nil, 0, ErrHeader
	}
	if b[9] != protocolTCP {
		return src, dst, nil, 0, ErrNotTCP
	}
	if binary.BigEndian.Uint16(b[6:])&0x3fff != 0 { // more fragments, or an offset
		return src, dst, nil, 0, ErrFragment
	}
	src, dst = netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
	return src, dst, b[header:min(total, len(b))], max(total-len(b), 0), nil
}

// ipv6 returns the same of a packet of version 6 (RFC 8200), behind its
// extension headers.
func ipv6(b []byte) (src, dst netip.Addr, payload []byte, cut int, err error) {
	const fixed = 40
	if len(b) < fixed || b[0]>>4 != 6 {
		return src, dst, nil, 0, ErrHeader
	}
	src, dst = netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
	next, total := b[6], fixed+int(binary.BigEndian.Uint16(b[4:]))
	if total == fixed {
		total = len(b)
	}
	payload, cut = b[fixed:min(total, len(b))], max(total-len(b), 0)
	const maxHeaders = 8
	const hopByHop, routing, fragment, destination = 0, 43, 44, 60
	for range maxHeaders {
		switch next {
		case protocolTCP:
			return src, dst, payload, cut, nil
		case fragment:
			return src, dst, nil, 0, ErrFragment
		case hopByHop, routing, destination:
			if len(payload) < 8 || len(payload) < 8+8*int(payload[1]) {
				return src, dst, nil, 0, ErrHeader
			}
			next, payload = payload[0], payload[8+8*int(payload[1]):]
		default:
			return src, dst, nil, 0, ErrNotTCP
		}
	}
	return src, dst, nil, 0, ErrNotTCP
}
