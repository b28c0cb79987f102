package evidence

import (
	"slices"
	"time"
)

// tableState is what of a table stands in the file already.
type tableState struct {
	rows                       Rows
	input                      string // that refs are of which name none
	forms, words, lists, tails numbering
	form                       Form      // the last one
	formNo                     uint32    // its number in the file
	word                       []byte    // the last new one
	refs                       [2]RefRow // the last ones, in turn
	first, latest              time.Time // of the last row
	fresh                      []uint32  // scratch: tails to be written
}

// numbering translates the numbers of a table into those of the file, which
// count from 1 in the order of first use. So they depend on what the table says
// and not on how it was made.
type numbering struct {
	numbers []uint32
	last    uint32
}

// of returns the number of a thing in the file, and whether it has been written
// already.
func (n *numbering) of(no uint32) (number uint32, written bool) {
	if int(no) >= len(n.numbers) {
		n.numbers = append(n.numbers, make([]uint32, int(no)+1-len(n.numbers))...)
	}
	if number = n.numbers[no]; number != 0 {
		return number, true
	}
	n.last++
	n.numbers[no] = n.last
	return n.last, false
}

// peek returns the number of a thing in the file, 0 if it has none yet.
func (n *numbering) peek(no uint32) uint32 {
	if int(no) >= len(n.numbers) {
		return 0
	}
	return n.numbers[no]
}

// observations writes those of a shard. Forms, words, lists and tails are
// written where they are first needed, and by number from then on. The refs
// come first, all of them in their order: they repeat least, and what follows
// each other there is alike.
func (e *encoder) observations(s *Shard) {
	e.table = tableState{rows: newNumbered(s.obs), input: s.Input.Digest}
	if len(s.rows) > 0 {
		e.table.rows = s.rows[0]
	}
	e.inFrames(frameRefs, e.table.rows.Refs(), func(i int) { e.ref(uint32(i)) })
	var r Row
	e.inFrames(frameObserved, s.Len(), func(i int) {
		r.reset()
		e.table.rows.Row(i, &r)
		e.row(&r)
	})
}

// inFrames writes n records as frames of the type.
func (e *encoder) inFrames(frame byte, n int, write func(i int)) {
	for i := range n {
		write(i)
		if len(e.buf) >= targetFrame || i == n-1 {
			e.flush(frame)
		}
	}
}

// The lowest bits of a row's first number say which times are those of the row
// before; the others are the number of the form.
const (
	rowSameFirst = 1
	rowSameLast  = 2
	rowBits      = 2
)

func (e *encoder) row(r *Row) {
	var same uint64
	if r.First.Equal(e.table.first) {
		same |= rowSameFirst
	}
	if r.Last.Equal(e.table.latest) {
		same |= rowSameLast
	}
	e.table.first, e.table.latest = r.First, r.Last
	e.rowForm(r.Form, same)
	if e.table.form.Thing {
		e.rowWord(r.Thing)
	}
	for _, no := range r.Subjects {
		e.rowWord(no)
	}
	e.uint(r.Count)
	if same&rowSameFirst == 0 {
		e.time(r.First)
	}
	if same&rowSameLast == 0 {
		e.time(r.Last)
	}
	e.uint(uint64(len(r.Refs)))
	before := uint32(0)
	for _, no := range r.Refs { // each by how far it is behind the one before, from 1
		e.uint(uint64(no + 1 - before))
		before = no + 1
	}
	for i := range r.Values {
		e.value(&r.Values[i], e.table.form.Attrs[i].Op)
	}
}

// The lowest bit of a form's first number says whether there is a thing, the
// others count the roles.
const (
	formThing = 1
	formBits  = 1
)

func (e *encoder) rowForm(no uint32, same uint64) {
	number, written := e.table.forms.of(no)
	if !written || number != e.table.formNo { // most rows have the form of the one before
		e.table.form, e.table.formNo = e.table.rows.Form(no), number
	}
	if written {
		e.uint(uint64(number)<<rowBits | same)
		return
	}
	e.uint(same)
	f := &e.table.form
	flags := uint64(len(f.Roles)) << formBits
	if f.Thing {
		flags |= formThing
	}
	e.uint(flags)
	e.word(f.Domain)
	e.word(f.Kind)
	for _, role := range f.Roles {
		e.word(role)
	}
	e.uint(uint64(len(f.Attrs)))
	for _, a := range f.Attrs {
		e.word(a.Key)
		e.uint(uint64(a.Op))
	}
}

// rowWord writes a word: its number, or 0, how many bytes it shares with the
// new word before it, and the others.
func (e *encoder) rowWord(no uint32) {
	if number, written := e.table.words.of(no); written {
		e.uint(uint64(number))
		return
	}
	last := e.table.word
	start := len(last) // the words lie behind each other, for one look back
	all := e.table.rows.AppendWord(last, no)
	word := all[start:]
	shared := 0
	for shared < min(len(last), len(word), maxShared) && last[shared] == word[shared] {
		shared++
	}
	e.buf = append(e.buf, 0)
	e.uint(uint64(shared))
	e.uint(uint64(len(word) - shared))
	e.buf = append(e.buf, word[shared:]...)
	e.table.word = append(all[:0], word...)
}

// maxShared bounds how many bytes a word may share with another one: what a
// hostile file says in few bytes is not to take much memory.
const maxShared = 255

// How the words of an attribute are written.
const (
	listWords  = 0 // all words
	listMore   = 1 // OpSet: the first words of more
	listSketch = 1 // OpDistinct: the registers of a sketch

	setHeads = 0 // OpSet: the heads of the refs' notes; else the number of words comes, from 1
)

func (e *encoder) value(v *Value, op Op) {
	switch op {
	case OpSet:
		if v.Heads {
			e.uint(setHeads)
			return
		}
		kind := uint64(listWords)
		if v.More {
			kind = listMore
		}
		e.uint(uint64(len(v.Words)+1)<<1 | kind)
		for _, no := range v.Words {
			e.rowWord(no)
		}
	case OpDistinct:
		e.rowList(v.List)
	default:
		e.int(v.Number)
	}
}

func (e *encoder) rowList(no uint32) {
	if number, written := e.table.lists.of(no); written {
		e.uint(uint64(number))
		return
	}
	e.uint(0)
	a := e.table.rows.List(no)
	if a.sketch != nil {
		e.uint(listSketch)
		e.buf = append(e.buf, a.sketch.registers[:]...)
		return
	}
	e.uint(listWords)
	e.list(a.words)
}

// What of a ref differs from the one before it, and is written.
const (
	refMoved  = 1 << iota // input and path
	refPlaced             // offset, as a difference, and length
	refHeaded             // head of the note
	refMore               // no bit beyond is known
)

func (e *encoder) ref(no uint32) {
	r, last := &e.table.refs[no%2], &e.table.refs[1-no%2]
	e.table.rows.Ref(no, r)
	if r.Input == "" {
		r.Input = e.table.input
	}
	what := byte(0)
	if r.Input != last.Input || r.Path != last.Path {
		what |= refMoved
	}
	if r.Offset != last.Offset || r.Length != last.Length {
		what |= refPlaced
	}
	if r.Head != last.Head || no == 0 {
		what |= refHeaded
	}
	e.buf = append(e.buf, what)
	if what&refMoved != 0 {
		e.word(r.Input)
		e.word(r.Path)
	}
	if what&refPlaced != 0 {
		e.int(r.Offset - last.Offset)
		e.int(r.Length)
	}
	if what&refHeaded != 0 {
		e.rowWord(r.Head)
	}
	e.rowWord(r.Body)
	e.tail(r.Tail)
}

// tail writes a tail: how many numbers begin it that no other tail was seen to
// begin with, these numbers, and the number of the tail behind them, 0 for the
// empty one. Each of the new tails gets a number, the shortest first.
func (e *encoder) tail(no uint32) {
	t := &e.table
	known := uint32(0)
	t.fresh = t.fresh[:0]
	for no != 0 {
		if known = t.tails.peek(no); known != 0 {
			break
		}
		t.fresh = append(t.fresh, no)
		_, no = t.rows.Tail(no)
	}
	e.uint(uint64(len(t.fresh)))
	for _, no := range t.fresh {
		number, _ := t.rows.Tail(no)
		e.uint(uint64(number))
	}
	e.uint(uint64(known))
	for _, no := range slices.Backward(t.fresh) {
		t.tails.of(no)
	}
}
