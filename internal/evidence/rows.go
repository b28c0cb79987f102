package evidence

import (
	"encoding/binary"
	"time"
)

// Rows is a table of observations in numbers: what repeats in them stands once
// and has a number. A reader that sees hundreds of thousands of things hands
// over such a table instead of calling [Shard.Observe], which takes a fraction
// of the memory and of the time, since writing it compares no words.
//
// The observations are as Observe would leave them: sorted, of different
// things, words and refs in order and within their bounds. Forms, words, lists
// and refs are numbered from 0 without large holes, and equal ones have equal
// numbers. Refs name no input; the shard does. A table does not change once it
// was handed over, and several goroutines may ask at once.
type Rows interface {
	Len() int
	// Row fills in row i, whose slices are empty and have memory to be reused.
	Row(i int, r *Row)
	Form(no uint32) Form
	Word(no uint32) string
	List(no uint32) Attr // made by [Distinct]; its key does not matter
	Ref(no uint32) Ref
}

// Form is what rows of one kind have in common.
type Form struct {
	Domain, Kind string
	Thing        bool // whether there is one
	Roles        []string
	Attrs        []AttrSpec // in order of their keys
}

// Row is an observation in numbers of its table.
type Row struct {
	Form        uint32
	Thing       uint32   // number of a word that is an [ID]
	Subjects    []uint32 // the same, in the order of the form's roles
	Count       uint64
	First, Last time.Time // UTC
	Values      []Value   // in the order of the form's attributes
	Refs        []uint32
	Words       []uint32 // memory for the words of Values
}

// Value is the value of an attribute.
type Value struct {
	Number int64    // of OpSum, OpMin, OpMax
	List   uint32   // of OpDistinct: number of the list
	Words  []uint32 // of OpSet: numbers of words, in the order of the words
	More   bool     // of OpSet: there were more
}

// reset empties the row and keeps its memory.
func (r *Row) reset() {
	*r = Row{Subjects: r.Subjects[:0], Values: r.Values[:0], Refs: r.Refs[:0], Words: r.Words[:0]}
}

// observe makes the observation that a row stands for.
func observe(rows Rows, r *Row) *Observation {
	form := rows.Form(r.Form)
	o := &Observation{Domain: form.Domain, Kind: form.Kind, Count: r.Count, First: r.First, Last: r.Last}
	if form.Thing {
		o.Thing = ID{rows.Word(r.Thing)}
	}
	o.Subjects = make([]Subject, len(r.Subjects))
	for i, no := range r.Subjects {
		o.Subjects[i] = Subject{form.Roles[i], ID{rows.Word(no)}}
	}
	o.Attrs = make([]Attr, len(r.Values))
	for i, v := range r.Values {
		o.Attrs[i] = v.attr(rows, form.Attrs[i])
	}
	o.Refs = make([]Ref, len(r.Refs))
	for i, no := range r.Refs {
		o.Refs[i] = rows.Ref(no)
	}
	return o
}

func (v *Value) attr(rows Rows, spec AttrSpec) Attr {
	switch spec.Op {
	case OpDistinct:
		a := rows.List(v.List)
		a.Key = spec.Key
		return a
	case OpSet:
		a := Attr{Key: spec.Key, op: OpSet, more: v.More, words: make([]string, len(v.Words))}
		for i, no := range v.Words {
			a.words[i] = rows.Word(no)
		}
		return a
	}
	return Attr{Key: spec.Key, op: spec.Op, number: v.Number}
}

// numbered presents observations as a table. It numbers what it meets, so it
// is for one goroutine, and numbers are known only once they were used.
type numbered struct {
	obs     []Observation
	forms   interned[Form]
	words   interned[string]
	lists   interned[Attr]
	refs    []Ref
	refNos  map[Ref]uint32
	scratch []byte
}

// interned numbers values by a text that is equal for equal ones.
type interned[T any] struct {
	numbers map[string]uint32
	values  []T
}

func (n *interned[T]) number(key []byte) (no uint32, known bool) {
	if n.numbers == nil {
		n.numbers = make(map[string]uint32)
	}
	no, known = n.numbers[string(key)]
	if !known {
		no = uint32(len(n.values))
		n.numbers[string(key)] = no
	}
	return no, known
}

func newNumbered(obs []Observation) *numbered {
	return &numbered{obs: obs, refNos: make(map[Ref]uint32)}
}

func (n *numbered) Len() int              { return len(n.obs) }
func (n *numbered) Form(no uint32) Form   { return n.forms.values[no] }
func (n *numbered) Word(no uint32) string { return n.words.values[no] }
func (n *numbered) List(no uint32) Attr   { return n.lists.values[no] }
func (n *numbered) Ref(no uint32) Ref     { return n.refs[no] }

// Row implements Rows.
func (n *numbered) Row(i int, r *Row) {
	o := &n.obs[i]
	r.Form = n.form(o)
	if !o.Thing.IsZero() {
		r.Thing = n.word(o.Thing.s)
	}
	for _, s := range o.Subjects {
		r.Subjects = append(r.Subjects, n.word(s.ID.s))
	}
	r.Count, r.First, r.Last = o.Count, o.First, o.Last
	for i := range o.Attrs {
		r.Values = append(r.Values, n.value(&o.Attrs[i]))
	}
	for _, ref := range o.Refs {
		no, ok := n.refNos[ref]
		if !ok {
			no = uint32(len(n.refs))
			n.refNos[ref] = no
			n.refs = append(n.refs, ref)
		}
		r.Refs = append(r.Refs, no)
	}
}

func (n *numbered) word(text string) uint32 {
	n.scratch = append(n.scratch[:0], text...)
	no, known := n.words.number(n.scratch)
	if !known {
		n.words.values = append(n.words.values, text)
	}
	return no
}

func (n *numbered) value(a *Attr) Value {
	switch a.op {
	case OpSet:
		v := Value{More: a.more, Words: make([]uint32, len(a.words))}
		for i, w := range a.words {
			v.Words[i] = n.word(w)
		}
		return v
	case OpDistinct:
		return Value{List: n.list(a)}
	}
	return Value{Number: a.number}
}

// list numbers lists by their words, or by their sketch.
func (n *numbered) list(a *Attr) uint32 {
	key := n.scratch[:0]
	for _, w := range a.words {
		key = appendText(key, w)
	}
	if a.sketch != nil {
		key = append(append(key, "sketch"...), a.sketch.registers[:]...)
	}
	n.scratch = key
	no, known := n.lists.number(key)
	if !known {
		n.lists.values = append(n.lists.values, *a)
	}
	return no
}

func (n *numbered) form(o *Observation) uint32 {
	key := appendText(appendText(n.scratch[:0], o.Domain), o.Kind)
	for _, s := range o.Subjects {
		key = appendText(key, s.Role)
	}
	key = append(key, '/')
	for i := range o.Attrs {
		key = append(appendText(key, o.Attrs[i].Key), byte(o.Attrs[i].op))
	}
	if o.Thing.IsZero() {
		key = append(key, '-')
	}
	n.scratch = key
	no, known := n.forms.number(key)
	if !known {
		f := Form{Domain: o.Domain, Kind: o.Kind, Thing: !o.Thing.IsZero()}
		for _, s := range o.Subjects {
			f.Roles = append(f.Roles, s.Role)
		}
		for i := range o.Attrs {
			f.Attrs = append(f.Attrs, AttrSpec{Key: o.Attrs[i].Key, Op: o.Attrs[i].op})
		}
		n.forms.values = append(n.forms.values, f)
	}
	return no
}

// appendText appends a text so that no two sequences of texts look the same.
func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}
