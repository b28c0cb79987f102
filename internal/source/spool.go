package source

import (
	"context"
	"errors"
	"io"
	"os"
)

// spoolMemory is how much of a file is held in memory for random access before
// a temporary file takes over.
const spoolMemory = 32 * mib

// ReaderAt gives random access to the content, and its size, for formats that
// need it. An uncompressed file on disk is read in place, and so is a member
// stored without compression in a zip that is; anything else is first copied,
// into memory or, beyond 32 MiB, into a temporary file that is gone after
// Close, or when the process ends. The copy counts against MaxSpool.
//
// It must be called before anything was consumed, and instead of reading: the
// stream is at its end afterwards. Further calls return the same. It is safe for concurrent use, as
// [io.ReaderAt] demands, until Close. Its errors are not a [*Problem] unless
// they come from this call itself. The checksum of a member stored in a zip is
// not verified on this way. ctx must be that of [Input.Open] or derive from it.
func (f *File) ReaderAt(ctx context.Context) (io.ReaderAt, int64, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	if f.random != nil {
		return f.random, f.size, nil
	}
	if f.off > 0 {
		return nil, 0, errors.New("source: ReaderAt after bytes were consumed")
	}
	if f.at != nil {
		if f.member == "" {
			f.in.feed.detach()
		} else if err := f.in.account.expand(f.size); err != nil {
			return nil, 0, f.problem(err)
		}
		f.cur, f.err = nil, io.EOF
		f.random = &haltedAt{f.halt, f.at}
		return f.random, f.size, nil
	}
	s := &spool{account: &f.in.account, dir: f.in.env.TempDir}
	f.onEnd = append(f.onEnd, s.close)
	for {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		b, err := f.NextBlock()
		if err == io.EOF {
			f.random, f.size = &haltedAt{f.halt, s}, s.size
			return f.random, f.size, nil
		}
		if err != nil {
			return nil, 0, err
		}
		if err := s.write(b); err != nil {
			f.err = f.problem(err)
			return nil, 0, f.err
		}
	}
}

// haltedAt is a reader that stops with its file.
type haltedAt struct {
	halt
	at io.ReaderAt
}

func (h *haltedAt) ReadAt(p []byte, offset int64) (int, error) {
	if err := h.stopped(); err != nil {
		return 0, err
	}
	return h.at.ReadAt(p, offset)
}

// spool holds bytes aside.
type spool struct {
	account *account
	dir     string
	mem     []byte
	file    *os.File // takes all once it is there
	kept    bool     // whether the file still has a name
	size    int64
}

func (s *spool) write(b []byte) error {
	s.size += int64(len(b))
	if err := s.account.spool(int64(len(b))); err != nil {
		return err
	}
	if s.file == nil && s.size > spoolMemory {
		if err := s.toFile(); err != nil {
			return err
		}
	}
	if s.file == nil {
		s.mem = append(s.mem, b...)
		return nil
	}
	_, err := s.file.Write(b)
	return spoolError(err)
}

// toFile moves what is in memory into a temporary file. Its name is removed at
// once where the system allows that for an open file, so that not even a
// killed process leaves it behind.
func (s *spool) toFile() error {
	file, err := os.CreateTemp(s.dir, "cleannet-*")
	if err != nil {
		return spoolError(err)
	}
	s.file = file
	s.kept = os.Remove(file.Name()) != nil
	_, err = file.Write(s.mem)
	s.mem = nil
	return spoolError(err)
}

// spoolError says what to do about a temporary file that cannot be written.
func spoolError(err error) error {
	if err == nil {
		return nil
	}
	return &fault{
		reason: Unreadable, msg: "cannot hold it in a temporary file", err: shorten(err),
		next: "set TMPDIR to a directory with more room",
	}
}

// ReadAt implements [io.ReaderAt].
func (s *spool) ReadAt(p []byte, offset int64) (int, error) {
	if s.file != nil {
		return s.file.ReadAt(p, offset)
	}
	if offset < 0 {
		return 0, errors.New("source: negative offset")
	}
	if offset >= int64(len(s.mem)) {
		return 0, io.EOF
	}
	n := copy(p, s.mem[offset:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (s *spool) close() {
	s.account.spooled.Add(-s.size)
	s.mem = nil
	if s.file != nil {
		s.file.Close()
		if s.kept {
			os.Remove(s.file.Name())
		}
	}
}
