package source

import (
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os/exec"
	"testing"

	"github.com/ulikunitz/xz"
)

// FuzzOpen reads any bytes in every way that there is. It checks that nothing
// panics or hangs, that errors say what they should, that the limits hold and
// that the digest is right.
func FuzzOpen(f *testing.F) {
	text := lines(3000)
	for _, compress := range compressors() {
		f.Add(compress(f, text))
		f.Add(cat(compress(f, text), compress(f, text), []byte("tail")))
	}
	flat := []entry{{"a", text}, {"b.gz", gz(f, text)}}
	for _, archive := range [][]byte{tarOf(f, flat...), zipOf(f, zip.Deflate, flat...), sparseTar()} {
		f.Add(archive)
		f.Add(gz(f, archive))
		f.Add(tarOf(f, entry{"x", archive}))
	}
	f.Add(hugeDictionary(f))
	f.Add(hugeWindow(21))
	f.Add(text)
	limits := Limits{MaxFile: mib, MaxExpanded: 4 * mib, MaxMembers: 50, MaxDepth: 4, MaxSpool: 2 * mib}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := openReader(t.Context(), bytes.NewReader(data), limits)
		if err != nil {
			problemOf(t, err)
			return
		}
		defer file.Close()
		if file.IsArchive() {
			fuzzMembers(t, file)
		} else if _, err := io.Copy(io.Discard, file); err != nil {
			problemOf(t, err)
		}
		if got := file.in.account.expanded.Load(); got > 4*mib+blockSize {
			t.Errorf("expanded to %d bytes", got)
		}
		if got, err := file.Digest(); err != nil || got.SHA256 != sha256.Sum256(data) {
			t.Errorf("digest: got %v and %v", got, err)
		}
	})
}

func fuzzMembers(t *testing.T, f *File) {
	for m, err := range f.Members(t.Context()) {
		if err != nil {
			problemOf(t, err)
			continue
		}
		if m.IsArchive() {
			fuzzMembers(t, m)
		} else if at, size, err := m.ReaderAt(t.Context()); err != nil {
			problemOf(t, err)
		} else {
			io.Copy(io.Discard, io.NewSectionReader(at, 0, size))
		}
	}
}

// openReader opens what r yields.
func openReader(ctx context.Context, r io.Reader, limits Limits) (*File, error) {
	for in, err := range Walk(ctx, []string{Stdin}, Options{Stdin: r, Limits: limits}) {
		if err != nil {
			return nil, err
		}
		return in.Open(ctx)
	}
	return nil, errors.New("nothing found")
}

// FuzzBzip2 compares with the standard library: what that decodes must come
// out the same. Where only that library decodes it, bzip2(1) has the last word,
// since the library takes codes that no encoder may write.
func FuzzBzip2(f *testing.F) {
	for _, data := range [][]byte{[]byte("x"), lines(2000), bytes.Repeat([]byte("a"), 900)} {
		f.Add(bzEncode(data, 1, 500))
	}
	_, false48 := falseMagic(bzBlockMagic)
	f.Add(false48)
	f.Fuzz(func(t *testing.T, data []byte) {
		if !matchBzip2(data) {
			return
		}
		want, wantErr := io.ReadAll(io.LimitReader(bzip2.NewReader(bytes.NewReader(data)), 4*mib))
		z := newBzReader(bytes.NewReader(data), func(error) {}, 2)
		defer z.Close()
		got, err := io.ReadAll(io.LimitReader(z, 4*mib))
		if wantErr != nil || err == nil && bytes.Equal(got, want) {
			return
		}
		tool, lookErr := exec.LookPath("bzip2")
		if lookErr != nil {
			t.Skip("needs bzip2 to decide: install it")
		}
		cmd := exec.Command(tool, "-dc")
		cmd.Stdin = bytes.NewReader(data)
		if want, toolErr := cmd.Output(); toolErr == nil && !bytes.Equal(got, want) {
			t.Errorf("got %d bytes and %v, want %d", len(got), err, len(want))
		}
	})
}

// FuzzXZ compares with another implementation.
func FuzzXZ(f *testing.F) {
	for _, data := range [][]byte{[]byte("x"), lines(2000), bytes.Repeat([]byte("a"), 900)} {
		f.Add(xzip(f, data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := openReader(t.Context(), bytes.NewReader(data), Limits{MaxExpanded: 4 * mib, MaxDepth: 1})
		if err != nil {
			return
		}
		defer got.Close()
		if len(got.Compression()) != 1 || got.Compression()[0] != "xz" {
			return
		}
		b, err := io.ReadAll(got)
		if err != nil || len(got.Notes()) > 0 {
			return
		}
		// Here all checks were passed, so the other must agree.
		r, err := xz.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("the other reader: %v", err)
		}
		want, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(b, want) {
			t.Errorf("got %d bytes, want %d and %v", len(b), len(want), err)
		}
	})
}
