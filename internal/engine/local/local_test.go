package local

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/engine"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/source"
)

// word reads files that begin with "word:" and does what the rest says.
type word struct{}

func (word) Name() string                     { return "word/1" }
func (word) Match(_ string, head []byte) bool { return bytes.HasPrefix(head, []byte("word:")) }
func (word) Read(_ context.Context, f *source.File, env domain.Env, out *evidence.Shard) error {
	text, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	if !bytes.Contains(text, []byte("nothing")) {
		out.Observe(evidence.Observation{Domain: "carrier", Kind: "origin", Count: 1,
			Subjects: []evidence.Subject{{Role: "origin", ID: evidence.ASN(64496)}}})
	}
	switch {
	case bytes.Contains(text, []byte("panic in a goroutine")):
		g := domain.NewGroup()
		g.Go(func() { panic("out of range") })
		return g.Wait()
	case bytes.Contains(text, []byte("panic")):
		panic("out of range")
	case bytes.Contains(text, []byte("error")):
		return errors.New("broken")
	case bytes.Contains(text, []byte("problem")):
		out.Problem(evidence.Problem{Offset: 3, Message: "bad record", Reader: "word/1"})
	}
	return nil
}

func archive(t *testing.T, members ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i, m := range members {
		if err := w.WriteHeader(&tar.Header{Name: string(rune('a' + i)), Size: int64(len(m)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, m); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func collect(ctx context.Context, t *testing.T, workers int, dir string) (*evidence.Set, error) {
	t.Helper()
	return Engine{}.Collect(ctx, engine.Request{
		Args: []string{dir}, Workers: workers,
		Domains: []domain.Domain{{Name: "carrier", Readers: []domain.Reader{word{}}}},
	})
}

func fill(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestCollect(t *testing.T) {
	dir := fill(t, map[string]string{
		"good": "word: fine", "twin": "word: fine", "partial": "word: error", "problem": "word: problem",
		"failed": "word: nothing error", "panic": "word: panic",
		"goroutine": "word: panic in a goroutine", "other": "something else", "empty": "",
		"mixed.tar": archive(t, "word: in", "README", ""), "broken.tar": archive(t, "word: cut", strings.Repeat("x", 9000))[:4000],
	})
	one, err := collect(t.Context(), t, 1, dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range one.Shards() {
		var names []string
		for _, n := range s.Input.Names {
			names = append(names, filepath.Base(n))
		}
		got[strings.Join(names, "+")] = string(s.Input.Status)
	}
	want := map[string]string{
		"good+twin": "read", "partial": "partial", "problem": "partial", "failed": "failed", "panic": "failed", "goroutine": "failed",
		"other": "unrecognised", "mixed.tar": "read", "broken.tar": "partial",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statuses (-want +got)\n%s", diff)
	}
	if unopened, _ := one.NotOpened(); len(unopened) != 1 || filepath.Base(unopened[0].Name) != "empty" {
		t.Errorf("got not opened %v, want the empty file", unopened)
	}
	eight, err := collect(t.Context(), t, 8, dir)
	if err != nil {
		t.Fatal(err)
	}
	var a, b bytes.Buffer
	if err := errors.Join(one.Write(&a), eight.Write(&b)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("one and eight workers give different sets")
	}
	merged, err := collect(t.Context(), t, 2, fill(t, map[string]string{"evidence.cnz": a.String()}))
	if err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := merged.Write(&b); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("a set read back is another (error %v)", err)
	}
}

// nameless is a reader that panics where no reader is expected to.
type nameless struct{ word }

func (nameless) Name() string { panic("no name") }

// panicking is an input whose reading panics, in the goroutine that reads it.
type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("no input") }

// TestPanicOutsideReaders is about code that no reader's guard surrounds: the
// input must stand in the coverage as not opened, and the others be read.
func TestPanicOutsideReaders(t *testing.T) {
	dir := fill(t, map[string]string{"good": "word: fine"})
	for _, tc := range []struct {
		name, want string
		args       []string
		reader     domain.Reader
		shards     int
	}{
		{"engine", "the reader panicked: no name", []string{dir}, nameless{}, 0},
		{"input", "input reader failed: no input", []string{source.Stdin, dir}, word{}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			set, err := Engine{}.Collect(t.Context(), engine.Request{
				Args: tc.args, Workers: 2, Options: source.Options{Stdin: panicking{}},
				Domains: []domain.Domain{{Name: "carrier", Readers: []domain.Reader{tc.reader}}},
			})
			if err != nil {
				t.Fatal(err)
			}
			unopened, _ := set.NotOpened()
			if len(unopened) != 1 || !strings.Contains(unopened[0].Message, tc.want) || unopened[0].Next == "" {
				t.Errorf("got problems %+v, want one that says %q and what to do", unopened, tc.want)
			}
			if got := len(set.Shards()); got != tc.shards {
				t.Errorf("got %d inputs read, want %d", got, tc.shards)
			}
		})
	}
}

// chooser is a reader that takes only what the lexicon knows.
type chooser struct {
	word
	seen *bool
}

func (chooser) Selects() string { return "words" }
func (c chooser) Read(ctx context.Context, f *source.File, env domain.Env, out *evidence.Shard) error {
	*c.seen = env.Lexicon.Contains(evidence.ASN(64496))
	return c.word.Read(ctx, f, env, out)
}

// TestLexicon checks who gets the lexicon: evidence must not claim that it
// depends on one that no reader had, nor conceal that one did.
func TestLexicon(t *testing.T) {
	lexicon := evidence.NewLexicon(slices.Values([]evidence.ID{evidence.ASN(64496)}))
	for _, tc := range []struct {
		name      string
		selective bool
		loading   error
		want      string
		status    evidence.Status
	}{
		{"all is taken", false, errors.New("not to be loaded"), "", evidence.StatusRead},
		{"selective", true, nil, lexicon.Digest(), evidence.StatusRead},
		{"selective, no registry", true, errors.New("broken registry"), "", evidence.StatusFailed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			seen := false
			var reader domain.Reader = word{}
			if tc.selective {
				reader = chooser{seen: &seen}
			}
			set, err := Engine{}.Collect(t.Context(), engine.Request{
				Args: []string{fill(t, map[string]string{"good": "word: fine"})}, Workers: 1,
				Lexicon: func() (*evidence.Lexicon, error) { return lexicon, tc.loading },
				Domains: []domain.Domain{{Name: "carrier", Readers: []domain.Reader{reader}}},
			})
			if err != nil {
				t.Fatal(err)
			}
			in := set.Shards()[0].Input
			if in.Lexicon != tc.want || in.Status != tc.status {
				t.Errorf("got lexicon %q and status %q in the set, want %q and %q", in.Lexicon, in.Status, tc.want, tc.status)
			}
			if want := tc.want != ""; seen != want {
				t.Errorf("the reader saw the lexicon: got %t, want %t", seen, want)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := collect(ctx, t, 2, fill(t, map[string]string{"good": "word: fine"})); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
