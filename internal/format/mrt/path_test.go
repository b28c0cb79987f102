package mrt_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// rawPath returns path and as4 in 2-byte and 4-byte numbers.
func rawPath(path, as4 string) mrt.RawPath {
	r := mrt.RawPath{ASPath: mrtfile.AppendPath(nil, mrtfile.MustPath(path), 2)}
	if as4 != "" {
		r.AS4Path = mrtfile.AppendPath(nil, mrtfile.MustPath(as4), 4)
	}
	return r
}

// decode returns the path in a text.
func decode(t testing.TB, text string) *mrt.Path {
	t.Helper()
	var p mrt.Path
	r := mrt.RawPath{ASPath: mrtfile.AppendPath(nil, mrtfile.MustPath(text), 4), AS4: true}
	if err := p.Decode(r); err != nil {
		t.Fatal(err)
	}
	return &p
}

func TestMergeAS4Path(t *testing.T) {
	tests := []struct {
		name, path, as4, want string
	}{
		{"none", "1 23456 3", "", "1 23456 3"},
		{"of one length", "23456 2 23456", "65536 2 65537", "65536 2 65537"},
		{"AS_PATH longer", "1 2 23456 4", "65536 4", "1 2 65536 4"},
		{"AS_PATH longer by all but one", "1 2 3 23456", "65536", "1 2 3 65536"},
		{"AS_PATH shorter", "1 23456", "1 65536 3", "1 23456"},
		{"AS_PATH empty", "", "65536", ""},
		{"a set counts one", "1 {23456,3,4} 5", "{65536,3,4} 5", "1 {65536,3,4} 5"},
		{"a set counts one in AS4_PATH", "1 2 3", "{65536,65537} 3", "1 {65536,65537} 3"},
		{"a set stays whole", "{1,2} 23456", "65536", "{1,2} 65536"},
		{"a set goes whole", "1 {23456,2}", "65536", "1 65536"},
		{"confederation counts nothing", "(65001 65002) 1 23456", "65536", "(65001 65002) 1 65536"},
		{"leading confederation stays", "(65001) [65002,65003] 23456 2", "65536 2", "(65001) [65002,65003] 65536 2"},
		{"confederation after a kept hop stays", "1 (65001) 23456", "65536", "1 (65001) 65536"},
		{"confederation after a cut goes", "1 23456 (65001) 3", "65536 3", "1 65536 3"},
		{"confederation in AS4_PATH is dropped", "1 23456", "(65001) 65536 [65002]", "1 65536"},
		{"only a confederation in AS4_PATH", "1 23456", "(65001)", "1 23456"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p mrt.Path
			if err := p.Decode(rawPath(tt.path, tt.as4)); err != nil {
				t.Fatal(err)
			}
			if got := p.String(); got != tt.want {
				t.Errorf("%q with AS4_PATH %q: got %q, want %q", tt.path, tt.as4, got, tt.want)
			}
		})
	}
	t.Run("malformed AS4_PATH", func(t *testing.T) {
		r := rawPath("1 23456", "65536")
		for _, bad := range [][]byte{r.AS4Path[:5], {9, 1, 0, 1, 0, 0}, {2, 0}, append(r.AS4Path, 2)} {
			var p mrt.Path
			err := p.Decode(mrt.RawPath{ASPath: r.ASPath, AS4Path: bad})
			if got := p.String(); err != nil || got != "1 23456" {
				t.Errorf("%x: got %q, %v", bad, got, err)
			}
		}
	})
	t.Run("empty segments", func(t *testing.T) {
		var p mrt.Path
		path := []byte{2, 0, 1, 0, 2, 2, 0, 1, 0x5b, 0xa0, 2, 0}
		if err := p.Decode(mrt.RawPath{ASPath: path, AS4Path: rawPath("", "65536").AS4Path}); err != nil {
			t.Fatal(err)
		}
		if got := p.String(); got != "{}1 65536" {
			t.Errorf("got %q", got)
		}
	})
}

func TestPathErrors(t *testing.T) {
	whole := mrtfile.AppendPath(nil, mrtfile.MustPath("1 2 {3} 4"), 4)
	boundaries := map[int]bool{0: true, 10: true, 16: true, 22: true}
	var p mrt.Path
	for n := range len(whole) + 1 {
		err := p.Decode(mrt.RawPath{ASPath: whole[:n], AS4: true})
		if boundaries[n] != (err == nil) || err != nil && (!errors.Is(err, mrt.ErrPath) || len(p.Segments) != 0) {
			t.Errorf("%d bytes: got %v, %v", n, p.Segments, err)
		}
	}
	for _, kind := range []byte{0, 5, 255} {
		if err := p.Decode(mrt.RawPath{ASPath: []byte{kind, 1, 0, 1}}); !errors.Is(err, mrt.ErrPath) {
			t.Errorf("segment type %d: got %v", kind, err)
		}
	}
}

func TestPathText(t *testing.T) {
	for _, text := range []string{
		"", "64496", "4777 2516 {1,2} (65001 65002) [65003,65004] 4294967295", "{1} {2}", "(1) (2 3)",
	} {
		if got := decode(t, text).String(); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
}

func TestPathRules(t *testing.T) {
	long := "1" + strings.Repeat(" 2", 300) + " 3"
	tests := []struct {
		path        string
		origins     string
		adjacencies string
		hops        int
		loop        bool
	}{
		{"", "[]", "", 0, false},
		{"1", "[1]", "", 1, false},
		{"1 2 3", "[3]", "1-2 2-3", 3, false},
		{"1 1 2 2 2 3", "[3]", "1-2 2-3", 6, false},
		{"1 2 {3,4}", "[3 4]", "1-2", 3, false},
		{"1 2 {3} 4 5", "[5]", "1-2 4-5", 5, false},
		{"{1,2} 3", "[3]", "", 2, false},
		{"1 (2 3) 4", "[4]", "", 2, false},
		{"1 2 [3,4] 5 6", "[6]", "1-2 5-6", 4, false},
		{"(1 2)", "[2]", "", 0, false},
		{"[1,2]", "[1 2]", "", 0, false},
		{"1 2 1", "[1]", "1-2 2-1", 3, true},
		{"1 1 2 2 1", "[1]", "1-2 2-1", 5, true},
		{"1 2 2 3", "[3]", "1-2 2-3", 4, false},
		{"1 2 {2,3}", "[2 3]", "1-2", 3, false},
		{"1 2 {1,3}", "[1 3]", "1-2", 3, true},
		{"1 {2,2}", "[2 2]", "", 2, false},
		{"1 {2} 1", "[1]", "", 3, true},
		{"{1} {1} {1}", "[1]", "", 3, false},
		{"1 (2) 1", "[1]", "", 2, true},
		{long, "[3]", "1-2 2-3", 302, false}, // in two segments
		{long + " 2", "[2]", "1-2 2-3 3-2", 303, true},
	}
	for _, tt := range tests {
		t.Run(tt.path[:min(len(tt.path), 20)], func(t *testing.T) {
			p := decode(t, tt.path)
			var pairs []string
			for left, right := range p.Adjacencies {
				pairs = append(pairs, fmt.Sprintf("%d-%d", left, right))
			}
			if got := fmt.Sprint(p.Origins()); got != tt.origins {
				t.Errorf("origins: got %s, want %s", got, tt.origins)
			}
			if got := strings.Join(pairs, " "); got != tt.adjacencies {
				t.Errorf("adjacencies: got %q, want %q", got, tt.adjacencies)
			}
			if got := p.Hops(); got != tt.hops {
				t.Errorf("hops: got %d, want %d", got, tt.hops)
			}
			if got := p.HasLoop(); got != tt.loop {
				t.Errorf("loop: got %v, want %v", got, tt.loop)
			}
		})
	}
}

func TestPathIterationStops(t *testing.T) {
	p := decode(t, "1 2 3 {4} 5 6")
	n := 0
	for range p.ASNs {
		if n++; n == 2 {
			break
		}
	}
	for range p.Adjacencies {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 || !p.Contains(4) || p.Contains(7) {
		t.Errorf("got %d steps, contains %v %v", n, p.Contains(4), p.Contains(7))
	}
}
