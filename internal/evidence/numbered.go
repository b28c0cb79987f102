package evidence

import (
	"encoding/binary"
	"slices"
)

// numbered presents observations as a table. It numbers what it meets, so it
// is for one goroutine, and numbers are known only once they were used.
type numbered struct {
	obs     []Observation
	forms   interned[Form]
	words   interned[string]
	lists   interned[Attr]
	refs    []Ref // sorted
	refNos  map[Ref]uint32
	tails   []tail // the first is empty
	tailNos map[tail]uint32
	heads   []string // of the refs of the row being made
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
	n := &numbered{obs: obs, refNos: make(map[Ref]uint32), tails: make([]tail, 1), tailNos: make(map[tail]uint32)}
	for i := range obs {
		n.refs = append(n.refs, obs[i].Refs...)
	}
	slices.SortFunc(n.refs, Ref.Compare)
	n.refs = slices.Compact(n.refs)
	for no, r := range n.refs {
		n.refNos[r] = uint32(no)
	}
	return n
}

// Len implements Rows.
func (n *numbered) Len() int { return len(n.obs) }

// Form implements Rows.
func (n *numbered) Form(no uint32) Form { return n.forms.values[no] }

// AppendWord implements Rows.
func (n *numbered) AppendWord(dst []byte, no uint32) []byte {
	return append(dst, n.words.values[no]...)
}

// List implements Rows.
func (n *numbered) List(no uint32) Attr { return n.lists.values[no] }

// Refs implements Rows.
func (n *numbered) Refs() int { return len(n.refs) }

// Tail implements Rows.
func (n *numbered) Tail(no uint32) (number, rest uint32) { return n.tails[no].number, n.tails[no].rest }

// Ref implements Rows.
func (n *numbered) Ref(no uint32, to *RefRow) {
	r := &n.refs[no]
	note := ParseNote(r.Note)
	*to = RefRow{
		Input: r.Input, Path: r.Path, Offset: r.Offset, Length: r.Length,
		Head: n.word(note.Head), Body: n.word(note.Body),
	}
	for _, number := range slices.Backward(note.Tail) {
		to.Tail = n.tail(tail{number, to.Tail})
	}
}

func (n *numbered) tail(t tail) uint32 {
	no, known := n.tailNos[t]
	if !known {
		no = uint32(len(n.tails))
		n.tailNos[t] = no
		n.tails = append(n.tails, t)
	}
	return no
}

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
	n.heads = n.heads[:0]
	for _, ref := range o.Refs {
		r.Refs = append(r.Refs, n.refNos[ref])
		n.heads = appendHead(n.heads, ParseNote(ref.Note).Head)
	}
	for i := range o.Attrs {
		r.Values = append(r.Values, n.value(&o.Attrs[i]))
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
		if !a.more && slices.Equal(a.words, n.heads) {
			return Value{Heads: true}
		}
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
