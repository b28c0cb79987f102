package registrytest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/registry"
)

// random returns bytes that are the same on every run and of no form.
func random(n int) []byte {
	var out []byte
	for sum := sha256.Sum256(nil); len(out) < n; sum = sha256.Sum256(sum[:]) {
		out = append(out, sum[:]...)
	}
	return out[:n]
}

// blank loads what has bytes but no record: that is an error, since a loader
// that is content with nothing hides a download that failed.
func blank(t *testing.T, loader registry.Loader) {
	for _, content := range []string{"\n", " \r\n\t", "\xef\xbb\xbf", "\x00"} {
		if res := Load(t, loader, "sample", []byte(content)); res.Err == nil {
			t.Errorf("%q gives no error", content)
		}
	}
}

func noise(t *testing.T, loader registry.Loader) {
	content := random(64 << 10)
	if res := Load(t, loader, "sample", content); res.Err == nil {
		t.Error("random bytes give no error")
	}
}

// Honest checks what holds of every loading, however it ended: the report counts
// what the sink got, and each fact is of its form. Fuzz targets call it.
func Honest(t testing.TB, what string, res Result) {
	t.Helper()
	if res.Err == nil && res.Report.Facts != res.Facts() {
		t.Errorf("%s: the report counts %d facts, the sink got %d", what, res.Report.Facts, res.Facts())
	}
	if len(res.Report.Problems) > registry.MaxProblems {
		t.Errorf("%s: %d problems listed", what, len(res.Report.Problems))
	}
	for _, fault := range faults(&res.Records) {
		if !strings.HasSuffix(fault, "stands twice") { // broken bytes may repeat a key
			t.Errorf("%s: %s", what, fault)
		}
	}
	if res.Err != nil && (strings.Contains(res.Err.Error(), "\n") || len(res.Err.Error()) > 2000) {
		t.Errorf("%s: the error is no line: %.200q", what, res.Err)
	}
}

// cut loads the sample cut off at some hundred places.
func cut(t *testing.T, loader registry.Loader, s Sample, whole Result) {
	body := bytes.TrimRight(s.Content, " \t\r\n")
	step := max(len(body)/200, 1)
	for at := 1; at < len(body); at += step {
		res := Load(t, loader, s.Name, s.Content[:at])
		Honest(t, "cut", res)
		if res.Err == nil && s.Ends {
			t.Errorf("cut at byte %d of %d: no error", at, len(s.Content))
		}
		if res.Err == nil && res.Facts() > whole.Facts() {
			t.Errorf("cut at byte %d: %d facts, the whole has %d", at, res.Facts(), whole.Facts())
		}
	}
}

// broken flips bits and overwrites stretches, each alone.
func broken(t *testing.T, loader registry.Loader, s Sample) {
	step := max(len(s.Content)/300, 1)
	for at := 0; at < len(s.Content); at += step {
		content := slices.Clone(s.Content)
		content[at] ^= 1 << (at % 8)
		Honest(t, "bit flipped", Load(t, loader, s.Name, content))
	}
	for at := 0; at < len(s.Content); at += 20 * step {
		content := slices.Clone(s.Content)
		copy(content[at:], random(64))
		Honest(t, "overwritten", Load(t, loader, s.Name, content))
		content = slices.Concat(s.Content[:at], s.Content[at/2:])
		Honest(t, "repeated", Load(t, loader, s.Name, content))
	}
}

// encoding loads the sample in encodings that spreadsheets write. A byte order
// mark of UTF-8 must not matter; UTF-16 is either read or refused by its name.
func encoding(t *testing.T, loader registry.Loader, s Sample, whole Result) {
	units := utf16.Encode([]rune(string(s.Content)))
	little, big := make([]byte, 0, 2*len(units)), make([]byte, 0, 2*len(units))
	for _, u := range units {
		little = append(little, byte(u), byte(u>>8))
		big = append(big, byte(u>>8), byte(u))
	}
	for _, tc := range []struct {
		name    string
		content []byte
		exact   bool
	}{
		{"UTF-8 with a mark", slices.Concat([]byte("\xef\xbb\xbf"), s.Content), true},
		{"UTF-16LE", slices.Concat([]byte("\xff\xfe"), little), false},
		{"UTF-16BE", slices.Concat([]byte("\xfe\xff"), big), false},
		{"UTF-16LE without a mark", little, false},
		{"UTF-16BE without a mark", big, false},
	} {
		res := Load(t, loader, s.Name, tc.content)
		switch {
		case res.Err != nil && tc.exact:
			t.Errorf("%s: %v", tc.name, res.Err)
		case res.Err != nil && !strings.Contains(res.Err.Error(), "UTF-16"):
			t.Errorf("%s: the error does not name it: %v", tc.name, res.Err)
		case res.Err == nil:
			if diff := gocmp.Diff(whole.Records, res.Records, compare()); diff != "" {
				t.Errorf("%s gives other facts (-want +got):\n%s", tc.name, diff)
			}
		}
		if tc.exact && !loader.Match(s.Name, head(tc.content)) {
			t.Errorf("Match refuses %s", tc.name)
		}
	}
}

func cancelled(t *testing.T, loader registry.Loader, s Sample) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	res := load(ctx, t, loader, bytes.NewReader(s.Content), nil)
	if !errors.Is(res.Err, context.Canceled) {
		t.Errorf("cancelled before: got error %v", res.Err)
	}
	// A sample may be so small that it is over before anyone asks.
	ctx, cancel = context.WithCancel(t.Context())
	res = load(ctx, t, loader, bytes.NewReader(s.Content), func() error { cancel(); return nil })
	if res.Err != nil && !errors.Is(res.Err, context.Canceled) {
		t.Errorf("cancelled by the sink: got error %v", res.Err)
	}
}

// refuses lets the sink refuse each call in turn.
func refuses(t *testing.T, loader registry.Loader, s Sample, whole Result) {
	full := errors.New("the sink is full")
	calls := int(whole.Facts()) + 1
	for n := 0; n < calls; n += max(calls/50, 1) {
		left := n
		res := load(t.Context(), t, loader, bytes.NewReader(s.Content), func() error {
			if left--; left < 0 {
				return full
			}
			return nil
		})
		if !errors.Is(res.Err, full) {
			t.Errorf("refused at call %d: got error %v", n, res.Err)
		}
	}
}

const (
	// endlessSize is how long the filler is that stands for an endless field.
	endlessSize = 24 << 20
	// maxLive is what a loader may hold of it, in bytes, its samples' facts and
	// the buffers of package source included.
	maxLive = 20 << 20
)

// endless puts a filler of many MiB in the midst of the sample: a field, a
// nesting, a run of empty records. The heap that is alive must stay small.
func endless(t *testing.T, loader registry.Loader, s Sample) {
	if testing.Short() {
		t.Skip("reads more than a GiB")
	}
	for _, filler := range []string{"A", "[", `{"a":`, "<a>", "\"", ",", "\n", "0", " "} {
		for _, part := range []int{0, 5, 9} {
			at := len(s.Content) * part / 10
			if part == 9 {
				at = bytes.LastIndexAny(bytes.TrimSpace(s.Content), "0123456789abcdefghijklmnopqrstuvwxyz") + 1
			}
			r := &stretched{head: s.Content[:at], filler: filler, left: endlessSize, tail: s.Content[at:]}
			Honest(t, "stretched by "+filler, load(t.Context(), t, loader, r, nil))
			if r.live > maxLive {
				t.Errorf("%d MiB of %q at byte %d: %d MiB of memory are held", endlessSize>>20, filler, at, r.live>>20)
			}
		}
	}
}

// stretched yields head, then the filler again and again, then tail. At some
// points of the filler it measures the heap.
type stretched struct {
	head, tail []byte
	filler     string
	left       int // of the filler, in bytes
	base, live uint64
	next       int // measure when no more than this is left
}

// Read implements [io.Reader].
func (r *stretched) Read(p []byte) (int, error) {
	if len(r.head) > 0 {
		n := copy(p, r.head)
		r.head = r.head[n:]
		if len(r.head) == 0 {
			r.base, r.next = heap(), r.left-endlessSize/3
		}
		return n, nil
	}
	if r.left > 0 {
		n := min(len(p), r.left)
		for i := range n {
			p[i] = r.filler[(endlessSize-r.left+i)%len(r.filler)]
		}
		r.left -= n
		if r.left <= r.next {
			r.next -= endlessSize / 3
			if now := heap(); now > r.base {
				r.live = max(r.live, now-r.base)
			}
		}
		return n, nil
	}
	if len(r.tail) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.tail)
	r.tail = r.tail[n:]
	return n, nil
}

// heap returns the bytes of the heap that are alive.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
