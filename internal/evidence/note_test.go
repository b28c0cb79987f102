package evidence

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseNote(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Note
	}{
		{"path", "192.0.2.0/24 from 198.51.100.1 AS64496: path 64496 64497",
			Note{"192.0.2.0/24", "from 198.51.100.1 AS64496: path", []uint32{64496, 64497}}},
		{"set at the end", "192.0.2.0/24 path 64496 {1,2}", Note{"192.0.2.0/24", "path 64496 {1,2}", nil}},
		{"set before", "192.0.2.0/24 path {1,2} 64496", Note{"192.0.2.0/24", "path {1,2}", []uint32{64496}}},
		{"one word", "word", Note{"", "word", nil}},
		{"empty", "", Note{}},
		{"numbers alone", "1 2 3", Note{"", "1", []uint32{2, 3}}},
		{"largest number", "a b 4294967295", Note{"a", "b", []uint32{4294967295}}},
		{"too large a number", "a b 4294967296", Note{"a", "b 4294967296", nil}},
		{"number written otherwise", "a b 01 +1 -1", Note{"a", "b 01 +1 -1", nil}},
		{"zero", "a b 0", Note{"a", "b", []uint32{0}}},
		{"spaces", " a  1 ", Note{"", " a  1 ", nil}},
		{"space and number", " 1", Note{"", "", []uint32{1}}},
	} {
		got := ParseNote(test.text)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if again := got.String(); again != test.text {
			t.Errorf("%s: got the text %q, want %q", test.name, again, test.text)
		}
	}
}
