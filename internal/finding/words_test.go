package finding

import (
	"math"
	"testing"

	"github.com/cleannet/cleannet/internal/policy"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{
		-1: "0", 0: "0", 999: "999", 1000: "1,000", 123456: "123,456", 1234567: "1,234,567",
		math.MaxInt64: "9,223,372,036,854,775,807",
	} {
		if got := Number(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
	if got, want := Number(uint64(math.MaxUint64)), "18,446,744,073,709,551,615"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 45_950: "46.0 kB", 999_949: "999.9 kB", 999_950: "1.0 MB",
		12_345_678: "12.3 MB", math.MaxInt64: "9.2 EB",
	} {
		if got := Size(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestPlain(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"nothing to do", "Müller & 中国", "Müller & 中国"},
		{"line breaks", "a\nb\r\tc\u2028d\u2029e", "a b  c d e"},
		{"a terminal's commands", "\x1b[2Jx\x07\u0085\u009b0m", `\u001b[2Jx\u0007\u0085\u009b0m`},
		{"order of letters", "a\u202eb\u200b", `a\u202eb\u200b`},
		{"no UTF-8", "a\xffb", "a\ufffdb"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Plain(tc.text); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestWebAddress(t *testing.T) {
	for text, want := range map[string]string{
		"https://example.org/a?b=c": "https://example.org/a?b=c", "http://example.org": "http://example.org",
		"javascript:alert(1)": "", "//example.org": "", "https:": "", "file:///etc/hosts": "", "ftp://example.org": "", "http://": "", "http://[::": "", "data:text/html,x": "", "": "",
		"https://exa mple.org": "",
	} {
		if got := WebAddress(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestSeverityRank(t *testing.T) {
	before := -1
	for _, s := range []policy.Severity{policy.Critical, policy.High, policy.Medium, policy.Low, "none of them"} {
		if got := SeverityRank(s); got <= before {
			t.Errorf("%q: got rank %d after %d", s, got, before)
		} else {
			before = got
		}
	}
}
