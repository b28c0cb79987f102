package pcap

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"time"
)

// classic writes a pcap file of frames.
func classic(order binary.AppendByteOrder, magic uint32, link LinkType, frames ...[]byte) []byte {
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = order.AppendUint32(b, 262144)
	b = order.AppendUint32(b, uint32(link))
	for i, f := range frames {
		b = order.AppendUint32(b, 1_600_000_000+uint32(i))
		b = order.AppendUint32(b, 123_456)
		b = order.AppendUint32(b, uint32(len(f)))
		b = order.AppendUint32(b, uint32(len(f)))
		b = append(b, f...)
	}
	return b
}

// block writes a block of pcapng.
func block(order binary.AppendByteOrder, kind uint32, body ...[]byte) []byte {
	all := bytes.Join(body, nil)
	for len(all)%4 != 0 {
		all = append(all, 0)
	}
	b := order.AppendUint32(nil, kind)
	b = order.AppendUint32(b, uint32(len(all)+12))
	return order.AppendUint32(append(b, all...), uint32(len(all)+12))
}

// section begins a pcapng file with one Ethernet interface whose clock has the
// resolution that the option says.
func section(order binary.AppendByteOrder, resolution byte) []byte {
	magic := order.AppendUint32(nil, 0x1a2b3c4d)
	b := block(order, blockSection, magic, order.AppendUint16(order.AppendUint16(nil, 1), 0), bytes.Repeat([]byte{0xff}, 8))
	description := order.AppendUint32(order.AppendUint16(order.AppendUint16(nil, uint16(LinkEthernet)), 0), 0)
	option := append(order.AppendUint16(order.AppendUint16(nil, 9), 1), resolution, 0, 0, 0)
	return append(b, block(order, blockInterface, description, option)...)
}

func enhancedBlock(order binary.AppendByteOrder, ticks uint64, frame []byte) []byte {
	head := order.AppendUint32(nil, 0)
	head = order.AppendUint32(head, uint32(ticks>>32))
	head = order.AppendUint32(head, uint32(ticks))
	head = order.AppendUint32(head, uint32(len(frame)))
	head = order.AppendUint32(head, uint32(len(frame)))
	return block(order, blockEnhanced, head, frame)
}

// tcp4 writes a TCP segment in an IPv4 packet.
func tcp4(seq uint32, syn bool, data string) []byte {
	b := []byte{0x45, 0}
	b = binary.BigEndian.AppendUint16(b, uint16(40+len(data)))
	b = append(b, 0, 0, 0x40, 0, 64, protocolTCP, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2)
	return append(append(b, tcpHeader(seq, syn)...), data...)
}

// tcp6 writes one in an IPv6 packet, behind an empty header of options.
func tcp6(seq uint32, data string) []byte {
	b := []byte{0x60, 0, 0, 0}
	b = binary.BigEndian.AppendUint16(b, uint16(28+len(data)))
	b = append(b, 60, 64) // destination options
	src, dst := netip.MustParseAddr("2001:db8::1").As16(), netip.MustParseAddr("2001:db8::2").As16()
	b = append(append(b, src[:]...), dst[:]...)
	b = append(b, protocolTCP, 0, 1, 4, 0, 0, 0, 0)
	return append(append(b, tcpHeader(seq, false)...), data...)
}

func tcpHeader(seq uint32, syn bool) []byte {
	b := binary.BigEndian.AppendUint16(nil, 1000)
	b = binary.BigEndian.AppendUint16(b, 5000)
	b = binary.BigEndian.AppendUint32(b, seq)
	flags := byte(0x18)
	if syn {
		flags = 2
	}
	return append(b, 0, 0, 0, 0, 5<<4, flags, 0xff, 0xff, 0, 0, 0, 0)
}

// ether puts a packet into an Ethernet frame, behind VLAN tags if there are any.
func ether(kind uint16, packet []byte, vlans ...uint16) []byte {
	b := make([]byte, 12)
	for _, v := range vlans {
		b = append(b, 0x81, 0)
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return append(binary.BigEndian.AppendUint16(b, kind), packet...)
}

// flow is that of tcp4.
func flow() Flow {
	return Flow{netip.MustParseAddrPort("192.0.2.1:1000"), netip.MustParseAddrPort("192.0.2.2:5000")}
}

func at(seconds, nanoseconds int64) time.Time { return time.Unix(seconds, nanoseconds).UTC() }
