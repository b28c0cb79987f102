package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// The largest files beside the evidence that are read, in bytes. Each is some
// twenty times what is met in practice, and none keeps a command from running
// on a small machine: a policy that is a device, or a disk image by mistake,
// ends in a message and not in the memory.
const (
	maxDocument = yamldoc.MaxBytes // policy, registry and case files
	maxNumbers  = 256 << 20        // a table of Internet numbers
	maxSavedRun = 4 << 30          // a saved run, which is read line by line
)

// readUserFile returns the content of a file that the user named, of at most
// limit bytes.
func readUserFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, inputError(name, err)
	}
	defer f.Close() //nolint:errcheck // opened for reading
	raw, err := io.ReadAll(bounded(f, name, limit))
	if _, over := errors.AsType[*tooLargeError](err); over {
		return nil, usage(err)
	}
	if err != nil {
		return nil, inputError(name, err)
	}
	return raw, nil
}

// tooLargeError is a file beyond what is read of its kind.
type tooLargeError struct {
	name  string
	limit int64
}

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("%q: larger than the limit of %s: name the right file", e.name, bytesText(e.limit))
}

// boundedReader reads up to a limit; beyond it stands a tooLargeError, where
// an [io.LimitedReader] would make the file look complete.
type boundedReader struct {
	r    io.Reader
	name string
	max  int64
	left int64
}

func bounded(r io.Reader, name string, limit int64) io.Reader {
	return &boundedReader{r: r, name: name, max: limit, left: limit}
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if int64(n) > b.left {
		n = int(b.left)
		err = &tooLargeError{b.name, b.max}
	}
	b.left -= int64(n)
	return n, err
}

// spareInputs refuses an output that would take the place of something that the
// command reads: the same file by any name or link, or one in a folder that is
// read. It is asked before anything is read, since afterwards hours may have
// passed. Empty names and "-" stand for no file.
func spareInputs(output string, inputs ...string) error {
	if output == "" || output == "-" {
		return nil
	}
	if !fileExists(output) {
		return nil // there is nothing to lose, or writing will say what is wrong
	}
	target, err := os.Stat(output)
	if err != nil {
		return outputError(output, err)
	}
	for _, name := range inputs {
		if name == "" || name == "-" {
			continue
		}
		input, err := os.Stat(name)
		switch {
		case err != nil: // reading will say what is wrong
		case os.SameFile(target, input):
			return usagef("write %q: it is the input %q, which would be lost: choose another name", output, name)
		case input.IsDir() && liesIn(output, input):
			return usagef("write %q: it is a file of the folder %q, which is read: "+
				"choose a place outside, or remove the file first", output, name)
		}
	}
	return nil
}

// liesIn tells whether a file lies in a folder, at any depth, by its own path
// or by that of the file that it links to.
func liesIn(file string, dir fs.FileInfo) bool {
	paths := []string{file}
	if target, err := filepath.EvalSymlinks(file); err == nil {
		paths = append(paths, target)
	}
	for _, path := range paths {
		abs, err := filepath.Abs(path)
		if err != nil {
			continue
		}
		for parent := filepath.Dir(abs); ; parent = filepath.Dir(parent) {
			if info, err := os.Stat(parent); err == nil && os.SameFile(info, dir) {
				return true
			}
			if parent == filepath.Dir(parent) {
				break
			}
		}
	}
	return false
}
