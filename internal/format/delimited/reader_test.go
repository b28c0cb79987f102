package delimited

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"
)

// readAll returns the rows up to the end or an error.
func readAll(in io.Reader) (Format, []Row, error) {
	r, err := NewReader(in)
	if err != nil {
		return Format{}, nil, err
	}
	var rows []Row
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return r.Format(), rows, nil
		}
		if err != nil {
			return r.Format(), rows, err
		}
		rows = append(rows, row)
	}
}

func TestRead(t *testing.T) {
	tests := []struct {
		name, text string
		want       []Row
	}{
		{"empty", "", nil},
		{"one column", "name\nAcme\n", []Row{{1, []string{"name"}, "name", ""}, {2, []string{"Acme"}, "Acme", ""}}},
		{"no newline at the end", "a,b\n1,2", []Row{{1, []string{"a", "b"}, "a,b", ""}, {2, []string{"1", "2"}, "1,2", ""}}},
		{"semicolons", "a;b\r\n1,5;2\r\n", []Row{{1, []string{"a", "b"}, "a;b", ""}, {2, []string{"1,5", "2"}, "1,5;2", ""}}},
		{"tabs", "a\tb\n", []Row{{1, []string{"a", "b"}, "a\tb", ""}}},
		{"quotes", "\"a \"\"b\"\", c\",d\n", []Row{{1, []string{`a "b", c`, "d"}, "\"a \"\"b\"\", c\",d", ""}}},
		{"a value of two lines", "\"a\nb\",c\nd,e\n", []Row{{1, []string{"a\nb", "c"}, "\"a\nb\",c", ""}, {3, []string{"d", "e"}, "d,e", ""}}},
		{"a quote inside", "5\" pipe,b\n", []Row{{1, []string{`5" pipe`, "b"}, "5\" pipe,b", ""}}},
		{"an empty line", "a\n\nb\n", []Row{{1, []string{"a"}, "a", ""}, {Line: 2}, {3, []string{"b"}, "b", ""}}},
		{"a quote that does not end", "a\n\"b\nc\n", []Row{
			{1, []string{"a"}, "a", ""},
			{2, nil, "\"b", "a quote that begins here does not end"},
			{3, []string{"c"}, "c", ""},
		}},
		{"text after a quote", "\"a\"b\nc\n", []Row{
			{1, nil, "\"a\"b", "characters after the quote that ends a value"}, {2, []string{"c"}, "c", ""},
		}},
		{"carriage returns alone", "name,n\rAcme,1\r\"a\rb\",2", []Row{
			{1, []string{"name", "n"}, "name,n", ""}, {2, []string{"Acme", "1"}, "Acme,1", ""}, {3, []string{"a\rb", "2"}, "\"a\rb\",2", ""},
		}},
		{"bad bytes", "a\xff\nb\n", []Row{{1, nil, "a\xff", "bytes that are not UTF-8: save the file in that encoding"}, {2, []string{"b"}, "b", ""}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, got, err := readAll(iotest.OneByteReader(strings.NewReader(tt.text)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("(-got +want)\n%s", diff)
			}
		})
	}
}

// TestEncodings reads one text in each encoding, and writes it back.
func TestEncodings(t *testing.T) {
	const text = "name;country\r\n\"Müller; Söhne\";DE\r\n华为技术有限公司;CN\r\n"
	encodings := map[string]func(string) string{
		"UTF-8":        func(s string) string { return s },
		"UTF-8 BOM":    func(s string) string { return "\ufeff" + s },
		"UTF-16LE BOM": func(s string) string { return utf16(t, unicode.LittleEndian, "\ufeff"+s) },
		"UTF-16BE BOM": func(s string) string { return utf16(t, unicode.BigEndian, "\ufeff"+s) },
		"UTF-16LE":     func(s string) string { return utf16(t, unicode.LittleEndian, s) },
		"UTF-16BE":     func(s string) string { return utf16(t, unicode.BigEndian, s) },
	}
	for name, encode := range encodings {
		t.Run(name, func(t *testing.T) {
			format, rows, err := readAll(strings.NewReader(encode(text)))
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != 3 || rows[2].Fields[0] != "华为技术有限公司" || rows[1].Fields[0] != "Müller; Söhne" {
				t.Fatalf("rows %+v", rows)
			}
			var out bytes.Buffer
			w, err := NewWriter(&out, format)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				if err := w.Extend(row, 2, []string{"x"}); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if want := encode(strings.ReplaceAll(text, "\r\n", ";x\r\n")); out.String() != want {
				t.Errorf("written %q, want %q", out.String(), want)
			}
		})
	}
}

func utf16(t *testing.T, order unicode.Endianness, s string) string {
	t.Helper()
	out, err := unicode.UTF16(order, unicode.IgnoreBOM).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestHugeLine(t *testing.T) {
	_, rows, err := readAll(strings.NewReader("a\n" + strings.Repeat("x", MaxRecord+1) + "\nb\n"))
	if len(rows) != 1 || err == nil || !strings.HasPrefix(err.Error(), "line 2: longer than 1048576 bytes") {
		t.Errorf("%d rows, error %v; want one row, and an error that names line 2", len(rows), err)
	}
	// A quote that stays open over more than a record may have loses nothing.
	text := "\"a\n" + strings.Repeat("bcd\n", MaxRecord/2)
	_, rows, err = readAll(strings.NewReader(text))
	if err != nil || len(rows) != MaxRecord/2+1 || rows[0].Problem == "" {
		t.Errorf("%d rows, error %v", len(rows), err)
	}
}

// TestZeroBytes refuses what is no text: a workbook, and UTF-32, which begins
// like UTF-16.
func TestZeroBytes(t *testing.T) {
	for name, data := range map[string]string{
		"workbook": "PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00",
		"UTF-32":   "\xff\xfe\x00\x00n\x00\x00\x00a\x00\x00\x00",
	} {
		if _, rows, err := readAll(strings.NewReader(data)); err == nil || !strings.Contains(err.Error(), "zero bytes") {
			t.Errorf("%s: %d rows, error %v; want an error about zero bytes", name, len(rows), err)
		}
	}
}

func TestReadError(t *testing.T) {
	_, rows, err := readAll(io.MultiReader(strings.NewReader("a\nb\n"), iotest.ErrReader(errors.New("the disk is gone"))))
	if len(rows) != 2 || err == nil || !strings.HasPrefix(err.Error(), "line 3: the disk is gone") {
		t.Errorf("%d rows, error %v", len(rows), err)
	}
}

// FuzzReader wants every byte of a row back, and rows that encoding/csv reads
// as we do once they are written.
func FuzzReader(f *testing.F) {
	f.Add([]byte("name,country\n\"Acme, Inc.\",US\n"))
	f.Add([]byte("\xff\xfen\x00a\x00\n\x00"))
	f.Add([]byte("a;b\r\n\"x\ny\";z"))
	f.Add([]byte("\"open\nnext,row\n"))
	f.Add([]byte("a,b\r\"c\rd\",e\r"))
	f.Fuzz(func(t *testing.T, data []byte) {
		format, rows, err := readAll(bytes.NewReader(data))
		if err != nil {
			return
		}
		var raw, out bytes.Buffer
		w, err := NewWriter(&out, Format{Encoding: UTF8, Delimiter: format.Delimiter, Newline: "\n"})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			raw.WriteString(row.Raw)
			if err := w.Extend(row, 1, []string{"added"}); err != nil {
				t.Fatal(err)
			}
		}
		strip := strings.NewReplacer("\r", "", "\n", "")
		if format.Encoding == UTF8 && strip.Replace(raw.String()) != strip.Replace(string(data)) {
			t.Errorf("rows %q of %q", raw.String(), data)
		}
		c := csv.NewReader(&out)
		c.Comma, c.FieldsPerRecord, c.LazyQuotes = rune(format.Delimiter), -1, true
		again, err := c.ReadAll()
		if err != nil || len(again) != len(rows) {
			t.Fatalf("written rows: %d read by encoding/csv of %d: %v", len(again), len(rows), err)
		}
		for i, fields := range again {
			if fields[len(fields)-1] != "added" {
				t.Errorf("row %d is %q: what was added is not its last value", i, fields)
			}
		}
	})
}
