package routetext

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// Types of segments (RFC 4271 section 4.3, RFC 5065 section 3).
const (
	set            = 1
	sequence       = 2
	confedSequence = 3
	confedSet      = 4
)

// maxSegment is how many numbers a segment can hold.
const maxSegment = 255

// appendPath appends the path in a text: numbers, sets in braces, confederation
// sequences in parentheses and sets in brackets, members with commas or spaces
// between them. A letter for the origin may end it. It reports whether the text
// is a path.
func appendPath(dst []byte, text string) ([]byte, bool) {
	kind := byte(sequence)
	start := -1 // of the open segment in dst
	for text != "" {
		switch c := text[0]; c {
		case ' ', '\t', ',':
			text = text[1:]
			continue
		case '{', '(', '[':
			if kind != sequence {
				return dst, false
			}
			kind, start = opens(c), -1
			text = text[1:]
			continue
		case '}', ')', ']':
			if kind == sequence || closes(kind) != c {
				return dst, false
			}
			kind, start = sequence, -1
			text = text[1:]
			continue
		case 'i', 'e', '?':
			return dst, kind == sequence && strings.TrimSpace(text[1:]) == ""
		}
		end := strings.IndexAny(text, " \t,{}()[]")
		if end < 0 {
			end = len(text)
		}
		asn, ok := asNumber(text[:end])
		if !ok {
			return dst, false
		}
		if start < 0 || dst[start+1] == maxSegment {
			start = len(dst)
			dst = append(dst, kind, 0)
		}
		dst[start+1]++
		dst = binary.BigEndian.AppendUint32(dst, asn)
		text = text[end:]
	}
	return dst, kind == sequence
}

func opens(c byte) byte {
	switch c {
	case '{':
		return set
	case '(':
		return confedSequence
	}
	return confedSet
}

func closes(kind byte) byte {
	switch kind {
	case set:
		return '}'
	case confedSequence:
		return ')'
	}
	return ']'
}

// asNumber reads an AS number in one part or two (RFC 5396).
func asNumber(word string) (uint32, bool) {
	high, low, dotted := strings.Cut(word, ".")
	if !dotted {
		n, err := strconv.ParseUint(word, 10, 32)
		return uint32(n), err == nil
	}
	h, errHigh := strconv.ParseUint(high, 10, 16)
	l, errLow := strconv.ParseUint(low, 10, 16)
	return uint32(h<<16 | l), errHigh == nil && errLow == nil
}

// firstASN returns the first number of a path that begins with a sequence.
func firstASN(path []byte) uint32 {
	if len(path) < 6 || path[0] != sequence {
		return 0
	}
	return binary.BigEndian.Uint32(path[2:])
}

// prepend returns the path with a number before it, unless it begins with it.
func prepend(asn uint32, path []byte) []byte {
	if asn == 0 || len(path) == 0 || firstASN(path) == asn {
		return path
	}
	head := []byte{sequence, 1}
	head = binary.BigEndian.AppendUint32(head, asn)
	return append(head, path...)
}
