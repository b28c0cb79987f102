package mrt

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCutHead(t *testing.T) {
	for _, tc := range []struct {
		name string
		raw  RawPath
		want [3]uint32
		rest string // its key
	}{
		{"four bytes", RawPath{ASPath: []byte("\x02\x03\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03"), AS4: true}, [3]uint32{1, 2, 3}, "\x04\x02\x01\x00\x00\x00\x03"},
		{"two bytes", RawPath{ASPath: []byte("\x02\x04\x00\x01\x00\x02\x00\x03\x00\x03")}, [3]uint32{1, 2, 3}, "\x02\x02\x02\x00\x03\x00\x03"},
		{name: "too short", raw: RawPath{ASPath: []byte("\x02\x02\x00\x01\x00\x02")}},
		{name: "empty", raw: RawPath{}},
		{name: "prepended head", raw: RawPath{ASPath: []byte("\x02\x03\x00\x01\x00\x01\x00\x02")}},
		{name: "first again", raw: RawPath{ASPath: []byte("\x02\x04\x00\x01\x00\x02\x00\x03\x00\x01")}},
		{name: "second again", raw: RawPath{ASPath: []byte("\x02\x03\x00\x01\x00\x02\x00\x02")}},
		{name: "a set", raw: RawPath{ASPath: []byte("\x01\x03\x00\x01\x00\x02\x00\x03")}},
		{name: "two segments", raw: RawPath{ASPath: []byte("\x02\x03\x00\x01\x00\x02\x00\x03\x02\x01\x00\x04")}},
		{name: "cut off", raw: RawPath{ASPath: []byte("\x02\x03\x00\x01\x00\x02\x00")}},
		{name: "two paths", raw: RawPath{ASPath: []byte("\x02\x03\x00\x01\x00\x02\x00\x03"), AS4Path: []byte{}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, rest, ok := tc.raw.CutHead(nil)
			if ok != (tc.rest != "") || ok && (got != tc.want || string(rest) != tc.rest) {
				t.Errorf("got %v, %q, %t; want %v, %q", got, rest, ok, tc.want, tc.rest)
			}
		})
	}
}

// shows is all that a path shows, once each.
func shows(p *Path) (asns map[uint32]bool, adjacent map[[2]uint32]bool) {
	asns, adjacent = make(map[uint32]bool), make(map[[2]uint32]bool)
	for asn := range p.ASNs {
		asns[asn] = true
	}
	for left, right := range p.Adjacencies {
		adjacent[[2]uint32{left, right}] = true
	}
	return asns, adjacent
}

// FuzzCutHead adds up the two parts of a path and compares them with the whole.
func FuzzCutHead(f *testing.F) {
	f.Add([]byte("\x02\x03\x00\x01\x00\x02\x00\x03"), false)
	f.Add([]byte("\x02\x04\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x04"), true)
	f.Add([]byte("\x02\x05\x00\x01\x00\x02\x00\x03\x00\x04\x00\x03"), false)
	f.Fuzz(func(t *testing.T, value []byte, as4 bool) {
		raw := RawPath{ASPath: value, AS4: as4}
		head, key, ok := raw.CutHead(nil)
		if !ok {
			return
		}
		var whole, rest Path
		if err := whole.Decode(raw); err != nil {
			t.Fatal(err)
		}
		if err := rest.Decode(RawPathOf(key)); err != nil {
			t.Fatal(err)
		}
		wantASNs, wantAdjacent := shows(&whole)
		asns, adjacent := shows(&rest)
		if asns[head[0]] || asns[head[1]] {
			t.Errorf("%v stands in the rest, too: it would count twice", head[:2])
		}
		maps.Copy(asns, map[uint32]bool{head[0]: true, head[1]: true})
		maps.Copy(adjacent, map[[2]uint32]bool{{head[0], head[1]}: true, {head[1], head[2]}: true})
		if diff := cmp.Diff(wantASNs, asns); diff != "" {
			t.Errorf("numbers (-whole +parts):\n%s", diff)
		}
		if diff := cmp.Diff(wantAdjacent, adjacent); diff != "" {
			t.Errorf("adjacencies (-whole +parts):\n%s", diff)
		}
		if whole.HasLoop() != rest.HasLoop() || !slices.Equal(whole.Origins(), rest.Origins()) {
			t.Error("loop or origins of the rest are others than those of the whole")
		}
	})
}
