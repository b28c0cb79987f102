package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestBounded(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       string
		over       bool
	}{
		{"nothing", "", "", false},
		{"below", "abc", "abc", false},
		{"at the limit", "abcd", "abcd", false},
		{"one more", "abcde", "abcd", true},
		{"far more", strings.Repeat("a", 10_000), "aaaa", true},
	} {
		for how, wrap := range map[string]func(io.Reader) io.Reader{
			"at once": func(r io.Reader) io.Reader { return r }, "bytewise": iotest.OneByteReader, "end with data": iotest.DataErrReader,
		} {
			t.Run(tc.name+" "+how, func(t *testing.T) {
				got, err := io.ReadAll(bounded(wrap(strings.NewReader(tc.text)), "f", 4))
				_, over := errors.AsType[*tooLargeError](err)
				if string(got) != tc.want || over != tc.over || err != nil && !over {
					t.Errorf("got %q and error %v, want %q and too large: %v", got, err, tc.want, tc.over)
				}
			})
		}
	}
}
