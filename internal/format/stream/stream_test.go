package stream_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/stream"
)

// rows reads a text to its end and writes down what came.
func rows(text string, columns int) []string {
	var out []string
	r := stream.NewRows(stream.NewReader(strings.NewReader(text)), columns)
	for {
		fields, err := r.Next()
		var odd *stream.RowError
		switch {
		case err == io.EOF:
			return append(out, fmt.Sprintf("end, marked %t, ended %t", r.Marked(), r.Ended()))
		case errors.As(err, &odd):
			out = append(out, "odd "+odd.Error())
		case err != nil:
			return append(out, fmt.Sprintf("line %d: %v", r.Line(), err))
		default:
			out = append(out, fmt.Sprintf("%d %q", r.Line(), fields))
		}
	}
}

func TestRows(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		columns    int
		want       []string
	}{
		{"header sets columns", "a,b\n1,2\n", 0, []string{`1 ["a" "b"]`, `2 ["1" "2"]`, "end, marked false, ended true"}},
		{"no line end", "1,2", 2, []string{`1 ["1" "2"]`, "end, marked false, ended false"}},
		{"end mark", "1,2\r\n\x1a", 2, []string{`1 ["1" "2"]`, "end, marked true, ended true"}},
		{"lines in fields", "\"a\nb\",2\n3,4\n", 2, []string{`1 ["a\nb" "2"]`, `3 ["3" "4"]`, "end, marked false, ended true"}},
		{"columns", "1,2,3\n1,2\n", 2, []string{"odd line 1: 3 columns instead of 2: the row was left out", `2 ["1" "2"]`, "end, marked false, ended true"}},
		{"quote in a field", "1,a\"b\n1,2\n", 2, []string{"odd line 1: bare \" in non-quoted-field", `2 ["1" "2"]`, "end, marked false, ended true"}},
		{"open quote", "1,2\n3,\"4\n5,6\n", 2, []string{`1 ["1" "2"]`, "line 2: the file ends within a row: it is cut off, fetch it again"}},
		{"cut row", "1,2\n3", 2, []string{`1 ["1" "2"]`, "line 2: the file ends within a row: it is cut off, fetch it again"}},
		{"UTF-16", "\xff\xfe1\x00,\x002\x00\n\x00", 2, []string{`1 ["1" "2"]`, "end, marked false, ended true"}},
		{"empty", "", 2, []string{"end, marked false, ended false"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, rows(tc.text, tc.columns)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRowsLong(t *testing.T) {
	r := stream.NewRows(stream.NewReader(io.MultiReader(strings.NewReader("\""), endless{})), 2)
	if _, err := r.Next(); !errors.Is(err, stream.ErrLong) {
		t.Errorf("got error %v, want ErrLong", err)
	}
}

// endless yields one letter for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// arrays reads all elements as numbers or texts.
func arrays(text string) ([]string, error) {
	var out []string
	err := stream.Arrays(stream.NewReader(strings.NewReader(text)), func(path []string, decode func(any) error) error {
		var v any
		if err := decode(&v); err != nil {
			return err
		}
		out = append(out, fmt.Sprintf("%s=%v", strings.Join(path, "."), v))
		return nil
	})
	return out, err
}

func TestArrays(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []string
		err        string
	}{
		{"top", `[1, "a", null]`, []string{"=1", "=a", "=<nil>"}, ""},
		{"below", `{"x": 1, "a": {"data": [1, [2]], "meta": {"n": [3]}}, "b": []}`, []string{"a.data=1", "a.data=[2]", "a.meta.n=3"}, ""},
		{"no arrays", `{"x": 1}`, nil, ""},
		{"scalar", `7`, nil, "neither a JSON object nor an array"},
		{"cut element", `[1, {"a"`, []string{"=1"}, "ends within a JSON value"},
		{"cut array", `[1`, []string{"=1"}, "ends within a JSON value"},
		{"cut object", `{"a": [1]`, []string{"a=1"}, "ends within a JSON value"},
		{"text after", `[1] x`, []string{"=1"}, "text after the end of the JSON value"},
		{"second value", `[1][2]`, []string{"=1"}, "text after the end of the JSON value"},
		{"syntax", `[1, }]`, []string{"=1"}, "byte 3: invalid character '}'"},
		{"deep", `{"a":{"a":{"a":{"a":{"a":{"a":{"a":[]}}}}}}}`, nil, "nested too deep"},
		{"empty", ``, nil, "ends within a JSON value"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := arrays(tc.text)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
				t.Errorf("got error %v, want one with %q", err, tc.err)
			}
		})
	}
}

func TestArraysLong(t *testing.T) {
	err := stream.Arrays(stream.NewReader(io.MultiReader(strings.NewReader(`["`), endless{})), func(_ []string, decode func(any) error) error {
		var v any
		return decode(&v)
	})
	if !errors.Is(err, stream.ErrLong) {
		t.Errorf("got error %v, want ErrLong", err)
	}
}

func TestColumn(t *testing.T) {
	got := stream.Column([]string{" Name", "SOURCE", "name"}, "name", "source", "id")
	if diff := cmp.Diff([]int{0, 1, -1}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzRows(f *testing.F) {
	f.Add("a,b\n1,\"2\n3\"\n\x1a", 0)
	f.Add("1,2\n3", 2)
	f.Fuzz(func(_ *testing.T, text string, columns int) { rows(text, columns) })
}

func FuzzArrays(f *testing.F) {
	f.Add(`{"a": {"data": [1, {"b": [2]}]}, "c": [true]}`)
	f.Fuzz(func(_ *testing.T, text string) { _, _ = arrays(text) })
}
