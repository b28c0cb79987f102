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

// column reads values from a column, front to end. The first misfit sets bad,
// and all later values are zero; callers check with [done].
type column struct {
	b   []byte
	at  int // a position costs less to move than a slice
	bad bool
}

// left returns the bytes not read yet.
func (c *column) left() []byte { return c.b[c.at:] }

// fail marks a misfit.
func (c *column) fail() { c.at, c.bad = len(c.b), true }

// small reads an unsigned varint if it takes one byte, as most do.
func (c *column) small() (uint64, bool) {
	if c.at < len(c.b) && c.b[c.at] < 0x80 {
		c.at++
		return uint64(c.b[c.at-1]), true
	}
	return 0, false
}

// uvarint reads an unsigned varint.
func (c *column) uvarint() uint64 {
	if v, ok := c.small(); ok {
		return v
	}
	v, n := binary.Uvarint(c.left())
	if n <= 0 {
		c.fail()
		return 0
	}
	c.at += n
	return v
}

// byte reads one byte.
func (c *column) byte() byte {
	if c.at == len(c.b) {
		c.bad = true
		return 0
	}
	c.at++
	return c.b[c.at-1]
}

// uint16 reads two bytes, little-endian.
func (c *column) uint16() uint16 {
	if len(c.left()) < 2 {
		c.fail()
		return 0
	}
	c.at += 2
	return binary.LittleEndian.Uint16(c.b[c.at-2:])
}

// wide reads an unsigned varint of up to 128 bits.
func (c *column) wide() wide {
	var w wide
	for shift := uint(0); ; shift += 7 {
		b := c.byte()
		if c.bad || shift > 126 || shift == 126 && b > 1<<2-1 {
			c.fail()
			return wide{}
		}
		part := wide{0, uint64(b & 0x7f)}.shl(shift)
		w.hi |= part.hi
		w.lo |= part.lo
		if b < 0x80 {
			return w
		}
	}
}

// column reads a column out of a section.
func (c *column) column() column {
	n := c.uvarint()
	if n > uint64(len(c.left())) {
		c.fail()
		return column{}
	}
	out := column{b: c.left()[:n]}
	c.at += int(n)
	return out
}

// done returns an error unless every column was read without a misfit and to
// its end.
func done(s section, cs ...*column) error {
	for i, c := range cs {
		if c.bad {
			return fmt.Errorf("%w (section %v: column %d does not fit)", ErrCorrupt, s, i)
		}
		if n := len(c.left()); n != 0 {
			return fmt.Errorf("%w (section %v: column %d has %d bytes too many)", ErrCorrupt, s, i, n)
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
	if v, ok := rest.small(); ok { // as for every size that is a power of two
		w.lo = v
	} else {
		w = rest.wide()
	}
	if w.bitLen()+uint(n)+1 > 128 {
		rest.bad = true
		return wide{}
	}
	w = w.shl(1)
	w.lo |= 1
	return w.shl(uint(n))
}
