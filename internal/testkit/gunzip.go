package testkit

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Gunzip returns a reader of what a gzip file holds, all of its members. It is
// closed with the test.
func Gunzip(t testing.TB, path string) io.Reader {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() }) //nolint:errcheck // opened for reading
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return z
}

// Unpacked writes what a gzip file holds into a file of its own, which is
// removed after the test, and returns its path.
func Unpacked(t testing.TB, path string) string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "unpacked"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, Gunzip(t, path)); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Name()
}
