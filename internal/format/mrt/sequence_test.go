package mrt

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAppendSequence: only one whole sequence is one.
func TestAppendSequence(t *testing.T) {
	for _, test := range []struct {
		name string
		raw  RawPath
		want []uint32 // after the 9 that is there; nil if it is not one sequence
	}{
		{"two bytes", RawPath{ASPath: []byte{2, 2, 0, 1, 0, 2}}, []uint32{1, 2}},
		{"four bytes", RawPath{ASPath: []byte{2, 1, 0, 1, 0, 2}, AS4: true}, []uint32{65538}},
		{"no numbers", RawPath{ASPath: []byte{2, 0}}, []uint32{}},
		{"nothing", RawPath{}, nil},
		{"set", RawPath{ASPath: []byte{1, 1, 0, 1}}, nil},
		{"two segments", RawPath{ASPath: []byte{2, 1, 0, 1, 2, 1, 0, 2}}, nil},
		{"cut off", RawPath{ASPath: []byte{2, 2, 0, 1}}, nil},
		{"to be merged", RawPath{ASPath: []byte{2, 1, 0, 1}, AS4Path: []byte{2, 1, 0, 0, 0, 1}}, nil},
	} {
		got, ok := test.raw.AppendSequence([]uint32{9})
		if ok != (test.want != nil) {
			t.Errorf("%s: got %t, want %t", test.name, ok, test.want != nil)
		}
		if diff := cmp.Diff(append([]uint32{9}, test.want...), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
