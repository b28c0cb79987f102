package mrt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// ErrPath is the error of a malformed AS_PATH.
var ErrPath = errors.New("mrt: malformed AS path")

// SegmentType is the type of a path segment.
type SegmentType uint8

// Path segments (RFC 4271 section 4.3, RFC 5065 section 3).
const (
	ASSet          SegmentType = 1
	ASSequence     SegmentType = 2
	ConfedSequence SegmentType = 3 // inside a confederation
	ConfedSet      SegmentType = 4
)

// ordered reports whether the order of the segment's numbers has a meaning.
func (t SegmentType) ordered() bool { return t == ASSequence || t == ConfedSequence }

// confed reports whether the segment lies inside a confederation.
func (t SegmentType) confed() bool { return t == ConfedSequence || t == ConfedSet }

// RawPath is an AS path as the attributes hold it. Equal RawPaths decode to
// equal paths, so it is the form in which to intern paths. The converse does
// not hold: one path has several encodings.
//
// It shares memory with the attributes.
type RawPath struct {
	ASPath  []byte // value of AS_PATH, nil if there is none
	AS4Path []byte // value of AS4_PATH if it counts, else nil
	AS4     bool   // numbers in ASPath have 4 bytes, else 2
}

// Tag returns the first byte of the path's key, see [RawPath.AppendKey].
func (r RawPath) Tag() byte {
	switch {
	case r.AS4:
		return 4
	case r.AS4Path == nil:
		return 2
	}
	return 6
}

// AppendKey appends a key to dst that is the same for equal raw paths only: the
// tag of its kind, and in the common case AS_PATH as it stands.
func (r RawPath) AppendKey(dst []byte) []byte {
	dst = append(dst, r.Tag())
	if r.Tag() == 6 {
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(r.AS4Path)))
		dst = append(dst, r.AS4Path...)
	}
	return append(dst, r.ASPath...)
}

// RawPathOf returns the raw path of a key that [RawPath.AppendKey] made. It
// shares memory with the key.
func RawPathOf(key []byte) RawPath {
	r := RawPath{ASPath: key[1:], AS4: key[0] == 4}
	if key[0] == 6 {
		n := binary.BigEndian.Uint16(key[1:])
		r.AS4Path, r.ASPath = key[3:3+n], key[3+n:]
	}
	return r
}

// CutHead cuts a path in two where what it shows is the sum of what both parts
// show: it must be one sequence of at least three numbers, whose first two stand
// nowhere else in it. head is those two and the one after them, which begins the
// rest. The key of the rest, as [RawPath.AppendKey] would make it, is appended to
// dst. A path that cannot be cut gives dst.
func (r RawPath) CutHead(dst []byte) (head [3]uint32, key []byte, ok bool) {
	const before = 2 // numbers
	size, tag := 2, byte(2)
	if r.AS4 {
		size, tag = 4, 4
	}
	b := r.ASPath
	if len(b) < 2 || r.AS4Path != nil || SegmentType(b[0]) != ASSequence ||
		b[1] <= before || len(b) != 2+int(b[1])*size {
		return head, dst, false
	}
	for i := range head {
		head[i] = hop(b, i, size)
	}
	if head[0] == head[1] {
		return head, dst, false
	}
	for i := before; i < int(b[1]); i++ {
		if asn := hop(b, i, size); asn == head[0] || asn == head[1] {
			return head, dst, false
		}
	}
	dst = append(dst, tag, b[0], b[1]-before)
	return head, append(dst, b[2+before*size:]...), true
}

// hop returns a number of the segment that begins b.
func hop(b []byte, i, size int) uint32 {
	if size == 2 {
		return uint32(binary.BigEndian.Uint16(b[2+2*i:]))
	}
	return binary.BigEndian.Uint32(b[2+4*i:])
}

// AppendSequence appends the numbers of a path that is one sequence and nothing
// else, as almost all are. Of any other path, and of a malformed one, it returns
// dst and false.
func (r RawPath) AppendSequence(dst []uint32) ([]uint32, bool) {
	size := 2
	if r.AS4 {
		size = 4
	}
	b := r.ASPath
	if len(b) < 2 || r.AS4Path != nil || SegmentType(b[0]) != ASSequence || len(b) != 2+int(b[1])*size {
		return dst, false
	}
	return appendNumbers(dst, b[2:], size), true
}

// Segment is one segment of a path.
type Segment struct {
	Type SegmentType
	ASNs []uint32 // in order, the most recent hop first
}

// Path is a decoded AS path: the most recent hop first, the origin last. An
// empty path belongs to a route that arose in the peer's own network.
//
// The zero value is an empty path. Decode reuses the memory of the path it is
// called on, so what was taken from the old one is overwritten; a path in use
// must not be copied. It is used by one goroutine at a time.
type Path struct {
	Segments []Segment

	numbers  []uint32 // backing Segments
	as4      []Segment
	as4store []uint32
	order    []uint64 // scratch of HasLoop
}

// Decode replaces the path by the one in raw. The error wraps [ErrPath] and
// leaves the path empty.
//
// With 2-byte numbers AS4_PATH is merged in (RFC 6793 section 4.2.3): where
// AS_PATH has at least as many hops, as many of its leading hops as it has more
// are kept, and AS4_PATH follows them. A malformed AS4_PATH is discarded, as
// section 6 demands; its place is then taken by AS 23456.
//
// A segment without numbers, which RFC 7606 section 7.2 calls malformed but old
// tables hold, is kept as it is.
func (p *Path) Decode(raw RawPath) (err error) {
	size := 2
	if raw.AS4 {
		size = 4
	}
	p.Segments, p.numbers, err = decodeSegments(p.Segments[:0], p.numbers[:0], raw.ASPath, size)
	if err != nil {
		p.Segments = p.Segments[:0]
		return err
	}
	if !raw.AS4 && len(raw.AS4Path) > 0 {
		p.mergeAS4(raw.AS4Path)
	}
	return nil
}

// decodeSegments appends the segments in b, whose numbers have size bytes, to
// segments, and their numbers to numbers, which the segments share.
func decodeSegments(segments []Segment, numbers []uint32, b []byte, size int) ([]Segment, []uint32, error) {
	// The numbers must not move once a segment points to them.
	numbers = slices.Grow(numbers, len(b)/size)
	for len(b) > 0 {
		if len(b) < 2 {
			return segments, numbers, fmt.Errorf("%w: %d byte left over", ErrPath, len(b))
		}
		kind, count := SegmentType(b[0]), int(b[1])
		if kind < ASSet || kind > ConfedSet {
			return segments, numbers, fmt.Errorf("%w: segment type %d", ErrPath, kind)
		}
		end := 2 + count*size
		if len(b) < end {
			return segments, numbers, fmt.Errorf("%w: segment of %d numbers in %d bytes", ErrPath, count, len(b))
		}
		start := len(numbers)
		numbers = appendNumbers(numbers, b[2:end], size)
		segments = append(segments, Segment{kind, numbers[start:len(numbers):len(numbers)]})
		b = b[end:]
	}
	return segments, numbers, nil
}

// appendNumbers appends the numbers of size bytes in b.
func appendNumbers(numbers []uint32, b []byte, size int) []uint32 {
	if size == 2 {
		for ; len(b) >= 2; b = b[2:] {
			numbers = append(numbers, uint32(binary.BigEndian.Uint16(b)))
		}
		return numbers
	}
	for ; len(b) >= 4; b = b[4:] {
		numbers = append(numbers, binary.BigEndian.Uint32(b))
	}
	return numbers
}

// mergeAS4 merges the value of an AS4_PATH attribute into the path.
func (p *Path) mergeAS4(value []byte) {
	var err error
	p.as4, p.as4store, err = decodeSegments(p.as4[:0], p.as4store[:0], value, 4)
	if err != nil {
		return
	}
	// Confederations do not belong there and are discarded (RFC 6793 section 6).
	p.as4 = slices.DeleteFunc(p.as4, func(s Segment) bool { return s.Type.confed() })
	hops, hops4 := countHops(p.Segments), countHops(p.as4)
	if hops4 == 0 || hops < hops4 {
		return
	}
	p.Segments = append(leadingHops(p.Segments, hops-hops4), p.as4...)
}

// leadingHops cuts segments after n hops, which they must have. Confederation
// segments count no hop; those at the start or after a hop that stays, stay.
func leadingHops(segments []Segment, n int) []Segment {
	for i, s := range segments {
		hops := countHops(segments[i : i+1])
		switch {
		case s.Type.confed() || n > 0 && hops <= n:
			n -= hops
		case n > 0: // a sequence, since a set is one hop
			segments[i].ASNs = s.ASNs[:n]
			return segments[:i+1]
		default:
			return segments[:i]
		}
	}
	return segments
}

// countHops returns the length of a path as route selection counts it: a set
// counts as one hop (RFC 4271 section 9.1.2.2), a confederation not at all
// (RFC 5065 section 5.3).
func countHops(segments []Segment) int {
	hops := 0
	for _, s := range segments {
		switch {
		case s.Type == ASSequence:
			hops += len(s.ASNs)
		case s.Type == ASSet && len(s.ASNs) > 0:
			hops++
		}
	}
	return hops
}

// Hops returns the length of the path as route selection counts it: a set
// counts one, confederation segments nothing.
func (p *Path) Hops() int { return countHops(p.Segments) }
