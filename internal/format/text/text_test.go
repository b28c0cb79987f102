package text

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReader(t *testing.T) {
	for _, tc := range []struct {
		name, in, want string
	}{
		{"empty", "", ""},
		{"one byte", "a", "a"},
		{"UTF-8", "a,é\n", "a,é\n"},
		{"UTF-8 with a mark", "\xef\xbb\xbfa,é\n", "a,é\n"},
		{"a mark alone", "\xef\xbb\xbf", ""},
		{"a second mark is text", "\xef\xbb\xbf\xef\xbb\xbfa", "\xef\xbb\xbfa"},
		{"UTF-16LE", "\xff\xfea\x00,\x00\xe9\x00", "a,é"},
		{"UTF-16BE", "\xfe\xff\x00a\x00,\x00\xe9", "a,é"},
		{"UTF-16LE without a mark", "a\x00,\x00\xe9\x00", "a,é"},
		{"UTF-16BE without a mark", "\x00a\x00,\x00\xe9", "a,é"},
		{"UTF-16 beyond the plane", "\xff\xfe\x3d\xd8\x00\xde", "😀"},
		{"UTF-16 cut within a character", "\xff\xfea\x00b", "a�"},
		{"binary", "\x00\x00\x00\x01", "\x00\x00\x00\x01"},
		{"broken UTF-8 stays", "a\xff\xff\xff", "a\xff\xff\xff"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(tc.in), iotest.OneByteReader(strings.NewReader(tc.in))} {
				got, err := io.ReadAll(NewReader(r))
				if err != nil || string(got) != tc.want {
					t.Errorf("got %q, %v, want %q", got, err, tc.want)
				}
			}
			if got := string(Head([]byte(tc.in))); got != strings.TrimSuffix(tc.want, "�") {
				t.Errorf("Head = %q, want %q", got, tc.want)
			}
		})
	}
}

func TestReaderPassesErrorsOn(t *testing.T) {
	r := NewReader(iotest.ErrReader(io.ErrClosedPipe))
	if _, err := r.Read(make([]byte, 1)); err != io.ErrClosedPipe {
		t.Errorf("got %v", err)
	}
}
