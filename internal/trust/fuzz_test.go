package trust

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// FuzzParse gives hostile bytes to the parser of each role. What it accepts, it
// writes again as it was.
func FuzzParse(f *testing.F) {
	w := newWorld(f)
	for _, name := range metadataFiles() {
		f.Add(w.read(name))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		check := func(again []byte, err error) {
			if err != nil || !bytes.Equal(again, raw) {
				t.Errorf("accepted %q, which is %q, %v", raw, again, err)
			}
		}
		if m, err := parseRoot("root.json", raw); err == nil {
			m.VerifyDelegate(metadata.ROOT, m)
			check(encode(m))
		}
		if m, err := parse[metadata.TimestampType]("timestamp.json", raw); err == nil {
			checkLink("timestamp.json", m.Signed.Meta, "snapshot.json")
			check(encode(m))
		}
		if m, err := parse[metadata.SnapshotType]("snapshot.json", raw); err == nil {
			checkLink("snapshot.json", m.Signed.Meta, "targets.json")
			check(encode(m))
		}
		if m, err := parse[metadata.TargetsType]("targets.json", raw); err == nil {
			v := &verifier{folder: &folder{name: "data"}}
			v.files(m)
			check(encode(m))
		}
	})
}

// metadataFiles lists those of a new world that are in force.
func metadataFiles() []string {
	return []string{"1.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json"}
}

// FuzzOpen replaces one file of a folder. Whatever stands there, the reader
// accepts only what the publisher has signed.
func FuzzOpen(f *testing.F) {
	names := append(metadataFiles(), "2.root.json")
	w := newWorld(f)
	for i := range names {
		for _, name := range metadataFiles() {
			f.Add(i, w.read(name))
		}
	}
	f.Fuzz(func(t *testing.T, which int, raw []byte) {
		name := names[uint(which)%uint(len(names))]
		work := filepath.Join(t.TempDir(), "data")
		if err := os.CopyFS(work, os.DirFS(w.dir)); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(filepath.Join(work, name))
		if err := os.WriteFile(filepath.Join(work, name), raw, 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Open(work, "root.json", w.pinned, Options{Now: w.now})
		pinned := name == "1.root.json" // the reader has its own copy
		if err == nil && !pinned && !bytes.Equal(raw, before) {
			t.Errorf("accepted another %s: %q", name, raw)
		}
		if err == nil && (len(s.Files) != 1 || s.Verify() != nil) {
			t.Errorf("files %v", s.Files)
		}
		Open(work, "root.json", raw, Options{Now: w.now})
	})
}
