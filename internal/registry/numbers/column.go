package numbers

import (
	"encoding/binary"
	"fmt"
)

// A section is a sequence of columns: all values of one kind together, which
// compresses far better than records do. A column begins with its size in
// bytes, as an unsigned varint; a section begins with its number of rows,
// likewise.

// appendColumn appends a column to a section.
func appendColumn(section, column []byte) []byte {
	section = binary.AppendUvarint(section, uint64(len(column)))
	return append(section, column...)
}

// column reads values from the front of a column. The first misfit sets bad,
// and all later values are zero; callers check with [column.done].
type column struct {
	b   []byte
	bad bool
}

// uvarint reads an unsigned varint.
func (c *column) uvarint() uint64 {
	if len(c.b) > 0 && c.b[0] < 0x80 { // most values take one byte
		v := uint64(c.b[0])
		c.b = c.b[1:]
		return v
	}
	v, n := binary.Uvarint(c.b)
	if n <= 0 {
		c.bad, c.b = true, nil
		return 0
	}
	c.b = c.b[n:]
	return v
}

// byte reads one byte.
func (c *column) byte() byte {
	if len(c.b) == 0 {
		c.bad = true
		return 0
	}
	v := c.b[0]
	c.b = c.b[1:]
	return v
}

// column reads a column out of a section.
func (c *column) column() column {
	n := c.uvarint()
	if n > uint64(len(c.b)) {
		c.bad, c.b = true, nil
		return column{}
	}
	out := column{b: c.b[:n]}
	c.b = c.b[n:]
	return out
}

// done returns an error unless every column was read without a misfit and to
// its end.
func done(s section, cs ...*column) error {
	for i, c := range cs {
		if c.bad {
			return fmt.Errorf("%w (section %v: column %d ends early)", ErrCorrupt, s, i)
		}
		if len(c.b) != 0 {
			return fmt.Errorf("%w (section %v: column %d has %d bytes too many)", ErrCorrupt, s, i, len(c.b))
		}
	}
	return nil
}

// wideColumn writes 128-bit numbers as two columns: the number of trailing
// zero bits, and the rest as a varint of 7 bits a byte. Addresses and sizes of
// ranges are mostly small multiples of large powers of two.
type wideColumn struct{ zeros, rest []byte }

func (c *wideColumn) append(w wide) {
	if w.isZero() {
		c.zeros = append(c.zeros, wideZero)
		return
	}
	n := w.trailingZeros()
	c.zeros = append(c.zeros, byte(n))
	w = w.shr(n + 1) // the lowest bit is a one and need not be stored
	for w.bitLen() > 7 {
		c.rest = append(c.rest, byte(w.lo)|0x80)
		w = w.shr(7)
	}
	c.rest = append(c.rest, byte(w.lo))
}

// wideZero stands for the number 0, which has no lowest one bit.
const wideZero = 128

// readWide reads what wideColumn.append wrote.
func readWide(zeros, rest *column) wide {
	n := zeros.byte()
	if n == wideZero {
		return wide{}
	}
	if n > wideZero {
		zeros.bad = true
		return wide{}
	}
	var w wide
	for shift := uint(0); ; shift += 7 {
		b := rest.byte()
		if rest.bad || shift > 126 || shift == 126 && b > 1<<2-1 {
			rest.bad = true
			return wide{}
		}
		part := wide{0, uint64(b & 0x7f)}.shl(shift)
		w.hi |= part.hi
		w.lo |= part.lo
		if b < 0x80 {
			break
		}
	}
	if w.bitLen()+uint(n)+1 > 128 {
		rest.bad = true
		return wide{}
	}
	w = w.shl(1)
	w.lo |= 1
	return w.shl(uint(n))
}
