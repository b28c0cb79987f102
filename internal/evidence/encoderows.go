package evidence

// tableState is what of a table stands in the file already.
type tableState struct {
	rows                      Rows
	input                     string // that refs are of which name none
	forms, words, lists, refs numbering
	form                      Form   // the last one
	formNo                    uint32 // its number in the file
	place                     Ref    // input and path of the last ref
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

// observations writes those of a shard. Forms, words, lists and refs are
// written where they are first needed, and by number from then on.
func (e *encoder) observations(s *Shard) {
	e.table = tableState{rows: newNumbered(s.obs), input: s.Input.Digest}
	if len(s.rows) > 0 {
		e.table.rows = s.rows[0]
	}
	var r Row
	for i := range s.Len() {
		r.reset()
		e.table.rows.Row(i, &r)
		e.row(&r)
		if len(e.buf) >= targetFrame {
			e.flush(frameObserved)
		}
	}
	if len(e.buf) > 0 {
		e.flush(frameObserved)
	}
}

func (e *encoder) row(r *Row) {
	e.rowForm(r.Form)
	if e.table.form.Thing {
		e.rowWord(r.Thing)
	}
	for _, no := range r.Subjects {
		e.rowWord(no)
	}
	e.uint(r.Count)
	e.time(r.First)
	e.time(r.Last)
	for i := range r.Values {
		e.value(&r.Values[i], e.table.form.Attrs[i].Op)
	}
	e.uint(uint64(len(r.Refs)))
	for _, no := range r.Refs {
		e.ref(no)
	}
}

// The lowest bit of a form's first number says whether there is a thing, the
// others count the roles.
const (
	formThing = 1
	formBits  = 1
)

func (e *encoder) rowForm(no uint32) {
	number, written := e.table.forms.of(no)
	if !written || number != e.table.formNo { // most rows have the form of the one before
		e.table.form, e.table.formNo = e.table.rows.Form(no), number
	}
	if written {
		e.uint(uint64(number))
		return
	}
	e.uint(0)
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

func (e *encoder) rowWord(no uint32) {
	if number, written := e.table.words.of(no); written {
		e.uint(uint64(number))
		return
	}
	e.uint(0)
	e.text(e.table.rows.Word(no))
}

// How the words of an attribute are written.
const (
	listWords  = 0 // all words
	listMore   = 1 // OpSet: the first words of more
	listSketch = 1 // OpDistinct: the registers of a sketch
)

func (e *encoder) value(v *Value, op Op) {
	switch op {
	case OpSet:
		kind := uint64(listWords)
		if v.More {
			kind = listMore
		}
		e.uint(uint64(len(v.Words))<<1 | kind)
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

func (e *encoder) ref(no uint32) {
	if number, written := e.table.refs.of(no); written {
		e.uint(uint64(number))
		return
	}
	e.uint(0)
	r := e.table.rows.Ref(no)
	if r.Input == "" {
		r.Input = e.table.input
	}
	if r.Input == e.table.place.Input && r.Path == e.table.place.Path {
		e.uint(0)
	} else {
		e.uint(1)
		e.word(r.Input)
		e.word(r.Path)
		e.table.place = r
	}
	e.int(r.Offset)
	e.int(r.Length)
	e.text(r.Note)
}
