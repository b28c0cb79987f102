package source

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
)

// HeadMax is the most that [File.Head] can show.
const HeadMax = blockSize

// File is a stream of bytes to read once: an input, or a member of an archive
// within it, with all outer compression removed.
//
// It is used by one goroutine at a time; to stop it from elsewhere, cancel the
// context. Errors are io.EOF at the regular end, the context's error, or a
// [*Problem] that names the place; once returned, an error stays. The trap:
// bytes shown by Head and NextBlock are shared with the goroutine that hashes
// the input, so they must not be modified.
type File struct {
	in     *opened
	member string // path inside the input, "" for the input itself
	depth  int    // layers around the content
	layers []string
	// windows is how many decompressors around the content keep a window.
	windows int

	halt
	stop context.CancelFunc

	src stream
	cur []byte // what is left of the current block
	off int64  // bytes delivered
	err error

	stages sync.WaitGroup // goroutines of this file's decompressors
	pipes  []*pipe
	onEnd  []func()

	at      io.ReaderAt // the content as it lies, nil if it must be spooled
	random  io.ReaderAt // what ReaderAt returned
	size    int64       // of at and random
	archive archive     // the kind of archive that the content is, if any
}

// opened is what an input and all its members share.
type opened struct {
	name    string
	env     *env
	raw     rawInput
	feed    *feeder
	account account
	zstd    zstdCache

	mu    sync.Mutex
	notes []*Problem
}

// newRoot starts the reading of an input.
func newRoot(ctx context.Context, input Input, raw rawInput) *File {
	h, stop := newHalt(ctx)
	feed := newFeeder(h, input.env, raw.r, raw.size)
	in := &opened{name: input.Name, env: input.env, raw: raw, feed: feed}
	in.account.limits = input.env.Limits
	in.account.stored = func() int64 { return max(raw.size, feed.size.Load()) }
	go feed.run()
	return &File{in: in, halt: h, stop: stop, src: feed, at: raw.at, size: raw.size}
}

// Name returns the name of the input, as [Input.Name].
func (f *File) Name() string { return f.in.name }

// Path returns where in the input the file lies: "" for the input itself, the
// member's name for a member of an archive, and the names joined by "!/" for
// archives within archives, as in "dump.tar.gz!/b/rib".
//
// Names come from the archive: slash-separated, possibly absolute or with
// "..", perhaps not unique, and good for display only. Control characters and
// invalid UTF-8 are written %XX, and so is the "!" of a "!/" that is part of a
// name, so that a name can neither play with a terminal nor pose as a nesting.
func (f *File) Path() string { return f.member }

// Compression returns the compressions removed, outermost first: "gzip",
// "bzip2", "zstd", "xz". Those of an archive around the file are not among
// them.
func (f *File) Compression() []string { return slices.Clone(f.layers) }

// Offset returns how many bytes have been delivered, counted after
// decompression: the position in the content of the next byte to be read.
func (f *File) Offset() int64 { return f.off }

// Head returns up to n of the next bytes without consuming them, n being at
// most [HeadMax]. Called first it shows all of them that the content has, and
// later those left of the current block. The error is nil unless there are
// none; then it is what Read would return. The bytes are valid until the next
// call of another method, and must not be modified.
func (f *File) Head(n int) ([]byte, error) {
	if len(f.cur) == 0 {
		if err := f.advance(); err != nil {
			return nil, err
		}
	}
	return f.cur[:min(n, len(f.cur))], nil
}

// NextBlock returns the next bytes, as many as lie together, and consumes them.
// It copies nothing: for large inputs it is the cheapest way to read. The
// bytes are valid until the next call of another method, and must not be
// modified.
func (f *File) NextBlock() ([]byte, error) {
	if len(f.cur) == 0 {
		if err := f.advance(); err != nil {
			return nil, err
		}
	}
	b := f.cur
	f.cur = nil
	f.off += int64(len(b))
	return b, nil
}

// Read implements [io.Reader].
func (f *File) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(f.cur) == 0 {
		if err := f.advance(); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.cur)
	f.cur = f.cur[n:]
	f.off += int64(n)
	return n, nil
}

// WriteTo implements [io.WriterTo] without copying.
func (f *File) WriteTo(w io.Writer) (n int64, err error) {
	for {
		b, err := f.NextBlock()
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		m, err := w.Write(b)
		n += int64(m)
		if err != nil {
			return n, err
		}
	}
}

// Digest returns the digest of the whole input that f is, or lies in, as
// stored. It reads and hashes what is left, without decompressing it, so it is
// complete however little was asked for and also if the content turned out to
// be damaged. It ends the reading of the input: call it last, before Close.
//
// The error is the context's, or a [*Problem] if the input itself could not be
// read to its end.
func (f *File) Digest() (Digest, error) {
	d, err := f.in.feed.digest()
	if err != nil && err != errClosed && !isCancel(err) { //nolint:errorlint // the sentinel is this package's own and stored as it is
		err = newProblem(f.in.name, "", f.in.feed.size.Load(), reasonOf(err), err)
	}
	return d, err
}

// Notes returns what was passed over in the input and its members so far
// without being an error, such as bytes after the end of compressed data.
func (f *File) Notes() []*Problem {
	f.in.mu.Lock()
	defer f.in.mu.Unlock()
	return slices.Clone(f.in.notes)
}

// note adds to what Notes returns. A hostile input gets no more than some.
func (f *File) note(offset int64, err error) {
	const most = 100
	f.in.mu.Lock()
	defer f.in.mu.Unlock()
	if len(f.in.notes) < most {
		p := newProblem(f.in.name, f.member, offset, reasonOf(err), err)
		f.in.notes = append(f.in.notes, p)
	}
}

// Close ends the reading: it stops the goroutines, waits for them, closes what
// was opened and removes what was spooled. It does not finish the digest.
// Members of the file are closed with it; a second call does nothing.
func (f *File) Close() error {
	if f.stop == nil {
		return nil
	}
	f.stop()
	f.stop = nil
	f.cur, f.err = nil, errClosed
	f.stages.Wait()
	for _, end := range slices.Backward(f.onEnd) {
		end()
	}
	for _, p := range f.pipes {
		p.release()
	}
	if f.member != "" {
		return nil
	}
	f.in.zstd.close()
	if f.in.raw.interrupt() {
		<-f.in.feed.ended
		f.in.feed.release()
	}
	if err := f.in.raw.close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return newProblem(f.in.name, "", f.off, Unreadable, err)
	}
	return nil
}

// advance gets the next block. It does not return an empty one.
func (f *File) advance() error {
	if f.err != nil {
		return f.err
	}
	b, err := f.src.next()
	if err != nil {
		f.err = f.problem(err)
		return f.err
	}
	f.cur = b
	return nil
}

// problem adds the place to an error met at the current offset, unless it says
// that the reading ended, one way or another.
func (f *File) problem(err error) error {
	if err == io.EOF || err == errClosed || err == errDetached || isCancel(err) {
		return err
	}
	if p, ok := errors.AsType[*Problem](err); ok {
		if p.Path == f.member {
			return p
		}
		// A member ends where what is around it is damaged.
		return &Problem{
			Name: p.Name, Path: f.member, Offset: f.off,
			Reason: p.Reason, Err: p.Err, Next: p.Next,
		}
	}
	return newProblem(f.in.name, f.member, f.off, reasonOf(err), err)
}
