package local

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
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
	case bytes.Contains(text, []byte("lexicon")):
		_, err := env.Lexicon()
		return err
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
		Args: []string{dir}, Workers: workers, Lexicon: noLexicon,
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
		"failed": "word: nothing error", "panic": "word: panic", "other": "something else", "empty": "",
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
		"good+twin": "read", "partial": "partial", "problem": "partial", "failed": "failed", "panic": "failed",
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

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := collect(ctx, t, 2, fill(t, map[string]string{"good": "word: fine"})); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func noLexicon() (*evidence.Lexicon, error) {
	return evidence.NewLexicon(func(func(evidence.ID) bool) {}), nil
}

// TestLexiconIsNotedWhereUsed: an input that needed no lexicon does not depend
// on one.
func TestLexiconIsNotedWhereUsed(t *testing.T) {
	dir := fill(t, map[string]string{"with": "word: lexicon", "without": "word: fine"})
	set, err := collect(t.Context(), t, 2, dir)
	if err != nil {
		t.Fatal(err)
	}
	lexicon, _ := noLexicon()
	got := map[string]string{}
	for _, shard := range set.Shards() {
		got[filepath.Base(shard.Input.Names[0])] = shard.Input.Lexicon
	}
	if diff := cmp.Diff(map[string]string{"with": lexicon.Digest(), "without": ""}, got); diff != "" {
		t.Errorf("lexicons (-want +got):\n%s", diff)
	}
}
