package text_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/report/text"
	"github.com/cleannet/cleannet/internal/testkit"
)

var update = flag.Bool("update", false, "write the golden files")

// replay feeds the saved run to a handler.
func replay(t *testing.T, h finding.Handler) {
	t.Helper()
	in, err := os.Open(filepath.Join("..", "testdata", "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := finding.Read(in, h); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

func render(t *testing.T, o text.Options) string {
	t.Helper()
	var b bytes.Buffer
	replay(t, text.New(&b, o))
	return b.String()
}

func TestText(t *testing.T) {
	for _, tc := range []struct {
		name string
		o    text.Options
	}{
		{"plain.txt", text.Options{}},
		{"narrow.txt", text.Options{Width: 60}},
		{"verbose.txt", text.Options{Width: 120, Verbose: true}},
		{"color.txt", text.Options{Color: true}},
	} {
		t.Run(tc.name, func(t *testing.T) { testkit.Golden(t, filepath.Join("testdata", tc.name), render(t, tc.o), *update) })
	}
}

// TestColorAddsNothing: with the control sequences taken out, the coloured
// text is the plain one.
func TestColorAddsNothing(t *testing.T) {
	stripped := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(render(t, text.Options{Color: true}), "")
	if diff := cmp.Diff(render(t, text.Options{}), stripped); diff != "" {
		t.Errorf("text without colour (-plain +stripped):\n%s", diff)
	}
}

// TestWidth: no line is longer than asked for, within what the layout stands.
func TestWidth(t *testing.T) {
	for _, width := range []int{1, 60, 79, 80, 132, 1000} {
		limit := min(max(width, 60), 140)
		for line := range strings.Lines(render(t, text.Options{Width: width, Verbose: true})) {
			line = strings.TrimRight(line, "\n")
			wide := strings.Count(line, "漢") + strings.Count(line, "字")
			if n := utf8.RuneCountInString(line) + wide; n > limit {
				t.Errorf("width %d: a line of %d columns: %q", width, n, line)
			}
		}
	}
}

// collector keeps the run and the findings of a stream.
type collector struct {
	finding.Handler
	run      *finding.Run
	findings []*finding.Finding
}

func (c *collector) Run(r *finding.Run) error {
	c.run = r
	return nil
}

func (c *collector) Finding(f *finding.Finding) error {
	c.findings = append(c.findings, f)
	return nil
}

func TestExplain(t *testing.T) {
	c := &collector{Handler: text.New(&bytes.Buffer{}, text.Options{})}
	replay(t, c)
	wanted := map[string]string{
		"prohibited-carriers": "explain-violation.txt", "untrusted-publishers": "explain-hostile.txt",
		"cable-owners": "explain-unknown.txt", "cable-landings": "explain-clean.txt",
	}
	for _, f := range c.findings {
		name := wanted[f.Entry]
		if f.Verdict.String() == "excepted" {
			name = "explain-excepted.txt"
		} else {
			delete(wanted, f.Entry)
		}
		if name == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := text.Explain(&b, c.run, f, text.Options{Width: 80}); err != nil {
				t.Fatal(err)
			}
			testkit.Golden(t, filepath.Join("testdata", name), b.String(), *update)
		})
	}
}

// failing is a writer that is full.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriteError(t *testing.T) {
	h := text.New(failing{}, text.Options{})
	if err := h.Run(&finding.Run{}); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err == nil {
		t.Error("got no error from a writer that takes nothing")
	}
	if err := text.Explain(failing{}, nil, &finding.Finding{}, text.Options{}); err == nil {
		t.Error("got no error from Explain")
	}
}
