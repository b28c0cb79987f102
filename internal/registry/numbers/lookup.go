package numbers

import "sort"

// A lookup finds the last range that begins at or below an address and sees
// whether it reaches it. Ranges are sorted, and an index over the first bits
// of addresses replaces most steps of the binary search: a handful of memory
// accesses remain.

// positions is such an index: of the ranges from some start on, those whose
// bits are i stand at positions[i] up to positions[i+1].
type positions []uint32

func newPositions(bits uint) positions { return make(positions, 1<<bits+1) }

// count notes a range whose bits are i.
func (p positions) count(i uint64) { p[i+1]++ }

// finish turns the counts into positions from start on.
func (p positions) finish(start uint32) {
	p[0] = start
	for i := 1; i < len(p); i++ {
		p[i] += p[i-1]
	}
}

// range4 is an IPv4 range with its value: the AS number that originates it, or
// the country it is registered in, by the section that it stands in.
type range4 struct{ first, last, value uint32 }

// table4 is an unpacked IPv4 section.
type table4 struct {
	top    positions // by the first top4Bits of the first address
	ranges []range4  // ascending
}

// top4Bits makes an index of 1 MiB, with one or two ranges of today's Internet
// behind each entry.
const top4Bits = 18

func decode4(s section, b []byte, values []uint32) (*table4, error) {
	t := &table4{top: newPositions(top4Bits)}
	err := decodeRanges(s, ipv4, b, values,
		func(n int) { t.ranges = make([]range4, 0, n) },
		func(first, last wide, value uint32) {
			t.ranges = append(t.ranges, range4{uint32(first.lo), uint32(last.lo), value})
			t.top.count(first.lo >> (32 - top4Bits))
		})
	if err != nil {
		return nil, err
	}
	t.top.finish(0)
	return t, nil
}

// find returns the range that holds the address, nil if none does.
func (t *table4) find(a uint32) *range4 {
	i := a >> (32 - top4Bits)
	lo, n := t.top[i], t.top[i+1]-t.top[i]
	// Invariant: of the n ranges from lo on, and no others of this index
	// entry, it is unknown whether they begin at or below a.
	for n > 0 {
		half := (n + 1) / 2
		if t.ranges[lo+half-1].first <= a {
			lo += half
		}
		n -= half
	}
	// The range before lo may be of an earlier entry.
	if lo == 0 || t.ranges[lo-1].last < a {
		return nil
	}
	return &t.ranges[lo-1]
}

// range6 is an IPv6 range with its value, as range4.
type range6 struct {
	first, last wide
	value       uint32
}

// table6 is an unpacked IPv6 section. The Internet's IPv6 space crowds into
// some sixty /16 of 2000::/3, so those get a second index of their own.
type table6 struct {
	top    positions // by the first 16 bits of the first address
	fineAt []int32   // by the same bits: where in fine their index begins, -1 if they have none
	fine   positions // by the fineBits that follow; all indexes in a row
	heads  []uint64  // the upper half of each range's first address
	ranges []range6  // ascending
}

const (
	top6Bits = 16
	fineBits = 12
	fineSize = 1<<fineBits + 1
	// crowded is how many ranges get an index of their own. It keeps the
	// indexes together below twice the size of the ranges, whatever they are.
	crowded = 256
)

func decode6(s section, b []byte, values []uint32) (*table6, error) {
	t := &table6{top: newPositions(top6Bits), fineAt: make([]int32, 1<<top6Bits)}
	err := decodeRanges(s, ipv6, b, values,
		func(n int) { t.heads, t.ranges = make([]uint64, 0, n), make([]range6, 0, n) },
		func(first, last wide, value uint32) {
			t.heads = append(t.heads, first.hi)
			t.ranges = append(t.ranges, range6{first, last, value})
			t.top.count(topOf(first))
		})
	if err != nil {
		return nil, err
	}
	t.top.finish(0)
	for i := range t.fineAt {
		t.fineAt[i] = -1
		lo, hi := t.top[i], t.top[i+1]
		if hi-lo < crowded {
			continue
		}
		t.fineAt[i] = int32(len(t.fine))
		fine := newPositions(fineBits)
		for _, r := range t.ranges[lo:hi] {
			fine.count(fineOf(r.first))
		}
		fine.finish(lo)
		t.fine = append(t.fine, fine...)
	}
	return t, nil
}

// topOf and fineOf return the bits of an address that the two indexes go by.
func topOf(a wide) uint64  { return a.hi >> (64 - top6Bits) }
func fineOf(a wide) uint64 { return a.hi >> (64 - top6Bits - fineBits) & (1<<fineBits - 1) }

// find returns the range that holds the address, nil if none does.
func (t *table6) find(a wide) *range6 {
	index, i := t.top, topOf(a)
	if at := t.fineAt[i]; at >= 0 {
		index, i = t.fine[at:at+fineSize], fineOf(a)
	}
	lo, n := index[i], index[i+1]-index[i]
	for n > 0 { // as in table4.find, among the upper halves, which take little cache
		half := (n + 1) / 2
		if t.heads[lo+half-1] <= a.hi {
			lo += half
		}
		n -= half
	}
	if lo > 0 && a.less(t.ranges[lo-1].first) {
		// Ranges smaller than a /64 begin in the address's own /64, and the
		// last of them above it.
		lo = uint32(sort.Search(int(lo), func(i int) bool { return a.less(t.ranges[i].first) }))
	}
	if lo == 0 || t.ranges[lo-1].last.less(a) {
		return nil
	}
	return &t.ranges[lo-1]
}
