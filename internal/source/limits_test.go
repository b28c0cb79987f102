package source

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// limitOf returns the name of the limit that err says was reached.
func limitOf(err error) string {
	if e, ok := errors.AsType[*LimitError](err); ok {
		return e.Limit
	}
	return fmt.Sprint(err)
}

// Bombs end with a limit, not with the machine. What they allocate until then
// is bounded too.
func TestBombs(t *testing.T) {
	zeros := make([]byte, 4*mib)
	bombs := map[string][]byte{
		"gzip of 1 GiB":          bytes.Repeat(gz(t, zeros), 256),
		"bzip2 of 1 GiB":         bytes.Repeat(bzEncode(zeros[:100_000], 9, 2000), 10_738),
		"zstd of 1 GiB":          bytes.Repeat(zst(t, zeros), 256),
		"xz of 160 MiB":          bytes.Repeat(xzip(t, zeros), 40),
		"gzip of a gzip of both": gz(t, bytes.Repeat(gz(t, bytes.Repeat(gz(t, zeros), 128)), 128)),
		"sparse tar of 8 GiB":    sparseTar(),
		"zip of one place twice": overlappingZip(t, zeros, 300),
	}
	for name, stored := range bombs {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			f := openBytes(t, stored, Options{})
			runtime.ReadMemStats(&before)
			n, err := readAll(t, f)
			runtime.ReadMemStats(&after)
			if limitOf(err) != "max-ratio" {
				t.Errorf("got %v, want max-ratio", err)
			}
			if p := problemOf(t, err); p.Reason != OverLimit {
				t.Errorf("got reason %q, want %q", p.Reason, OverLimit)
			}
			if most := max(ratioGrace, int64(len(stored))*500); n > most {
				t.Errorf("read %d bytes, want at most %d", n, most)
			}
			allocated := int64(after.TotalAlloc - before.TotalAlloc)
			t.Logf("%d bytes stored, %d read, %d KiB allocated", len(stored), n, allocated>>10)
			if allocated > 80*mib {
				t.Errorf("allocated %d MiB", allocated>>20)
			}
			checkDigest(t, f, stored)
		})
	}
}

// readAll reads the file or all its members, to the first error.
func readAll(t testing.TB, f *File) (n int64, err error) {
	t.Helper()
	if !f.IsArchive() {
		return io.Copy(io.Discard, f)
	}
	for m, err := range f.Members(t.Context()) {
		if err != nil {
			return n, err
		}
		k, err := io.Copy(io.Discard, m)
		n += k
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// sparseTar returns a tar with a member of 8 GiB that is all hole (the GNU
// format before POSIX).
func sparseTar() []byte {
	b := make([]byte, 3*tarBlock)
	copy(b, "sparse")
	copy(b[100:], "0000644\x000000000\x000000000\x0000000000000\x0000000000000\x00")
	b[156] = 'S'
	copy(b[257:], "ustar  \x00")
	copy(b[386:], "77777777777\x0000000000000\x00")
	copy(b[483:], "77777777777\x00")
	copy(b[148:156], "        ")
	sum := 0
	for _, c := range b[:tarBlock] {
		sum += int(c)
	}
	copy(b[148:], fmt.Sprintf("%06o\x00 ", sum))
	return b
}

// overlappingZip returns a zip whose directory names the same bytes n times.
func overlappingZip(t testing.TB, data []byte, n int) []byte {
	b := zipOf(t, zip.Deflate, entry{"m", data})
	end := len(b) - zipEndLen
	start := int(binary.LittleEndian.Uint32(b[end+16:]))
	dir := bytes.Repeat(b[start:end], n)
	tail := bytes.Clone(b[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(n))
	binary.LittleEndian.PutUint16(tail[10:], uint16(n))
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(dir)))
	return cat(b[:start], dir, tail)
}

func TestLimits(t *testing.T) {
	text := lines(2 * mib)
	nested := text[:100]
	for range 4 {
		nested = gz(t, nested)
	}
	many := make([]entry, 20)
	for i := range many {
		many[i] = entry{fmt.Sprint(i), []byte("x")}
	}
	tests := []struct {
		name   string
		data   []byte
		limits Limits
		want   string
	}{
		{"expanded", gz(t, text), Limits{MaxExpanded: mib}, "max-expanded"},
		{"expanded, enough", gz(t, text), Limits{MaxExpanded: 2 * mib}, "<nil>"},
		{"expanded in members", zipOf(t, zip.Store, entry{"a", text}, entry{"b", text}), Limits{MaxExpanded: 3 * mib}, "max-expanded"},
		{"uncompressed is not expanded", text, Limits{MaxExpanded: 1}, "<nil>"},
		{"file", text, Limits{MaxFile: 2*mib - 1}, "max-file"},
		{"depth of compression", nested, Limits{MaxDepth: 3}, "max-depth"},
		{"depth, enough", nested, Limits{MaxDepth: 4}, "<nil>"},
		{"depth of archives", tarOf(t, entry{"a", nested}), Limits{MaxDepth: 4}, "max-depth"},
		{"members of a tar", tarOf(t, many...), Limits{MaxMembers: 19}, "max-members"},
		{"members of a zip", zipOf(t, zip.Store, many...), Limits{MaxMembers: 19}, "max-members"},
		{"members, enough", zipOf(t, zip.Store, many...), Limits{MaxMembers: 20}, "<nil>"},
		{"spool", gz(t, zipOf(t, zip.Store, entry{"a", text})), Limits{MaxSpool: mib}, "max-spool"},
		{"window of xz", hugeDictionary(t), Limits{}, "window"},
		{"window of zstd", hugeWindow(21), Limits{}, "window"},
		{"window, enough", hugeWindow(16), Limits{}, "<nil>"},
		{"window within windows", zst(t, zst(t, hugeWindow(16))), Limits{}, "window"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			noLeaks(t)
			f, err := input(t, put(t, "in", tt.data), Options{Limits: tt.limits}).Open(t.Context())
			if err == nil {
				defer f.Close()
				_, err = readAll(t, f)
			}
			if diff := cmp.Diff(tt.want, limitOf(err)); diff != "" {
				t.Errorf("limit differs (-want +got):\n%s", diff)
			}
		})
	}
}

// Standard input has no size to look at beforehand.
func TestMaxFileOfStdin(t *testing.T) {
	opts := Options{Stdin: bytes.NewReader(make([]byte, 2*mib)), Limits: Limits{MaxFile: mib}}
	f := open(t, Stdin, opts)
	n, err := io.Copy(io.Discard, f)
	if limitOf(err) != "max-file" || n > mib {
		t.Errorf("got %d bytes and %v, want max-file", n, err)
	}
	if _, err := f.Digest(); limitOf(err) != "max-file" {
		t.Errorf("digest: got %v, want max-file", err)
	}
}

// hugeDictionary returns an xz stream that asks for 4 GiB.
func hugeDictionary(t testing.TB) []byte {
	b := xzip(t, lines(1000))
	head := b[12:][:(int(b[12])+1)*4]
	head[4] = 40
	binary.LittleEndian.PutUint32(head[len(head)-4:], crc32.ChecksumIEEE(head[:len(head)-4]))
	return b
}

// hugeWindow returns a zstd frame that asks for a window of 1 KiB << n.
func hugeWindow(n byte) []byte {
	return []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, n << 3, 4<<3 | 1, 0, 0, 't', 'e', 'x', 't'}
}

// Small members that each ask for much memory must not each get their own.
func TestWindowsAreReused(t *testing.T) {
	const n = 60
	var members []entry
	for i := range n {
		members = append(members, entry{fmt.Sprint(i), hugeWindow(16)}, entry{fmt.Sprint("x", i), xzip(t, []byte("x"))})
	}
	f := openBytes(t, tarOf(t, members...), Options{})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, problems := walkMembers(t, f)
	runtime.ReadMemStats(&after)
	if len(got) != 2*n || problems != nil {
		t.Errorf("got %d members and problems %v, want %d", len(got), problems, 2*n)
	}
	if allocated := int64(after.TotalAlloc - before.TotalAlloc); allocated > 3*64*mib {
		t.Errorf("allocated %d MiB", allocated>>20)
	}
}

func TestDefaultLimits(t *testing.T) {
	got := Limits{MaxDepth: -1, MaxWalk: 7}.withDefaults()
	want := DefaultLimits()
	want.MaxWalk = 7
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("limits differ (-want +got):\n%s", diff)
	}
}
