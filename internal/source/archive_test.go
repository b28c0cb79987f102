package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMembers(t *testing.T) {
	a, b := "64496 64511\n", strings.Repeat("192.0.2.0/24 ", 9000)
	inner := tarOf(t, entry{"b/rib", []byte(b)}, entry{"empty", nil})
	want := []member{{Path: "a.txt", Data: a}, {Path: "sub/b.gz", Compression: []string{"gzip"}, Data: b}}
	flat := []entry{{"a.txt", []byte(a)}, {"sub/b.gz", gz(t, []byte(b))}}
	tests := []struct {
		name     string
		data     []byte
		want     []member
		problems []Reason
	}{
		{"tar", tarOf(t, flat...), want, nil},
		{"tar.gz", gz(t, tarOf(t, flat...)), want, nil},
		{"tar.xz.bz2", bz(t, xzip(t, tarOf(t, flat...))), want, nil},
		{"zip", zipOf(t, zip.Deflate, flat...), want, nil},
		{"stored zip", zipOf(t, zip.Store, flat...), want, nil},
		{"zip.gz", gz(t, zipOf(t, zip.Deflate, flat...)), want, nil},
		{"zip after a stub", cat(zipOf(t, zip.Store), zipOf(t, zip.Deflate, flat...)), want, nil},
		{
			"archives in archives",
			zipOf(t, zip.Deflate, entry{"x.zip", zipOf(t, zip.Store, entry{"a.tar.gz", gz(t, inner)})}),
			[]member{{Path: "x.zip!/a.tar.gz!/b/rib", Data: b}}, []Reason{Empty},
		},
		{
			"names that mislead",
			tarOf(t, entry{"/etc/passwd", []byte(a)}, entry{"../../up", []byte(a)},
				entry{"x.zip!/in", []byte(a)}, entry{"bell\a\xff\u0085é", []byte(a)}),
			[]member{{Path: "/etc/passwd", Data: a}, {Path: "../../up", Data: a},
				{Path: "x.zip%21/in", Data: a}, {Path: "bell%07%FF%C2%85é", Data: a}}, nil,
		},
		{"no archive", []byte(a), nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := openBytes(t, tt.data, Options{})
			got, problems := walkMembers(t, f)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("members differ (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Errorf("problems differ (-want +got):\n%s", diff)
			}
			checkDigest(t, f, tt.data)
		})
	}
}

// What stands in an archive but is no file is passed over.
func TestMembersAreFiles(t *testing.T) {
	var b bytes.Buffer
	tw := tar.NewWriter(&b)
	for _, h := range []tar.Header{
		{Typeflag: tar.TypeDir, Name: "d/"}, {Typeflag: tar.TypeSymlink, Name: "l", Linkname: "/etc/passwd"},
		{Typeflag: tar.TypeLink, Name: "h", Linkname: "d/f"}, {Typeflag: tar.TypeFifo, Name: "p"},
		{Typeflag: tar.TypeChar, Name: "c"}, {Typeflag: tar.TypeReg, Name: "d/f", Size: 2},
	} {
		if err := tw.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
	}
	tw.Write([]byte("ok"))
	tw.Close()
	var z bytes.Buffer
	zw := zip.NewWriter(&z)
	zw.Create("d/")
	link := &zip.FileHeader{Name: "l"}
	link.SetMode(0o777 | 1<<27) // fs.ModeSymlink
	w, _ := zw.CreateHeader(link)
	w.Write([]byte("/etc/passwd"))
	w, _ = zw.Create("d/f")
	w.Write([]byte("ok"))
	zw.Close()
	for name, data := range map[string][]byte{"tar": b.Bytes(), "zip": z.Bytes()} {
		got, problems := walkMembers(t, openBytes(t, data, Options{}))
		if diff := cmp.Diff([]member{{Path: "d/f", Data: "ok"}}, got); diff != "" || problems != nil {
			t.Errorf("%s: problems %v, members differ (-want +got):\n%s", name, problems, diff)
		}
	}
}

func TestZipMethods(t *testing.T) {
	text := lines(50_000)
	for method, packed := range map[uint16][]byte{
		zipBzip2: bz(t, text), zipZstd: zst(t, text), zipXZ: xzip(t, text),
	} {
		data := rawZip(text, packed, method, 0)
		got, problems := walkMembers(t, openBytes(t, data, Options{}))
		if len(got) != 1 || got[0].Data != string(text) || problems != nil {
			t.Errorf("method %d: got %d members and problems %v", method, len(got), problems)
		}
	}
	tests := []struct {
		name string
		data []byte
		open Reason
		read Reason
	}{
		{"unknown method", rawZip(text, text, 1, 0), Unsupported, ""},
		{"encrypted", rawZip(text, text, zipStored, 1), Encrypted, ""},
		{"wrong content", rawZip(text, bytes.ToUpper(text), zipStored, 0), "", Corrupt},
		{"shorter than it says", rawZip(text, text[:900], zipStored, 0), "", Corrupt},
		{"longer than it says", rawZip(text[:900], text, zipStored, 0), "", Corrupt},
		{"no directory", rawZip(text, text, zipStored, 0)[:40_000], Truncated, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, problems := walkMembers(t, openBytes(t, tt.data, Options{}))
			var open, read Reason
			if len(problems) > 0 {
				open = problems[0]
			}
			if len(got) > 0 {
				read = got[0].Err
			}
			if open != tt.open || read != tt.read {
				t.Errorf("got reasons %q and %q, want %q and %q", open, read, tt.open, tt.read)
			}
		})
	}
}

// rawZip returns a zip of one member whose packed bytes are given.
func rawZip(text, packed []byte, method, flags uint16) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateRaw(&zip.FileHeader{
		Name: "m", Method: method, Flags: flags, CRC32: crcIEEE(text),
		CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(len(text)),
	})
	if err == nil {
		f.Write(packed)
		w.Close()
	}
	return b.Bytes()
}

// A cut archive yields what is whole and says that the rest is missing.
func TestArchiveCut(t *testing.T) {
	a, b := lines(5_000), lines(400_000)
	whole := tarOf(t, entry{"a", a}, entry{"b", b})
	for name, stored := range map[string][]byte{
		"tar": whole[:200_000], "tar.gz": gz(t, whole)[:20_000], "tar.zst": zst(t, whole)[:20_000],
	} {
		got, problems := walkMembers(t, openBytes(t, stored, Options{}))
		if len(got) != 2 || got[0].Data != string(a) || got[1].Err != Truncated {
			t.Errorf("%s: got %d members", name, len(got))
		}
		if diff := cmp.Diff([]Reason{Truncated}, problems); diff != "" {
			t.Errorf("%s: problems differ (-want +got):\n%s", name, diff)
		}
	}
	// Cut between members a tar looks whole but for its end mark.
	f := openBytes(t, whole[:5632], Options{})
	got, _ := walkMembers(t, f)
	if diff := cmp.Diff([]Reason{Truncated}, reasons(f.Notes())); diff != "" || len(got) != 1 {
		t.Errorf("got %d members; notes differ (-want +got):\n%s", len(got), diff)
	}
	f = openBytes(t, cat(whole, []byte("more")), Options{})
	walkMembers(t, f)
	if diff := cmp.Diff([]Reason{Trailing}, reasons(f.Notes())); diff != "" {
		t.Errorf("notes differ (-want +got):\n%s", diff)
	}
}

// A member is over when the next one is asked for, read or not.
func TestMemberIsClosed(t *testing.T) {
	text := lines(3_000_000)
	files := []entry{{"a", gz(t, text)}, {"b", text}, {"c", gz(t, text)}}
	for name, data := range map[string][]byte{
		"tar": tarOf(t, files...), "zip": zipOf(t, zip.Deflate, files...),
	} {
		f := openBytes(t, data, Options{})
		var last *File
		n := 0
		for m, err := range f.Members(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if last != nil {
				if _, err := last.Read(make([]byte, 1)); err != errClosed {
					t.Errorf("%s: got %v of the last member, want %v", name, err, errClosed)
				}
			}
			m.Read(make([]byte, 100))
			last = m
			n++
		}
		if n != len(files) {
			t.Errorf("%s: got %d members, want %d", name, n, len(files))
		}
	}
}

func TestReaderAt(t *testing.T) {
	small, large := lines(10_000), lines(spoolMemory+1_000_000)
	deep := zipOf(t, zip.Store, entry{"small", small}, entry{"large", large})
	opts := Options{TempDir: t.TempDir()}
	f := openBytes(t, gz(t, zipOf(t, zip.Deflate, entry{"deep.zip", deep})), opts)
	n := 0
	for outer, err := range f.Members(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for m, err := range outer.Members(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			at, size, err := m.ReaderAt(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want := map[string][]byte{"deep.zip!/small": small, "deep.zip!/large": large}[m.Path()]
			got := make([]byte, size)
			if _, err := at.ReadAt(got, 0); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: error %v, or content differs", m.Path(), err)
			}
			if _, err := at.ReadAt(got[:2], size-1); err != io.EOF {
				t.Errorf("%s: got %v at the end, want EOF", m.Path(), err)
			}
			again, _, err := m.ReaderAt(t.Context())
			if err != nil || again != at {
				t.Errorf("%s: a second call gave something else, error %v", m.Path(), err)
			}
			n++
		}
	}
	if n != 2 {
		t.Errorf("got %d members, want 2", n)
	}
	if held := f.in.account.spooled.Load(); held == 0 {
		t.Error("nothing is held aside")
	}
	f.Close()
	if held := f.in.account.spooled.Load(); held != 0 {
		t.Errorf("%d bytes are held aside after Close", held)
	}
}

func TestReaderAtAfterReading(t *testing.T) {
	f := openBytes(t, gz(t, lines(1000)), Options{})
	f.Read(make([]byte, 1))
	if _, _, err := f.ReaderAt(t.Context()); err == nil {
		t.Error("got no error")
	}
}

// A directory may claim any number of files and any sizes.
func TestZipDirectoryLies(t *testing.T) {
	text := lines(1000)
	whole := zipOf(t, zip.Deflate, entry{"a", text}, entry{"b", text})
	end := len(whole) - zipEndLen
	for name, change := range map[string]func([]byte){
		"more files":      func(b []byte) { binary.LittleEndian.PutUint16(b[end+10:], 3) },
		"fewer files":     func(b []byte) { binary.LittleEndian.PutUint16(b[end+10:], 1) },
		"directory size":  func(b []byte) { binary.LittleEndian.PutUint32(b[end+12:], 1<<31) },
		"directory place": func(b []byte) { binary.LittleEndian.PutUint32(b[end+16:], 1<<31) },
	} {
		t.Run(name, func(t *testing.T) {
			bad := bytes.Clone(whole)
			change(bad)
			got, problems := walkMembers(t, openBytes(t, bad, Options{}))
			if len(got) != 2 && len(problems) == 0 {
				t.Errorf("got %d members and no problem", len(got))
			}
		})
	}
}

func TestMemberProblemNamesMember(t *testing.T) {
	data := tarOf(t, entry{"x.tar", tarOf(t, entry{"bad.gz", gz(t, lines(90_000))[:10_000]})})
	f := openBytes(t, data, Options{})
	for outer := range f.Members(t.Context()) {
		for m := range outer.Members(t.Context()) {
			n, err := io.Copy(io.Discard, m)
			p := problemOf(t, err)
			if p.Path != "x.tar!/bad.gz" || p.Offset != n || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("got %v", err)
			}
			return
		}
	}
	t.Error("got no member")
}
