package trust

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// world is a publisher and a reader of one data folder: three root keys of
// which two must agree, one key for data, and one file.
type world struct {
	t      testing.TB
	dir    string
	state  string
	pinned []byte
	now    time.Time
	roots  []Key
	data   Key
}

// start is when every test begins.
func start() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

const day = 24 * time.Hour

func newKeyFile(t testing.TB) Key {
	t.Helper()
	name := filepath.Join(t.TempDir(), "key.pem")
	if _, err := GenerateKey(name, name+".pub"); err != nil {
		t.Fatal(err)
	}
	k, err := ReadKey(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// newWorld makes a folder at version 2, which the reader has opened.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "data"), state: filepath.Join(t.TempDir(), "state"), now: start()}
	for range 3 {
		w.roots = append(w.roots, newKeyFile(t))
	}
	w.data = newKeyFile(t)
	s, err := Init(w.dir, w.config())
	if err != nil || !s.Published {
		t.Fatalf("init: %+v, %v", s, err)
	}
	w.pinned = w.read("1.root.json")
	w.add("registry.cnr", "companies of March")
	w.mustOpen()
	return w
}

func (w *world) config() Config {
	return Config{
		Root: w.roots, Threshold: 2, Data: []Key{w.data},
		RootExpires: w.now.Add(730 * day), Expires: w.now.Add(30 * day),
	}
}

func (w *world) publisher(keys ...Key) Publisher {
	return Publisher{Dir: w.dir, PinnedName: "root.json", Pinned: w.pinned, State: w.state, Now: w.now, Keys: keys}
}

// add puts a file with this content into the folder.
func (w *world) add(name, content string) {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), name)
	w.must(os.WriteFile(file, []byte(content), 0o644))
	m := Manifest{Kind: "registry", BuiltBy: "test", Sources: []Source{{
		File: "list.csv", SHA256: strings.Repeat("0", 64), Retrieved: "2026-02-28", Loader: "x",
		Records: 1 << 60, Dropped: []Dropped{{"natural person <&>", 3}},
	}}}
	_, err := Add(w.publisher(w.data), []Addition{{name, file, m}}, w.now.Add(30*day))
	w.must(err)
}

func (w *world) open() (*Snapshot, error) {
	return Open(w.dir, "root.json", w.pinned, Options{Now: w.now, State: w.state})
}

func (w *world) mustOpen() *Snapshot {
	w.t.Helper()
	s, err := w.open()
	w.must(err)
	return s
}

// verify opens the folder and reads every file.
func (w *world) verify() error {
	s, err := w.open()
	if err != nil {
		return err
	}
	return s.Verify()
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) read(name string) []byte {
	w.t.Helper()
	raw, err := os.ReadFile(w.path(name))
	w.must(err)
	return raw
}

func (w *world) write(name string, content []byte) {
	w.t.Helper()
	w.must(os.WriteFile(w.path(name), content, 0o644))
}

// edit replaces text in a file; it must be there.
func (w *world) edit(name, before, after string) {
	w.t.Helper()
	text := string(w.read(name))
	if !strings.Contains(text, before) {
		w.t.Fatalf("%s has no %q:\n%s", name, before, text)
	}
	w.write(name, []byte(strings.Replace(text, before, after, 1)))
}

// copy keeps the folder as it is.
func (w *world) copy() (restore func()) {
	w.t.Helper()
	kept := filepath.Join(w.t.TempDir(), "copy")
	w.must(os.CopyFS(kept, os.DirFS(w.dir)))
	return func() {
		w.t.Helper()
		w.must(os.RemoveAll(w.dir))
		w.must(os.CopyFS(w.dir, os.DirFS(kept)))
	}
}

// target returns the path of the only data file of a name.
func (w *world) target(name string) string {
	w.t.Helper()
	found, err := filepath.Glob(w.path("targets/*." + name))
	w.must(err)
	if len(found) != 1 {
		w.t.Fatalf("files of the name %q: %q", name, found)
	}
	rel, err := filepath.Rel(w.dir, found[0])
	w.must(err)
	return rel
}

// inFolder runs something on the folder as a writer would.
func (w *world) inFolder(do func(*folder) error) {
	w.t.Helper()
	f, err := openFolder(w.dir)
	w.must(err)
	defer f.close()
	w.must(do(f))
}
