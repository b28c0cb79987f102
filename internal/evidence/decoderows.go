package evidence

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
	"unsafe"
)

// table holds what the observations of a shard have brought so far and may name
// by number, from 1.
type table struct {
	forms  []Form
	words  []word
	lists  []Attr
	tails  []tailText
	refs   []Ref
	heads  []string // of the refs' notes
	word   string   // the last new one
	first  time.Time
	latest time.Time // of the last observation
	note   []byte    // scratch
	fresh  []uint32  // scratch
}

// tailText is a tail of notes. The text is not kept: tails share their ends.
type tailText struct {
	tail
	size int // of the text, with a space before each number
}

// word is a word of a table. id is set once it was found to be an identifier.
type word struct {
	text string
	id   ID
}

// nth returns the thing with a number that stands in the frame.
func nth[T any](d *decoder, list []T, number uint64) *T {
	if number > uint64(len(list)) {
		d.fail(fmt.Errorf("number %d of %d", number, len(list)))
	}
	if d.err != nil || number == 0 {
		return new(T)
	}
	return &list[number-1]
}

// observation reads one. Observations must stand in order, their attributes
// and refs too: everything that reads sets relies on it.
func (d *decoder) observation() {
	form, same := d.form()
	o := Observation{Domain: form.Domain, Kind: form.Kind}
	if form.Thing {
		o.Thing = d.id()
		if o.Thing.IsZero() {
			d.fail(errors.New("an observation lacks the thing of its form"))
		}
	}
	if d.err != nil {
		return
	}
	if len(form.Roles) > 0 {
		o.Subjects = make([]Subject, len(form.Roles))
	}
	for i, role := range form.Roles {
		o.Subjects[i] = Subject{role, d.id()}
	}
	o.Count = d.uint()
	d.times(&o, same)
	heads := d.observedRefs(&o)
	o.Attrs = make([]Attr, len(form.Attrs))
	for i, spec := range form.Attrs {
		o.Attrs[i] = d.attr(spec, heads)
	}
	d.weigh(&o)
	if d.err != nil {
		return
	}
	if n := len(d.shard.obs); n > 0 && d.shard.obs[n-1].Compare(&o) >= 0 {
		d.fail(fmt.Errorf("observation %d of input %s is out of order", n, d.shard.Input.Digest))
		return
	}
	d.shard.obs = append(d.shard.obs, o)
}

// times reads when an observation was made: what differs from the one before.
func (d *decoder) times(o *Observation, same uint64) {
	t := &d.table
	if same&rowSameFirst == 0 {
		t.first = d.time()
	}
	if same&rowSameLast == 0 {
		t.latest = d.time()
	}
	o.First, o.Last = t.first, t.latest
}

// weigh adds up the memory that an observation takes.
func (d *decoder) weigh(o *Observation) {
	size := unsafe.Sizeof(*o) + uintptr(len(o.Subjects))*unsafe.Sizeof(Subject{}) +
		uintptr(len(o.Attrs))*unsafe.Sizeof(Attr{}) + uintptr(len(o.Refs))*unsafe.Sizeof(Ref{})
	for i := range o.Attrs {
		if o.Attrs[i].op == OpSet { // the words of others are shared
			size += uintptr(len(o.Attrs[i].words)) * unsafe.Sizeof("")
		}
	}
	d.weighs(int64(size))
}

// weighs fails when what was read takes too much memory.
func (d *decoder) weighs(bytes int64) {
	if d.made += bytes; d.made > freeMade+maxMadeRatio*d.stored() {
		d.fail(fmt.Errorf("the observations take more than %d times the file", maxMadeRatio))
	}
}

// form reads the form of an observation, and which of its times are those of
// the one before.
func (d *decoder) form() (f Form, same uint64) {
	head := d.uint()
	same = head & (1<<rowBits - 1)
	if number := head >> rowBits; number != 0 || d.err != nil {
		return *nth(d, d.table.forms, number), same
	}
	return d.newForm(), same
}

func (d *decoder) newForm() Form {
	flags := d.uint()
	f := Form{Thing: flags&formThing != 0, Domain: d.word(), Kind: d.word()}
	for range d.count(flags >> formBits) {
		f.Roles = append(f.Roles, d.word())
	}
	for i := range d.length() {
		a := AttrSpec{Key: d.word(), Op: Op(min(d.uint(), math.MaxUint8))}
		f.Attrs = append(f.Attrs, a)
		if i > 0 && f.Attrs[i-1].Key >= a.Key {
			d.fail(fmt.Errorf("attribute %q is out of order", a.Key))
		}
		if a.Op < OpSum || a.Op > OpDistinct {
			d.fail(fmt.Errorf("attribute %q has the unknown operation %d", a.Key, a.Op))
		}
		if d.err != nil {
			return Form{}
		}
	}
	d.table.forms = append(d.table.forms, f)
	return f
}

// rowWord reads a word of the table, or the number of one.
func (d *decoder) rowWord() *word {
	if number := d.uint(); number != 0 || d.err != nil {
		return nth(d, d.table.words, number)
	}
	shared := d.uint()
	if shared > uint64(min(len(d.table.word), maxShared)) {
		d.fail(fmt.Errorf("a word shares %d bytes with one of %d", shared, len(d.table.word)))
		return new(word)
	}
	text := d.table.word[:shared] + string(d.take(d.length()))
	d.weighs(int64(len(text)) + int64(unsafe.Sizeof(word{})))
	d.table.word = text
	d.table.words = append(d.table.words, word{text: text})
	return &d.table.words[len(d.table.words)-1]
}

// id reads an identifier and checks that it is canonical: nothing else in the
// program would, and equality rests on it.
func (d *decoder) id() ID {
	w := d.rowWord()
	if w.text == "" || d.err != nil || !w.id.IsZero() {
		return w.id
	}
	id, err := ParseID(w.text)
	if err == nil && id.s != w.text {
		err = fmt.Errorf("identifier %q is not canonical", w.text)
	}
	if err != nil {
		d.fail(err)
		return ID{}
	}
	w.id.s = w.text // share the word's memory
	return w.id
}

func (d *decoder) attr(spec AttrSpec, heads []string) Attr {
	switch spec.Op {
	case OpSet:
		return d.attrSet(spec.Key, heads)
	case OpDistinct:
		a := d.attrList()
		a.Key = spec.Key
		return a
	}
	a := Attr{Key: spec.Key, op: spec.Op, number: d.int()}
	if a.op == OpSum && a.number < 0 {
		d.fail(fmt.Errorf("attribute %q is a sum below 0", a.Key))
	}
	return a
}

func (d *decoder) attrSet(key string, heads []string) Attr {
	head := d.uint()
	if head == setHeads {
		return Attr{Key: key, op: OpSet, words: heads}
	}
	a := Attr{Key: key, op: OpSet, more: head&1 == listMore}
	n := head>>1 - 1
	if n > MaxSet || a.more && n < MaxSet {
		d.fail(fmt.Errorf("attribute %q is malformed", key))
	}
	if d.err != nil {
		return a
	}
	a.words = make([]string, n)
	for i := range a.words {
		a.words[i] = d.rowWord().text
	}
	if !ascending(a.words) {
		d.fail(fmt.Errorf("the words of attribute %q are out of order", key))
	}
	return a
}

// attrList reads the words of an OpDistinct.
func (d *decoder) attrList() Attr {
	if number := d.uint(); number != 0 || d.err != nil {
		return *nth(d, d.table.lists, number)
	}
	a := Attr{op: OpDistinct}
	switch kind := d.uint(); kind {
	case listWords:
		a.words = d.list()
		if capped := a.capped(); capped.sketch != nil || !ascending(a.words) {
			d.fail(errors.New("a list of words is too long or out of order"))
		}
	case listSketch:
		a.sketch = new(sketch)
		copy(a.sketch.registers[:], d.take(sketchSize))
		if slices.Max(a.sketch.registers[:]) > maxRank {
			d.fail(errors.New("a sketch is impossible"))
		}
	default:
		d.fail(fmt.Errorf("unknown kind %d of list", kind))
	}
	d.table.lists = append(d.table.lists, a)
	return a
}

// ascending reports whether words are sorted and once each.
func ascending(words []string) bool {
	for i := 1; i < len(words); i++ {
		if words[i-1] >= words[i] {
			return false
		}
	}
	return true
}
