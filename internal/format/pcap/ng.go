package pcap

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"time"
)

// Blocks of pcapng.
const (
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockEnhanced  = 6
	blockSection   = magicNG // the same in both byte orders
)

// iface is an interface on which packets of a section were captured.
type iface struct {
	link   LinkType
	snap   uint32 // most bytes of a packet, 0 for no bound
	unit   uint64 // of time, in parts of a second
	offset int64  // to be added to times, in seconds
}

// What a block may have: interfaces of a section, and bytes of a block that is
// looked into beside the packet that it holds.
const (
	maxInterfaces  = 4096
	maxBlockAround = 64 << 10
	minBlock       = 12
)

// sectionOrder returns the byte order that the magic number of a section header
// at the start of b tells, nil if it is none.
func sectionOrder(b []byte) binary.ByteOrder {
	const magic = 0x1a2b3c4d
	switch {
	case len(b) < 4:
		return nil
	case binary.BigEndian.Uint32(b) == magic:
		return binary.BigEndian
	case binary.LittleEndian.Uint32(b) == magic:
		return binary.LittleEndian
	}
	return nil
}

// nextNG reads blocks until one holds a packet.
func (r *Reader) nextNG() error {
	for {
		if _, err := r.in.Peek(1); err != nil {
			return err
		}
		at := r.offset
		head, err := r.in.Peek(minBlock)
		if err != nil {
			return fmt.Errorf("%w: a block at offset %d: copy or capture the file again", ErrCut, at)
		}
		if binary.BigEndian.Uint32(head) == blockSection {
			r.order = sectionOrder(head[8:])
			r.interfaces = r.interfaces[:0]
		}
		if r.order == nil {
			return fmt.Errorf("%w: no section header at offset %d: capture the file again", ErrCorrupt, at)
		}
		kind, size := r.order.Uint32(head), r.order.Uint32(head[4:])
		if size < minBlock || size%4 != 0 {
			return fmt.Errorf("%w: a block of %d bytes at offset %d: capture the file again", ErrCorrupt, size, at)
		}
		found, err := r.block(kind, int64(size), at)
		if found || err != nil {
			return err
		}
	}
}

// block reads a block and reports whether it holds a packet.
func (r *Reader) block(kind uint32, size, at int64) (bool, error) {
	switch kind {
	case blockInterface, blockPacket, blockSimple, blockEnhanced:
	default:
		// Whatever else a section has is passed over, however large.
		for size > 0 {
			n, err := r.in.Discard(int(min(size, math.MaxInt32)))
			r.offset += int64(n)
			size -= int64(n)
			if err != nil {
				return false, fmt.Errorf("%w: a block at offset %d: copy or capture the file again", ErrCut, at)
			}
		}
		return false, nil
	}
	if size > int64(r.limits.MaxPacket)+maxBlockAround {
		return false, fmt.Errorf("%w: a block of %d bytes at offset %d: capture the file again", ErrCorrupt, size, at)
	}
	whole, err := r.read(int(size))
	if err != nil {
		return false, err
	}
	body := whole[8 : size-4]
	switch kind {
	case blockInterface:
		return false, r.addInterface(body, at)
	case blockSimple:
		return true, r.simple(body, at)
	case blockPacket:
		return true, r.enhanced(body, at, func(b []byte) uint32 { return uint32(r.order.Uint16(b)) })
	}
	return true, r.enhanced(body, at, r.order.Uint32)
}

func (r *Reader) addInterface(body []byte, at int64) error {
	if len(body) < 8 || len(r.interfaces) >= maxInterfaces {
		return fmt.Errorf("%w: interface %d at offset %d: capture the file again", ErrCorrupt, len(r.interfaces), at)
	}
	i := iface{link: LinkType(r.order.Uint16(body)), snap: r.order.Uint32(body[4:]), unit: 1_000_000}
	const optResolution, optOffset = 9, 14
	for options := body[8:]; len(options) >= 4; {
		code, n := r.order.Uint16(options), int(r.order.Uint16(options[2:]))
		padded := 4 + (n+3)&^3
		if code == 0 || len(options) < padded {
			break
		}
		value := options[4 : 4+n]
		switch {
		case code == optResolution && n == 1:
			i.unit = resolution(value[0])
		case code == optOffset && n == 8:
			i.offset = int64(r.order.Uint64(value))
		}
		options = options[padded:]
	}
	r.interfaces = append(r.interfaces, i)
	return nil
}

// resolution returns how many units of time make a second: a power of ten, or
// of two where the first bit is set. One that no clock has counts as
// microseconds.
func resolution(b byte) uint64 {
	exponent := b & 0x7f
	switch {
	case b&0x80 != 0 && exponent < 63:
		return 1 << exponent
	case b&0x80 == 0 && exponent <= 18:
		return uint64(math.Pow10(int(exponent)))
	}
	return 1_000_000
}

// enhanced reads a block that names interface, time and lengths. The obsolete
// form differs in the width of the interface's number only.
func (r *Reader) enhanced(body []byte, at int64, number func([]byte) uint32) error {
	const fixed = 20
	if len(body) < fixed {
		return fmt.Errorf("%w: a packet block at offset %d: capture the file again", ErrCorrupt, at)
	}
	no := number(body)
	captured, length := r.order.Uint32(body[12:]), r.order.Uint32(body[16:])
	if int64(no) >= int64(len(r.interfaces)) || int64(captured) > int64(len(body)-fixed) {
		return fmt.Errorf("%w: a packet of %d bytes on interface %d at offset %d: capture the file again", ErrCorrupt, captured, no, at)
	}
	i := &r.interfaces[no]
	ticks := uint64(r.order.Uint32(body[4:]))<<32 | uint64(r.order.Uint32(body[8:]))
	r.packet = Packet{
		Offset: at + 8 + fixed, Link: i.link, Data: body[fixed : fixed+captured],
		Length: max(int(length), int(captured)), Time: i.time(ticks),
	}
	return nil
}

func (i *iface) time(ticks uint64) time.Time {
	hi, lo := bits.Mul64(ticks%i.unit, uint64(time.Second))
	nanoseconds, _ := bits.Div64(hi, lo, i.unit)
	return time.Unix(int64(ticks/i.unit)+i.offset, int64(nanoseconds)).UTC()
}

// simple reads a block without time and interface: it is the first one.
func (r *Reader) simple(body []byte, at int64) error {
	if len(body) < 4 || len(r.interfaces) == 0 {
		return fmt.Errorf("%w: a packet block at offset %d: capture the file again", ErrCorrupt, at)
	}
	i := &r.interfaces[0]
	length := r.order.Uint32(body)
	captured := min(int64(length), int64(len(body)-4))
	if i.snap > 0 {
		captured = min(captured, int64(i.snap))
	}
	r.packet = Packet{
		Offset: at + 12, Link: i.link, Data: body[4 : 4+captured], Length: max(int(length), int(captured)),
	}
	return nil
}
