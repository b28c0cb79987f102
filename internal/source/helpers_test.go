package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

func gz(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func bz(_ testing.TB, data []byte) []byte { return bzEncode(data, 1, 5000) }

func zst(t testing.TB, data []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(data, nil)
}

func xzip(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := xz.WriterConfig{BlockSize: 100_000}.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(data)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// compressors returns one function for each compression, by its name.
func compressors() map[string]func(testing.TB, []byte) []byte {
	return map[string]func(testing.TB, []byte) []byte{
		"gzip": gz, "bzip2": bz, "zstd": zst, "xz": xzip,
	}
}

// entry is a member of an archive to make.
type entry struct {
	name string
	data []byte
}

func tarOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		if err := w.WriteHeader(&tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.data))}); err != nil {
			t.Fatal(err)
		}
		w.Write(e.data)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t testing.TB, method uint16, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.CreateHeader(&zip.FileHeader{Name: e.name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		f.Write(e.data)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lines returns n bytes of text that compresses, but not to nothing.
func lines(n int) []byte {
	b := make([]byte, 0, n+64)
	for i := 0; len(b) < n; i++ {
		b = binary.BigEndian.AppendUint32(b, uint32(i*2654435761))
		b = append(b, "|192.0.2.0/24|64496 64511|IGP\n"...)
	}
	return b[:n]
}

// put writes a file into a new directory and returns its path.
func put(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// input returns the one input that the path names.
func input(t testing.TB, path string, opts Options) Input {
	t.Helper()
	for in, err := range Walk(t.Context(), []string{path}, opts) {
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	t.Fatalf("%s: nothing found", path)
	return Input{}
}

// open opens the file at path. It is closed with the test, after which no
// goroutine may be left.
func open(t testing.TB, path string, opts Options) *File {
	t.Helper()
	noLeaks(t)
	f, err := input(t, path, opts).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// openBytes opens a file with the given content.
func openBytes(t testing.TB, data []byte, opts Options) *File {
	t.Helper()
	return open(t, put(t, "in", data), opts)
}

// noLeaks fails the test if it leaves goroutines behind. It cannot be used in
// parallel tests.
func noLeaks(t testing.TB) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		var now int
		for range 200 {
			if now = runtime.NumGoroutine(); now <= before {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
		stacks := make([]byte, 64<<10)
		t.Errorf("got %d goroutines, want %d:\n%s", now, before, stacks[:runtime.Stack(stacks, true)])
	})
}

// checkDigest compares the input's digest with that of its bytes.
func checkDigest(t testing.TB, f *File, stored []byte) {
	t.Helper()
	got, err := f.Digest()
	if err != nil {
		t.Errorf("digest: %v", err)
		return
	}
	if want := (Digest{SHA256: sha256.Sum256(stored), Size: int64(len(stored))}); got != want {
		t.Errorf("got digest %v of %d bytes, want %v of %d", got, got.Size, want, want.Size)
	}
}

// problemOf returns the problem in err and fails if there is none.
func problemOf(t testing.TB, err error) *Problem {
	t.Helper()
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		t.Fatalf("got error %v, want a *Problem", err)
	}
	if p.Reason == "" || p.Name == "" || p.Next == "" {
		t.Errorf("problem lacks a part: %#v", p)
	}
	return p
}

// member is what a test saw of one.
type member struct {
	Path        string
	Compression []string
	Data        string
	Err         Reason // of reading it
}

// walkMembers reads all members, those of members too, and the reasons of what
// could not be opened.
func walkMembers(t testing.TB, f *File) (got []member, problems []Reason) {
	t.Helper()
	for m, err := range f.Members(t.Context()) {
		if err != nil {
			problems = append(problems, problemOf(t, err).Reason)
			continue
		}
		if m.IsArchive() {
			below, more := walkMembers(t, m)
			got = append(got, below...)
			problems = append(problems, more...)
			continue
		}
		data, err := io.ReadAll(m)
		seen := member{Path: m.Path(), Compression: m.Compression(), Data: string(data)}
		if err != nil {
			seen.Err = problemOf(t, err).Reason
		}
		got = append(got, seen)
	}
	return got, problems
}

func crcIEEE(b []byte) uint32 { return crc32.ChecksumIEEE(b) }
