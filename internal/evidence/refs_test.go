package evidence

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
)

// withRefs makes a file of one input with a frame of refs as it stands, and a
// frame of observations if there are any.
func withRefs(t *testing.T, refs, observed []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	e := newEncoder(&b, math.MaxInt)
	e.shard(&Shard{Input: Input{Status: StatusRead}})
	if err := e.w.Flush(); err != nil {
		t.Fatal(err)
	}
	b.Truncate(b.Len() - 2) // without the end of the input
	e.frames--
	for _, frame := range []struct {
		kind    byte
		payload []byte
	}{{frameRefs, refs}, {frameObserved, observed}, {frameInputEnd, nil}} {
		if frame.kind == frameObserved && len(observed) == 0 {
			continue
		}
		e.buf = append(e.buf, frame.payload...)
		e.flush(frame.kind)
	}
	if err := e.end(); err != nil {
		t.Fatal(err)
	}
	return sealed(t, b.Bytes())
}

// TestHostileRefs reads refs that no writer makes. The first cases are sound:
// they show that the others fail for what is wrong with them.
func TestHostileRefs(t *testing.T) {
	sound := []byte{refHeaded | refPlaced, 2, 4, 0, 0, 1, 'h', 0, 0, 1, 'b', 2, 7, 8, 0}
	after := func(more ...byte) []byte { return append(bytes.Clone(sound), more...) }
	// A form without roles and attributes, count, no times, refs.
	naming := func(refs ...byte) []byte {
		return append([]byte{rowSameFirst | rowSameLast, 0, 0, 1, 'd', 0, 1, 'k', 0, 1, byte(len(refs))}, refs...)
	}
	for _, test := range []struct {
		name           string
		refs, observed []byte
		want           string // of the error; empty if there is none
	}{
		{"sound", sound, naming(1), ""},
		{"sound second", after(refPlaced, 2, 2, 2, 0, 2), naming(1, 1), ""},
		{"not yet seen", sound, naming(2), "ref 2 behind"},
		{"number 0", sound, naming(0), "ref 0 behind"},
		{"unknown kind", after(refMore), nil, "kind 8 of ref"},
		{"first without head", []byte{refPlaced, 2, 2, 0, 0, 1, 'b', 0, 0}, nil, "kind 2 of ref"},
		{"shares too much", []byte{refHeaded, 0, 1, 1, 'h'}, nil, "shares 1 bytes"},
		{"unknown tail", after(refPlaced, 2, 2, 2, 0, 9), nil, "number 9 of 2"},
		{"number of 33 bits", after(refPlaced, 2, 2, 2, 1, 0xff, 0xff, 0xff, 0xff, 0x7f, 0), nil, "in a note"},
		{"note too long", after(append([]byte{refPlaced, 2, 2, 2, 0x80, 0x10}, make([]byte, 2049)...)...), nil, "a note of"},
		{"twice", after(0, 2, 0, 2), nil, "out of order"},
		{"before", after(refPlaced, 1, 2, 2, 0, 2), nil, "out of order"},
		{"cut off", sound[:len(sound)-1], nil, errShort.Error()},
	} {
		set, err := ReadSet(bytes.NewReader(withRefs(t, test.refs, test.observed)))
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != "" && (!errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: got %v, want damage that says %q", test.name, err, test.want)
		case test.want == "":
			got := set.Shards()[0].at(0).Refs[0]
			if want := (Ref{Offset: 1, Length: 2, Note: "h b 7 8"}); got != want {
				t.Errorf("%s: got %+v, want %+v", test.name, got, want)
			}
		}
	}
}

// TestNotesTakeMemory names the same long note again and again: what a small
// file says is not to fill the memory.
func TestNotesTakeMemory(t *testing.T) {
	refs := []byte{refHeaded | refPlaced, 2, 0, 0, 0, 1, 'h', 0, 0, 1, 'b', 0x80, 3}
	refs = append(refs, bytes.Repeat([]byte{1}, 384)...) // " 1", 384 times
	refs = append(refs, 0)
	more := []byte{refPlaced, 2, 0, 2, 0, 0x80, 3} // the next offset, the same note
	refs = append(refs, bytes.Repeat(more, 400_000)...)
	if _, err := ReadSet(bytes.NewReader(withRefs(t, refs, nil))); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "times the file") {
		t.Errorf("got %v, want a limit", err)
	}
}
