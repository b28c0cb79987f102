package trust

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// attack changes a folder that the reader has opened before, or the reader's
// surroundings. The reader must refuse it and say why.
type attack struct {
	name string
	do   func(*world)
	want string // part of the message
}

func attacks() []attack {
	return []attack{
		{"whole folder rolled back", func(w *world) {
			restore := w.copy()
			w.add("registry.cnr", "companies of April")
			w.mustOpen()
			restore()
		}, `timestamp.json": rolled back: version 2, but version 3 was seen before: get the newest folder`},
		{"targets rolled back", func(w *world) { w.forge(versions{1, 3, 3}, w.data, nil) },
			`1.targets.json": rolled back: version 1, but version 2`},
		{"snapshot rolled back", func(w *world) { w.forge(versions{3, 1, 3}, w.data, nil) },
			`1.snapshot.json": rolled back: version 1, but version 2`},
		{"root rolled back", func(w *world) {
			w.rotate(w.config())
			w.mustOpen()
			w.must(os.Remove(w.path("2.root.json")))
		}, `2.root.json": missing: the folder has only root 1, but root 2 was seen`},
		{"one version with two contents", func(w *world) {
			w.forge(versions{2, 2, 2}, w.data, func(m map[string]*metadata.TargetFiles) { m["registry.cnr"].Length++ })
		}, "version 2 has another content than when it was seen before"},

		{"frozen", func(w *world) { w.now = w.now.Add(31 * day) },
			"timestamp.json\": expired on 2026-03-31T12:00:00Z; it is 2026-04-01T12:00:00Z: get a newer folder"},
		{"clock rolled back", func(w *world) { w.now = w.now.Add(-day) }, "the folder was opened at 2026-03-01T12:00:00Z, but the clock says 2026-02-28"},
		{"root expired", func(w *world) { w.now = w.now.Add(800 * day) }, `1.root.json": expired on 2028-02-29`},
		{"memory damaged", func(w *world) {
			records, err := filepath.Glob(filepath.Join(w.state, "*.json"))
			w.must(err)
			w.must(os.WriteFile(records[0], []byte("{"), 0o600))
		}, "not a record of what was seen: remove it"},

		{"target cut off", func(w *world) {
			name := w.target("registry.cnr")
			w.write(name, w.read(name)[:5])
		}, "registry.cnr\": 5 bytes, signed were 18: copy the whole folder again"},
		{"target changed", func(w *world) {
			name := w.target("registry.cnr")
			w.write(name, bytes.Repeat([]byte("x"), len(w.read(name))))
		}, "its content has the digest"},
		{"target missing", func(w *world) { w.must(os.Remove(w.path(w.target("registry.cnr")))) }, "registry.cnr\": missing"},
		{"targets swapped", func(w *world) {
			w.add("a.cnr", "companies of Mars!")
			a, b := w.target("a.cnr"), w.target("registry.cnr")
			w.must(os.Rename(w.path(a), w.path("x")))
			w.must(os.Rename(w.path(b), w.path(a)))
			w.must(os.Rename(w.path("x"), w.path(b)))
		}, "its content has the digest"},
		{"target is a link out of the folder", func(w *world) { w.relink(w.target("registry.cnr")) }, "not a regular file but L"},
		{"targets are a link out of the folder", func(w *world) { w.relink("targets") }, "path escapes from parent"},
		{"timestamp is a link out of the folder", func(w *world) { w.relink("timestamp.json") }, "timestamp.json\": not a regular file but L"},
		{"timestamp is a folder", func(w *world) {
			w.must(os.Remove(w.path("timestamp.json")))
			w.must(os.Mkdir(w.path("timestamp.json"), 0o755))
		}, "not a regular file but d"},
		{"name that leads out of the folder", func(w *world) {
			w.forge(versions{3, 3, 3}, w.data, func(m map[string]*metadata.TargetFiles) { m["../../x"] = m["registry.cnr"] })
		}, `file name "../../x": want`},
		{"length beyond all bounds", func(w *world) {
			w.forge(versions{3, 3, 3}, w.data, func(m map[string]*metadata.TargetFiles) {
				long := *m["registry.cnr"]
				long.Length = 1 << 62
				m["registry.cnr"] = &long
			})
		}, "length beyond"},
		{"file without manifest", func(w *world) {
			w.forge(versions{3, 3, 3}, w.data, func(m map[string]*metadata.TargetFiles) {
				bare := *m["registry.cnr"]
				bare.Custom = nil
				m["registry.cnr"] = &bare
			})
		}, `file "registry.cnr": no manifest`},

		{"metadata missing", func(w *world) { w.must(os.Remove(w.path("timestamp.json"))) }, "timestamp.json\": missing: copy the whole folder"},
		{"huge metadata", func(w *world) { w.must(os.Truncate(w.path("timestamp.json"), 1<<40)) }, "1099511627776 bytes, the limit is 65536"},
		{"huge root", func(w *world) { w.write("2.root.json", bytes.Repeat([]byte(" "), maxRoot+1)) }, "2.root.json\": 262145 bytes, the limit"},
		{"deeply nested", func(w *world) { w.write("2.root.json", bytes.Repeat([]byte("["), 1000)) }, "deeper than 16"},
		{"null for a role", func(w *world) { w.edit("timestamp.json", `"meta": {`, `"meta": null, "x": {`) }, "a value is null"},
		{"unknown field", func(w *world) { w.edit("timestamp.json", `{`, `{ "x": 1,`) }, "changed since it was written"},
		{"repeated key", func(w *world) { w.edit("timestamp.json", `"version": 2`, `"version": 9, "version": 2`) }, "changed since it was written"},
		{"blank", func(w *world) { w.edit("timestamp.json", "\n", "\n\n") }, "changed since it was written"},
		{"two values", func(w *world) { w.write("timestamp.json", append(w.read("timestamp.json"), "{}"...)) }, "timestamp.json\": not metadata"},
		{"other type of metadata", func(w *world) { w.write("timestamp.json", w.read("2.snapshot.json")) }, "timestamp.json\": not metadata: value error: expected metadata type timestamp"},
		{"version raised", func(w *world) { w.edit("timestamp.json", `"version": 2`, `"version": 9`) }, "not signed as root 1 asks"},
		{"unsigned", func(w *world) { w.unsign("timestamp.json") }, "timestamp.json\": not signed as root 1 asks"},
		{"signed by a key without a role", func(w *world) { w.forge(versions{3, 3, 3}, newKeyFile(w.t), nil) }, "not signed as root 1 asks"},
		{"signed by a key of another role", func(w *world) { w.forge(versions{3, 3, 3}, w.roots[0], nil) }, "not signed as root 1 asks"},
		{"snapshot of another version", func(w *world) { w.write("2.snapshot.json", w.read("1.snapshot.json")) },
			"2.snapshot.json\": not the file that was signed for"},
		{"targets of another version", func(w *world) { w.write("2.targets.json", w.read("1.targets.json")) },
			"2.targets.json\": not the file that was signed for"},
		{"folder of another publisher", func(w *world) {
			other := newWorld(w.t)
			w.must(os.RemoveAll(w.dir))
			w.must(os.CopyFS(w.dir, os.DirFS(other.dir)))
		}, "timestamp.json\": not signed as root 1 asks"},

		{"folder of another repository of the same key", func(w *world) {
			other := newWorld(w.t)
			c := w.config()
			c.Data = []Key{other.data}
			w.must(os.RemoveAll(other.dir))
			_, err := Init(other.dir, c)
			w.must(err)
			w.rotate(c, w.data)
			w.mustOpen()
			for _, name := range []string{"timestamp.json", "1.snapshot.json", "1.targets.json"} {
				w.write(name, other.read(name))
			}
		}, "timestamp.json\": of repository"},

		{"root signed by nobody", func(w *world) { w.forgeRoot(2, w.config(), w.repository()) }, "2.root.json\": root 1 does not vouch for it"},
		{"root below its threshold", func(w *world) { w.forgeRoot(2, w.config(), w.repository(), w.roots[0]) }, "not enough signatures, got 1, want 2"},
		{"root signed twice by one key", func(w *world) {
			w.forgeRoot(2, w.config(), w.repository(), w.roots[0], w.roots[0])
		}, "2.root.json\": not metadata: value error: multiple signatures"},
		{"root signed by its new keys only", func(w *world) {
			c := w.config()
			c.Root = []Key{newKeyFile(w.t), newKeyFile(w.t)}
			w.forgeRoot(2, c, w.repository(), c.Root...)
		}, "root 1 does not vouch for it"},
		{"root signed by the old keys only", func(w *world) {
			c := w.config()
			c.Root = []Key{newKeyFile(w.t), newKeyFile(w.t)}
			w.forgeRoot(2, c, w.repository(), w.roots...)
		}, "root 1 does not vouch for it"},
		{"root of a later version in place of the next", func(w *world) {
			w.forgeRoot(3, w.config(), w.repository(), w.roots...)
			w.must(os.Rename(w.path("3.root.json"), w.path("2.root.json")))
		}, "expected 2, got 3"},
		{"root of another repository", func(w *world) {
			w.forgeRoot(2, w.config(), strings.Repeat("a", repositoryLength), w.roots...)
		}, "the root of another repository"},
		{"root that wants no signature", func(w *world) { w.editRoot(`"threshold": 2`, `"threshold": 0`) }, "role root: asks for 0 of 3 signatures"},
		{"root without a role", func(w *world) { w.editRoot(`"snapshot": {`, `"smapshot": {`) }, "role snapshot: missing"},
		{"root with a short key", func(w *world) { w.editRoot(`"public": "`, `"public": "00`) }, "is not an Ed25519 key"},
		{"root with a key under another's name", func(w *world) {
			text := string(w.read("1.root.json"))
			at := strings.Index(text, `"public": "`) + len(`"public": "`)
			w.editRoot(text[at:at+64], strings.Repeat("0", 64))
		}, "has another's name"},
		{"pinned root of somebody else", func(w *world) { w.pinned = newWorld(w.t).pinned }, "timestamp.json\": not signed as root 1 asks"},
		{"pinned root is no root", func(w *world) { w.pinned = w.read("timestamp.json") }, `"root.json": not metadata: value error: expected metadata type root, got - timestamp: pin the root file`},
		{"pinned root changed", func(w *world) { w.pinned = bytes.Replace(w.pinned, []byte("2028"), []byte("2032"), 1) }, `"root.json": not signed by enough of its own keys`},
		{"pinned root is empty", func(w *world) { w.pinned = nil }, `"root.json": not metadata`},
		{"no folder", func(w *world) { w.must(os.RemoveAll(w.dir)) }, "no such file or directory: name a data folder"},
	}
}

// TestAttacks wants each attack refused with a Problem that names the file,
// and the reader to go on once the folder is as it was.
func TestAttacks(t *testing.T) {
	for _, tt := range attacks() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // the disk is what takes the time
			w := newWorld(t)
			w.must(w.verify())
			tt.do(w)
			err := w.verify()
			if err == nil {
				t.Fatal("not refused")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, want %q in it", err, tt.want)
			}
			var p *Problem
			if !errors.As(err, &p) || p.File == "" || p.What == "" || p.Next == "" {
				t.Errorf("got %#v, want a Problem with file, what and next step", err)
			}
		})
	}
}

// TestEveryBit flips one bit in each of many bytes of every file that a reader
// needs: the stride has no factor in common with the layout of lines.
func TestEveryBit(t *testing.T) {
	const stride = 7
	w := newWorld(t)
	for _, name := range []string{"timestamp.json", "2.snapshot.json", "2.targets.json", w.target("registry.cnr")} {
		whole := w.read(name)
		for i := 0; i < len(whole); i += stride {
			flipped := bytes.Clone(whole)
			flipped[i] ^= 1 << (i % 8)
			w.write(name, flipped)
			if err := w.verify(); err == nil {
				t.Fatalf("%s: byte %d from %q to %q: not refused", name, i, whole[i], flipped[i])
			}
		}
		w.write(name, whole)
	}
	pinned := w.pinned
	sigs := bytes.Index(pinned, []byte(`"signed"`)) // before it: three signatures, of which two are needed
	for i := sigs; i < len(pinned); i += stride {
		w.pinned = bytes.Clone(pinned)
		w.pinned[i] ^= 1 << (i % 8)
		if err := w.verify(); err == nil {
			t.Fatalf("pinned root: byte %d: not refused", i)
		}
	}
	w.pinned = pinned
	w.must(w.verify())
}

// TestRefusalIsNotRemembered wants a refused folder to leave no trace in what
// the reader remembers: else one bad copy could lock it out of good ones.
func TestRefusalIsNotRemembered(t *testing.T) {
	w := newWorld(t)
	restore := w.copy()
	w.forge(versions{3, 3, 1 << 60}, newKeyFile(t), nil)
	if w.verify() == nil {
		t.Fatal("not refused")
	}
	restore()
	w.must(w.verify())
}

// TestWithoutMemory shows what the memory is for.
func TestWithoutMemory(t *testing.T) {
	w := newWorld(t)
	restore := w.copy()
	w.add("registry.cnr", "companies of April")
	w.mustOpen()
	restore()
	if _, err := Open(w.dir, "root.json", w.pinned, Options{Now: w.now}); err != nil {
		t.Errorf("without a memory a rollback cannot be seen: %v", err)
	}
	if _, err := Open(w.dir, "root.json", w.pinned, Options{Now: w.now, State: w.state}); err == nil {
		t.Error("with a memory it must be")
	}
}

// TestLaterDate wants a date to judge at that lies ahead to count for expiry,
// and one that lies behind not to.
func TestLaterDate(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name string
		at   time.Time
		ok   bool
	}{{"behind", start().Add(-900 * day), true}, {"ahead", start().Add(31 * day), false}} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(w.dir, "root.json", w.pinned, Options{Now: w.now, At: tt.at, State: w.state})
			if (err == nil) != tt.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}
