package source

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/cleannet/cleannet/internal/testkit"
)

// TestSharedData reads all of the shared evidence with everything in it. Each
// file must be found once, and be read or be a problem, with the right digest.
func TestSharedData(t *testing.T) {
	noLeaks(t)
	root := testkit.Data(t, ".")
	files := 0
	err := filepath.WalkDir(root, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	kinds := make(map[string]int)
	for in, err := range Walk(t.Context(), []string{root}, Options{TempDir: t.TempDir()}) {
		if err != nil {
			t.Logf("walk: %v", err)
			continue
		}
		files--
		f, err := in.Open(t.Context())
		if err != nil {
			kinds["not opened: "+string(problemOf(t, err).Reason)]++
			continue
		}
		for _, name := range f.Compression() {
			kinds["compression: "+name]++
		}
		readTree(t, f, kinds)
		for _, p := range f.Notes() {
			kinds["note: "+string(p.Reason)]++
		}
		stored, err := os.ReadFile(in.Name)
		if err != nil {
			t.Fatal(err)
		}
		checkDigest(t, f, stored)
		f.Close()
	}
	if files != 0 {
		t.Errorf("%d files were not found", files)
	}
	t.Log(kinds)
}

// readTree reads a file or all its members, and counts what it meets.
func readTree(t *testing.T, f *File, kinds map[string]int) {
	if !f.IsArchive() {
		kinds["file"]++
		if _, err := io.Copy(io.Discard, f); err != nil {
			p := problemOf(t, err)
			kinds["not read: "+string(p.Reason)]++
			t.Log(p)
		}
		return
	}
	kinds["archive: "+f.archive.name]++
	for m, err := range f.Members(t.Context()) {
		if err != nil {
			p := problemOf(t, err)
			kinds["member: "+string(p.Reason)]++
			if p.Reason != Empty {
				t.Log(p)
			}
			continue
		}
		readTree(t, m, kinds)
	}
}
