package pcap

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// Reasons why an input cannot be read, or not further.
var (
	// ErrFormat: the input is neither pcap nor pcapng.
	ErrFormat = errors.New("pcap: not a capture file")
	// ErrCut: the input ends within a packet.
	ErrCut = errors.New("pcap: the file ends within a packet")
	// ErrCorrupt: a length is impossible, and what follows cannot be found.
	ErrCorrupt = errors.New("pcap: impossible length")
)

// Limits bounds what is taken from hostile input. The zero value of every field
// stands for its default.
type Limits struct {
	// MaxPacket is the largest packet in bytes. Default 256 KiB, the most that
	// tcpdump captures.
	MaxPacket int
	// MaxStreams is how many directions of connections are followed at a time.
	// Default 65,536.
	MaxStreams int
	// MaxPending is how many bytes of one stream wait for bytes before them.
	// Default 1 MiB, the usual window of a connection.
	MaxPending int
	// MaxAllPending is the same for all streams together. Default 64 MiB.
	MaxAllPending int
}

func (l Limits) withDefaults() Limits {
	l.MaxPacket = cmp.Or(max(l.MaxPacket, 0), 256<<10)
	l.MaxStreams = cmp.Or(max(l.MaxStreams, 0), 1<<16)
	l.MaxPending = cmp.Or(max(l.MaxPending, 0), 1<<20)
	l.MaxAllPending = cmp.Or(max(l.MaxAllPending, 0), 64<<20)
	return l
}

// LinkType says with which header packets begin (the registry of
// draft-ietf-opsawg-pcaplinktype).
type LinkType uint16

// Link types that [ParseSegment] knows.
const (
	LinkNull     LinkType = 0   // loopback of BSD, family in the capturing host's order
	LinkEthernet LinkType = 1   // with or without VLAN tags
	LinkRaw      LinkType = 101 // IPv4 or IPv6
	LinkLoop     LinkType = 108 // loopback of OpenBSD
	LinkSLL      LinkType = 113 // Linux "any" interface
	LinkIPv4     LinkType = 228
	LinkIPv6     LinkType = 229
	LinkSLL2     LinkType = 276 // the same, second version
)

// Packet is one captured packet.
type Packet struct {
	Offset int64     // of Data in the input, in bytes
	Time   time.Time // UTC; zero if the file has none
	Link   LinkType
	Data   []byte // as captured, valid until the next call of Next
	Length int    // on the wire, in bytes; more than Data has if the packet was cut
}

// Reader reads the packets of a capture file. It is used by one goroutine.
type Reader struct {
	in     *bufio.Reader
	limits Limits
	offset int64 // of what is read next
	packet Packet
	buf    []byte
	err    error // for good

	next func() error // reads the next packet; nil before the first

	// pcap:
	order binary.ByteOrder
	unit  time.Duration // of the second part of times
	link  LinkType

	// pcapng:
	interfaces []iface
}

// Magic numbers of the formats, as big-endian readers see them.
const (
	magicMicro       = 0xa1b2c3d4
	magicMicroSwap   = 0xd4c3b2a1
	magicNano        = 0xa1b23c4d
	magicNanoSwap    = 0x4d3cb2a1
	magicNG          = 0x0a0d0d0a
	fileHeaderSize   = 24
	packetHeaderSize = 16
)

// Plausible reports whether head, the first bytes of a file, begin a capture
// file. It needs 4 bytes and is sure with 24.
func Plausible(head []byte) bool {
	if len(head) < 4 {
		return false
	}
	switch binary.BigEndian.Uint32(head) {
	case magicMicro, magicNano:
		return len(head) < 6 || binary.BigEndian.Uint16(head[4:]) == 2
	case magicMicroSwap, magicNanoSwap:
		return len(head) < 6 || binary.LittleEndian.Uint16(head[4:]) == 2
	case magicNG:
		return len(head) < 12 || sectionOrder(head[8:]) != nil
	}
	return false
}

// NewReader returns a reader of the packets in r, which must be decompressed.
func NewReader(r io.Reader, limits Limits) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, 64<<10), limits: limits.withDefaults()}
}

// Next returns the next packet, which is valid until the following call. It
// returns io.EOF at the end of the input, an error that wraps [ErrFormat],
// [ErrCut] or [ErrCorrupt] where the input cannot be read further, or that of
// the input. An error is final.
func (r *Reader) Next() (*Packet, error) {
	if r.err == nil && r.next == nil {
		r.err = r.open()
	}
	if r.err == nil {
		r.err = r.next()
	}
	if r.err != nil {
		return nil, r.err
	}
	return &r.packet, nil
}

// open reads the header of the file.
func (r *Reader) open() error {
	head, err := r.in.Peek(4)
	if err != nil {
		if err == io.EOF {
			return fmt.Errorf("%w: it is shorter than 4 bytes: give a file that tcpdump or Wireshark wrote", ErrFormat)
		}
		return err
	}
	switch magic := binary.BigEndian.Uint32(head); magic {
	case magicMicro, magicNano:
		return r.openClassic(binary.BigEndian, magic == magicNano)
	case magicMicroSwap, magicNanoSwap:
		return r.openClassic(binary.LittleEndian, magic == magicNanoSwap)
	case magicNG:
		r.next = r.nextNG
		return nil
	default:
		return fmt.Errorf("%w: it begins with %08x: give a file that tcpdump or Wireshark wrote", ErrFormat, magic)
	}
}

func (r *Reader) openClassic(order binary.ByteOrder, nano bool) error {
	head, err := r.read(fileHeaderSize)
	if err != nil {
		return err
	}
	r.order, r.unit = order, time.Microsecond
	if nano {
		r.unit = time.Nanosecond
	}
	r.link = LinkType(order.Uint32(head[20:]) & 0xffff) // above it stand flags
	r.next = r.nextClassic
	return nil
}

func (r *Reader) nextClassic() error {
	if _, err := r.in.Peek(1); err != nil {
		return err // io.EOF between packets is the end
	}
	head, err := r.read(packetHeaderSize)
	if err != nil {
		return err
	}
	seconds, part := r.order.Uint32(head), r.order.Uint32(head[4:])
	captured, length := r.order.Uint32(head[8:]), r.order.Uint32(head[12:])
	if int64(captured) > int64(r.limits.MaxPacket) {
		return fmt.Errorf("%w: a packet of %d bytes at offset %d, the limit is %d: capture the file again",
			ErrCorrupt, captured, r.offset, r.limits.MaxPacket)
	}
	at := r.offset
	data, err := r.read(int(captured))
	if err != nil {
		return err
	}
	r.packet = Packet{
		Offset: at, Link: r.link, Data: data, Length: max(int(length), len(data)),
		Time: time.Unix(int64(seconds), 0).Add(time.Duration(part) * r.unit).UTC(),
	}
	return nil
}

// read returns the next n bytes, valid until the next call.
func (r *Reader) read(n int) ([]byte, error) {
	if cap(r.buf) < n {
		r.buf = make([]byte, n)
	}
	got, err := io.ReadFull(r.in, r.buf[:n])
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("%w: %d of %d bytes at offset %d: copy or capture the file again", ErrCut, got, n, r.offset)
	} else if err != nil {
		return nil, err
	}
	r.offset += int64(n)
	return r.buf[:n], nil
}
