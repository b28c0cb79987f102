package text

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"Söhne 漢字":       "Söhne 漢字",
		"a\x1b[2Jb":      `a\u001b[2Jb`,
		"a\r\nb\tc":      "a  b c",
		"\u202eevil":     `\u202eevil`,
		"bad \xff UTF-8": "bad \uFFFD UTF-8",
		"\u0085\u009b0m": `\u0085\u009b0m`,
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q): got %q, want %q", in, got, want)
		}
	}
}

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

func TestFigures(t *testing.T) {
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1,000", math.MaxUint64: "18,446,744,073,709,551,615"} {
		if got := number(n); got != want {
			t.Errorf("number(%d): got %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 999_950: "1.0 MB", math.MaxInt64: "9.2 EB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d): got %q, want %q", n, got, want)
		}
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
