package mrt

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRawPathOf(t *testing.T) {
	for name, want := range map[string]RawPath{
		"4-byte numbers":          {ASPath: []byte{2, 1, 0, 0, 251, 240}, AS4: true},
		"2-byte numbers":          {ASPath: []byte{2, 1, 251, 240}},
		"2-byte with AS4_PATH":    {ASPath: []byte{2, 1, 91, 160}, AS4Path: []byte{2, 1, 0, 1, 0, 0}},
		"empty":                   {ASPath: []byte{}, AS4: true},
		"empty, with an AS4_PATH": {ASPath: []byte{}, AS4Path: []byte{2, 0}},
	} {
		if diff := cmp.Diff(want, RawPathOf(want.AppendKey(nil))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// FuzzFindPath holds FindPath against Parse and RawPath, which it shortens.
func FuzzFindPath(f *testing.F) {
	f.Add([]byte{0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 251, 240}, true)
	f.Add([]byte{0x50, 2, 0, 4, 2, 1, 91, 160, 0xc0, 17, 6, 2, 1, 0, 1, 0, 0, 0x40}, false)
	f.Add([]byte{0x40, 2, 0, 0x40, 2, 2, 2, 0}, true)
	f.Fuzz(func(t *testing.T, raw []byte, as4 bool) {
		var a Attributes
		wantErr := a.Parse(raw)
		got, err := FindPath(raw, as4)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("got error %v, want %v", err, wantErr)
		}
		if err != nil {
			return
		}
		want := a.RawPath(as4)
		if !bytes.Equal(got.ASPath, want.ASPath) || !bytes.Equal(got.AS4Path, want.AS4Path) || got.AS4 != want.AS4 {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}
