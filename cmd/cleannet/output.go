package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// standardOutput names the stream in messages.
const standardOutput = "standard output"

// writeOutput lets write fill the named file, or standard output if the name is
// empty or "-". A regular file appears under its name only when it is complete:
// it is written beside it, flushed to disk, and renamed, so that on failure or
// interruption the file of before stays and nothing else is left. A device or
// a named pipe is written to as it is.
func writeOutput(ctx context.Context, s streams, name string, write func(io.Writer) error) error {
	if name == "" || name == "-" {
		return fill(ctx, s.out, standardOutput, write)
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return replace(ctx, name, nil, write)
	case err != nil:
		return outputError(name, err)
	case info.IsDir():
		return usagef("write %q: it is a folder: name a file in it", name)
	case !info.Mode().IsRegular():
		return writeDevice(ctx, s, name, write)
	}
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target // so that a link stays one
	}
	return replace(ctx, name, info, write)
}

// replace writes a file beside the name and puts it there when it is complete,
// with the permissions of the file of before, if there was one.
func replace(ctx context.Context, name string, before fs.FileInfo, write func(io.Writer) error) error {
	const mode = 0o666 // less what the user's umask takes away
	f, err := os.OpenFile(filepath.Join(filepath.Dir(name), ".cleannet-"+rand.Text()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return outputError(name, err)
	}
	err = fill(ctx, f, name, write)
	if err == nil && before != nil {
		err = outputError(name, f.Chmod(before.Mode().Perm()))
	}
	if err == nil {
		err = outputError(name, f.Sync())
	}
	if closed := f.Close(); err == nil {
		err = outputError(name, closed)
	}
	if err == nil {
		err = outputError(name, os.Rename(f.Name(), name))
	}
	if err != nil {
		os.Remove(f.Name()) //nolint:errcheck // the first error is the one to report
	}
	return err
}

// writeDevice writes to a device or a named pipe. Opening a pipe waits for a
// reader, and writing to one for room; neither outlasts the context.
func writeDevice(ctx context.Context, s streams, name string, write func(io.Writer) error) error {
	type result struct {
		f   *os.File
		err error
	}
	opened := make(chan result, 1)
	go func() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		opened <- result{f, err}
	}()
	select {
	case <-ctx.Done():
		return ctx.Err() // the goroutine ends with the process
	case r := <-opened:
		if r.err != nil {
			return outputError(name, r.err)
		}
		stop := context.AfterFunc(ctx, func() {
			r.f.SetWriteDeadline(time.Unix(1, 0)) //nolint:errcheck // a device that has no deadlines does not make a write wait
		})
		defer stop()
		err := fill(ctx, &counted{w: r.f, n: s.written}, name, write)
		if closed := r.f.Close(); err == nil {
			err = outputError(name, closed)
		}
		return err
	}
}

// fill lets write write through a buffer. Its error is the context's if that
// ended, else names the output if that failed, else is what write said.
func fill(ctx context.Context, w io.Writer, name string, write func(io.Writer) error) error {
	out := &interruptible{ctx: ctx, w: w}
	buffered := bufio.NewWriterSize(out, 64<<10)
	err := write(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case out.err != nil:
		return outputError(name, out.err)
	}
	return err
}

// outputError says of which output an error is, and what to do.
func outputError(name string, err error) error {
	if err == nil {
		return nil
	}
	err = withoutPath(err)
	if name != standardOutput {
		name = strconv.Quote(name)
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, errNotDir()) {
		return usagef("write %s: %w: choose a folder that exists and can be written to", name, err)
	}
	return fmt.Errorf("write %s: %w: nothing complete was written; make room or choose another place", name, err)
}

// interruptible stops writing when the context ends, and keeps the first error
// of its writer.
type interruptible struct {
	ctx context.Context //nolint:containedctx // an io.Writer has no other way to learn of it
	w   io.Writer
	err error
}

func (i *interruptible) Write(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := i.w.Write(p)
	if err != nil && i.err == nil {
		i.err = err
	}
	return n, err
}

// counted counts what was written, and keeps the first error, so that a
// command need not check each line that it prints. A reader that has gone, as
// in cleannet check rib.gz | head, is no error: the run goes on, so that its
// exit code is that of its verdicts and explain has it.
type counted struct {
	w    io.Writer
	n    *int64
	err  error
	gone bool
}

func (c *counted) Write(p []byte) (int, error) {
	if c.gone {
		return len(p), nil
	}
	n, err := c.w.Write(p)
	*c.n += int64(n)
	if errors.Is(err, syscall.EPIPE) {
		c.gone = true
		return len(p), nil
	}
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}

// number is a flag that takes a number from 1 to some limit.
type number[T int | int64 | float64] struct {
	value *T
	most  T
}

// newNumber returns the flag with its default.
func newNumber[T int | int64 | float64](value *T, byDefault, most T) *number[T] {
	*value = byDefault
	return &number[T]{value, most}
}

func (n *number[T]) String() string {
	if n.value == nil { // as the flag package makes one to learn the zero value
		return ""
	}
	return fmt.Sprint(*n.value)
}

// Type is the placeholder in help texts.
func (n *number[T]) Type() string { return "number" }

func (n *number[T]) Set(text string) error {
	var v T
	var err error
	switch p := any(&v).(type) {
	case *float64:
		*p, err = strconv.ParseFloat(text, 64)
	case *int64:
		*p, err = strconv.ParseInt(text, 10, 64)
	case *int:
		*p, err = strconv.Atoi(text)
	}
	if err == nil && v >= 1 && v <= n.most { // so written, NaN is refused
		*n.value = v
		return nil
	}
	return fmt.Errorf("want a number from 1 to %d", int64(n.most))
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
