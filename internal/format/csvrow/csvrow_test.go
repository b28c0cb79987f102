package csvrow

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// row is a row with its line.
type row struct {
	Line   int64
	Fields []string
}

func readAll(r io.Reader) (rows []row, ended bool, err error) {
	in := NewReader(r)
	for {
		fields, err := in.Read()
		if err == io.EOF {
			return rows, in.Ended(), nil
		}
		if err != nil {
			return rows, in.Ended(), err
		}
		out := row{Line: in.Line()}
		for _, f := range fields {
			out.Fields = append(out.Fields, string(f))
		}
		rows = append(rows, out)
	}
}

func TestRead(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     []row
		open     bool // no line break at the end
	}{
		{"nothing", "", nil, false},
		{"plain", "a,b\nc,d\n", []row{{1, []string{"a", "b"}}, {2, []string{"c", "d"}}}, false},
		{"CRLF", "a,b\r\n\"c\",d\r\n", []row{{1, []string{"a", "b"}}, {2, []string{"c", "d"}}}, false},
		{"no break at the end", "a,b\nc,\"d\"", []row{{1, []string{"a", "b"}}, {2, []string{"c", "d"}}}, true},
		{"empty fields", ",\n\"\",\n", []row{{1, []string{"", ""}}, {2, []string{"", ""}}}, false},
		{"ends with a comma", "a,", []row{{1, []string{"a", ""}}}, true},
		{"marks alone are a row", "\"\"\n\n\"\"", []row{{1, []string{""}}, {3, []string{""}}}, true},
		{"empty lines", "\n\na\n\r\nb\n\n", []row{{3, []string{"a"}}, {5, []string{"b"}}}, false},
		{"marks", `"a ""b"" c",""""` + "\n", []row{{1, []string{`a "b" c`, `"`}}}, false},
		{"breaks in a field", "\"a\nb\r\nc\",d\ne\n", []row{{1, []string{"a\nb\r\nc", "d"}}, {4, []string{"e"}}}, false},
		{"a lone CR is text", "a\rb,c\n", []row{{1, []string{"a\rb", "c"}}}, false},
		{"spaces stay", " a , b \n", []row{{1, []string{" a ", " b "}}}, false},
		{"UTF-16", "\xff\xfea\x00,\x00b\x00\n\x00", []row{{1, []string{"a", "b"}}}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(tc.in), iotest.OneByteReader(strings.NewReader(tc.in)), iotest.DataErrReader(strings.NewReader(tc.in))} {
				got, ended, err := readAll(r)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.want, got); diff != "" || ended == tc.open {
					t.Errorf("ended %v, rows (-want +got):\n%s", ended, diff)
				}
			}
		})
	}
}

func TestFaults(t *testing.T) {
	broken := errors.New("broken pipe")
	for _, tc := range []struct {
		name string
		in   io.Reader
		want error
		line int64
	}{
		{"bare mark", strings.NewReader("a\nb\"c\n"), ErrBareQuote, 2},
		{"text after a mark", strings.NewReader("a\n\n\"b\"c\n"), ErrAfter, 3},
		{"ends in a field", strings.NewReader("a\n\"b\nc"), io.ErrUnexpectedEOF, 2},
		{"field too long", io.MultiReader(strings.NewReader("a\nb"), endless('x')), ErrTooLong, 2},
		{"field in marks too long", io.MultiReader(strings.NewReader("\""), endless('\n')), ErrTooLong, 1},
		{"too many fields", endless(','), ErrFields, 1},
		{"the reader fails", io.MultiReader(strings.NewReader("a\n"), iotest.ErrReader(broken)), broken, 0},
		{"the reader fails within a row", io.MultiReader(strings.NewReader("a,\"b"), iotest.ErrReader(broken)), broken, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := NewReader(tc.in)
			var err error
			for err == nil {
				_, err = in.Read()
			}
			fault, ok := errors.AsType[*Error](err)
			if !errors.Is(err, tc.want) || ok != (tc.line > 0) || ok && fault.Line != tc.line {
				t.Errorf("got %v, want %v in line %d", err, tc.want, tc.line)
			}
			if _, again := in.Read(); tc.line == 0 && !errors.Is(again, tc.want) {
				t.Errorf("the second error is %v", again)
			}
		})
	}
}

// endless yields one byte for ever.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

// TestLargeRows crosses the buffer's end at every place of a row.
func TestLargeRows(t *testing.T) {
	var in bytes.Buffer
	var want []row
	for i := range 4000 {
		a, b := strings.Repeat("x", i%301), strings.Repeat("y\"", i%97)
		fmt.Fprintf(&in, "%s,\"%s\",%d\r\n", a, strings.ReplaceAll(b, `"`, `""`), i)
		want = append(want, row{int64(i + 1), []string{a, b, fmt.Sprint(i)}})
	}
	got, _, err := readAll(&in)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// FuzzRead compares with encoding/csv, the slow reference. That one makes LF of
// CRLF within a field and of a CR at the end of the file, and knows no UTF-16.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"a,b\n", "\"a\"\"b\",c\r\nd,e", "\n\n,", "a\"b", "\"a\"b", "\"a", "\"\"\r\n", "a,\"b\nc\"\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, _, err := readAll(bytes.NewReader(in))
		again, _, errAgain := readAll(iotest.OneByteReader(bytes.NewReader(in)))
		if diff := cmp.Diff(got, again); diff != "" || (err == nil) != (errAgain == nil) {
			t.Fatalf("byte by byte: %v and %v (-whole +bytes):\n%s", err, errAgain, diff)
		}
		if bytes.ContainsAny(in, "\r\x00") || bytes.HasPrefix(in, []byte("\xef\xbb\xbf")) || bytes.HasPrefix(in, []byte("\xff\xfe")) || bytes.HasPrefix(in, []byte("\xfe\xff")) {
			return
		}
		ref := csv.NewReader(bytes.NewReader(in))
		ref.FieldsPerRecord = -1
		var want []row
		for {
			fields, refErr := ref.Read()
			if refErr == io.EOF {
				break
			}
			if refErr != nil {
				if err == nil {
					t.Fatalf("no error, encoding/csv has %v", refErr)
				}
				return
			}
			line, _ := ref.FieldPos(0)
			want = append(want, row{int64(line), fields})
		}
		if err != nil {
			if len(want) <= MaxFields && len(in) < MaxFields {
				t.Fatalf("got %v, encoding/csv has none", err)
			}
			return
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("rows differ from encoding/csv (-want +got):\n%s", diff)
		}
	})
}

// wide is a table like that of the LEI system: many columns, mostly empty.
func wide() []byte {
	line := "\"5493001KJTIIGC8Y1R12\",\"Example Holding Ltd\"," + strings.Repeat("\"\",", 280) + "\"CONFORMING\"\n"
	return []byte(strings.Repeat(line, 5000))
}

func BenchmarkRead(b *testing.B) {
	in := wide()
	b.Run("csvrow", func(b *testing.B) {
		b.SetBytes(int64(len(in)))
		for b.Loop() {
			r := NewReader(bytes.NewReader(in))
			for {
				if _, err := r.Read(); err != nil {
					break
				}
			}
		}
	})
	b.Run("encoding-csv", func(b *testing.B) {
		b.SetBytes(int64(len(in)))
		for b.Loop() {
			r := csv.NewReader(bytes.NewReader(in))
			r.ReuseRecord = true
			for {
				if _, err := r.Read(); err != nil {
					break
				}
			}
		}
	})
}
