// Package source opens evidence: it turns what a user names on a command line
// into streams of bytes that a reader of some format can take in once.
//
// It walks directories, opens files and standard input, removes compression
// (gzip, bzip2, zstd, xz) and enters archives (tar, zip), all recognised by
// content and never by name, and nested up to a depth. A caller starts with
// [Walk], opens each [Input] with [Input.Open], looks at [File.Head], and then
// uses one of [File.NextBlock], [File.Read], [File.ReaderAt] or
// [File.Members].
//
// What it promises:
//
//   - Nothing is lost in silence. Whatever is not read, or not wholly, is
//     either a [*Problem] with a machine-readable [Reason] or a note
//     ([File.Notes]).
//   - Inputs are hostile. [Limits] bound size, expansion, ratio, count and
//     depth; memory per open input stays within some tens of MiB, and within
//     some hundreds if zstd or xz data was written with windows that need them,
//     whatever the bytes say; a decoder that panics gives an error; nothing is ever written
//     under a name that an archive chose; a walk never leaves its directory.
//   - The digest of an input is that of its bytes as stored, computed while
//     they are read for another purpose ([File.Digest]).
//   - Every goroutine started for an input has ended when [File.Close]
//     returns, except one blocked in a read of standard input, which no
//     portable call can interrupt.
//
// It knows no evidence format and imports nothing of ours.
package source

import (
	"context"
	"io"
	"sync"
)

// Stdin is the argument, and the [Input.Name], that stands for standard input.
const Stdin = "-"

// Options say how inputs are found and opened. The zero value has the default
// limits, no standard input, and nobody watching. Options are copied by [Walk].
type Options struct {
	// Limits bound what one input may cost.
	Limits Limits
	// Stdin is what the argument "-" reads. It is nil where there is none, and
	// is read by one input at most.
	Stdin io.Reader
	// TempDir holds members of archives that need random access and are too
	// large for memory. Empty means [os.TempDir].
	TempDir string
	// Progress, if not nil, is told what has been read.
	Progress *Progress
}

// Input is one thing that the user named or that a walk found: a regular file,
// a named pipe, or standard input. It is a value to copy and to open when its
// turn comes; holding it holds no file open. The zero Input cannot be opened.
type Input struct {
	// Name is the input's name as the user would write it: slash-separated,
	// relative if the argument was. Control characters and invalid UTF-8 are
	// written %XX (see [File.Path]), so that it is safe to print.
	Name string
	// Size is the length in bytes when it was found, or -1 where a length is
	// not known beforehand (standard input, a pipe).
	Size int64

	dir  string // the directory walked, or "" for what was named itself
	path string // the path as the system knows it, below dir if there is one
	kind inputKind
	env  *env
}

// inputKind tells how an input is opened.
type inputKind uint8

const (
	kindFile inputKind = iota
	kindPipe
	kindStdin
)

// env is what all inputs of one [Walk] share: the options, and the blocks that
// a closed input leaves to the next one. It is safe for concurrent use.
type env struct {
	Options
	blocks sync.Pool // of *[blockSize]byte
}

func newEnv(opts Options) *env {
	opts.Limits = opts.Limits.withDefaults()
	if opts.Progress == nil {
		opts.Progress = new(Progress)
	}
	e := &env{Options: opts}
	e.blocks.New = func() any { return new([blockSize]byte) }
	return e
}

// Open opens the input and starts to read it, some blocks ahead and in its own
// goroutines, which stop when ctx is cancelled. All outer compression is
// removed from what the returned file yields.
//
// A non-nil error is ctx.Err() or a [*Problem] that says why there is nothing
// to read: the system refuses it, it is empty, it is no regular file, or it is
// larger than the limits. Damage within the input is not an error here: it
// comes from the call that reaches it, so that what lies before it can be read
// and the digest of a damaged file can be had.
//
// The caller closes the file.
func (in Input) Open(ctx context.Context) (*File, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	raw, err := in.openRaw(ctx)
	if err != nil {
		return nil, err
	}
	f := newRoot(ctx, in, raw)
	if err := f.peel(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
