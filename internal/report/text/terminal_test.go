package text

import (
	"bytes"
	"strings"
	"testing"
)

func TestColumns(t *testing.T) {
	for in, want := range map[string]int{"": 0, "abc": 3, "漢字": 4, "e\u0301": 1, "…": 1} {
		if got := columnsOf(in); got != want {
			t.Errorf("columnsOf(%q): got %d, want %d", in, got, want)
		}
	}
	if got := ellipsis("漢字漢字", 5); got != "漢字…" {
		t.Errorf("ellipsis cuts to %q", got)
	}
}

func TestWrap(t *testing.T) {
	var b bytes.Buffer
	p := newPrinter(&b, Options{})
	p.width = 40
	p.wrap("  ", "one two three four five six seven eight "+strings.Repeat("x", 50)+" nine")
	if err := p.flush(); err != nil {
		t.Fatal(err)
	}
	want := "  one two three four five six seven\n  eight\n  " + strings.Repeat("x", 38) + "\n  " + strings.Repeat("x", 12) + " nine\n"
	if got := b.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
