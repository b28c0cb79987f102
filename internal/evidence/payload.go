package evidence

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"
)

var errShort = errors.New("a record ends too early")

// payload reads the values in a frame. It notes the first error and then
// returns zero values.
type payload struct {
	p     []byte // what is left of the frame
	words []string
	ids   map[string]ID // of words that are identifiers
	err   error
}

// reset forgets the numbered words.
func (d *payload) reset() { d.words, d.ids = d.words[:0], make(map[string]ID) }

func (d *payload) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.p = nil
}

func (d *payload) attr() Attr {
	a := Attr{Key: d.word(), op: Op(min(d.uint(), 255))}
	switch a.op {
	case OpSum, OpMin, OpMax:
		a.number = d.int()
		if a.op == OpSum && a.number < 0 {
			d.fail(fmt.Errorf("attribute %q is a sum below 0", a.Key))
		}
	case OpSet, OpDistinct:
		d.attrWords(&a)
	default:
		d.fail(fmt.Errorf("attribute %q has the unknown operation %d", a.Key, a.op))
	}
	return a
}

func (d *payload) attrWords(a *Attr) {
	form := d.uint()
	if form == formSketch && a.op == OpDistinct {
		a.sketch = new(sketch)
		copy(a.sketch.registers[:], d.take(sketchSize))
		if slices.Max(a.sketch.registers[:]) > maxRank {
			d.fail(fmt.Errorf("attribute %q holds an impossible sketch", a.Key))
		}
		return
	}
	a.words = d.list()
	a.more = form == formMore
	ascending := true
	for i := 1; i < len(a.words); i++ {
		ascending = ascending && a.words[i-1] < a.words[i]
	}
	capped := a.capped()
	if !ascending || form > formMore || a.op == OpDistinct && (a.more || capped.sketch != nil) ||
		a.op == OpSet && (len(a.words) > MaxSet || a.more && len(a.words) < MaxSet) {
		d.fail(fmt.Errorf("attribute %q is malformed", a.Key))
	}
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

// id reads an identifier and checks that it is canonical: nothing else in the
// program would, and equality rests on it.
func (d *payload) id() ID {
	text := d.word()
	if text == "" || d.err != nil {
		return ID{}
	}
	if id, ok := d.ids[text]; ok {
		return id
	}
	id, err := ParseID(text)
	if err == nil && id.s != text {
		err = fmt.Errorf("identifier %q is not canonical", text)
	}
	if err != nil {
		d.fail(err)
		return ID{}
	}
	id.s = text // share the word's memory
	d.ids[text] = id
	return id
}

func (d *payload) text() string { return string(d.take(d.length())) }

// length reads a count of things that take at least a byte each, so that it
// cannot claim more than the frame holds.
func (d *payload) length() int {
	n := d.uint()
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
