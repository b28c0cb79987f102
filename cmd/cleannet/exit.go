package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Exit codes; they are part of the help text and of the contract.
const (
	exitOK          = 0
	exitInternal    = 1
	exitUsage       = 2
	exitViolation   = 3
	exitUnknown     = 4
	exitStale       = 5
	exitInterrupted = 130
)

const exitHelp = `Exit codes:
  0  no violation
  1  internal error, output that could not be written, or a failed policy test
  2  wrong usage, an input, policy or registry file that cannot be used, or a
     name or id that is not known
  3  violation
  4  with --strict: no violation, but an unknown finding or an input or record
     that could not be read
  5  stale or damaged table of Internet numbers
  130  interrupted`

// exitCode is an error that asks for an exit code. With a nil err nothing is
// printed: the command has already said what is the matter.
type exitCode struct {
	code int
	err  error
}

func (e exitCode) Error() string {
	if e.err == nil {
		return "exit"
	}
	return e.err.Error()
}

func (e exitCode) Unwrap() error { return e.err }

// usage marks an error as the user's to mend.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return exitCode{exitUsage, err}
}

// usagef is usage of fmt.Errorf.
func usagef(format string, args ...any) error { return usage(fmt.Errorf(format, args...)) }

// inputError says of which file that the user named an error is, and what to
// do. Its exit code is that of wrong usage.
func inputError(name string, err error) error {
	err = withoutPath(err)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usagef("%q: %w: check the path", name, err)
	case errors.Is(err, fs.ErrPermission):
		return usagef("%q: %w: ask its owner for the right to read it", name, err)
	}
	return usagef("%q: %w: name a file that can be read", name, err)
}

// withoutPath takes operation and path off an error of the file system: the
// path may be that of a temporary file, and the message names the file already.
func withoutPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
