package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// writeOutput lets write fill the named file, or standard output if the name is
// empty or "-". A file appears under its name only when it is complete: it is
// written beside it, flushed to disk, and renamed. Nothing is left behind on
// failure or interruption.
func writeOutput(ctx context.Context, s streams, name string, write func(io.Writer) error) error {
	if name == "" || name == "-" {
		w := bufio.NewWriterSize(s.out, 64<<10)
		return errors.Join(write(interruptible{ctx, w}), w.Flush())
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".cleannet-*")
	if err != nil {
		return fmt.Errorf("write %q: %w: choose a folder that exists and can be written to", name, err)
	}
	err = fill(ctx, f, write)
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name()) //nolint:errcheck // the first error is the one to report
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("write %q: %w", name, err)
	}
	return nil
}

func fill(ctx context.Context, f *os.File, write func(io.Writer) error) error {
	const readable = 0o644 // CreateTemp makes files private; results are as any file
	w := bufio.NewWriterSize(f, 64<<10)
	err := write(interruptible{ctx, w})
	if err == nil {
		err = errors.Join(w.Flush(), f.Chmod(readable), f.Sync())
	}
	return errors.Join(err, f.Close())
}

// interruptible stops writing when the context ends.
type interruptible struct {
	ctx context.Context //nolint:containedctx // an io.Writer has no other way to learn of it
	w   io.Writer
}

func (i interruptible) Write(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.w.Write(p)
}

// choice is a flag that takes one of a few words.
type choice struct {
	value *string
	words []string
}

// newChoice returns the flag; the first word is its default.
func newChoice(value *string, words ...string) *choice {
	*value = words[0]
	return &choice{value, words}
}

func (c *choice) String() string { return *c.value }

// Type is the placeholder in help texts.
func (c *choice) Type() string { return strings.Join(c.words, "|") }

func (c *choice) Set(word string) error {
	if !slices.Contains(c.words, word) {
		return fmt.Errorf("want one of %s", strings.Join(c.words, ", "))
	}
	*c.value = word
	return nil
}
