package source

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
)

// memberSeparator stands in [File.Path] between an archive that is a member
// and what is in it.
const memberSeparator = "!/"

// archive is a kind of file that holds files.
type archive struct {
	name  string
	match func(head []byte) bool
	// members yields the members of f. It stops when yield returns false.
	members func(ctx context.Context, f *File, yield func(*File, error) bool)
}

// archives returns the kinds that are recognised.
func archives() []archive {
	return []archive{
		{"zip", matchZip, zipMembers},
		{"tar", matchTar, tarMembers},
	}
}

// IsArchive reports whether the content is an archive whose members
// [File.Members] yields: a tar or a zip. Formats that are zips by their make
// (APK, JAR, office documents) count as such; who knows them better looks
// first.
func (f *File) IsArchive() bool { return f.archive.members != nil }

// archiveOf returns the kind of archive that the head shows, if any.
func archiveOf(head []byte) archive {
	for _, a := range archives() {
		if a.match(head) {
			return a
		}
	}
	return archive{}
}

// Members yields the files in an archive, in its order; directories, links and
// devices in it are left out. A member can be an archive again. Each is valid
// until the next one is asked for, which closes it. Its bytes may be left
// unread.
//
// A [*Problem] with a nil File is one of a member, named in it, or of what is
// left of the archive. The iteration goes on after the first kind and ends
// after the second. ctx must be the context of [Input.Open] or derive from it;
// when it is cancelled, its error is yielded last.
//
// Of a file that is no archive it yields nothing. It reads f, so nothing must
// have been consumed before, and nothing is left afterwards.
func (f *File) Members(ctx context.Context) iter.Seq2[*File, error] {
	return func(yield func(*File, error) bool) {
		if !f.IsArchive() {
			return
		}
		if err := f.in.account.layer(f.depth); err != nil {
			yield(nil, f.problem(err))
			return
		}
		f.archive.members(ctx, f, yield)
	}
}

// memberSpec is what an archive knows of a member.
type memberSpec struct {
	name  string
	r     io.Reader   // the content
	at    io.ReaderAt // the same as it lies, nil if it is compressed
	size  int64       // of at
	ahead bool        // whether to read r in a goroutine of its own
	// windowed is whether a decompressor with a window stands behind r.
	windowed bool
}

// newMember starts the reading of a member. It returns nil and the problem if
// there is nothing to read in it.
func (f *File) newMember(ctx context.Context, spec memberSpec) (*File, error) {
	h, stop := newHalt(ctx)
	m := &File{
		in: f.in, member: f.pathOf(spec.name), depth: f.depth + 1,
		halt: h, stop: stop, at: spec.at, size: spec.size, windows: f.windows,
	}
	if spec.windowed {
		m.windows++
	}
	if spec.ahead {
		p := newPipe(h, f.in.env, blockSize)
		m.src, m.pipes = p, []*pipe{p}
		m.stages.Go(func() {
			p.produce(func(buf []byte) (int, error) { return readBlock(spec.r, buf) })
		})
	} else {
		buf := f.in.env.block(blockSize)
		m.src = &direct{halt: h, r: spec.r, buf: buf}
		m.onEnd = append(m.onEnd, func() { f.in.env.reuse(buf) })
	}
	if err := m.peel(); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// pathOf returns the path of a member of f with the given name.
func (f *File) pathOf(name string) string {
	name = strings.ReplaceAll(printable(name), memberSeparator, "%21/")
	if f.member == "" {
		return name
	}
	return f.member + memberSeparator + name
}

// memberProblem returns the problem of a member that cannot be opened.
func (f *File) memberProblem(name string, err error) error {
	return newProblem(f.in.name, f.pathOf(name), 0, reasonOf(err), err)
}

// guard runs a step of parsing an archive and turns a panic into an error.
func guard(what string, step func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = corruptf("%s reader failed: %v", what, v)
		}
	}()
	return step()
}

// memberReader is what a member's bytes come from. It adds the format's name to
// what goes wrong, and charges the account if reading is not its own reward:
// where a few stored bytes can stand for many.
type memberReader struct {
	r       io.Reader
	what    string
	account *account // nil if nothing is charged
}

func (m *memberReader) Read(p []byte) (n int, err error) {
	err = guard(m.what, func() error {
		n, err = m.r.Read(p)
		return err
	})
	if m.account != nil {
		if err := m.account.expand(int64(n)); err != nil {
			return 0, err
		}
	}
	return n, explain(m.what+" member", err)
}

// explain adds what was being read to an error, unless it has been explained
// further below or is no failure.
func explain(what string, err error) error {
	if err == nil || err == io.EOF || err == errClosed || err == errDetached || isCancel(err) {
		return err
	}
	if _, ok := errors.AsType[*Problem](err); ok {
		return err
	}
	if _, ok := errors.AsType[*fault](err); ok {
		return err
	}
	return &fault{reason: reasonOf(err), msg: what, err: err}
}
