package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Walk yields what the arguments name, in their order: "-" is standard input,
// a file is itself, and a directory is all regular files below it, in the
// order of their names. It opens no file.
//
// What cannot be read is yielded as a [*Problem] with an Input that has only
// its name, and the walk goes on. Below a directory
//
//   - pipes, sockets and devices are problems, since opening them may hang or
//     have effects. A pipe that the user names itself is read: shells make one
//     for <(…).
//   - symbolic links are not followed, so there are no loops and nothing is
//     read twice. One that leads to something in the same directory needs no
//     word, for its target is found under its own name; any other is a problem.
//
// When ctx is cancelled, or the limit MaxWalk is reached, the walk ends with
// that error. A mistake in an argument never ends it.
func Walk(ctx context.Context, args []string, opts Options) iter.Seq2[Input, error] {
	return func(yield func(Input, error) bool) {
		w := &walker{env: newEnv(opts), yield: yield}
		for _, arg := range args {
			if !w.argument(ctx, arg) {
				return
			}
		}
	}
}

// walker is one walk. Its methods return false when the walk is over.
type walker struct {
	env   *env
	yield func(Input, error) bool
	seen  int // directory entries looked at
}

// maxNesting is how deep directories may lie in each other. Each costs an open
// descriptor and a look-up of all those above it.
const maxNesting = 256

// argument yields what one argument names.
func (w *walker) argument(ctx context.Context, arg string) bool {
	if err := ctx.Err(); err != nil {
		w.yield(Input{}, err)
		return false
	}
	name := printable(filepath.ToSlash(arg))
	in := Input{Name: name, Size: -1, path: arg, env: w.env}
	if arg == Stdin {
		in.kind = kindStdin
		return w.yield(in, nil)
	}
	info, err := os.Stat(arg)
	if err != nil {
		return w.problem(name, openReason(err), err)
	}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		in.Size = info.Size()
	case mode&fs.ModeNamedPipe != 0:
		in.kind = kindPipe
	case mode.IsDir():
		return w.root(ctx, arg)
	default:
		return w.problem(name, Special, specialFault(mode))
	}
	return w.yield(in, nil)
}

// problem yields a problem with what has the given printable name.
func (w *walker) problem(name string, reason Reason, err error) bool {
	return w.yield(Input{Name: name, Size: -1}, newProblem(name, "", -1, reason, err))
}

// root walks a directory that the user named.
func (w *walker) root(ctx context.Context, dir string) bool {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return w.problem(printable(filepath.ToSlash(dir)), openReason(err), err)
	}
	defer root.Close()
	return w.directory(ctx, root, dir, ".", 0)
}

// directory walks the directory rel below root, which was opened as dir.
func (w *walker) directory(ctx context.Context, root *os.Root, dir, rel string, depth int) bool {
	entries, err := w.list(ctx, root, rel)
	if err != nil {
		if isCancel(err) {
			w.yield(Input{}, err)
			return false
		}
		reason := openReason(err)
		if !w.problem(nameBelow(dir, rel), reason, err) || reason == OverLimit {
			return false
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	for _, e := range entries {
		below := path.Join(rel, e.Name())
		if !e.IsDir() {
			if err := ctx.Err(); err != nil {
				w.yield(Input{}, err)
				return false
			}
			if !w.entry(root, dir, below, e) {
				return false
			}
			continue
		}
		if depth+1 == maxNesting {
			err := fmt.Errorf("lies %d directories deep", maxNesting)
			if !w.problem(nameBelow(dir, below), Unreadable, err) {
				return false
			}
			continue
		}
		if !w.directory(ctx, root, dir, below, depth+1) {
			return false
		}
	}
	return true
}

// list returns the entries of a directory, and those read so far with an error.
func (w *walker) list(ctx context.Context, root *os.Root, rel string) ([]fs.DirEntry, error) {
	d, err := root.OpenFile(rel, os.O_RDONLY|openNonblock, 0)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var entries []fs.DirEntry
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		batch, err := d.ReadDir(1024)
		entries = append(entries, batch...)
		w.seen += len(batch)
		if limit := w.env.Limits.MaxWalk; w.seen > limit {
			return nil, &LimitError{"max-walk", fmt.Sprintf("%d directory entries", limit)}
		}
		if err == io.EOF {
			return entries, nil
		}
		if err != nil {
			return entries, err
		}
	}
}

// entry yields what a directory entry, not a directory, stands for.
func (w *walker) entry(root *os.Root, dir, rel string, e fs.DirEntry) bool {
	name := nameBelow(dir, rel)
	switch mode := e.Type(); {
	case mode&fs.ModeSymlink != 0:
		return w.link(root, name, rel)
	case !mode.IsRegular():
		return w.problem(name, Special, specialFault(mode))
	}
	info, err := root.Lstat(rel)
	if err != nil {
		return w.problem(name, openReason(err), err)
	}
	return w.yield(Input{Name: name, Size: info.Size(), dir: dir, path: rel, env: w.env}, nil)
}

// link yields a problem if the link leads to nothing that the walk finds.
func (w *walker) link(root *os.Root, name, rel string) bool {
	_, err := root.Stat(rel)
	switch {
	case err == nil:
		return true
	case errors.Is(err, fs.ErrNotExist):
		return w.problem(name, Missing, &fault{msg: "symbolic link to nothing", err: shorten(err)})
	}
	return w.problem(name, Outside, &fault{msg: "symbolic link not followed", err: shorten(err)})
}

// nameBelow returns the printable name of rel below the directory dir.
func nameBelow(dir, rel string) string { return printable(path.Join(filepath.ToSlash(dir), rel)) }

// printable writes as %XX what in a name could play with a terminal: control
// characters and bytes that are not UTF-8.
func printable(name string) string {
	var b strings.Builder
	for i, r := range name {
		size := len(string(r))
		switch {
		case r == '\uFFFD' && !strings.HasPrefix(name[i:], "\uFFFD"):
			size = 1
		case r >= 0x20 && r != 0x7f && (r < 0x80 || r >= 0xa0):
			b.WriteRune(r)
			continue
		}
		for _, c := range []byte(name[i : i+size]) {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
