package mrt_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

func TestAttributes(t *testing.T) {
	long := slices.Repeat([]byte{1, 1, 0, 1}, 100)
	attr := mrtfile.AppendAttribute
	tests := []struct {
		name string
		raw  []byte
		want mrt.Attributes
	}{
		{"none", nil, mrt.Attributes{}},
		{"empty value", attr(nil, 0x40, 2, nil), mrt.Attributes{ASPath: []byte{}}},
		{"all",
			slices.Concat(attr(nil, 0x40, 1, []byte{2}), attr(nil, 0x40, 2, []byte{3}), attr(nil, 0x40, 3, []byte{4}),
				attr(nil, 0xc0, 7, []byte{5}), attr(nil, 0x80, 14, []byte{6}), attr(nil, 0xc0, 17, []byte{7}),
				attr(nil, 0xc0, 18, []byte{8})),
			mrt.Attributes{Origin: []byte{2}, ASPath: []byte{3}, NextHop: []byte{4}, Aggregator: []byte{5},
				MPReach: []byte{6}, AS4Path: []byte{7}, AS4Aggregator: []byte{8}}},
		{"extended length", attr(attr(nil, 0x40, 2, long), 0x40, 1, []byte{0}),
			mrt.Attributes{ASPath: long, Origin: []byte{0}}},
		{"extended length without need", []byte{0x50, 2, 0, 1, 9}, mrt.Attributes{ASPath: []byte{9}}},
		{"unknown between", slices.Concat(attr(nil, 0xc0, 255, long), attr(nil, 0x40, 2, []byte{3})),
			mrt.Attributes{ASPath: []byte{3}}},
		{"twice", slices.Concat(attr(nil, 0x40, 2, nil), attr(nil, 0x40, 2, []byte{3})),
			mrt.Attributes{ASPath: []byte{}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := mrt.Attributes{Origin: []byte("left over from the last route")}
			if err := got.Parse(tt.raw); err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(tt.want, got); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAttributesTruncated cuts attributes at every byte. Only between two of
// them is there nothing to complain about.
func TestAttributesTruncated(t *testing.T) {
	raw := mrtfile.AppendAttribute(nil, 0x40, 1, []byte{0})
	raw = mrtfile.AppendAttribute(raw, 0x40, 2, make([]byte, 300))
	raw = mrtfile.AppendAttribute(raw, 0x40, 3, make([]byte, 4))
	whole := map[int]bool{0: true, 4: true, 308: true, 315: true}
	for n := range len(raw) + 1 {
		var a mrt.Attributes
		err := a.Parse(raw[:n])
		if whole[n] != (err == nil) || err != nil && !errors.Is(err, mrt.ErrAttributes) {
			t.Errorf("Parse of %d bytes: got %v", n, err)
		}
		for rest := raw[:n]; len(rest) > 0 && err == nil; {
			_, rest, err = mrt.NextAttribute(rest)
		}
		if whole[n] != (err == nil) || err != nil && !errors.Is(err, mrt.ErrAttributes) {
			t.Errorf("NextAttribute over %d bytes: got %v", n, err)
		}
	}
}

func TestNextAttribute(t *testing.T) {
	raw := mrtfile.AppendAttribute(nil, 0xc0, 8, []byte{1, 2, 3, 4})
	raw = mrtfile.AppendAttribute(raw, 0xc0, 32, make([]byte, 264))
	var got []mrt.Attribute
	for rest := raw; len(rest) > 0; {
		a, after, err := mrt.NextAttribute(rest)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, a)
		rest = after
	}
	want := []mrt.Attribute{
		{Flags: mrt.FlagOptional | mrt.FlagTransitive, Type: mrt.AttrCommunities, Value: []byte{1, 2, 3, 4}},
		{Flags: mrt.FlagOptional | mrt.FlagTransitive | mrt.FlagExtendedLength, Type: mrt.AttrLargeCommunities, Value: make([]byte, 264)},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

func TestNextHopAddr(t *testing.T) {
	global := netip.MustParseAddr("2001:db8::1").AsSlice()
	local := netip.MustParseAddr("fe80::1").AsSlice()
	prefix := []byte{0, 32, 0x20, 0x01, 0x0d, 0xb8}
	tests := []struct {
		name  string
		attrs mrt.Attributes
		want  string
	}{
		{"none", mrt.Attributes{}, "invalid IP"},
		{"IPv4", mrt.Attributes{NextHop: []byte{192, 0, 2, 1}}, "192.0.2.1"},
		{"IPv4 of three bytes", mrt.Attributes{NextHop: []byte{192, 0, 2}}, "invalid IP"},
		{"short", mrt.Attributes{MPReach: slices.Concat([]byte{16}, global)}, "2001:db8::1"},
		{"short with link-local", mrt.Attributes{MPReach: slices.Concat([]byte{32}, global, local)}, "2001:db8::1"},
		{"whole", mrt.Attributes{MPReach: slices.Concat([]byte{0, 2, 1, 16}, global, prefix)}, "2001:db8::1"},
		{"whole with link-local", mrt.Attributes{MPReach: slices.Concat([]byte{0, 2, 1, 32}, global, local, prefix)}, "2001:db8::1"},
		{"whole IPv4", mrt.Attributes{MPReach: []byte{0, 1, 2, 4, 192, 0, 2, 1, 0}}, "192.0.2.1"},
		{"both", mrt.Attributes{NextHop: []byte{192, 0, 2, 1}, MPReach: slices.Concat([]byte{16}, global)}, "2001:db8::1"},
		{"cut", mrt.Attributes{MPReach: slices.Concat([]byte{16}, global[:15])}, "invalid IP"},
		{"whole and cut", mrt.Attributes{MPReach: []byte{0, 2, 1}}, "invalid IP"},
		{"empty", mrt.Attributes{MPReach: []byte{}}, "invalid IP"},
		{"odd length", mrt.Attributes{MPReach: []byte{5, 1, 2, 3, 4, 5}}, "invalid IP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.attrs.NextHopAddr().String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestRawPath pins which of the two path attributes count.
func TestRawPath(t *testing.T) {
	const (
		plain  = "\xfb\xf0\xc0\x00\x02\x01" // AS 64496
		trans  = "\x5b\xa0\xc0\x00\x02\x01" // AS 23456
		wide   = "\x00\x01\x00\x00\xc0\x00\x02\x01"
		as4    = true
		narrow = false
	)
	tests := []struct {
		name                      string
		as4                       bool
		aggregator, as4Aggregator string
		want                      bool
	}{
		{"no aggregator", narrow, "", "", true},
		{"aggregator alone", narrow, plain, "", true},
		{"AS4_AGGREGATOR alone", narrow, "", wide, true},
		{"both, AS_TRANS", narrow, trans, wide, true},
		{"both, a later speaker aggregated", narrow, plain, wide, false},
		{"both, one malformed", narrow, plain, wide[:7], true},
		{"both, the other malformed", narrow, plain[:5], wide, true},
		{"numbers of four bytes", as4, "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := mrt.Attributes{ASPath: []byte{1}, AS4Path: []byte{2},
				Aggregator: []byte(tt.aggregator), AS4Aggregator: []byte(tt.as4Aggregator)}
			got := a.RawPath(tt.as4)
			if (got.AS4Path != nil) != tt.want || got.AS4 != tt.as4 || len(got.ASPath) != 1 {
				t.Errorf("got %+v, want AS4_PATH %v", got, tt.want)
			}
		})
	}
}

// TestAppendKey: different raw paths have different keys.
func TestAppendKey(t *testing.T) {
	keys := map[string]mrt.RawPath{}
	for _, r := range []mrt.RawPath{
		{}, {AS4: true}, {ASPath: []byte("ab")}, {ASPath: []byte("ab"), AS4: true},
		{ASPath: []byte("a"), AS4Path: []byte("b")}, {ASPath: []byte("b"), AS4Path: []byte("a")},
		{ASPath: []byte("ab"), AS4Path: []byte{}}, {AS4Path: []byte("ab")},
	} {
		key := string(r.AppendKey([]byte("kept")))
		if other, found := keys[key]; found {
			t.Errorf("%+v and %+v have the same key", r, other)
		}
		if !strings.HasPrefix(key, "kept") {
			t.Errorf("%q does not append", key)
		}
		keys[key] = r
	}
}
