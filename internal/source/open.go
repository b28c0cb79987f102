package source

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// rawInput is an input opened by the system, before anything is read of it.
type rawInput struct {
	r    io.Reader
	at   io.ReaderAt // nil if the input has no random access
	size int64       // -1 if unknown
	// close ends the use of r and at.
	close func() error
	// interrupt makes a read that is under way return, and reports whether it
	// will. A regular file needs none: its reads return by themselves.
	interrupt func() bool
}

// openRaw opens the input. Its error is ctx.Err() or a *Problem.
func (in Input) openRaw(ctx context.Context) (rawInput, error) {
	var (
		raw rawInput
		err error
	)
	switch {
	case in.env == nil:
		return raw, errors.New("source: input was not made by Walk")
	case in.kind == kindStdin:
		raw, err = openStdin(in.env.Stdin)
	case in.kind == kindPipe:
		raw, err = openPipe(ctx, in.path)
	default:
		raw, err = openFile(in.dir, in.path, in.env.Limits.MaxFile)
	}
	if err != nil {
		if isCancel(err) {
			return raw, err
		}
		return raw, newProblem(in.Name, "", -1, openReason(err), err)
	}
	in.env.Progress.inputs.Add(1)
	in.env.Progress.size.Add(max(raw.size, 0))
	return raw, nil
}

// openReason classifies a failure to open.
func openReason(err error) Reason {
	if reason := reasonOf(err); reason != Corrupt {
		return reason
	}
	return Unreadable
}

// openFile opens the regular file path, below the directory dir unless that is
// empty. Within a directory no symbolic link leads out of it, whatever happens
// between the walk and now. It does not wait for a writer should the file have
// become a pipe.
func openFile(dir, path string, limit int64) (rawInput, error) {
	f, err := openBelow(dir, path)
	if err != nil {
		return rawInput{}, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = specialFault(info.Mode())
	case info.Size() > limit:
		err = &LimitError{"max-file", formatBytes(limit)}
	default:
		return rawInput{
			r: f, at: f, size: info.Size(), close: f.Close,
			interrupt: func() bool { return true },
		}, nil
	}
	f.Close()
	return rawInput{}, err
}

func openBelow(dir, path string) (*os.File, error) {
	if dir == "" {
		return os.OpenFile(path, os.O_RDONLY|openNonblock, 0)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.OpenFile(path, os.O_RDONLY|openNonblock, 0)
}

// openStdin takes what stands for standard input.
func openStdin(r io.Reader) (rawInput, error) {
	if r == nil {
		return rawInput{}, &fault{reason: Missing, msg: "there is no standard input"}
	}
	return rawInput{
		r: r, size: -1,
		close:     func() error { return nil },
		interrupt: func() bool { return interruptRead(r) },
	}, nil
}

// openPipe opens a named pipe that the user named, as a shell does for <(…).
// Opening waits for a writer, so it happens in a goroutine of its own; when
// ctx ends first, the pipe's other end is opened to let that goroutine go.
func openPipe(ctx context.Context, path string) (rawInput, error) {
	type result struct {
		f   *os.File
		err error
	}
	opened := make(chan result, 1)
	go func() {
		f, err := os.Open(path)
		opened <- result{f, err}
	}()
	select {
	case r := <-opened:
		if r.err != nil {
			return rawInput{}, r.err
		}
		return rawInput{
			r: r.f, size: -1, close: r.f.Close,
			interrupt: func() bool { return interruptRead(r.f) },
		}, nil
	case <-ctx.Done():
		if w, err := os.OpenFile(path, os.O_WRONLY|openNonblock, 0); err == nil {
			w.Close()
		}
		if r := <-opened; r.err == nil {
			r.f.Close()
		}
		return rawInput{}, ctx.Err()
	}
}

// interruptRead makes a read of r under way return at once, if r can.
func interruptRead(r io.Reader) bool {
	d, ok := r.(interface{ SetReadDeadline(time.Time) error })
	return ok && d.SetReadDeadline(time.Unix(1, 0)) == nil
}

// specialFault is the reason not to read what is no regular file.
func specialFault(mode fs.FileMode) error {
	what := "irregular file"
	switch {
	case mode.IsDir():
		what = "directory"
	case mode&fs.ModeNamedPipe != 0:
		what = "named pipe"
	case mode&fs.ModeSocket != 0:
		what = "socket"
	case mode&fs.ModeDevice != 0:
		what = "device"
	}
	return &fault{reason: Special, msg: what + ", not a regular file"}
}
