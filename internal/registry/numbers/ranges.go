package numbers

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// A range section has a row for each range, ascending and disjoint, and five
// columns:
//
//	gap   addresses between the range before it and this one (wide: two columns)
//	size  number of its addresses, 0 for the whole IPv6 space (wide: two columns)
//	value of a range by origin, the row of its AS number in the holder section;
//	      of a range by country, the place of that in [countryValues]; as a varint
//
// Ranges that touch and have one value are one range, so that a table has one
// form only.

// encodeRanges lays out a range section. The spans are flat; values holds all
// theirs, ascending.
func encodeRanges(flat []span, values []uint32) []byte {
	var gaps, sizes wideColumn
	var origins []byte
	var next wide // the first address after the range before
	for _, s := range flat {
		gaps.append(s.first.sub(next))
		next = s.last.inc()
		sizes.append(next.sub(s.first))
		row, _ := slices.BinarySearch(values, s.value)
		origins = binary.AppendUvarint(origins, uint64(row))
	}
	out := binary.AppendUvarint(nil, uint64(len(flat)))
	for _, c := range [][]byte{gaps.zeros, gaps.rest, sizes.zeros, sizes.rest, origins} {
		out = appendColumn(out, c)
	}
	return out
}

// decodeRanges unpacks the range section of a family and calls each for every
// range in order, after reserve with their number. It checks that ranges are
// ascending, disjoint and joined, that they lie within the family, and that
// their values are places in the given list.
func decodeRanges(s section, f family, b []byte, values []uint32, reserve func(n int), each func(first, last wide, value uint32)) error {
	all := column{b: b}
	rows := all.uvarint()
	gapZeros, gapRest, sizeZeros, sizeRest, origins := all.column(), all.column(), all.column(), all.column(), all.column()
	if rows > uint64(len(origins.b)) || rows > 2*maxRanges { // resolving overlaps can double them
		return fmt.Errorf("%w (section %v: %d rows do not fit)", ErrCorrupt, s, rows)
	}
	reserve(int(rows))
	limit := f.max()
	var next wide
	before := ^uint64(0)
	for i := range rows {
		gap, size := readWide(&gapZeros, &gapRest), readWide(&sizeZeros, &sizeRest)
		row := origins.uvarint()
		first := next.add(gap)
		last := first.add(size).dec()
		switch {
		case gapZeros.bad || gapRest.bad || sizeZeros.bad || sizeRest.bad || origins.bad:
			return done(s, &gapZeros, &gapRest, &sizeZeros, &sizeRest, &origins)
		case i > 0 && next.isZero(), // the range before ended the IPv6 space
			first.less(next), last.less(first), limit.less(last),
			i > 0 && gap.isZero() && row == before,
			row >= uint64(len(values)):
			return fmt.Errorf("%w (section %v: range %d is out of order or place)", ErrCorrupt, s, i)
		}
		each(first, last, values[row])
		next, before = last.inc(), row
	}
	return done(s, &gapZeros, &gapRest, &sizeZeros, &sizeRest, &origins, &all)
}
