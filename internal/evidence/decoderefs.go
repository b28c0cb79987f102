package evidence

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unsafe"
)

// observedRefs reads the refs of an observation, and returns the heads of their
// notes. They stand in the order of their numbers, which is that of the refs.
func (d *decoder) observedRefs(o *Observation) (heads []string) {
	n := d.length()
	if n > MaxRefs {
		d.fail(fmt.Errorf("%d refs, at most %d are kept", n, MaxRefs))
	}
	if d.err != nil || n == 0 {
		return nil
	}
	o.Refs = make([]Ref, n)
	heads = make([]string, 0, n)
	number := uint64(0)
	for i := range o.Refs {
		ahead := d.uint()
		if ahead == 0 || ahead > uint64(len(d.table.refs))-number {
			d.fail(fmt.Errorf("ref %d behind the %dth of %d", ahead, number, len(d.table.refs)))
			return nil
		}
		number += ahead
		o.Refs[i] = d.table.refs[number-1]
		heads = appendHead(heads, d.table.heads[number-1])
	}
	return heads
}

// ref reads a ref. They must stand in order.
func (d *decoder) ref() {
	t := &d.table
	first := len(t.refs) == 0
	var r Ref
	var head string
	if !first {
		r, head = t.refs[len(t.refs)-1], t.heads[len(t.heads)-1]
	}
	what := d.uint()
	if what >= refMore || first && what&refHeaded == 0 {
		d.fail(fmt.Errorf("unknown kind %d of ref", what))
	}
	if what&refMoved != 0 {
		r.Input, r.Path = d.word(), d.word()
	}
	if what&refPlaced != 0 {
		r.Offset += d.int()
		r.Length = d.int()
	}
	if what&refHeaded != 0 {
		head = d.rowWord().text
	}
	r.Note = d.refNote(head)
	if len(r.Note) > MaxNote {
		d.fail(fmt.Errorf("a note of %d bytes, at most %d are kept", len(r.Note), MaxNote))
	}
	if !first && t.refs[len(t.refs)-1].Compare(r) >= 0 {
		d.fail(errors.New("a ref is out of order"))
	}
	d.weighs(int64(unsafe.Sizeof(r)) + int64(unsafe.Sizeof(head)) + int64(len(r.Note)))
	if d.err != nil {
		return
	}
	t.refs, t.heads = append(t.refs, r), append(t.heads, head)
}

// refNote reads body and tail of a note. A head must be one: what is read is to
// be the same after it was written again.
func (d *decoder) refNote(head string) string {
	body := d.rowWord().text
	t := &d.table
	fresh := t.fresh[:0]
	for range d.length() {
		number := d.uint()
		if number > math.MaxUint32 {
			d.fail(fmt.Errorf("%d in a note", number))
			return ""
		}
		fresh = append(fresh, uint32(number))
	}
	t.fresh = fresh
	rest := d.uint()
	var known tailText
	if rest != 0 {
		known = *nth(d, t.tails, rest)
	}
	if d.err != nil {
		return ""
	}
	size := len(head) + len(body) + 1 + known.size
	for _, number := range slices.Backward(fresh) {
		known = tailText{tail{number, uint32(rest)}, known.size + 1 + digits(number)}
		size += 1 + digits(number)
		t.tails = append(t.tails, known)
		rest = uint64(len(t.tails))
	}
	if size > MaxNote+1 {
		d.fail(fmt.Errorf("a note of %d bytes, at most %d are kept", size, MaxNote))
		return ""
	}
	note := Note{Head: head, Body: body}
	text := note.appendText(t.note[:0])
	for rest != 0 {
		at := &t.tails[rest-1]
		text = strconv.AppendUint(append(text, ' '), uint64(at.number), 10)
		rest = uint64(at.rest)
	}
	t.note = text
	return string(text)
}

// digits returns how many digits a number has in decimal.
func digits(n uint32) int {
	digits := 1
	for ; n >= 10; n /= 10 {
		digits++
	}
	return digits
}
