package trust

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
	"github.com/theupdateframework/go-tuf/v2/metadata/trustedmetadata"
)

// verifier follows the chain from the pinned root to the targets. The checks
// of the framework are those of the library; the ones here are for what it
// leaves to the caller, and for messages that name file and next step.
type verifier struct {
	folder  *folder
	trusted *trustedmetadata.TrustedMetadata
	at      time.Time // the zero time: nothing expires
}

// roots loads the pinned root and those after it, each signed by the one
// before and by itself.
func (v *verifier) roots(name string, pinned []byte) error {
	if _, err := readPinned(name, pinned); err != nil {
		return err
	}
	trusted, err := trustedmetadata.New(pinned)
	if err != nil {
		return &Problem{name, "not signed by enough of its own keys: " + err.Error(), nextPin, err}
	}
	trusted.RefTime = v.at
	v.trusted = trusted
	first := repositoryOf(&trusted.Root.Signed)
	for range maxRotations {
		name := rootName(trusted.Root.Signed.Version + 1)
		if !v.folder.exists(name) {
			return v.fresh(rootName(trusted.Root.Signed.Version), trusted.Root.Signed.Expires)
		}
		raw, err := v.folder.read(name, maxRoot)
		if err != nil {
			return err
		}
		next, err := parseRoot(v.folder.path(name), raw)
		if err != nil {
			return err
		}
		if repo := repositoryOf(&next.Signed); repo != first {
			return v.problem(name, fmt.Sprintf("the root of another repository, %s and not %s", repo, first), nextTamper, nil)
		}
		if _, err := trusted.UpdateRoot(raw); err != nil {
			return v.problem(name, fmt.Sprintf("root %d does not vouch for it: %v", trusted.Root.Signed.Version, err), nextTamper, err)
		}
	}
	return v.problem("", fmt.Sprintf("more than %d roots after the pinned one", maxRotations), "pin a newer root", nil)
}

// snapshot loads timestamp, snapshot and targets.
func (v *verifier) snapshot() (*Snapshot, error) {
	raw, err := v.folder.read(timestampFile, maxTimestamp)
	if err != nil {
		return nil, err
	}
	stamp, err := parse[metadata.TimestampType](v.folder.path(timestampFile), raw)
	if err != nil {
		return nil, err
	}
	up, err := checkLink(v.folder.path(timestampFile), stamp.Signed.Meta, "snapshot.json")
	if err != nil {
		return nil, err
	}
	// What is expired and not signed is, first of all, not signed.
	_, err = v.trusted.UpdateTimestamp(raw)
	if v.trusted.Timestamp == nil {
		return nil, v.notSigned(timestampFile, err)
	}
	repo := repositoryOf(&v.trusted.Root.Signed)
	if name, _ := stamp.Signed.UnrecognizedFields[repositoryKey].(string); name != repo {
		return nil, v.problem(timestampFile, fmt.Sprintf("of repository %q, the root is of %s", name, repo), nextPin, nil)
	}
	if err := v.fresh(timestampFile, stamp.Signed.Expires); err != nil {
		return nil, err
	}
	below, err := v.linked(up)
	if err != nil {
		return nil, err
	}
	targets, err := v.linkedTargets(below)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{
		Dir: v.folder.name, Repository: repo,
		Root: v.trusted.Root.Signed.Version, Version: stamp.Signed.Version,
		Expires: earliest(stamp.Signed.Expires, v.trusted.Snapshot.Signed.Expires, targets.Signed.Expires, v.trusted.Root.Signed.Expires),
		root:    v.trusted.Root, above: v.trusted.Snapshot, targets: targets,
	}
	s.Files, err = v.files(targets)
	return s, err
}

// linked loads the snapshot that the timestamp names.
func (v *verifier) linked(up *metadata.MetaFiles) (*metadata.MetaFiles, error) {
	name := versioned(up.Version, metadata.SNAPSHOT)
	raw, err := v.read(name, up, maxSnapshot)
	if err != nil {
		return nil, err
	}
	m, err := parse[metadata.SnapshotType](v.folder.path(name), raw)
	if err != nil {
		return nil, err
	}
	below, err := checkLink(v.folder.path(name), m.Signed.Meta, "targets.json")
	if err != nil {
		return nil, err
	}
	if _, err := v.trusted.UpdateSnapshot(raw, false); v.trusted.Snapshot == nil {
		return nil, v.notSigned(name, err)
	}
	if m.Signed.Version != up.Version {
		return nil, v.problem(name, fmt.Sprintf("version %d, want %d", m.Signed.Version, up.Version), nextTamper, nil)
	}
	return below, v.fresh(name, m.Signed.Expires)
}

// linkedTargets loads the targets that the snapshot names.
func (v *verifier) linkedTargets(below *metadata.MetaFiles) (*targetsMeta, error) {
	name := versioned(below.Version, metadata.TARGETS)
	raw, err := v.read(name, below, maxTargets)
	if err != nil {
		return nil, err
	}
	m, err := parse[metadata.TargetsType](v.folder.path(name), raw)
	if err != nil {
		return nil, err
	}
	if m.Signed.Delegations != nil {
		return nil, v.problem(name, "it delegates to others, which data folders do not", nextTamper, nil)
	}
	if m.Signed.Version != below.Version {
		return nil, v.problem(name, fmt.Sprintf("version %d, want %d", m.Signed.Version, below.Version), nextTamper, nil)
	}
	if err := v.trusted.Root.VerifyDelegate(metadata.TARGETS, m); err != nil {
		return nil, v.notSigned(name, err)
	}
	if err := v.fresh(name, m.Signed.Expires); err != nil {
		return nil, err
	}
	if _, err := v.trusted.UpdateTargets(raw); err != nil {
		return nil, v.notSigned(name, err)
	}
	return m, nil
}

// read returns a file of metadata that another one names.
func (v *verifier) read(name string, want *metadata.MetaFiles, limit int64) ([]byte, error) {
	raw, err := v.folder.read(name, limit)
	if err != nil {
		return nil, err
	}
	if err := want.VerifyLengthHashes(raw); err != nil {
		return nil, v.problem(name, "not the file that was signed for: "+err.Error(), nextCopy, err)
	}
	return raw, nil
}

// files lists the data files.
func (v *verifier) files(targets *targetsMeta) ([]File, error) {
	name := versioned(targets.Signed.Version, metadata.TARGETS)
	if n := len(targets.Signed.Targets); n > maxFiles {
		return nil, v.problem(name, fmt.Sprintf("%d files, the limit is %d", n, maxFiles), nextLimits, nil)
	}
	out := make([]File, 0, len(targets.Signed.Targets))
	for file, t := range targets.Signed.Targets {
		sum := t.Hashes["sha256"]
		if err := checkName(file); err != nil {
			return nil, v.problem(name, err.Error(), nextTamper, err)
		}
		if len(t.Hashes) != 1 || len(sum) != sha256.Size || t.Length < 0 || t.Length > maxFile {
			return nil, v.problem(name, fmt.Sprintf("file %q has no SHA-256 or a length beyond %d", file, int64(maxFile)), nextTamper, nil)
		}
		m, err := decodeCustom(t.Custom)
		if err != nil {
			return nil, v.problem(name, fmt.Sprintf("file %q: %v", file, err), nextTamper, err)
		}
		out = append(out, File{Name: file, Size: t.Length, SHA256: sum.String(), Manifest: m, dir: v.folder.name})
	}
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// fresh refuses a file that has expired.
func (v *verifier) fresh(name string, expires time.Time) error {
	if !v.at.After(expires) {
		return nil
	}
	next := nextRenew
	if v.trusted.Timestamp == nil { // nothing but the root is loaded
		next = nextRotate
	}
	return v.problem(name, fmt.Sprintf("expired on %s; it is %s", expires.UTC().Format(time.RFC3339), v.at.UTC().Format(time.RFC3339)), next, nil)
}

func (v *verifier) notSigned(name string, err error) error {
	what := fmt.Sprintf("not signed as root %d asks", v.trusted.Root.Signed.Version)
	if err != nil {
		what += ": " + err.Error()
	}
	return v.problem(name, what, nextTamper, err)
}

func (v *verifier) problem(name, what, next string, err error) error {
	return &Problem{v.folder.path(name), what, next, err}
}
