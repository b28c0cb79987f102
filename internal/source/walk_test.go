//go:build unix

package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// found returns what a walk yields, one line each: names below dir with their
// size, and problems with their reason.
func found(t testing.TB, dir string, args []string, opts Options) (got []string) {
	t.Helper()
	for in, err := range Walk(t.Context(), args, opts) {
		name := strings.TrimPrefix(strings.TrimPrefix(in.Name, dir), "/")
		if err != nil {
			got = append(got, fmt.Sprintf("%s: %s", name, problemOf(t, err).Reason))
			continue
		}
		got = append(got, fmt.Sprintf("%s %d", name, in.Size))
	}
	return got
}

// tree makes files, and directories for names that end in a slash.
func tree(t testing.TB, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWalkOrder(t *testing.T) {
	dir := t.TempDir()
	tree(t, dir, "b/2", "b/1", "a", "c", ".hidden", "b.txt", "bell\a", "none/")
	want := []string{".hidden 7", "a 1", "b/1 3", "b/2 3", "b.txt 5", "bell%07 5", "c 1"}
	if diff := cmp.Diff(want, found(t, dir, []string{dir}, Options{})); diff != "" {
		t.Errorf("walk differs (-want +got):\n%s", diff)
	}
	args := []string{filepath.Join(dir, "c"), Stdin, filepath.Join(dir, "b") + "/", filepath.Join(dir, "x")}
	want = []string{"c 1", "- -1", "b/1 3", "b/2 3", "x: missing"}
	if diff := cmp.Diff(want, found(t, dir, args, Options{Stdin: strings.NewReader("")})); diff != "" {
		t.Errorf("walk differs (-want +got):\n%s", diff)
	}
	t.Chdir(dir)
	want = []string{".hidden 7", "a 1", "b/1 3"}
	if diff := cmp.Diff(want, found(t, dir, []string{"."}, Options{})[:3]); diff != "" {
		t.Errorf("walk of the working directory differs (-want +got):\n%s", diff)
	}
}

func TestWalkLinks(t *testing.T) {
	dir := t.TempDir()
	tree(t, dir, "in/a", "in/sub/b", "out/secret")
	in := filepath.Join(dir, "in")
	for name, target := range map[string]string{
		"to-file": "a", "to-dir": "sub", "sub/to-parent": "..", "sub/self": "self",
		"to-outside": "../out/secret", "to-outside-dir": "../out",
		"absolute": filepath.Join(dir, "out/secret"), "dangling": "nothing",
	} {
		if err := os.Symlink(target, filepath.Join(in, name)); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"a 4", "absolute: link-outside", "dangling: missing", "sub/b 8", "sub/self: link-outside",
		"to-outside: link-outside", "to-outside-dir: link-outside",
	}
	if diff := cmp.Diff(want, found(t, in, []string{in}, Options{})); diff != "" {
		t.Errorf("walk differs (-want +got):\n%s", diff)
	}
	// What the user names is followed.
	link := filepath.Join(in, "absolute")
	if got := found(t, in, []string{link}, Options{}); len(got) != 1 || got[0] != "absolute 10" {
		t.Errorf("named link: got %q", got)
	}
}

// A file that becomes a link out of the directory after the walk is not read.
func TestOpenStaysBelow(t *testing.T) {
	dir := t.TempDir()
	tree(t, dir, "in/a", "secret")
	in := input(t, filepath.Join(dir, "in"), Options{})
	path := filepath.Join(dir, "in", "a")
	if err := errors.Join(os.Remove(path), os.Symlink("../secret", path)); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Open(t.Context()); problemOf(t, err).Reason != Unreadable {
		t.Errorf("link: got %v", err)
	}
	if err := errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o644)); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Open(t.Context()); problemOf(t, err).Reason != Special {
		t.Errorf("pipe: got %v", err)
	}
}

func TestWalkSpecialFiles(t *testing.T) {
	dir := t.TempDir()
	tree(t, dir, "a", "z")
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir) // a socket's path must be short
	l, err := net.Listen("unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	want := []string{"a 1", "fifo: special-file", "socket: special-file", "z 1"}
	if diff := cmp.Diff(want, found(t, dir, []string{dir}, Options{})); diff != "" {
		t.Errorf("walk differs (-want +got):\n%s", diff)
	}
	for in, err := range Walk(t.Context(), []string{os.DevNull, "socket"}, Options{}) {
		if err == nil || problemOf(t, err).Reason != Special {
			t.Errorf("%s: got %v", in.Name, err)
		}
	}
}

// A named pipe is read if the user names it, and waiting for it can be stopped.
func TestNamedPipe(t *testing.T) {
	noLeaks(t)
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o644); err != nil {
		t.Fatal(err)
	}
	in := input(t, fifo, Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := in.Open(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("without a writer: got %v, want %v", err, context.DeadlineExceeded)
	}

	data := gz(t, lines(900_000))
	go os.WriteFile(fifo, data, 0)
	f, err := in.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, f); n != 900_000 || err != nil {
		t.Errorf("got %d bytes and %v", n, err)
	}
	checkDigest(t, f, data)
	f.Close()

	// A writer that falls silent does not keep Close waiting.
	w, err := os.OpenFile(fifo, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	w.Write(data[:10])
	ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := in.Open(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("silent writer: got %v, want %v", err, context.DeadlineExceeded)
	}
}

func TestWalkLimit(t *testing.T) {
	dir := t.TempDir()
	for i := range 30 {
		tree(t, dir, fmt.Sprintf("%02d/x", i))
	}
	var last error
	n := 0
	for _, err := range Walk(t.Context(), []string{dir}, Options{Limits: Limits{MaxWalk: 40}}) {
		last = err
		n++
	}
	if limitOf(last) != "max-walk" || n != 11 {
		t.Errorf("got %d and %v, want 10 files and max-walk", n, last)
	}
}

func TestWalkDeep(t *testing.T) {
	dir := t.TempDir()
	tree(t, dir, strings.Repeat("d/", maxNesting-1)+"x", "top")
	got := found(t, dir, []string{dir}, Options{})
	if len(got) != 2 || !strings.HasSuffix(got[0], "/x 511") || got[1] != "top 3" {
		t.Errorf("at the limit: got %q", got)
	}
	dir = t.TempDir()
	tree(t, dir, strings.Repeat("d/", maxNesting)+"x", "top")
	got = found(t, dir, []string{dir}, Options{})
	if len(got) != 2 || !strings.HasSuffix(got[0], ": unreadable") || got[1] != "top 3" {
		t.Errorf("past the limit: got %q", got)
	}
}

// unreadableEnv tells the test binary to walk as a user without rights.
const unreadableEnv = "SOURCE_TEST_UNREADABLE"

// What may not be read is told, and the rest is. Root may read everything, so
// the walk happens in another process, run as nobody.
func TestUnreadable(t *testing.T) {
	if dir := os.Getenv(unreadableEnv); dir != "" {
		for in, err := range Walk(t.Context(), []string{dir, filepath.Join(dir, "closed/x")}, Options{}) {
			if err == nil {
				var f *File
				if f, err = in.Open(t.Context()); err == nil {
					f.Close()
				}
			}
			name := strings.TrimPrefix(in.Name, dir+"/")
			if p, ok := errors.AsType[*Problem](err); ok {
				fmt.Printf("%s: %s: %t: %s\n", name, p.Reason, errors.Is(err, fs.ErrPermission), p.Next)
			} else {
				fmt.Printf("%s %v\n", name, err)
			}
		}
		return
	}
	dir, err := os.MkdirTemp("", "source") //nolint:usetesting // another user must be able to enter the folder
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	tree(t, dir, "a", "closed/x", "locked", "z")
	binary := filepath.Join(dir, "z") // another name for this test binary
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(binary, code, 0o755), os.Chmod(binary, 0o755),
		os.Chmod(dir, 0o755), os.Chmod(filepath.Join(dir, "locked"), 0),
		os.Chmod(filepath.Join(dir, "closed"), 0)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(filepath.Join(dir, "closed"), 0o755) })
	cmd := exec.CommandContext(t.Context(), binary, "-test.run=^TestUnreadable$")
	cmd.Env = append(os.Environ(), unreadableEnv+"="+dir)
	cmd.Dir = "/"
	if os.Geteuid() == 0 {
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const next = "unreadable: true: run as a user who may read it, or leave it out"
	want := []string{"a <nil>", "closed: " + next, "locked: " + next, "z <nil>", "closed/x: " + next, ""}
	got, _, _ := strings.Cut(string(out), "PASS\n")
	if diff := cmp.Diff(want, strings.Split(got, "\n")); diff != "" {
		t.Errorf("walk differs (-want +got):\n%s", diff)
	}
}
