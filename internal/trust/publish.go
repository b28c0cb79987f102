package trust

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// Publisher is who writes to a folder, and how far it is trusted before: a
// writer signs what the folder already holds, so it verifies that first, from a
// root that it has pinned, like every reader.
type Publisher struct {
	Dir        string
	PinnedName string // of the root file, for messages
	Pinned     []byte
	State      string    // see [Options]
	Now        time.Time // see [Options]
	Keys       []Key     // that sign; a public one cannot
}

// Addition is a file for a folder.
type Addition struct {
	Name     string // in the folder
	Path     string // of the file to copy
	Manifest Manifest
}

// Add puts files into a folder, or new versions in place of those of the same
// names, and signs it until expires. Readers see all of them or none.
func Add(p Publisher, files []Addition, expires time.Time) (*Snapshot, error) {
	return p.change(expires, func(f *folder, t *metadata.TargetsType) error {
		for _, a := range files {
			if err := addFile(f, t, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// Remove takes files out of a folder. Their content stays on the disk for
// readers that have begun.
func Remove(p Publisher, names []string, expires time.Time) (*Snapshot, error) {
	return p.change(expires, func(_ *folder, t *metadata.TargetsType) error {
		for _, name := range names {
			if _, ok := t.Targets[name]; !ok {
				return fmt.Errorf("the folder holds no file %q: see what it holds with: cleannet db info", name)
			}
			delete(t.Targets, name)
		}
		return nil
	})
}

// Renew signs a folder again until expires, with the files that it has.
func Renew(p Publisher, expires time.Time) (*Snapshot, error) {
	return p.change(expires, func(*folder, *metadata.TargetsType) error { return nil })
}

// change verifies, edits and signs.
func (p Publisher) change(expires time.Time, edit func(*folder, *metadata.TargetsType) error) (*Snapshot, error) {
	f, done, err := lockFolder(p.Dir)
	if err != nil {
		return nil, err
	}
	defer done()
	before, err := p.verified()
	if err != nil {
		return nil, err
	}
	signers, err := signersOf(p.Keys, &before.root.Signed)
	if err != nil {
		return nil, err
	}
	targets := before.targets.Signed
	targets.Targets = maps.Clone(targets.Targets)
	if err := edit(f, &targets); err != nil {
		return nil, err
	}
	v, err := before.next()
	if err != nil {
		return nil, err
	}
	if err := writeData(f, release{v, timestampFile, before.Repository, targets.Targets, expires}, signers); err != nil {
		return nil, err
	}
	return p.verified()
}

// verified opens the folder as it is. It may have expired: renewing is what a
// publisher does about it.
func (p Publisher) verified() (*Snapshot, error) {
	return Open(p.Dir, p.PinnedName, p.Pinned, Options{Now: p.Now, State: p.State, Expired: true})
}

// addFile copies a file into the folder under its digest.
func addFile(f *folder, t *metadata.TargetsType, a Addition) error {
	if err := errors.Join(checkName(a.Name), a.Manifest.check()); err != nil {
		return fmt.Errorf("add %q: %w", a.Path, err)
	}
	custom, err := json.Marshal(custom{a.Manifest})
	if err != nil {
		return fmt.Errorf("add %q: manifest: %w", a.Path, err)
	}
	file, err := os.Open(a.Path)
	if err != nil {
		return fmt.Errorf("add %q: %w: check the path", a.Path, reasonOf(err))
	}
	defer file.Close() //nolint:errcheck // opened for reading
	sum := sha256.New()
	size, err := io.Copy(sum, io.LimitReader(file, maxFile+1))
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("add %q: %w: name a regular file", a.Path, reasonOf(err))
	}
	if size > maxFile {
		return fmt.Errorf("add %q: larger than %d bytes: split it", a.Path, int64(maxFile))
	}
	if err := f.root.Mkdir(targetsDir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return f.writeError(targetsDir, err)
	}
	digest := sum.Sum(nil)
	copied := sha256.New()
	name := stored(metadata.HexBytes(digest).String(), a.Name)
	if err := f.write(name, io.TeeReader(io.LimitReader(file, size), copied)); err != nil {
		return err
	}
	if !bytes.Equal(copied.Sum(nil), digest) {
		f.root.Remove(name) //nolint:errcheck // nothing names it
		return fmt.Errorf("add %q: it changed while it was copied: add it when nothing writes to it", a.Path)
	}
	raw := json.RawMessage(custom)
	t.Targets[a.Name] = &metadata.TargetFiles{
		Length: size, Hashes: metadata.Hashes{"sha256": digest}, Custom: &raw, Path: a.Name,
	}
	if len(t.Targets) > maxFiles {
		return fmt.Errorf("add %q: the folder would hold more than %d files: remove some", a.Path, maxFiles)
	}
	return nil
}

// versions are those to write.
type versions struct{ targets, snapshot, timestamp int64 }

// release is what writeData writes.
type release struct {
	versions
	stamp      string // file of the timestamp
	repository string
	files      map[string]*metadata.TargetFiles
	expires    time.Time
}

// maxVersion is the last version that every reader of JSON can hold exactly.
const maxVersion = 1<<53 - 1

// next returns the versions that follow those of the snapshot.
func (s *Snapshot) next() (versions, error) {
	v := versions{s.targets.Signed.Version + 1, s.above.Signed.Version + 1, s.Version + 1}
	if min(v.targets, v.snapshot, v.timestamp) < 1 || max(v.targets, v.snapshot, v.timestamp) > maxVersion {
		return v, fmt.Errorf("no version follows %d, which only the thief of a key can have signed: "+
			"replace the key, without giving the old one, with: cleannet db rotate", s.Version)
	}
	return v, nil
}

// writeData writes targets, snapshot and timestamp, in this order: a reader
// begins with the timestamp, and what it names is there.
func writeData(f *folder, v release, keys []Key) error {
	expires := v.expires.UTC().Truncate(time.Second)
	targets := metadata.Targets(expires)
	targets.Signed.Version, targets.Signed.Targets = v.targets, v.files
	raw, err := signed(targets, keys)
	if err != nil {
		return err
	}
	if len(raw) > maxTargets {
		return fmt.Errorf("the manifests need %d bytes, the limit is %d: remove files", len(raw), maxTargets)
	}
	if err := f.write(versioned(v.targets, metadata.TARGETS), bytes.NewReader(raw)); err != nil {
		return err
	}
	snapshot := metadata.Snapshot(expires)
	snapshot.Signed.Version = v.snapshot
	snapshot.Signed.Meta = map[string]*metadata.MetaFiles{"targets.json": link(raw, v.targets)}
	if raw, err = signed(snapshot, keys); err != nil {
		return err
	}
	if err := f.write(versioned(v.snapshot, metadata.SNAPSHOT), bytes.NewReader(raw)); err != nil {
		return err
	}
	timestamp := metadata.Timestamp(expires)
	timestamp.Signed.Version = v.timestamp
	// A key may sign for several repositories: what it signs says for which.
	timestamp.Signed.UnrecognizedFields = map[string]any{repositoryKey: v.repository}
	timestamp.Signed.Meta = map[string]*metadata.MetaFiles{"snapshot.json": link(raw, v.snapshot)}
	if raw, err = signed(timestamp, keys); err != nil {
		return err
	}
	return f.write(v.stamp, bytes.NewReader(raw))
}

// signed signs metadata with each key and encodes it.
func signed[T metadata.Roles](m *metadata.Metadata[T], keys []Key) ([]byte, error) {
	for _, k := range keys {
		signer, err := k.signer()
		if err != nil {
			return nil, fmt.Errorf("sign: %w", err)
		}
		if _, err := m.Sign(signer); err != nil {
			return nil, fmt.Errorf("sign: %w", err)
		}
	}
	return encode(m)
}

// signersOf returns those of the keys that sign the data, at least as many as
// the root asks for. The roles of the data have the same keys, see [Config].
func signersOf(keys []Key, root *metadata.RootType) ([]Key, error) {
	role := root.Roles[metadata.TARGETS]
	var out []Key
	for _, k := range keys {
		if k.CanSign() && slices.Contains(role.KeyIDs, k.id) && !slices.ContainsFunc(out, k.same) {
			out = append(out, k)
		}
	}
	if want := role.Threshold; len(out) < want {
		return nil, fmt.Errorf("%d of the keys can sign the data, root %d asks for %d: %s", len(out), root.Version, want, nextMissing)
	}
	return out, nil
}

func (k Key) same(o Key) bool { return k.id == o.id }
