package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// Reason says in one word why an input, or a part of one, was not read or not
// wholly read. The words are stable: coverage reports carry them.
type Reason string

const (
	// Missing: there is nothing of that name.
	Missing Reason = "missing"
	// Unreadable: the system refuses to list, open or read it.
	Unreadable Reason = "unreadable"
	// Special: a socket, a device, or a pipe that a walk found; not opened.
	Special Reason = "special-file"
	// Outside: a symbolic link that leads out of the directory walked, or
	// nowhere; not followed.
	Outside Reason = "link-outside"
	// Empty: no bytes, or none after decompression.
	Empty Reason = "empty"
	// OverLimit: a limit was reached; the error wraps a [*LimitError].
	OverLimit Reason = "limit"
	// Truncated: the data ends before its format says so.
	Truncated Reason = "truncated"
	// Corrupt: the data contradicts its format or a checksum.
	Corrupt Reason = "corrupt"
	// Encrypted: a member of an archive is locked with a password.
	Encrypted Reason = "encrypted"
	// Unsupported: a compression method or filter that is not implemented.
	Unsupported Reason = "unsupported"
	// Trailing: bytes after the end of compressed data or of an archive,
	// passed over as gzip(1) and tar(1) do. It occurs in notes only.
	Trailing Reason = "trailing-data"
)

// Problem is a failure to read an input or a part of it, in words for the user
// and in parts for the coverage. It is immutable and safe to share.
type Problem struct {
	// Name is the input's name, or the directory's that could not be listed.
	Name string
	// Path is the path inside the input as [File.Path] gives it.
	Path string
	// Offset is how many bytes had been delivered, after decompression, of what
	// Name and Path denote. It is -1 if it could not be opened at all.
	Offset int64
	// Reason is the kind of problem.
	Reason Reason
	// Err is the cause.
	Err error
	// Next is what the user can do about it.
	Next string
}

// Error returns one line: the cause with the place, and the next step.
func (p *Problem) Error() string {
	var b strings.Builder
	verb := "read"
	if p.Offset < 0 {
		verb = "open"
	}
	fmt.Fprintf(&b, "%s %q", verb, p.Name)
	if p.Path != "" {
		fmt.Fprintf(&b, ", member %q", p.Path)
	}
	if p.Offset > 0 {
		fmt.Fprintf(&b, ", after byte %d", p.Offset)
	}
	fmt.Fprintf(&b, ": %v", p.Err)
	if p.Next != "" {
		b.WriteString(": ")
		b.WriteString(p.Next)
	}
	return b.String()
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }

// ReasonOf returns the reason of the [*Problem] in err's chain, or "" if there
// is none: then err is a cancellation or a mistake of the caller.
func ReasonOf(err error) Reason {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Reason
	}
	return ""
}

// fault is a cause that knows its reason before the place is known; decoders
// return it. The place is added by [File.problem].
type fault struct {
	reason Reason
	msg    string
	err    error
	next   string // the next step, "" for the one usual with the reason
}

func (e *fault) Error() string {
	switch {
	case e.err == nil:
		return e.msg
	case e.msg == "":
		return e.err.Error()
	}
	return e.msg + ": " + e.err.Error()
}

func (e *fault) Unwrap() error { return e.err }

// corruptf returns a fault of data that contradicts its format.
func corruptf(format string, args ...any) error {
	return &fault{reason: Corrupt, msg: fmt.Sprintf(format, args...)}
}

// unsupportedf returns a fault of data in a variant that is not implemented.
func unsupportedf(format string, args ...any) error {
	return &fault{reason: Unsupported, msg: fmt.Sprintf(format, args...)}
}

// reasonOf classifies the cause of a problem met while reading.
func reasonOf(err error) Reason {
	if e, ok := errors.AsType[*fault](err); ok {
		return e.reason
	}
	if _, ok := errors.AsType[*LimitError](err); ok {
		return OverLimit
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return Truncated
	case errors.Is(err, fs.ErrNotExist):
		return Missing
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return Unreadable
	}
	return Corrupt
}

// nextStep returns what the user can do about a problem of the given reason.
func nextStep(reason Reason, err error) string {
	switch reason {
	case Missing:
		return "check the path"
	case Unreadable:
		if errors.Is(err, fs.ErrPermission) {
			return "run as a user who may read it, or leave it out"
		}
		return "check the disk or the mount, or copy the file and try again"
	case Special:
		return "name a regular file, or pipe the data into standard input (-)"
	case Outside:
		return "name the link's target itself to have it read"
	case Empty:
		return "fetch it again if it should hold data"
	case OverLimit:
		return limitStep(err)
	case Truncated, Corrupt:
		return "fetch or copy it again, and compare its checksum"
	case Encrypted:
		return "unpack it with its password and name the result"
	case Unsupported:
		return "unpack it with its own tool and name the result"
	case Trailing:
		return "nothing to do unless more data was expected"
	}
	return ""
}

// newProblem returns the problem of the given place and cause.
func newProblem(name, path string, offset int64, reason Reason, err error) *Problem {
	next := nextStep(reason, err)
	if e, ok := errors.AsType[*fault](err); ok {
		next = cmp.Or(e.next, next)
	}
	return &Problem{
		Name: name, Path: path, Offset: offset,
		Reason: reason, Err: shorten(err), Next: next,
	}
}

// shorten drops what [Problem.Error] says anyway: the operation and path that
// a *fs.PathError repeats. errors.Is still finds its cause.
func shorten(err error) error {
	if e, ok := err.(*fs.PathError); ok { //nolint:errorlint // only a problem at the top is taken as it is
		return e.Err
	}
	return err
}

// isCancel reports whether err is the end of a context rather than a problem.
func isCancel(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// plural writes a number with its unit: "1 byte", "2 bytes".
func plural(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
