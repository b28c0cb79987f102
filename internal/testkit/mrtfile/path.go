package mrtfile

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// SegmentType is the type of a path segment.
type SegmentType uint8

// Path segments (RFC 4271 section 4.3, RFC 5065 section 3).
const (
	Set            SegmentType = 1
	Sequence       SegmentType = 2
	ConfedSequence SegmentType = 3
	ConfedSet      SegmentType = 4
)

// Segment is a part of an AS path.
type Segment struct {
	Type SegmentType
	ASNs []uint32
}

// Path returns the segments of an AS path in the text form of bgpdump:
// numbers separated by spaces, sets {1,2}, confederation sequences (1 2) and
// confederation sets [1,2].
func Path(text string) ([]Segment, error) {
	var path []Segment
	rest := strings.TrimSpace(text)
	for rest != "" {
		kind, end := Sequence, ""
		switch rest[0] {
		case '{':
			kind, end = Set, "}"
		case '(':
			kind, end = ConfedSequence, ")"
		case '[':
			kind, end = ConfedSet, "]"
		}
		inside, after := rest, ""
		if end != "" {
			var closed bool
			if inside, after, closed = strings.Cut(rest[1:], end); !closed {
				return nil, fmt.Errorf("mrtfile: path %q: %q is missing", text, end)
			}
		} else if i := strings.IndexAny(rest, "{(["); i >= 0 {
			inside, after = rest[:i], rest[i:]
		}
		segment := Segment{Type: kind}
		for _, word := range strings.FieldsFunc(inside, func(r rune) bool { return r == ' ' || r == ',' }) {
			asn, err := strconv.ParseUint(word, 10, 32)
			if err != nil {
				return nil, fmt.Errorf("mrtfile: path %q: %q is no AS number", text, word)
			}
			segment.ASNs = append(segment.ASNs, uint32(asn))
		}
		path = append(path, segment)
		rest = strings.TrimSpace(after)
	}
	return path, nil
}

// MustPath is [Path] for text that stands in the program. It panics if the
// text is no path.
func MustPath(text string) []Segment {
	path, err := Path(text)
	if err != nil {
		panic(err)
	}
	return path
}

// AppendPath appends the value of an AS_PATH attribute with numbers of size
// bytes, 2 or 4. In two bytes a larger number becomes AS 23456. A segment of
// more than 255 numbers is written as several.
func AppendPath(dst []byte, path []Segment, size int) []byte {
	for _, s := range path {
		for part := range slices.Chunk(s.ASNs, math.MaxUint8) {
			dst = append(dst, byte(s.Type), byte(len(part)))
			for _, asn := range part {
				if size == 2 {
					dst = binary.BigEndian.AppendUint16(dst, narrow(asn))
				} else {
					dst = binary.BigEndian.AppendUint32(dst, asn)
				}
			}
		}
	}
	return dst
}

// wide reports whether a number of the path needs four bytes.
func wide(path []Segment) bool {
	return slices.ContainsFunc(path, func(s Segment) bool {
		return slices.ContainsFunc(s.ASNs, func(asn uint32) bool { return asn > math.MaxUint16 })
	})
}

// narrow returns asn in two bytes, AS 23456 if it does not fit.
func narrow(asn uint32) uint16 {
	if asn > math.MaxUint16 {
		return asTrans
	}
	return uint16(asn)
}
