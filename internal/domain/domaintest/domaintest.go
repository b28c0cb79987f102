// Package domaintest is the conformance suite of the domains: what every
// reader promises, tried on samples. A domain's own test calls [Run].
package domaintest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/source"
)

// Run tries every reader of the domain on the samples, content by name. Each
// reader must take one of them at least.
func Run(t *testing.T, d domain.Domain, samples map[string][]byte) {
	t.Helper()
	for _, r := range d.Readers {
		t.Run(r.Name(), func(t *testing.T) {
			for _, head := range [][]byte{nil, []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), noise()} {
				if r.Match("sample", head) {
					t.Errorf("Match takes %.16q", head)
				}
			}
			taken := 0
			for name, content := range samples {
				if r.Match(name, content[:min(len(content), 16<<10)]) {
					taken++
					t.Run(filepath.Base(name), func(t *testing.T) { sample(t, d, r, content) })
				}
			}
			if taken == 0 {
				t.Error("no sample is for this reader")
			}
		})
	}
}

// noise is the same on every run and no format.
func noise() []byte {
	var out []byte
	for sum := sha256.Sum256(nil); len(out) < 4096; sum = sha256.Sum256(sum[:]) {
		out = append(out, sum[:]...)
	}
	return out
}

func sample(t *testing.T, d domain.Domain, r domain.Reader, content []byte) {
	want, err := read(t.Context(), t, r, content, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{2, 7} {
		got, err := read(t.Context(), t, r, content, workers)
		if err != nil || !bytes.Equal(got.bytes, want.bytes) {
			t.Errorf("%d workers: another set than with one (error %v)", workers, err)
		}
	}
	conforms(t, d, want.set)
	if !bytes.Equal(observed(t, want.set), want.bytes) {
		t.Error("the same observations made one by one give another file: a table is not in order, or numbers equal things twice")
	}
	for i := range 16 { // neither may panic, and an error is no failure
		cut := content[:len(content)*i/16]
		_, _ = read(t.Context(), t, r, cut, 2)
		broken := slices.Clone(content)
		broken[len(broken)*i/16] ^= 0xff
		_, _ = read(t.Context(), t, r, broken, 2)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// A sample may be so small that it is over before anyone asks.
	if _, err := read(ctx, t, r, content, 2); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got error %v", err)
	}
}

// result is a set with its bytes as a file.
type result struct {
	set   *evidence.Set
	bytes []byte
}

func read(ctx context.Context, t *testing.T, r domain.Reader, content []byte, workers int) (result, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sample")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	// The file is opened before a cancellation, so that the reader meets it.
	for in, err := range source.Walk(context.Background(), []string{path}, source.Options{}) {
		if err != nil {
			return result{}, err
		}
		f, err := in.Open(context.Background())
		if err != nil {
			return result{}, err
		}
		defer f.Close() //nolint:gocritic // the walk has one file
		digest := sha256.Sum256(content)
		shard := evidence.NewShard(evidence.Input{Digest: hex.EncodeToString(digest[:]), Status: evidence.StatusRead})
		readErr := r.Read(ctx, f, domain.Env{Workers: workers}, shard)
		set := new(evidence.Set)
		set.Add(shard)
		var b bytes.Buffer
		if err := set.Write(&b); err != nil {
			t.Fatal(err)
		}
		return result{set, b.Bytes()}, readErr
	}
	return result{}, errors.New("no input")
}

// observed writes a set of the same observations, each given to a shard by
// itself. It is the slow and obvious reference for tables (evidence.Rows).
func observed(t *testing.T, set *evidence.Set) []byte {
	t.Helper()
	again := new(evidence.Set)
	for _, shard := range set.Shards() {
		one := evidence.NewShard(shard.Input)
		for o := range shard.Observations() {
			one.Observe(*o)
		}
		problems, more := shard.Problems()
		for _, p := range problems {
			one.Problem(p)
		}
		one.MoreProblems(more)
		again.Add(one)
	}
	var b bytes.Buffer
	if err := again.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// conforms checks observations against the kinds that the domain declares.
func conforms(t *testing.T, d domain.Domain, set *evidence.Set) {
	t.Helper()
	seen := 0
	for o := range set.Observations() {
		seen++
		i := slices.IndexFunc(d.Kinds, func(k *evidence.Kind) bool { return k.Domain == o.Domain && k.Name == o.Kind })
		if i < 0 || o.Domain != d.Name {
			t.Fatalf("kind %s/%s is not declared", o.Domain, o.Kind)
		}
		k := d.Kinds[i]
		for _, s := range o.Subjects {
			if _, ok := k.Role(s.Role); !ok {
				t.Errorf("kind %q has no role %q", k.Name, s.Role)
			}
		}
		for _, a := range o.Attrs {
			if !slices.ContainsFunc(k.Attrs, func(s evidence.AttrSpec) bool { return s.Key == a.Key && s.Op == a.Op() }) {
				t.Errorf("kind %q declares no attribute %q with operation %s", k.Name, a.Key, a.Op())
			}
		}
	}
	if seen == 0 {
		t.Error("the sample shows nothing")
	}
}
