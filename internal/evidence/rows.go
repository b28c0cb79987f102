package evidence

import (
	"slices"
	"time"
)

// Rows is a table of observations in numbers: what repeats in them stands once
// and has a number. A reader that sees hundreds of thousands of things hands
// over such a table instead of calling [Shard.Observe], which takes a fraction
// of the memory and of the time, since writing it compares no words.
//
// The observations are as Observe would leave them: sorted, of different
// things, words and refs in order and within their bounds. Forms, words, lists
// and tails are numbered from 0 without large holes, and equal ones have equal
// numbers. Refs are all named by some row, once each, and numbered in their
// order; they name no input, the shard does. A table does not change once it was
// handed over, and several goroutines may ask at once.
type Rows interface {
	Len() int
	// Row fills in row i, whose slices are empty and have memory to be reused.
	Row(i int, r *Row)
	Form(no uint32) Form
	AppendWord(dst []byte, no uint32) []byte
	List(no uint32) Attr // made by [Distinct]; its key does not matter
	// Refs returns how many refs there are.
	Refs() int
	// Ref fills in a ref. Everything is to be set.
	Ref(no uint32, r *RefRow)
	// Tail returns the first number of a tail and the tail behind it. Tail 0 is
	// empty and not asked for.
	Tail(no uint32) (number, rest uint32)
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
	// Heads is set, and must be, where the words of an OpSet are just the heads
	// of the refs' notes. Words is then not looked at.
	Heads bool
}

// RefRow is a ref in numbers of its table.
type RefRow struct {
	Input, Path    string
	Offset, Length int64
	// The note: see [Note].
	Head, Body uint32 // numbers of words
	Tail       uint32
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
		o.Thing = ID{wordOf(rows, r.Thing)}
	}
	o.Subjects = make([]Subject, len(r.Subjects))
	for i, no := range r.Subjects {
		o.Subjects[i] = Subject{form.Roles[i], ID{wordOf(rows, no)}}
	}
	o.Refs = make([]Ref, len(r.Refs))
	heads := make([]string, 0, MaxRefs)
	for i, no := range r.Refs {
		var head string
		o.Refs[i], head = refOf(rows, no)
		heads = appendHead(heads, head)
	}
	o.Attrs = make([]Attr, len(r.Values))
	for i, v := range r.Values {
		o.Attrs[i] = v.attr(rows, form.Attrs[i], heads)
	}
	return o
}

// wordOf returns a word of a table.
func wordOf(rows Rows, no uint32) string { return string(rows.AppendWord(nil, no)) }

// refOf returns a ref of a table, and the head of its note.
func refOf(rows Rows, no uint32) (ref Ref, head string) {
	var r RefRow
	rows.Ref(no, &r)
	note := Note{Head: wordOf(rows, r.Head), Body: wordOf(rows, r.Body)}
	for tail := r.Tail; tail != 0; {
		var number uint32
		number, tail = rows.Tail(tail)
		note.Tail = append(note.Tail, number)
	}
	return Ref{Input: r.Input, Path: r.Path, Offset: r.Offset, Length: r.Length, Note: note.String()}, note.Head
}

// appendHead adds the head of a note to sorted heads.
func appendHead(heads []string, head string) []string {
	i, known := slices.BinarySearch(heads, head)
	if known || head == "" {
		return heads
	}
	return slices.Insert(heads, i, head)
}

func (v *Value) attr(rows Rows, spec AttrSpec, heads []string) Attr {
	switch spec.Op {
	case OpDistinct:
		a := rows.List(v.List)
		a.Key = spec.Key
		return a
	case OpSet:
		if v.Heads {
			return Attr{Key: spec.Key, op: OpSet, words: heads}
		}
		a := Attr{Key: spec.Key, op: OpSet, more: v.More, words: make([]string, len(v.Words))}
		for i, no := range v.Words {
			a.words[i] = wordOf(rows, no)
		}
		return a
	}
	return Attr{Key: spec.Key, op: spec.Op, number: v.Number}
}
