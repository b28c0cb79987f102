package trust

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// Config says who may sign a folder.
type Config struct {
	// Root has the keys that say who may sign, now and later; Threshold of
	// them must agree. They are best kept offline, apart from each other.
	Root      []Key
	Threshold int
	// Data has the keys of which each alone signs the data.
	Data []Key
	// RootExpires is when the root must have been replaced.
	RootExpires time.Time
	// Expires is when the data must have been renewed: for so long a reader
	// can be kept from news without noticing.
	Expires time.Time
}

// Status says what a root still lacks.
type Status struct {
	File      string // of the root, in the folder
	Version   int64
	Published bool
	Have      int // signatures
	Want      int
	// Root and Data are the ids of the keys that the root names, and Threshold
	// how many of those of the root must agree: what a signer puts his name to.
	Root, Data []string
	Threshold  int
	// Emptied tells that the folder holds no files under the new root.
	Emptied bool
}

// Init makes a data folder without data. Of the keys of the roles, those that
// are private sign; if the root then lacks signatures, it is staged for
// [Sign].
func Init(dir string, c Config) (Status, error) {
	name := make([]byte, repositoryLength/2)
	rand.Read(name)
	root, err := c.root(hex.EncodeToString(name), 1)
	if err != nil {
		return Status{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Status{}, fmt.Errorf("make %q: %w: choose a place that can be written to", dir, reasonOf(err))
	}
	f, done, err := lockFolder(dir)
	if err != nil {
		return Status{}, err
	}
	defer done()
	for _, there := range []string{rootName(1), stagedRoot, timestampFile} {
		if f.exists(there) {
			return Status{}, fmt.Errorf("%q exists: the folder is a data folder already: name another, or add to it with: cleannet db add", f.path(there))
		}
	}
	signers, err := signersOf(c.Data, &root.Signed)
	if err != nil {
		return Status{}, err
	}
	if err := writeData(f, release{versions{1, 1, 1}, timestampFile, repositoryOf(&root.Signed), map[string]*metadata.TargetFiles{}, c.Expires}, signers); err != nil {
		return Status{}, err
	}
	return stage(f, nil, root, c.Root)
}

// Rotate writes a new root with other keys, or the same and a later expiry. It
// needs signatures of the threshold of the old root and of the new one; what
// is lacking is staged for [Sign].
//
// If a private key of the old root for data is among those given, the data are
// signed by old and new keys, and readers notice nothing. Without one it is
// taken for lost or stolen: then nothing that it has signed is carried over,
// and under the new root the folder is empty until files are added again.
func Rotate(p Publisher, c Config) (Status, error) {
	f, done, err := lockFolder(p.Dir)
	if err != nil {
		return Status{}, err
	}
	defer done()
	before, err := p.verified()
	if err != nil {
		return Status{}, err
	}
	if f.exists(stagedRoot) {
		return Status{}, fmt.Errorf("%q waits for signatures: give them with: cleannet db sign, or remove it", f.path(stagedRoot))
	}
	next, err := c.root(before.Repository, before.Root+1)
	if err != nil {
		return Status{}, err
	}
	keys := slices.Concat(p.Keys, c.Root, c.Data)
	emptied, err := resign(f, before, next, keys, c.Expires)
	if err != nil {
		return Status{}, err
	}
	s, err := stage(f, before.root, next, keys)
	s.Emptied = emptied
	return s, err
}

// resign writes the data for a new root: at once if they are valid under both
// roots, else beside the timestamp that is valid, for [stage] to put in place.
func resign(f *folder, before *Snapshot, next *rootMeta, keys []Key, expires time.Time) (emptied bool, err error) {
	f.root.Remove(stagedTimestamp) //nolint:errcheck // of a rotation that was given up, if any
	fresh, err := signersOf(keys, &next.Signed)
	if err != nil {
		return false, err
	}
	old, err := signersOf(keys, &before.root.Signed)
	if err != nil {
		v, err := before.next()
		if err != nil { // a thief has used up the versions: those of new keys start anew
			v = versions{1, 1, 1}
		}
		return true, writeData(f, release{v, stagedTimestamp, before.Repository, map[string]*metadata.TargetFiles{}, expires}, fresh)
	}
	v, err := before.next()
	if err != nil {
		return false, err
	}
	for _, k := range fresh {
		if !slices.ContainsFunc(old, k.same) {
			old = append(old, k)
		}
	}
	return false, writeData(f, release{v, timestampFile, before.Repository, before.targets.Signed.Targets, expires}, old)
}

// Sign adds signatures to the staged root, and publishes it when it has enough.
func Sign(p Publisher) (Status, error) {
	f, done, err := lockFolder(p.Dir)
	if err != nil {
		return Status{}, err
	}
	defer done()
	raw, err := f.read(stagedRoot, maxRoot)
	if errors.Is(err, os.ErrNotExist) {
		return Status{}, fmt.Errorf("%q is not there: nothing waits for a signature", f.path(stagedRoot))
	}
	if err != nil {
		return Status{}, err
	}
	next, err := parseRoot(f.path(stagedRoot), raw)
	if err != nil {
		return Status{}, err
	}
	var before *rootMeta
	if next.Signed.Version > 1 {
		s, err := p.verified()
		if err != nil {
			return Status{}, err
		}
		before = s.root
		if next.Signed.Version != s.Root+1 || repositoryOf(&next.Signed) != s.Repository {
			return Status{}, &Problem{f.path(stagedRoot), fmt.Sprintf("it does not follow root %d of the folder", s.Root), "remove it and rotate again", nil}
		}
	}
	emptied := f.exists(stagedTimestamp)
	s, err := stage(f, before, next, p.Keys)
	s.Emptied = emptied
	return s, err
}

// root makes the root that the config describes.
func (c Config) root(repository string, version int64) (*rootMeta, error) {
	m := metadata.Root(c.RootExpires.UTC().Truncate(time.Second))
	m.Signed.Version = version
	m.Signed.UnrecognizedFields = map[string]any{repositoryKey: repository}
	for role, keys := range map[string][]Key{
		metadata.ROOT: c.Root, metadata.TARGETS: c.Data, metadata.SNAPSHOT: c.Data, metadata.TIMESTAMP: c.Data,
	} {
		for _, k := range keys {
			tuf, err := k.tuf()
			if err != nil {
				return nil, err
			}
			if err := m.Signed.AddKey(tuf, role); err != nil {
				return nil, err
			}
		}
		slices.Sort(m.Signed.Roles[role].KeyIDs)
	}
	m.Signed.Roles[metadata.ROOT].Threshold = c.Threshold
	if err := checkRoot(&m.Signed); err != nil {
		return nil, fmt.Errorf("the keys make no root: %w: give other keys or another threshold", err)
	}
	return m, nil
}

// stage adds the signatures that the keys can give and that are lacking, then
// publishes the root if both it and the one before are satisfied.
func stage(f *folder, before, next *rootMeta, keys []Key) (Status, error) {
	for _, k := range keys {
		signs := slices.Contains(next.Signed.Roles[metadata.ROOT].KeyIDs, k.id) ||
			before != nil && slices.Contains(before.Signed.Roles[metadata.ROOT].KeyIDs, k.id)
		has := slices.ContainsFunc(next.Signatures, func(s metadata.Signature) bool { return s.KeyID == k.id })
		if !signs || has || !k.CanSign() {
			continue
		}
		signer, err := k.signer()
		if err != nil {
			return Status{}, fmt.Errorf("sign: %w", err)
		}
		if _, err := next.Sign(signer); err != nil {
			return Status{}, fmt.Errorf("sign: %w", err)
		}
	}
	raw, err := encode(next)
	if err != nil {
		return Status{}, err
	}
	s := Status{
		File: stagedRoot, Version: next.Signed.Version,
		Root: next.Signed.Roles[metadata.ROOT].KeyIDs, Threshold: next.Signed.Roles[metadata.ROOT].Threshold,
		Data: next.Signed.Roles[metadata.TARGETS].KeyIDs,
	}
	s.Have, s.Want = signatures(next, next)
	if before != nil {
		have, want := signatures(before, next)
		s.Have, s.Want = min(s.Have, s.Want)+min(have, want), s.Want+want
	}
	s.Published = next.VerifyDelegate(metadata.ROOT, next) == nil &&
		(before == nil || before.VerifyDelegate(metadata.ROOT, next) == nil)
	if err := f.write(stagedRoot, bytes.NewReader(raw)); err != nil || !s.Published {
		return s, err
	}
	s.File = rootName(s.Version)
	if err := f.root.Rename(stagedRoot, s.File); err != nil {
		return s, f.writeError(s.File, err)
	}
	if err := f.root.Rename(stagedTimestamp, timestampFile); err != nil && !errors.Is(err, os.ErrNotExist) {
		return s, f.writeError(timestampFile, err)
	}
	f.sync(".")
	return s, nil
}

// signatures counts the root keys of one root that have signed another, and
// how many it asks for.
func signatures(by, m *rootMeta) (have, want int) {
	role := by.Signed.Roles[metadata.ROOT]
	for _, s := range m.Signatures {
		if slices.Contains(role.KeyIDs, s.KeyID) {
			have++
		}
	}
	return have, role.Threshold
}
