package trust

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestAddAndRead wants what was added, with its manifest.
func TestAddAndRead(t *testing.T) {
	w := newWorld(t)
	w.add("numbers.bin", "")
	s := w.mustOpen()
	var names []string
	for _, f := range s.Files {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"numbers.bin", "registry.cnr"}, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	f, _ := s.File("registry.cnr")
	raw, err := f.Read()
	if err != nil || string(raw) != "companies of March" {
		t.Errorf("read %q, %v", raw, err)
	}
	want := Manifest{Kind: "registry", BuiltBy: "test", Sources: []Source{{
		File: "list.csv", SHA256: strings.Repeat("0", 64), Retrieved: "2026-02-28", Loader: "x",
		Records: 1 << 60, Dropped: []Dropped{{"natural person <&>", 3}},
	}}}
	if diff := cmp.Diff(want, f.Manifest); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
	if _, ok := s.File("missing"); ok {
		t.Error("a file that was never added")
	}
	if want := start().Add(30 * day); !s.Expires.Equal(want) || s.Version != 3 || s.Root != 1 {
		t.Errorf("version %d, root %d, expires %v, want 3, 1, %v", s.Version, s.Root, s.Expires, want)
	}
}

// TestReplaceRenewRemove follows a folder through its life.
func TestReplaceRenewRemove(t *testing.T) {
	w := newWorld(t)
	old := w.mustOpen()
	w.add("registry.cnr", "companies of April")
	f, _ := w.mustOpen().File("registry.cnr")
	if raw, err := f.Read(); err != nil || string(raw) != "companies of April" {
		t.Errorf("after a second add: %q, %v", raw, err)
	}
	if err := old.Verify(); err != nil {
		t.Errorf("who had opened the folder before: %v", err)
	}
	w.now = w.now.Add(60 * day)
	if _, err := w.open(); err == nil {
		t.Error("it has not expired")
	}
	_, err := Renew(w.publisher(w.data), w.now.Add(30*day))
	w.must(err)
	w.must(w.verify())
	_, err = Remove(w.publisher(w.data), []string{"registry.cnr"}, w.now.Add(30*day))
	w.must(err)
	if n := len(w.mustOpen().Files); n > 0 {
		t.Errorf("%d files after the removal", n)
	}
	if _, err = Remove(w.publisher(w.data), []string{"registry.cnr"}, w.now.Add(day)); err == nil {
		t.Error("a file was removed twice")
	}
}

// TestRotation wants readers that pinned the first root to follow every change
// of keys, and at no time to be without a valid folder.
func TestRotation(t *testing.T) {
	t.Run("one root key, both data keys at hand", func(t *testing.T) {
		w := newWorld(t)
		c := w.config()
		c.Root = []Key{w.roots[0], w.roots[1], newKeyFile(t)}
		c.Data = []Key{newKeyFile(t)}
		if s := w.rotate(c, w.data); !s.Published || s.Emptied || s.Version != 2 {
			t.Errorf("status %+v", s)
		}
		w.must(w.verify())
		if _, err := Renew(w.publisher(w.data), w.now.Add(day)); err == nil {
			t.Error("the data key of before can still sign")
		}
		w.data = c.Data[0]
		w.add("registry.cnr", "companies of April")
		w.must(w.verify())
	})
	t.Run("signatures one after the other", func(t *testing.T) {
		w := newWorld(t)
		c := w.config()
		next := []Key{newKeyFile(t), newKeyFile(t)}
		c.Data = []Key{w.data}
		s, err := Rotate(w.publisher(w.data, w.roots[0], w.roots[0]), Config{
			Root: public(next), Threshold: 2, Data: c.Data, RootExpires: c.RootExpires, Expires: c.Expires,
		})
		if err != nil || s.Published || s.Have != 1 || s.Want != 4 {
			t.Fatalf("status %+v, %v", s, err)
		}
		w.must(w.verify())
		for i, k := range []Key{next[0], next[1], w.roots[1]} {
			s, err := Sign(w.publisher(k))
			if err != nil || s.Published != (i == 2) || s.Have != 2+i {
				t.Fatalf("signature %d: status %+v, %v", i, s, err)
			}
			w.must(w.verify())
		}
		if s := w.mustOpen(); s.Root != 2 {
			t.Errorf("root %d, want 2", s.Root)
		}
		if _, err := Sign(w.publisher(next[0])); err == nil {
			t.Error("there is nothing left to sign")
		}
	})
	t.Run("data key stolen", func(t *testing.T) {
		for _, last := range []int64{1 << 40, 1<<63 - 1} {
			w := newWorld(t)
			w.forge(versions{3, 3, last}, w.data, nil)
			w.mustOpen()
			c := w.config()
			c.Root, c.Data = public(w.roots), []Key{newKeyFile(t)}
			s, err := Rotate(w.publisher(w.roots[0]), c)
			if err != nil || s.Published || !s.Emptied {
				t.Fatalf("status %+v, %v", s, err)
			}
			w.must(w.verify()) // what the thief signed is valid until a second root key agrees
			if s, err = Sign(w.publisher(w.roots[1])); err != nil || !s.Published || !s.Emptied {
				t.Fatalf("status %+v, %v", s, err)
			}
			if n := len(w.mustOpen().Files); n > 0 {
				t.Errorf("%d files that the thief could have signed are left", n)
			}
			w.data = c.Data[0]
			w.add("registry.cnr", "companies of April")
			w.must(w.verify())
		}
	})
}

func public(keys []Key) []Key {
	out := slices.Clone(keys)
	for i := range out {
		out[i].private = nil
	}
	return out
}

// TestPublisherRefuses wants of a writer what it wants of a reader: it signs
// nothing that it has not verified.
func TestPublisherRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*world) error
		want string
	}{
		{"folder changed by others", func(w *world) error {
			w.forge(versions{3, 3, 3}, newKeyFile(w.t), nil)
			_, err := Renew(w.publisher(w.data), w.now)
			return err
		}, "not signed as root 1 asks"},
		{"key without a role", func(w *world) error {
			_, err := Renew(w.publisher(w.roots...), w.now)
			return err
		}, "0 of the keys can sign the data, root 1 asks for 1"},
		{"public key only", func(w *world) error {
			_, err := Renew(w.publisher(public([]Key{w.data})...), w.now)
			return err
		}, "0 of the keys can sign"},
		{"second init", func(w *world) error { _, err := Init(w.dir, w.config()); return err }, "is a data folder already"},
		{"threshold beyond the keys", func(w *world) error {
			c := w.config()
			c.Threshold = 4
			_, err := Init(w.path("x"), c)
			return err
		}, "role root: asks for 4 of 3 signatures"},
		{"no data key", func(w *world) error {
			c := w.config()
			c.Data = public(c.Data)
			_, err := Init(w.path("x"), c)
			return err
		}, "0 of the keys can sign the data"},
		{"another writer", func(w *world) error {
			w.write(lockFile, nil)
			_, err := Renew(w.publisher(w.data), w.now)
			return err
		}, "another cleannet writes to the folder"},
		{"name of a file", func(w *world) error {
			_, err := Add(w.publisher(w.data), []Addition{{"../x", w.path("timestamp.json"), Manifest{Kind: "x"}}}, w.now)
			return err
		}, `file name "../x": want`},
		{"no manifest", func(w *world) error {
			_, err := Add(w.publisher(w.data), []Addition{{"x", w.path("timestamp.json"), Manifest{}}}, w.now)
			return err
		}, "does not say of which kind"},
		{"missing file", func(w *world) error {
			_, err := Add(w.publisher(w.data), []Addition{{"x", w.path("missing"), Manifest{Kind: "x"}}}, w.now)
			return err
		}, "check the path"},
		{"date of a source", func(w *world) error {
			m := Manifest{Kind: "x", Sources: []Source{{File: "a", Retrieved: "1.2.2026"}}}
			_, err := Add(w.publisher(w.data), []Addition{{"x", w.path("timestamp.json"), m}}, w.now)
			return err
		}, "want YYYY-MM-DD"},
		{"second rotation", func(w *world) error {
			_, err := Rotate(w.publisher(w.data), w.config2())
			w.must(err)
			_, err = Rotate(w.publisher(w.data), w.config2())
			return err
		}, "waits for signatures"},
		{"staged root that follows nothing", func(w *world) error {
			w.forgeRoot(7, w.config(), w.repository())
			w.must(os.Rename(w.path("7.root.json"), w.path(stagedRoot)))
			_, err := Sign(w.publisher(w.roots...))
			return err
		}, "it does not follow root 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if err := tt.do(w); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

// config2 is config with root keys that cannot sign.
func (w *world) config2() Config {
	c := w.config()
	c.Root = public(c.Root)
	return c
}

// TestConcurrentReaders wants readers to see whole versions only, while a
// publisher replaces the file and changes the keys.
func TestConcurrentReaders(t *testing.T) {
	w := newWorld(t)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for last := int64(0); ; {
				select {
				case <-done:
					return
				default:
				}
				s, err := Open(w.dir, "root.json", w.pinned, Options{Now: w.now, State: w.state})
				if err == nil {
					err = s.Verify()
				}
				if err != nil {
					t.Errorf("reader: %v", err)
					return
				}
				if s.Version < last {
					t.Errorf("version %d after %d", s.Version, last)
				}
				last = s.Version
			}
		})
	}
	for i := range 8 {
		if i%4 == 3 {
			c := w.config()
			c.Data = []Key{newKeyFile(t)}
			w.rotate(c, w.data)
			w.data = c.Data[0]
			continue
		}
		w.add("registry.cnr", strings.Repeat("x", i+1))
	}
	close(done)
	readers.Wait()
	records, err := filepath.Glob(filepath.Join(w.state, "*.json"))
	w.must(err)
	if len(records) > 4 {
		t.Errorf("%d records of what was seen are left", len(records))
	}
	s := w.mustOpen()
	if _, err := Open(w.dir, "root.json", w.pinned, Options{Now: w.now.Add(2 * time.Hour), State: w.state}); err != nil {
		t.Error(err)
	}
	if s.Root != 3 {
		t.Errorf("root %d, want 3", s.Root)
	}
}
