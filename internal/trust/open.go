package trust

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// Options say at which time a folder is opened and what is remembered of it.
type Options struct {
	// Now is the time by the clock, which must be given.
	Now time.Time
	// At, if later than Now, is the time at which nothing may have expired.
	At time.Time
	// State is the folder that remembers the newest versions seen, made if it
	// is missing. Without one (empty), a rollback to an older folder that has
	// not expired cannot be told from the newest.
	State string
	// Expired lets a folder pass that has expired, for those who are about to
	// renew it.
	Expired bool
}

// Snapshot is a folder at one version, found to be signed and fresh. Its files
// are checked when they are read. It is immutable and safe for concurrent use.
type Snapshot struct {
	Dir        string
	Repository string // name of the repository, the same through all key changes
	Root       int64  // version of the root
	Version    int64  // of the timestamp: it grows with every change
	Expires    time.Time
	Files      []File // by name

	root    *rootMeta
	targets *targetsMeta
	above   *snapshotMeta
}

// File is a data file of a snapshot.
type File struct {
	Name     string
	Size     int64 // bytes
	SHA256   string
	Manifest Manifest

	dir string
}

// Open verifies the metadata of a folder from the content of a pinned root
// file, whose name is for messages. The error is a [*Problem].
//
// If a writer publishes while it reads, it reads again: it never gives a mix
// of two versions.
func Open(dir, pinnedName string, pinned []byte, o Options) (*Snapshot, error) {
	const tries = 3
	root, err := readPinned(pinnedName, pinned)
	if err != nil {
		return nil, err
	}
	f, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	defer f.close()
	for try := 1; ; try++ {
		stamp, newest := f.state(root.Signed.Version)
		s, err := openOnce(f, pinnedName, pinned, o)
		if err == nil || try == tries {
			return s, err
		}
		if stampAfter, newestAfter := f.state(root.Signed.Version); stamp == stampAfter && newest == newestAfter {
			return nil, err
		}
	}
}

func readPinned(name string, pinned []byte) (*rootMeta, error) {
	if len(pinned) > maxRoot {
		return nil, &Problem{name, fmt.Sprintf("%d bytes, the limit is %d", len(pinned), maxRoot), nextPin, nil}
	}
	root, err := parseRoot(name, pinned)
	if problem, ok := errors.AsType[*Problem](err); ok {
		problem.Next = nextPin // it came apart from the folder: to copy that again changes nothing
	}
	return root, err
}

func openOnce(f *folder, pinnedName string, pinned []byte, o Options) (*Snapshot, error) {
	v := &verifier{folder: f}
	if !o.Expired {
		v.at = o.Now
		if o.At.After(v.at) {
			v.at = o.At
		}
	}
	if err := v.roots(pinnedName, pinned); err != nil {
		return nil, err
	}
	memory, err := loadMemory(o.State, repositoryOf(&v.trusted.Root.Signed))
	if err != nil {
		return nil, err
	}
	if err := memory.checkBefore(f, v.trusted.Root, o.Now); err != nil {
		return nil, err
	}
	s, err := v.snapshot()
	if err != nil {
		return nil, err
	}
	if err := memory.check(f, v.trusted); err != nil {
		return nil, err
	}
	return s, memory.keep(v.trusted, o.Now)
}

func earliest(times ...time.Time) time.Time { return slices.MinFunc(times, time.Time.Compare) }

// checkName wants the name of a data file to be one plain word, so that it is
// a file of every system and cannot lead elsewhere.
func checkName(name string) error {
	const longest = 100
	ok := name != "" && len(name) <= longest && name[0] != '.' && name[0] != '-' &&
		strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == ""
	if !ok {
		return fmt.Errorf("file name %q: want up to %d of a–z, 0–9, dot, dash and underscore, the first one a letter or digit", name, longest)
	}
	return nil
}

// stored returns where a data file lies.
func stored(sha256, name string) string { return path.Join(targetsDir, sha256+"."+name) }
