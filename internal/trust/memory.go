package trust

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
	"github.com/theupdateframework/go-tuf/v2/metadata/trustedmetadata"
)

// seen is the newest that was seen of a repository. Each is a file of its own
// that never changes: a process adds its own and removes those that it has read
// and that its own covers. So two processes at once can lose nothing, without a
// lock: what was seen is the newest of all records, and a record goes only when
// another says at least as much.
type seen struct {
	Repository string              `json:"repository"`
	Checked    time.Time           `json:"checked"` // by the clock
	Root       int64               `json:"root"`
	Roles      map[string]seenRole `json:"roles"`
}

// seenRole is the newest of a role, by the keys that sign for it. When the keys
// change, versions start anew: so can a publisher recover whose stolen key
// signed the highest version there is (section 5.3.11 of the specification).
type seenRole struct {
	Keys    string `json:"keys"`
	Version int64  `json:"version"`
	Signed  string `json:"signed"` // digest of what was signed
}

// memory is what the state folder remembers of one repository.
type memory struct {
	dir   string // empty: nothing is remembered
	repo  string
	files []string // of the records
	seen  []seen
}

// loadMemory reads the records of a repository. A record that cannot be read
// is a problem, not a fresh start: whoever damages one must not get a rollback
// for it.
func loadMemory(dir, repo string) (*memory, error) {
	m := &memory{dir: dir, repo: repo}
	if dir == "" {
		return m, nil
	}
	names, err := filepath.Glob(filepath.Join(globQuote(dir), repo+"-*.json"))
	if err != nil {
		return nil, &Problem{dir, err.Error(), "give another state folder", err}
	}
	if len(names) > maxRecords {
		return nil, &Problem{dir, fmt.Sprintf("%d records, the limit is %d", len(names), maxRecords), "remove this folder", nil}
	}
	for _, name := range names {
		s, err := readSeen(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process has removed it because a newer record covers it
		}
		if err != nil || s.Repository != repo {
			return nil, &Problem{name, "not a record of what was seen", "remove it, and then open only a folder that you know to be the newest", err}
		}
		m.files, m.seen = append(m.files, name), append(m.seen, s)
	}
	return m, nil
}

// globQuote keeps the characters of a folder's name from being a pattern.
func globQuote(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `*`, `\*`, `?`, `\?`).Replace(dir)
}

func readSeen(name string) (seen, error) {
	var s seen
	info, err := os.Stat(name)
	if err != nil {
		return s, err
	}
	if info.Size() > maxSeen {
		return s, fmt.Errorf("%d bytes, the limit is %d", info.Size(), maxSeen)
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(raw, &s)
}

// clockSlack is how far a clock may step back: corrections do.
const clockSlack = 10 * time.Minute

// checkBefore refuses a clock and a root older than those seen.
func (m *memory) checkBefore(f *folder, root *rootMeta, now time.Time) error {
	for i, s := range m.seen {
		if now.Add(clockSlack).Before(s.Checked) {
			return &Problem{m.files[i], fmt.Sprintf("the folder was opened at %s, but the clock says %s",
				s.Checked.Format(time.RFC3339), now.UTC().Format(time.RFC3339)),
				"set the clock; if it was wrong then, remove this file", nil}
		}
		if v := root.Signed.Version; v < s.Root {
			return &Problem{f.path(rootName(s.Root)), fmt.Sprintf("missing: the folder has only root %d, but root %d was seen before", v, s.Root), nextNewer, nil}
		}
	}
	return nil
}

// check refuses versions older than those seen, and two contents of one.
func (m *memory) check(f *folder, t *trustedmetadata.TrustedMetadata) error {
	now, err := rolesOf(t)
	if err != nil {
		return &Problem{f.name, err.Error(), nextTamper, err}
	}
	for _, s := range m.seen {
		for _, name := range []string{metadata.TIMESTAMP, metadata.SNAPSHOT, metadata.TARGETS} {
			before, after, file := s.Roles[name], now[name], versioned(now[name].Version, name)
			if name == metadata.TIMESTAMP {
				file = timestampFile
			}
			switch {
			case before.Keys != after.Keys:
			case after.Version < before.Version:
				return &Problem{f.path(file), fmt.Sprintf("rolled back: version %d, but version %d was seen before", after.Version, before.Version), nextNewer, nil}
			case after.Version == before.Version && after.Signed != before.Signed:
				return &Problem{f.path(file), fmt.Sprintf("version %d has another content than when it was seen before", after.Version), nextTamper, nil}
			}
		}
	}
	return nil
}

// rolesOf returns what is to be remembered of verified metadata.
func rolesOf(t *trustedmetadata.TrustedMetadata) (map[string]seenRole, error) {
	out := map[string]seenRole{}
	for name, m := range map[string]struct {
		version int64
		signed  any
	}{
		metadata.TIMESTAMP: {t.Timestamp.Signed.Version, t.Timestamp.Signed},
		metadata.SNAPSHOT:  {t.Snapshot.Signed.Version, t.Snapshot.Signed},
		metadata.TARGETS:   {t.Targets[metadata.TARGETS].Signed.Version, t.Targets[metadata.TARGETS].Signed},
	} {
		signed, err := signedDigest(m.signed)
		if err != nil {
			return nil, err
		}
		keys := slices.Sorted(slices.Values(t.Root.Signed.Roles[name].KeyIDs))
		sum := sha256.Sum256([]byte(strings.Join(keys, "\n")))
		out[name] = seenRole{hex.EncodeToString(sum[:]), m.version, signed}
	}
	return out, nil
}

// keep records what was seen. It is called only when all checks have passed, so
// what it records covers every record read.
func (m *memory) keep(t *trustedmetadata.TrustedMetadata, now time.Time) error {
	if m.dir == "" {
		return nil
	}
	roles, err := rolesOf(t)
	if err != nil {
		return &Problem{m.dir, err.Error(), nextTamper, err}
	}
	s := seen{m.repo, now.UTC().Truncate(time.Second), t.Root.Signed.Version, roles}
	for _, old := range m.seen {
		if old.Checked.After(s.Checked) {
			s.Checked = old.Checked
		}
	}
	if len(m.seen) == 1 && s.covers(m.seen[0]) && m.seen[0].covers(s) {
		return nil
	}
	if err := m.write(s); err != nil {
		return &Problem{m.dir, "what was seen cannot be kept: " + reasonOf(err).Error(),
			"name a folder that can be written to with XDG_STATE_HOME", err}
	}
	for _, name := range m.files {
		os.Remove(name) //nolint:errcheck // it does no harm, and the next process tries again
	}
	return nil
}

// worthKeeping is how much later the clock must be for a new record: not every
// run writes to the disk.
const worthKeeping = time.Hour

// covers reports whether nothing that old says would be lost with it.
func (s seen) covers(old seen) bool {
	for name, r := range old.Roles {
		if s.Roles[name] != r {
			return false
		}
	}
	return s.Root == old.Root && old.Checked.Sub(s.Checked) < worthKeeping
}

// write adds a record, which appears whole or not at all.
func (m *memory) write(s seen) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(m.dir, 0o700); err != nil {
		return err
	}
	temporary := filepath.Join(m.dir, ".new-"+rand.Text())
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(temporary, filepath.Join(m.dir, m.repo+"-"+rand.Text()+".json"))
	}
	if err != nil {
		os.Remove(temporary) //nolint:errcheck // the first error is the one to report
	}
	return err
}
