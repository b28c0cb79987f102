package evidence

import (
	"cmp"
	"slices"
	"time"
)

// Observation says that something was seen, and how often. It carries no
// judgement. Observations with equal [Observation.Key] fold into one.
//
// An Observation is a value; its slices belong to whoever made it and are not
// to be changed once it was given to a [Shard].
type Observation struct {
	Domain   string    // "carrier", "store", "apps", "cloud" or "cable"
	Kind     string    // a [Kind] of that domain: "adjacency"
	Thing    ID        // what the observation is about, where it is not one of the subjects
	Subjects []Subject // in the order of the kind's roles
	Count    uint64    // of records that showed it
	Attrs    []Attr    // in order of their keys
	First    time.Time // earliest and latest time at which it was seen, UTC,
	Last     time.Time // by the evidence's own clock; zero if it has none
	Refs     []Ref     // at most [MaxRefs] exemplars, in order
}

// Subject is an identifier in the role that it has in the observation.
type Subject struct {
	Role string
	ID   ID
}

// MaxRefs is how many exemplars an observation keeps: the first ones by input,
// path and offset, so that the choice does not depend on the order of reading.
const MaxRefs = 3

// Ref points at the bytes that prove an observation.
type Ref struct {
	Input  string // SHA-256 of the input as stored, lower-case hex
	Path   string // inside the input: members of archives; empty for the input itself
	Offset int64  // in bytes, in the decompressed content at Path
	Length int64  // in bytes
	Note   string // what stands there, short enough to read in a report
}

// Compare orders refs by input, path, offset, length and note.
func (r Ref) Compare(o Ref) int {
	return cmp.Or(
		cmp.Compare(r.Input, o.Input),
		cmp.Compare(r.Path, o.Path),
		cmp.Compare(r.Offset, o.Offset),
		cmp.Compare(r.Length, o.Length),
		cmp.Compare(r.Note, o.Note),
	)
}

// Subject returns the first identifier in the role, the zero ID if none.
func (o *Observation) Subject(role string) ID {
	for _, s := range o.Subjects {
		if s.Role == role {
			return s.ID
		}
	}
	return ID{}
}

// Attr returns the attribute with the key, false if it was not observed.
func (o *Observation) Attr(key string) (Attr, bool) {
	i, ok := slices.BinarySearchFunc(o.Attrs, key, func(a Attr, k string) int { return cmp.Compare(a.Key, k) })
	if !ok {
		return Attr{}, false
	}
	return o.Attrs[i], true
}

// Compare orders observations by what they are about: domain, kind, subjects
// in order, thing. Observations that compare equal are the same thing seen.
func (o *Observation) Compare(p *Observation) int {
	// Step by step, because sorting spends its time here.
	if c := cmp.Compare(o.Domain, p.Domain); c != 0 {
		return c
	}
	if c := cmp.Compare(o.Kind, p.Kind); c != 0 {
		return c
	}
	for i := range min(len(o.Subjects), len(p.Subjects)) {
		if c := o.Subjects[i].compare(&p.Subjects[i]); c != 0 {
			return c
		}
	}
	if c := cmp.Compare(len(o.Subjects), len(p.Subjects)); c != 0 {
		return c
	}
	return o.Thing.Compare(p.Thing)
}

func (s *Subject) compare(t *Subject) int {
	if c := cmp.Compare(s.Role, t.Role); c != 0 {
		return c
	}
	return s.ID.Compare(t.ID)
}

// fold returns the two observations of the same thing as one. It reads both
// and changes neither.
func (o Observation) fold(p *Observation) Observation {
	o.Count = addCounts(o.Count, p.Count)
	o.First = earlier(o.First, p.First)
	o.Last = later(o.Last, p.Last)
	o.Attrs = mergeAttrs(o.Attrs, p.Attrs)
	o.Refs = mergeRefs(o.Refs, p.Refs)
	return o
}

// MaxNote is the longest [Ref.Note], in bytes; longer ones are cut.
const MaxNote = 1024

// tidied returns the observation in the form on which folding rests: times in
// UTC, attributes and refs sorted, without repetition and within their bounds.
func (o Observation) tidied() Observation {
	o.First, o.Last = clock(o.First), clock(o.Last)
	o.Attrs = slices.DeleteFunc(o.Attrs, func(a Attr) bool { return a.op == 0 })
	for i := 1; i < len(o.Attrs); i++ {
		if o.Attrs[i-1].Key >= o.Attrs[i].Key {
			o.Attrs = sortAttrs(o.Attrs)
			break
		}
	}
	for i := range o.Refs {
		o.Refs[i].Note = cutText(o.Refs[i].Note, MaxNote)
	}
	slices.SortFunc(o.Refs, Ref.Compare)
	o.Refs = slices.Compact(o.Refs)
	o.Refs = o.Refs[:min(len(o.Refs), MaxRefs)]
	return o
}

func sortAttrs(attrs []Attr) []Attr {
	var out []Attr
	for i := range attrs {
		out = mergeAttrs(out, attrs[i:i+1])
	}
	return out
}

// clock returns the instant in UTC. An instant outside the years 1 to 9999,
// which RFC 3339 cannot write, is a broken clock and no time at all.
func clock(t time.Time) time.Time {
	t = t.Round(0).UTC()
	if y := t.Year(); y < 1 || y > 9999 {
		return time.Time{}
	}
	return t
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// mergeRefs returns the first MaxRefs of both, without repetition.
func mergeRefs(a, b []Ref) []Ref {
	if len(b) == 0 {
		return a
	}
	all := slices.Concat(a, b)
	slices.SortFunc(all, Ref.Compare)
	all = slices.Compact(all)
	return all[:min(len(all), MaxRefs)]
}

// Kind declares what observations of one kind look like: the word is the
// relation of the policy language. Domains return their kinds as values.
type Kind struct {
	Domain, Name string
	Doc          string
	// Phrase says in a sentence what was seen, with {party} for the company's
	// side and {subject} for its counterpart.
	Phrase string
	// Confirms names the kind of the same domain whose fact this one proves by
	// other means, as a session proves that two networks are neighbours; empty if
	// there is none. Who looks for that fact misses nothing without this kind.
	Confirms string
	Roles    []Role
	Attrs    []AttrSpec // in order of their keys
}

// Role is a place in a kind.
type Role struct {
	Name string
	Doc  string
	// Party says that the identifier in this role may belong to a company
	// that a policy selects; the other parties are then its counterparts.
	Party bool
}

// AttrSpec documents an attribute of a kind.
type AttrSpec struct {
	Key string
	Op  Op
	Doc string // what it measures, with its unit
}

// Attr returns what the kind says of an attribute, false if it has none of that
// key.
func (k *Kind) Attr(key string) (AttrSpec, bool) {
	for _, a := range k.Attrs {
		if a.Key == key {
			return a, true
		}
	}
	return AttrSpec{}, false
}

// Role returns the role by its name, false if the kind has none such.
func (k *Kind) Role(name string) (Role, bool) {
	for _, r := range k.Roles {
		if r.Name == name {
			return r, true
		}
	}
	return Role{}, false
}
