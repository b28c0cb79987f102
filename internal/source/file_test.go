package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOpen(t *testing.T) {
	text := lines(700_000)
	skippable := append([]byte{0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0}, "any"...)
	tests := []struct {
		name        string
		data        []byte
		want        []byte
		compression []string
		notes       []Reason
	}{
		{"plain", text, text, nil, nil},
		{"one byte", []byte("x"), []byte("x"), nil, nil},
		{"one block", text[:blockSize], text[:blockSize], nil, nil},
		{"gzip", gz(t, text), text, []string{"gzip"}, nil},
		{"gzip of three", cat(gz(t, text[:9]), gz(t, nil), gz(t, text[9:])), text, []string{"gzip"}, nil},
		{"gzip and zeros", cat(gz(t, text), make([]byte, 5000)), text, []string{"gzip"}, nil},
		{"gzip and garbage", cat(gz(t, text), []byte("garbage")), text, []string{"gzip"}, []Reason{Trailing}},
		{"bzip2", bz(t, text), text, []string{"bzip2"}, nil},
		{"bzip2 of two", cat(bz(t, text[:70_000]), bz(t, text[70_000:])), text, []string{"bzip2"}, nil},
		{"bzip2 and garbage", cat(bz(t, text), []byte("garbage")), text, []string{"bzip2"}, []Reason{Trailing}},
		{"zstd", zst(t, text), text, []string{"zstd"}, nil},
		{"zstd of two", cat(skippable, zst(t, text[:9]), skippable, zst(t, text[9:])), text, []string{"zstd"}, nil},
		{"zstd and garbage", cat(zst(t, text), []byte("garbage")), text, []string{"zstd"}, []Reason{Trailing}},
		{"xz", xzip(t, text), text, []string{"xz"}, nil},
		{"xz of two", cat(xzip(t, text[:9]), make([]byte, 8), xzip(t, text[9:])), text, []string{"xz"}, nil},
		{"xz and garbage", cat(xzip(t, text), []byte("garbage")), text, []string{"xz"}, []Reason{Trailing}},
		{"xz and padding", cat(xzip(t, text), make([]byte, 8)), text, []string{"xz"}, nil},
		{"xz and padding not in fours", cat(xzip(t, text), make([]byte, 7)), text, []string{"xz"}, []Reason{Trailing}},
		{"nested", gz(t, bz(t, zst(t, xzip(t, text)))), text, []string{"gzip", "bzip2", "zstd", "xz"}, nil},
		{"magic alone", []byte("BZh9 is not compressed"), []byte("BZh9 is not compressed"), nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for how, read := range readings() {
				f := openBytes(t, tt.data, Options{})
				head, err := f.Head(4096)
				if want := tt.want[:min(4096, len(tt.want))]; err != nil || !bytes.Equal(head, want) {
					t.Fatalf("%s: head of %d bytes and error %v, want %d", how, len(head), err, len(want))
				}
				got, err := read(f)
				if err != nil || !bytes.Equal(got, tt.want) {
					t.Fatalf("%s: got %d bytes and error %v, want %d", how, len(got), err, len(tt.want))
				}
				if diff := cmp.Diff(tt.compression, f.Compression()); diff != "" {
					t.Errorf("compression differs (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(tt.notes, reasons(f.Notes())); diff != "" {
					t.Errorf("notes differ (-want +got):\n%s", diff)
				}
				checkDigest(t, f, tt.data)
			}
		})
	}
}

// readings returns the ways to get at all the bytes.
func readings() map[string]func(*File) ([]byte, error) {
	return map[string]func(*File) ([]byte, error){
		"Read":     func(f *File) ([]byte, error) { return io.ReadAll(struct{ io.Reader }{f}) },
		"ReadByte": func(f *File) ([]byte, error) { return io.ReadAll(io.LimitReader(f, 1<<40)) },
		"WriteTo": func(f *File) ([]byte, error) {
			var b bytes.Buffer
			n, err := f.WriteTo(&b)
			if n != int64(b.Len()) || n != f.Offset() {
				err = errors.Join(err, errors.New("counts differ"))
			}
			return b.Bytes(), err
		},
		"ReaderAt": func(f *File) ([]byte, error) {
			at, size, err := f.ReaderAt(context.Background())
			if err != nil {
				return nil, err
			}
			return io.ReadAll(io.NewSectionReader(at, 0, size))
		},
	}
}

func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func reasons(problems []*Problem) (r []Reason) {
	for _, p := range problems {
		r = append(r, p.Reason)
	}
	return r
}

// However little is read, the digest is that of the whole input.
func TestDigestWithoutReading(t *testing.T) {
	text := lines(3_000_000)
	archive := tarOf(t, entry{"a", text[:1_000_000]}, entry{"b", text})
	for name, stored := range map[string][]byte{
		"plain": text, "gzip": gz(t, text), "bzip2": bz(t, text[:200_000]), "tar": archive,
		"tar.zst": zst(t, archive), "zip": zipOf(t, 8, entry{"a", text}),
		"damaged": cat(gz(t, text)[:900], text),
	} {
		t.Run(name, func(t *testing.T) {
			checkDigest(t, openBytes(t, stored, Options{}), stored)

			f := openBytes(t, stored, Options{})
			f.Read(make([]byte, 10))
			checkDigest(t, f, stored)

			f = openBytes(t, stored, Options{})
			for range f.Members(t.Context()) {
				break
			}
			checkDigest(t, f, stored)

			f = openBytes(t, stored, Options{})
			io.Copy(io.Discard, f)
			checkDigest(t, f, stored)
			f.Close()
			checkDigest(t, f, stored)
		})
	}
}

func TestClose(t *testing.T) {
	f := openBytes(t, lines((ringBlocks+2)*blockSize), Options{})
	if _, err := f.NextBlock(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(make([]byte, 1)); err != errClosed {
		t.Errorf("Read after Close: got %v, want %v", err, errClosed)
	}
	if _, err := f.Digest(); err != errClosed {
		t.Errorf("Digest after an early Close: got %v, want %v", err, errClosed)
	}
}

// Each damage must end in an error that says so, unless it hit a part that
// means nothing, such as a time: then the content is the same. What precedes a
// cut is delivered, and the digest is had in any case.
func TestDamage(t *testing.T) {
	text := lines(20_000)
	for name, compress := range compressors() {
		t.Run(name, func(t *testing.T) {
			whole := compress(t, text)
			for n := 12; n < len(whole); n += 1 + n/40 {
				checkDamaged(t, whole[:n], text, true)
			}
			for bit := 0; bit < len(whole)*8; bit += 1 + bit/30 {
				bad := bytes.Clone(whole)
				bad[bit/8] ^= 1 << (bit % 8)
				checkDamaged(t, bad, text, false)
			}
		})
	}
}

func checkDamaged(t *testing.T, stored, text []byte, must bool) {
	t.Helper()
	in := input(t, put(t, "in", stored), Options{})
	f, err := in.Open(t.Context())
	if err != nil {
		if must || ReasonOf(err) != Empty {
			t.Errorf("open: %v", err)
		}
		return
	}
	defer f.Close()
	if f.Compression() == nil {
		return // the damage hit the magic
	}
	got, err := io.ReadAll(f)
	if err == nil && (must || !bytes.Equal(got, text)) {
		t.Errorf("%d bytes: damage went unseen", len(stored))
	}
	if err != nil {
		p := problemOf(t, err)
		if p.Offset != int64(len(got)) || p.Name != in.Name {
			t.Errorf("got offset %d in %s, want %d", p.Offset, p.Name, len(got))
		}
		if must && p.Reason != Truncated {
			t.Errorf("cut to %d: got %v, want truncated", len(stored), err)
		}
	}
	if must && !bytes.HasPrefix(text, got) {
		t.Errorf("cut to %d: content is no prefix", len(stored))
	}
	checkDigest(t, f, stored)
}

// A decoder that panics, whichever it is, has met corrupt data.
func TestDecoderPanics(t *testing.T) {
	c := compression{name: "test", open: func(*bufio.Reader, decoding) (io.ReadCloser, error) { panic("oh") }}
	s := &stage{compression: c, up: &blockReader{}, account: &account{}}
	if n, err := s.fill(make([]byte, 10)); n != 0 || reasonOf(err) != Corrupt {
		t.Errorf("stage: got %d and %v, want corrupt", n, err)
	}
	var job bzJob
	if job.decode(nil); reasonOf(job.err) != Corrupt {
		t.Errorf("bzip2: got %v, want corrupt", job.err)
	}
	m := &memberReader{r: nil, what: "zip"}
	if n, err := m.Read(make([]byte, 10)); n != 0 || reasonOf(err) != Corrupt {
		t.Errorf("member: got %d and %v, want corrupt", n, err)
	}
}

func TestProblemTexts(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	cut := filepath.Join(dir, "cut.gz")
	os.WriteFile(empty, nil, 0o644)
	os.WriteFile(cut, gz(t, lines(90_000))[:10_000], 0o644)
	tests := []struct {
		path   string
		opts   Options
		reason Reason
		parts  []string
	}{
		{filepath.Join(dir, "none"), Options{}, Missing, []string{"open ", "none", "no such file", ": check the path"}},
		{empty, Options{}, Empty, []string{"read ", "empty", "no data", "fetch it again"}},
		{cut, Options{}, Truncated, []string{"cut.gz", "after byte ", "gzip data: unexpected EOF", "fetch or copy it again"}},
		{cut, Options{Limits: Limits{MaxFile: 1000}}, OverLimit, []string{"max-file of 1000 bytes", "raise max-file"}},
		{Stdin, Options{}, Missing, []string{`"-"`, "no standard input"}},
		{Stdin, Options{Stdin: strings.NewReader("")}, Empty, []string{`"-"`, "no data"}},
	}
	for _, tt := range tests {
		t.Run(filepath.Base(tt.path), func(t *testing.T) {
			noLeaks(t)
			var got error
			for in, err := range Walk(t.Context(), []string{tt.path}, tt.opts) {
				if got = err; err != nil {
					break
				}
				f, err := in.Open(t.Context())
				if got = err; err == nil {
					_, got = io.Copy(io.Discard, f)
					f.Close()
				}
			}
			if p := problemOf(t, got); p.Reason != tt.reason {
				t.Errorf("got reason %q, want %q", p.Reason, tt.reason)
			}
			for _, part := range tt.parts {
				if !strings.Contains(got.Error(), part) {
					t.Errorf("got %q, want %q in it", got, part)
				}
			}
		})
	}
}

func TestProgress(t *testing.T) {
	var p Progress
	text := lines(900_000)
	opts := Options{Progress: &p, Stdin: bytes.NewReader(text)}
	f := openBytes(t, gz(t, text), opts)
	if got, want := p.Size(), int64(len(gz(t, text))); got != want {
		t.Errorf("got size %d, want %d", got, want)
	}
	if _, err := f.Digest(); err != nil || p.Bytes() != p.Size() {
		t.Errorf("got %d of %d bytes and error %v", p.Bytes(), p.Size(), err)
	}
	f = open(t, Stdin, opts)
	if _, err := f.Digest(); err != nil {
		t.Error(err)
	}
	if got, want := p.Bytes(), int64(len(gz(t, text))+len(text)); got != want || p.Size() != want || p.Inputs() != 2 {
		t.Errorf("got %d of %d bytes of %d inputs, want %d", got, p.Size(), p.Inputs(), want)
	}
}
