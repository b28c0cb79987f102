package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// observationJSON is the public form of an Observation.
type observationJSON struct {
	Domain   string      `json:"domain"`
	Kind     string      `json:"kind"`
	Thing    ID          `json:"thing,omitzero"`
	Subjects []Subject   `json:"subjects"`
	Count    uint64      `json:"count"`
	Attrs    attrObject  `json:"attrs"`
	Errors   errorObject `json:"attr_errors,omitempty"` // relative standard errors of estimates
	More     []string    `json:"attr_more,omitempty"`   // keys whose words are only the first of more
	First    *time.Time  `json:"first,omitempty"`
	Last     *time.Time  `json:"last,omitempty"`
	Refs     []Ref       `json:"refs"`
}

// MarshalJSON writes the observation in the public form (docs/ has its JSON
// Schema): attributes as one object of numbers and lists of words, times in
// RFC 3339, refs with the digest's algorithm. Lists are never null.
func (o *Observation) MarshalJSON() ([]byte, error) {
	j := observationJSON{
		Domain: o.Domain, Kind: o.Kind, Thing: o.Thing, Subjects: o.Subjects, Count: o.Count,
		Attrs: o.Attrs, Errors: inexact(o.Attrs), First: timeOrNil(o.First), Last: timeOrNil(o.Last), Refs: o.Refs,
	}
	for _, a := range o.Attrs {
		if a.op == OpSet && a.more {
			j.More = append(j.More, a.Key)
		}
	}
	if j.Subjects == nil {
		j.Subjects = []Subject{}
	}
	if j.Refs == nil {
		j.Refs = []Ref{}
	}
	return marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes. The form says what an attribute
// was, not how it merges: numbers come back without an [Op], so such an
// observation can be shown and written again, and is not to be put in a [Set].
func (o *Observation) UnmarshalJSON(data []byte) error {
	var j observationJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	for i := range j.Attrs {
		a := &j.Attrs[i]
		_, estimate := j.Errors[a.Key]
		a.more = a.op == OpSet && slices.Contains(j.More, a.Key) || a.op != OpSet && estimate
	}
	*o = Observation{
		Domain: j.Domain, Kind: j.Kind, Thing: j.Thing, Subjects: j.Subjects, Count: j.Count,
		Attrs: j.Attrs, Refs: j.Refs,
	}
	if j.First != nil {
		o.First = j.First.UTC()
	}
	if j.Last != nil {
		o.Last = j.Last.UTC()
	}
	return nil
}

// subjectJSON is the public form of a Subject.
type subjectJSON struct {
	Role string `json:"role"`
	ID   ID     `json:"id"`
}

// MarshalJSON writes {"role": …, "id": "scheme:value"}.
func (s Subject) MarshalJSON() ([]byte, error) { return marshal(subjectJSON(s)) }

// UnmarshalJSON reads what MarshalJSON writes; the identifier is normalised.
func (s *Subject) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, (*subjectJSON)(s))
}

// refJSON is the public form of a Ref.
type refJSON struct {
	Input  string `json:"input"`
	Path   string `json:"path"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	Note   string `json:"note,omitempty"`
}

// refAlgorithm stands before the digest of an input in the public form.
const refAlgorithm = "sha256:"

// MarshalJSON writes the ref with its input as "sha256:…".
func (r Ref) MarshalJSON() ([]byte, error) {
	return marshal(refJSON{refAlgorithm + r.Input, r.Path, r.Offset, r.Length, r.Note})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Ref) UnmarshalJSON(data []byte) error {
	var j refJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	j.Input = strings.TrimPrefix(j.Input, refAlgorithm)
	*r = Ref(j)
	return nil
}

// attrObject is attributes as one object in the order of the slice, so that
// equal observations are equal bytes.
type attrObject []Attr

// MarshalJSON writes a number, or a list of words for a Words attribute.
func (attrs attrObject) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, a := range attrs {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := marshal(a.Key)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		if a.op != OpSet {
			b.WriteString(strconv.FormatInt(a.Number(), 10))
			continue
		}
		words, err := marshal(append([]string{}, a.words...))
		if err != nil {
			return nil, err
		}
		b.Write(words)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads numbers and lists of words, sorted by key as
// [Observation.Attr] needs them. Of a key that stands twice the last wins.
func (attrs *attrObject) UnmarshalJSON(data []byte) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return err
	}
	*attrs = nil
	for _, key := range slices.Sorted(maps.Keys(object)) {
		a := Attr{Key: key}
		if n, err := strconv.ParseInt(string(object[key]), 10, 64); err == nil {
			a.number = n
		} else if err := json.Unmarshal(object[key], &a.words); err == nil && a.words != nil {
			a.op = OpSet
		} else {
			return fmt.Errorf("attribute %q is neither a whole number nor a list of words", key)
		}
		*attrs = append(*attrs, a)
	}
	return nil
}

// errorObject gives the relative standard error of estimated attributes.
type errorObject map[string]float64

func inexact(attrs []Attr) errorObject {
	var out errorObject
	for _, a := range attrs {
		if e := a.Error(); e > 0 {
			if out == nil {
				out = errorObject{}
			}
			out[a.Key] = e
		}
	}
	return out
}

// marshal encodes without escaping <, > and &. Whoever embeds the result in a
// page escapes the whole; encoding/json does so for what a Marshaler returns.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	utc := t.UTC()
	return &utc
}
