package jsonstream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// record is a record with its line.
type record struct {
	Line int64
	Text string
}

func readAll(r io.Reader) (records []record, lines bool, err error) {
	in := NewReader(r, "records", "data")
	for {
		b, err := in.Next()
		if err == io.EOF {
			return records, in.Lines(), nil
		}
		if err != nil {
			return records, in.Lines(), err
		}
		records = append(records, record{in.Line(), string(b)})
	}
}

func TestNext(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     []record
		lines    bool
	}{
		{"nothing", "", nil, false},
		{"space", " \n\t", nil, false},
		{"array", "[{\"a\":1},\n [2],\"x\",3 , null]\n", []record{{1, `{"a":1}`}, {2, `[2]`}, {2, `"x"`}, {2, `3`}, {2, `null`}}, false},
		{"empty array", " [ ] ", nil, false},
		{"wrapped", "{\n \"records\" : [ {\"a\":[]} ,\n{} ] }\n", []record{{2, `{"a":[]}`}, {3, `{}`}}, false},
		{"wrapped, empty", `{"data":[]}`, nil, false},
		{"an object with another key", `{"other":[1]}`, []record{{1, `{"other":[1]}`}}, true},
		{"an object whose key holds no array", `{"data":{"a":[1]}}`, []record{{1, `{"data":{"a":[1]}}`}}, true},
		{"lines", "{\"a\":1}\n\n{\"b\":2}\r\n3\n\"x\"", []record{{1, `{"a":1}`}, {3, `{"b":2}`}, {4, `3`}, {5, `"x"`}}, true},
		{"values on a line", `{}{} {}`, []record{{1, `{}`}, {1, `{}`}, {1, `{}`}}, true},
		{"brackets in texts", `[{"a":"]}\"[{"},"\\"]`, []record{{1, `{"a":"]}\"[{"}`}, {1, `"\\"`}}, false},
		{"a byte order mark", "\xef\xbb\xbf[1]", []record{{1, `1`}}, false},
		{"UTF-16", "[\x001\x00]\x00", []record{{1, `1`}}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(tc.in), iotest.OneByteReader(strings.NewReader(tc.in)), iotest.DataErrReader(strings.NewReader(tc.in))} {
				got, lines, err := readAll(r)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.want, got); diff != "" || lines != tc.lines {
					t.Errorf("lines %v, records (-want +got):\n%s", lines, diff)
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
		{"array without an end", strings.NewReader("[1,\n2"), io.ErrUnexpectedEOF, 2},
		{"array without an end, after a record", strings.NewReader("[1,2 "), io.ErrUnexpectedEOF, 1},
		{"array without an end, after a comma", strings.NewReader("[{},"), io.ErrUnexpectedEOF, 1},
		{"object around without an end", strings.NewReader("{\"data\":[1]\n"), io.ErrUnexpectedEOF, 2},
		{"record without an end", strings.NewReader("{\"a\":1}\n{\"a\":"), io.ErrUnexpectedEOF, 2},
		{"text without an end", strings.NewReader("[\"a"), io.ErrUnexpectedEOF, 1},
		{"no comma", strings.NewReader("[1 2]"), ErrSyntax, 1},
		{"two commas", strings.NewReader("[1,,2]"), ErrSyntax, 1},
		{"comma first", strings.NewReader("[,1]"), ErrSyntax, 1},
		{"comma last", strings.NewReader("[1,]"), ErrSyntax, 1},
		{"more after the array", strings.NewReader("[1]\n[2]"), ErrSyntax, 2},
		{"more in the object around", strings.NewReader(`{"data":[1],"x":2}`), ErrSyntax, 1},
		{"a closing bracket", strings.NewReader("]"), ErrSyntax, 1},
		{"a bracket within a word", strings.NewReader("nu[ll]"), ErrSyntax, 1},
		{"too deep", strings.NewReader(strings.Repeat("[", 100)), ErrTooDeep, 1},
		{"record too long", io.MultiReader(strings.NewReader("[\""), endless('x')), ErrTooLong, 1},
		{"number too long", endless('1'), ErrTooLong, 1},
		{"the reader fails", io.MultiReader(strings.NewReader("[1,"), iotest.ErrReader(broken)), broken, 0},
		{"the reader fails at once", iotest.ErrReader(broken), broken, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := NewReader(tc.in, "data")
			var err error
			for err == nil {
				_, err = in.Next()
			}
			fault, ok := errors.AsType[*Error](err)
			if !errors.Is(err, tc.want) || ok != (tc.line > 0) || ok && fault.Line != tc.line {
				t.Errorf("got %v, want %v in line %d", err, tc.want, tc.line)
			}
			if _, again := in.Next(); again != err {
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

// TestLargeRecords crosses the buffer's end at every place of a record.
func TestLargeRecords(t *testing.T) {
	var in bytes.Buffer
	var want []record
	in.WriteString("{\"records\":[\n")
	for i := range 5000 {
		text := fmt.Sprintf(`{"n": %d, "s": "%s\"]", "l": [[%s]]}`, i, strings.Repeat("x", i%301), strings.Repeat("1,", i%97)+"1")
		if i > 0 {
			in.WriteString(",\n")
		}
		in.WriteString(text)
		want = append(want, record{int64(i + 2), text})
	}
	in.WriteString("\n]}\n")
	got, _, err := readAll(&in)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

// FuzzNext compares with encoding/json: what it decodes as a whole must come
// out in the same parts.
func FuzzNext(f *testing.F) {
	for _, s := range []string{`[1,{"a":[]},"x"]`, "{\"a\":1}\n{}", `{"records":[{}, {"b":"\""}]}`, `[`, `{"data":[1]`, "\"\\\"\"", `[[[]]]`, "1 2"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, _, err := readAll(bytes.NewReader(in))
		again, _, errAgain := readAll(iotest.OneByteReader(bytes.NewReader(in)))
		if diff := cmp.Diff(got, again); diff != "" || (err == nil) != (errAgain == nil) {
			t.Fatalf("byte by byte: %v and %v (-whole +bytes):\n%s", err, errAgain, diff)
		}
		var whole []json.RawMessage
		if json.Unmarshal(in, &whole) != nil || whole == nil || bytes.Contains(in, []byte(strings.Repeat("[", MaxDepth/2))) || len(in) > 500 {
			return
		}
		if err != nil || len(got) != len(whole) {
			t.Fatalf("%d records and %v, encoding/json has %d", len(got), err, len(whole))
		}
		for i, w := range whole {
			if got[i].Text != string(w) {
				t.Errorf("record %d: got %q, want %q", i, got[i].Text, w)
			}
		}
	})
}
