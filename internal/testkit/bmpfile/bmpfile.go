// Package bmpfile writes what BGP speakers and BMP routers send, for tests. It
// is written from the RFCs and shares no code with the readers.
package bmpfile

import (
	"bytes"
	"encoding/binary"
	"net/netip"
)

// Message writes a BGP message (RFC 4271 section 4.1).
func Message(kind byte, body []byte) []byte {
	b := binary.BigEndian.AppendUint16(bytes.Repeat([]byte{0xff}, 16), uint16(19+len(body)))
	return append(append(b, kind), body...)
}

// Open writes an OPEN of a speaker with AS numbers of four bytes and both
// families.
func Open(asn uint32, id string, hold uint16) []byte {
	short := uint16(23456)
	if asn < 1<<16 {
		short = uint16(asn)
	}
	b := binary.BigEndian.AppendUint16([]byte{4}, short)
	b = binary.BigEndian.AppendUint16(b, hold)
	b = append(b, netip.MustParseAddr(id).AsSlice()...)
	capabilities := []byte{1, 4, 0, 1, 0, 1, 1, 4, 0, 2, 0, 1, 65, 4}
	capabilities = binary.BigEndian.AppendUint32(capabilities, asn)
	b = append(b, byte(2+len(capabilities)), 2, byte(len(capabilities)))
	return Message(1, append(b, capabilities...))
}

// Announce writes an UPDATE that announces IPv4 prefixes over a path.
func Announce(path []uint32, prefixes ...string) []byte {
	attrs := []byte{0x40, 1, 1, 0, 0x50, 2}
	segment := []byte{2, byte(len(path))}
	if len(path) == 0 {
		segment = nil
	}
	for _, asn := range path {
		segment = binary.BigEndian.AppendUint32(segment, asn)
	}
	attrs = append(binary.BigEndian.AppendUint16(attrs, uint16(len(segment))), segment...)
	attrs = append(attrs, 0x40, 3, 4, 192, 0, 2, 1)
	b := binary.BigEndian.AppendUint16([]byte{0, 0}, uint16(len(attrs)))
	return Message(2, append(append(b, attrs...), nlri(prefixes)...))
}

// Withdraw writes an UPDATE that withdraws IPv4 prefixes.
func Withdraw(prefixes ...string) []byte {
	list := nlri(prefixes)
	b := binary.BigEndian.AppendUint16(nil, uint16(len(list)))
	return Message(2, append(append(b, list...), 0, 0))
}

func nlri(prefixes []string) []byte {
	var b []byte
	for _, text := range prefixes {
		p := netip.MustParsePrefix(text)
		b = append(b, byte(p.Bits()))
		b = append(b, p.Addr().AsSlice()[:(p.Bits()+7)/8]...)
	}
	return b
}

// BMP writes a message of version 3 (RFC 7854 section 4.1).
func BMP(kind byte, body ...[]byte) []byte {
	all := bytes.Join(body, nil)
	b := binary.BigEndian.AppendUint32([]byte{3}, uint32(6+len(all)))
	return append(append(b, kind), all...)
}

// Initiation writes how a router introduces itself.
func Initiation(name string) []byte {
	return BMP(4, append(binary.BigEndian.AppendUint16([]byte{0, 2}, uint16(len(name))), name...))
}

// Peer is the peer that a message is about. The zero Kind is one of the global
// instance, 3 the router's own table.
type Peer struct {
	Kind, Flags byte
	Addr        string // IPv4
	ASN         uint32
	ID          string
	Seconds     uint32 // since 1970
}

func (p Peer) header() []byte {
	b := append([]byte{p.Kind, p.Flags}, make([]byte, 8+12)...)
	b = append(b, netip.MustParseAddr(p.Addr).AsSlice()...)
	b = binary.BigEndian.AppendUint32(b, p.ASN)
	b = append(b, netip.MustParseAddr(p.ID).AsSlice()...)
	return binary.BigEndian.AppendUint64(b, uint64(p.Seconds)<<32)
}

// Up writes that a session of the router at an address, of a network, came up.
func (p Peer) Up(local string, asn uint32) []byte {
	ends := append(make([]byte, 12), netip.MustParseAddr(local).AsSlice()...)
	ends = append(ends, 0, 179, 0x9c, 0x40)
	return BMP(3, p.header(), ends, Open(asn, local, 90), Open(p.ASN, p.ID, 90))
}

// Down writes that the session ended, for a reason (RFC 7854 section 4.9).
func (p Peer) Down(reason byte) []byte { return BMP(2, p.header(), []byte{reason}) }

// Routes writes an UPDATE that the peer sent.
func (p Peer) Routes(update []byte) []byte { return BMP(0, p.header(), update) }

// Capture writes a pcap file with one connection, its payload cut into segments
// of a size.
func Capture(payload []byte, size int) []byte {
	le := binary.LittleEndian
	out := le.AppendUint32(nil, 0xa1b2c3d4)
	out = append(out, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0)
	for seq := uint32(1); len(payload) > 0; {
		n := min(size, len(payload))
		ip := binary.BigEndian.AppendUint16([]byte{0x45, 0}, uint16(40+n))
		ip = append(ip, 0, 0, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 0x80, 0, 0x13, 0x88)
		ip = binary.BigEndian.AppendUint32(ip, seq)
		ip = append(ip, 0, 0, 0, 0, 5<<4, 0x18, 0xff, 0xff, 0, 0, 0, 0)
		ip = append(ip, payload[:n]...)
		out = le.AppendUint32(out, 1_600_000_000)
		out = le.AppendUint32(out, 0)
		out = le.AppendUint32(out, uint32(len(ip)))
		out = append(le.AppendUint32(out, uint32(len(ip))), ip...)
		seq, payload = seq+uint32(n), payload[n:]
	}
	return out
}

// Router writes what a router tells: two sessions with other networks,
// one inside its own, its own table, and the end of one session.
func Router() []byte {
	upstream := Peer{Addr: "198.51.100.1", ASN: 64500, ID: "198.51.100.1", Seconds: 1_600_000_000}
	other := Peer{Addr: "198.51.100.2", ASN: 64501, ID: "198.51.100.2", Seconds: 1_600_000_100}
	inside := Peer{Addr: "192.0.2.9", ASN: 64499, ID: "192.0.2.9", Seconds: 1_600_000_200}
	table := Peer{Kind: 3, Addr: "0.0.0.0", ASN: 64499, ID: "192.0.2.1", Seconds: 1_600_000_300}
	return bytes.Join([][]byte{
		Initiation("edge1"),
		upstream.Up("198.51.100.9", 64499), other.Up("198.51.100.9", 64499), inside.Up("192.0.2.1", 64499), table.Up("192.0.2.1", 64499),
		upstream.Routes(Announce([]uint32{64500, 64510, 64511}, "203.0.113.0/24", "198.18.0.0/15")),
		inside.Routes(Announce([]uint32{64502, 64511}, "203.0.113.0/24")),
		inside.Routes(Announce(nil, "192.0.2.0/24")),
		table.Routes(Announce([]uint32{64500, 64510, 64511}, "203.0.113.0/24")),
		upstream.Routes(Withdraw("203.0.113.0/24")),
		other.Down(4),
	}, nil)
}
