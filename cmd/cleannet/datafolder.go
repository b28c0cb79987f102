package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/trust"
)

// Kinds of files in a data folder.
const (
	kindRegistry = "registry" // companies, made by cleannet db build
	kindNumbers  = "numbers"  // a table of Internet numbers, likewise
)

// dataFolder is the flags that name a signed folder of company data.
type dataFolder struct {
	dir    string
	root   string
	maxAge int // days, 0 for no limit
	// at, if set, is when the folder must have been fresh, instead of now. It
	// is for replays: whether the data were fresh is a question of then.
	at time.Time
}

func (d *dataFolder) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.dir, "data", "", "signed folder of company data; needs --root")
	d.trustFlags(cmd)
}

// trustFlags are those of commands that take the folder as an argument.
func (d *dataFolder) trustFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.root, "root", "", "root file of the data folder's publisher, got on a way that you trust")
	cmd.Flags().IntVar(&d.maxAge, "max-age", 0, "refuse data whose oldest source was retrieved more than this many days ago")
}

// dataContent is what a data folder holds for judging.
type dataContent struct {
	registry, numbers []byte
	info              finding.KnowledgeInfo
	notes             []string
}

// open verifies the folder and reads from it; nil if none is named.
func (d *dataFolder) open(on entity.Date) (*dataContent, error) {
	if d.dir == "" {
		if d.root != "" || d.maxAge != 0 {
			return nil, usagef("--root and --max-age are about a data folder: name it with --data FOLDER")
		}
		return nil, nil
	}
	s, err := d.snapshot(on)
	if err != nil {
		return nil, err
	}
	out := &dataContent{info: finding.KnowledgeInfo{
		Kind: finding.KnowledgeData, Name: d.dir, SHA256: digestTargets(s), Repository: s.Repository, Version: s.Version,
	}}
	for _, f := range s.Files {
		var to *[]byte
		switch f.Manifest.Kind {
		case kindRegistry:
			to = &out.registry
		case kindNumbers:
			to = &out.numbers
		default:
			continue // for another program, or a newer version of this one
		}
		if *to != nil {
			return nil, stale(d.dir, fmt.Errorf("it holds two files of the kind %s: ask its publisher to remove one", f.Manifest.Kind))
		}
		raw, err := f.Read()
		if err != nil {
			return nil, exitCode{exitStale, err}
		}
		*to = append([]byte{}, raw...)
		out.notes = append(out.notes, attributions(f.Manifest)...)
	}
	if out.registry == nil && out.numbers == nil {
		return nil, stale(d.dir, fmt.Errorf("%w: add one with: cleannet db add", errNoData))
	}
	return out, nil
}

func stale(name string, err error) error { return exitCode{exitStale, fmt.Errorf("%q: %w", name, err)} }

// snapshot verifies the folder, at the date too if it lies ahead.
func (d *dataFolder) snapshot(on entity.Date) (*trust.Snapshot, error) {
	pinned, err := d.pinned()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(d.dir); err != nil {
		return nil, inputError(d.dir, err)
	}
	o := trust.Options{Now: time.Now(), At: on.Time()}
	if d.at.IsZero() {
		if o.State, err = stateFolder("data"); err != nil {
			return nil, fmt.Errorf("no state folder to remember data folders in: %w: set XDG_STATE_HOME", err)
		}
	} else {
		o.Now = d.at // the question is of then, so what was seen later does not count
	}
	s, err := trust.Open(d.dir, d.root, pinned, o)
	if err != nil {
		return nil, exitCode{exitStale, err}
	}
	return s, d.checkAge(s, o.Now)
}

// pinned reads the root file.
func (d *dataFolder) pinned() ([]byte, error) {
	if d.root == "" {
		return nil, usagef("a data folder is worth what its signatures are: give its publisher's root file with --root")
	}
	f, err := os.Open(d.root)
	if err != nil {
		return nil, inputError(d.root, err)
	}
	defer f.Close() //nolint:errcheck // opened for reading
	const most = 1 << 20
	raw, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, inputError(d.root, err)
	}
	return raw, nil
}

// checkAge refuses data with a source that was retrieved too long ago, or on a
// day that nobody wrote down.
func (d *dataFolder) checkAge(s *trust.Snapshot, now time.Time) error {
	if d.maxAge < 0 {
		return usagef("--max-age: want days, got %d", d.maxAge)
	}
	if d.maxAge == 0 {
		return nil
	}
	for _, f := range s.Files {
		if u, ok := f.Manifest.Undated(); ok {
			return stale(d.dir, fmt.Errorf("%s: nobody wrote down when %q was retrieved, and --max-age asks: get data that say so", f.Name, u.File))
		}
		oldest, day, ok := f.Manifest.Oldest()
		if age := daysBetween(day, now); ok && age > d.maxAge {
			return stale(d.dir, fmt.Errorf("%s: %q was retrieved on %s, %s ago, and --max-age allows %d: get newer data",
				f.Name, oldest.File, oldest.Retrieved, countOf(age, "day"), d.maxAge))
		}
	}
	return nil
}

func daysBetween(day, now time.Time) int { return int(now.Sub(day) / (24 * time.Hour)) }

// attributions returns what the licences of the sources ask to be said.
func attributions(m trust.Manifest) []string {
	var out []string
	for _, s := range m.Sources {
		if s.Attribution != "" {
			out = append(out, s.Attribution)
		}
	}
	return out
}

// stateFolder returns a folder below cleannet's in the state folder.
func stateFolder(name string) (string, error) {
	file, err := lastRunFile()
	if err != nil {
		return "", err
	}
	return filepath.Join(filepath.Dir(file), name), nil
}

// digestOf returns the SHA-256 in hex.
func digestOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// digestTargets identifies the files of a data folder.
func digestTargets(s *trust.Snapshot) string {
	sum := sha256.New()
	for _, f := range s.Files {
		fmt.Fprintf(sum, "%s  %s\n", f.SHA256, f.Name)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

var errNoFiles = errors.New("the folder holds no file *.yaml")

// digestFolder identifies the registry files of a folder.
func digestFolder(folder fs.FS) (string, error) {
	names, err := fs.Glob(folder, "*.yaml")
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "", errNoFiles
	}
	sum := sha256.New()
	for _, name := range names { // sorted, see fs.Glob
		raw, err := fs.ReadFile(folder, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s  %s\n", digestOf(raw), name)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
