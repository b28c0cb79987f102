package evidence

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

var errShort = errors.New("a record ends too early")

// payload reads the values in a frame. It notes the first error and then
// returns zero values.
type payload struct {
	p     []byte // what is left of the frame
	words []string
	err   error
}

// reset forgets the numbered words.
func (d *payload) reset() { d.words = d.words[:0] }

func (d *payload) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.p = nil
}

func (d *payload) list() []string {
	n := d.length()
	if n == 0 {
		return nil
	}
	out := make([]string, 0, min(n, 64))
	for range n {
		out = append(out, d.word())
		if d.err != nil {
			return nil
		}
	}
	return out
}

// word reads a word or the number of one.
func (d *payload) word() string {
	n := d.uint()
	if d.err != nil {
		return ""
	}
	if n == 0 {
		text := d.text()
		d.words = append(d.words, text)
		return text
	}
	if n > uint64(len(d.words)) {
		d.fail(fmt.Errorf("word %d of %d", n, len(d.words)))
		return ""
	}
	return d.words[n-1]
}

func (d *payload) text() string { return string(d.take(d.length())) }

// length reads a count of things that take at least a byte each, so that it
// cannot claim more than the frame holds.
func (d *payload) length() int { return d.count(d.uint()) }

// count checks a number that was read as such a count.
func (d *payload) count(n uint64) int {
	if n > uint64(len(d.p)) {
		d.fail(errShort)
		return 0
	}
	return int(n)
}

func (d *payload) take(n int) []byte {
	if n > len(d.p) {
		d.fail(errShort)
		return nil
	}
	taken := d.p[:n]
	d.p = d.p[n:]
	return taken
}

// time reads what encoder.time writes: an instant within the years 1 to 9999.
func (d *payload) time() time.Time {
	nanos := d.uint()
	if nanos == 0 {
		return time.Time{}
	}
	seconds := d.int()
	const first, last = -62135596800, 253402300799 // 0001-01-01T00:00:00Z, 9999-12-31T23:59:59Z
	if nanos > 1e9 || seconds < first || seconds > last || seconds == first && nanos == 1 {
		d.fail(errors.New("a time is out of range"))
		return time.Time{}
	}
	return time.Unix(seconds, int64(nanos-1)).UTC()
}

func (d *payload) uint() uint64 {
	n, size := binary.Uvarint(d.p)
	if size <= 0 {
		d.fail(errShort)
		return 0
	}
	d.p = d.p[size:]
	return n
}

func (d *payload) int() int64 {
	n, size := binary.Varint(d.p)
	if size <= 0 {
		d.fail(errShort)
		return 0
	}
	d.p = d.p[size:]
	return n
}
