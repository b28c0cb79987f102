package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// stateVersion is that of the state file's form.
const stateVersion = 1

// maxState is the largest state file that is read, in bytes.
const maxState = 512 << 20

// savedState is what the state file holds.
type savedState struct {
	Version int       `json:"cleannet_watch"`
	Policy  string    `json:"policy"` // its id
	Saved   time.Time `json:"saved"`
	Records []*record `json:"records"`
}

// Load reads the state file, if there is one, before [Watcher.Run], which else
// does. Its findings are waited for: they were told of, so that they are not told
// of again when their routes come. An error is for the user to mend.
func (w *Watcher) Load() error {
	if w.config.StateFile == "" || w.loaded {
		return nil
	}
	w.loaded = true
	f, err := os.Open(w.config.StateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("state file: %w: check the path", err)
	}
	defer f.Close() //nolint:errcheck // opened for reading
	var s savedState
	if err := json.NewDecoder(io.LimitReader(f, maxState)).Decode(&s); err != nil {
		return fmt.Errorf("state file %q: %w: remove it to begin anew", w.config.StateFile, err)
	}
	if s.Version != stateVersion || s.Policy != w.config.Policy.ID {
		return fmt.Errorf("state file %q is of version %d and policy %q, want version %d and policy %q: give another --state, or remove it to begin anew",
			w.config.StateFile, s.Version, s.Policy, stateVersion, w.config.Policy.ID)
	}
	for _, x := range s.Records {
		if x == nil || x.Finding == nil || x.Finding.ID == "" || len(w.records.byID) >= w.config.MaxFindings {
			continue
		}
		if x.Told == StateNew || x.Told == StateFlapping {
			x.holds, x.waiting = true, true
		}
		w.records.add(x)
		w.records.unsettle(x)
	}
	w.records.dirty = false
	return nil
}

// confirm gives up waiting for findings of the state file: those whose feeds have
// told all that they have are gone, and those whose feeds have not come in twice
// the time that they get are lost.
func (w *Watcher) confirm() {
	if w.confirmed {
		return
	}
	now := w.now()
	late := now.Sub(w.started) > 2*w.config.Stale
	w.confirmed = true
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, x := range w.records.byID {
		if !x.waiting {
			continue
		}
		if sighted := w.sighted(x.Feeds) && w.table.Pending() == 0; sighted || late {
			x.fail(!sighted, now, &w.config.Damping)
			w.records.unsettle(x)
			continue
		}
		w.confirmed = false
	}
}

// saveEvery is how long changes wait to be saved.
const saveEvery = time.Second

// save writes the state file, whole or not at all.
func (w *Watcher) save(last bool) error {
	now := w.now()
	if w.config.StateFile == "" || !w.records.dirty || !last && now.Sub(w.saved) < saveEvery {
		return nil
	}
	s := savedState{Version: stateVersion, Policy: w.config.Policy.ID, Saved: now, Records: make([]*record, 0, len(w.records.byID))}
	for _, x := range w.records.byID {
		if x.Told != "" {
			s.Records = append(s.Records, x)
		}
	}
	slices.SortFunc(s.Records, func(a, b *record) int { return strings.Compare(a.Finding.ID, b.Finding.ID) })
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	if err := replace(w.config.StateFile, text); err != nil {
		return fmt.Errorf("state file %q: %w: give --state a place that can be written", w.config.StateFile, err)
	}
	w.records.dirty, w.saved = false, now
	return nil
}

// replace writes a file in the place of another.
func replace(name string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	if _, err := f.Write(text); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	return f.Close()
}
