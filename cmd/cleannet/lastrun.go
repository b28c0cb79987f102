package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/report/all"
)

// lastRunFile returns where the last run is kept for explain, by the XDG Base
// Directory Specification.
func lastRunFile() (string, error) {
	return xdgFile("XDG_STATE_HOME", filepath.Join(".local", "state"), "last-run.json")
}

// xdgFile returns where a file of ours lies by the XDG Base Directory
// Specification: in the folder that a variable names, else in one below the
// user's home.
func xdgFile(variable, below, name string) (string, error) {
	dir := os.Getenv(variable)
	if !filepath.IsAbs(dir) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(home, below)
	}
	return filepath.Join(dir, "cleannet", name), nil
}

// lastRun writes the stream to the state folder. Where that is not possible
// the run goes on without it, with a warning: explain is a convenience.
type lastRun struct {
	finding.Handler
	warn io.Writer
	name string
	file *os.File
	w    *bufio.Writer
	err  error
}

func newLastRun(warn io.Writer) *lastRun {
	l := &lastRun{warn: warn}
	if l.name, l.err = lastRunFile(); l.err == nil {
		l.err = os.MkdirAll(filepath.Dir(l.name), 0o700)
	}
	if l.err == nil {
		l.file, l.err = os.CreateTemp(filepath.Dir(l.name), ".last-run-*")
	}
	if l.err != nil {
		l.Handler = all.Saved(io.Discard)
		return l
	}
	l.w = bufio.NewWriter(ignoreErrors{l})
	l.Handler = all.Saved(l.w)
	return l
}

// ignoreErrors remembers an error of the file instead of ending the run.
type ignoreErrors struct{ l *lastRun }

func (i ignoreErrors) Write(p []byte) (int, error) {
	if i.l.err == nil {
		_, i.l.err = i.l.file.Write(p)
	}
	return len(p), nil
}

// commit puts the finished run in place of the one before.
func (l *lastRun) commit() {
	if l.file != nil {
		if err := l.w.Flush(); l.err == nil {
			l.err = err
		}
		if err := l.file.Close(); l.err == nil {
			l.err = err
		}
		if l.err == nil {
			l.err = os.Rename(l.file.Name(), l.name)
		}
		if l.err != nil {
			os.Remove(l.file.Name()) //nolint:errcheck // the first error is the one to report
		}
	}
	if l.err != nil {
		fmt.Fprintf(l.warn, "cleannet: this run is not kept for explain: %v: save it with --format json -o run.json\n", l.err)
	}
}

// discard removes what a failed run has written.
func (l *lastRun) discard() {
	if l.file != nil {
		l.file.Close()           //nolint:errcheck // it is thrown away
		os.Remove(l.file.Name()) //nolint:errcheck // a stray temporary file does no harm
	}
}
