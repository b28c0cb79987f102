package mrt

import "strconv"

// AppendText appends the path as bgpdump writes it, for example
// "64496 64497 {64498,64499}": sets in braces, confederation sequences in
// parentheses, confederation sets in brackets, members of sets separated by
// commas. It implements [encoding.TextAppender]; the error is always nil.
func (p *Path) AppendText(b []byte) ([]byte, error) {
	spaced := true // no space is due
	for _, s := range p.Segments {
		if !spaced {
			b = append(b, ' ')
		}
		open, end, comma := segmentMarks(s.Type)
		if open != 0 {
			b = append(b, open)
		}
		for i, asn := range s.ASNs {
			if i > 0 {
				b = append(b, comma)
			}
			b = strconv.AppendUint(b, uint64(asn), 10)
		}
		if end != 0 {
			b = append(b, end)
		}
		spaced = len(s.ASNs) == 0
	}
	return b, nil
}

// String returns the text of [Path.AppendText].
func (p *Path) String() string {
	b, _ := p.AppendText(nil) // never fails
	return string(b)
}

// segmentMarks returns what encloses a segment in text, 0 for nothing, and
// what separates its numbers.
func segmentMarks(t SegmentType) (open, end, separator byte) {
	switch t {
	case ASSet:
		return '{', '}', ','
	case ConfedSequence:
		return '(', ')', ' '
	case ConfedSet:
		return '[', ']', ','
	}
	return 0, 0, ' '
}
