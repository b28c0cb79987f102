package trust

import (
	"maps"
	"os"
	"path/filepath"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// forge writes data as a holder of the key could, with any versions.
func (w *world) forge(v versions, key Key, edit func(map[string]*metadata.TargetFiles)) {
	w.t.Helper()
	s := w.mustOpen()
	files := maps.Clone(s.targets.Signed.Targets)
	if edit != nil {
		edit(files)
	}
	w.inFolder(func(f *folder) error {
		return writeData(f, release{v, timestampFile, s.Repository, files, w.now.Add(30 * day)}, []Key{key})
	})
}

// forgeRoot writes a root of the version, signed by the keys.
func (w *world) forgeRoot(version int64, c Config, repository string, keys ...Key) {
	w.t.Helper()
	m, err := c.root(repository, version)
	w.must(err)
	raw, err := signed(m, keys)
	w.must(err)
	w.write(rootName(version), raw)
}

func (w *world) repository() string { return w.mustOpen().Repository }

// relink moves something out of the folder and links it.
func (w *world) relink(name string) {
	w.t.Helper()
	outside := filepath.Join(w.t.TempDir(), "outside")
	w.must(os.Rename(w.path(name), outside))
	w.must(os.Symlink(outside, w.path(name)))
}

// unsign takes the signatures off.
func (w *world) unsign(name string) {
	w.t.Helper()
	m, err := parse[metadata.TimestampType](name, w.read(name))
	w.must(err)
	m.Signatures = []metadata.Signature{}
	raw, err := encode(m)
	w.must(err)
	w.write(name, raw)
}

// editRoot makes a second root of an edited first one.
func (w *world) editRoot(before, after string) {
	w.t.Helper()
	w.write("2.root.json", w.read("1.root.json"))
	w.edit("2.root.json", before, after)
}

func (w *world) rotate(c Config, keys ...Key) Status {
	w.t.Helper()
	s, err := Rotate(w.publisher(append(keys, w.roots...)...), c)
	w.must(err)
	return s
}
