package testkit_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/cleannet/cleannet/internal/testkit"
)

// Errorf makes a recorder take note of a failure.
func (r *recorder) Errorf(string, ...any) { r.end("failed") }

func TestGolden(t *testing.T) {
	path := filepath.Join(t.TempDir(), "golden.txt")
	for _, tc := range []struct {
		name, got string
		update    bool
		want      string
	}{
		{"written", "one\n", true, ""},
		{"the same", "one\n", false, ""},
		{"another", "two\n", false, "failed"},
		{"written again", "two\n", true, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &recorder{TB: t}
			testkit.Golden(r, path, tc.got, tc.update)
			if r.ended != tc.want {
				t.Errorf("the test ended %q, want %q", r.ended, tc.want)
			}
		})
	}
}

func TestUnpacked(t *testing.T) {
	var b bytes.Buffer
	for _, part := range []string{"one ", "two"} { // of two members
		w := gzip.NewWriter(&b)
		if _, err := w.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "x.gz")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(testkit.Unpacked(t, path)); err != nil || string(got) != "one two" {
		t.Errorf("got %q and %v, want both members", got, err)
	}
}
