package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

// smallSet holds something of everything that a file can hold.
func smallSet() *Set {
	distinct := make([]string, MaxExact+1)
	for i := range distinct {
		distinct[i] = strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String()
	}
	shard := NewShard(Input{
		Digest: strings.Repeat("ab", 32), Size: 1 << 40, Names: []string{"rib.gz", "a/rib.gz"}, Readers: []string{"mrt/1"},
		Domains: []string{"carrier"}, Status: StatusPartial, Reason: "cut off", Lexicon: "l",
	})
	shard.Count("mrt: RIB entries", math.MaxUint64)
	shard.Skip("member", "encrypted")
	shard.Problem(Problem{Input: "ab", Name: "rib.gz", Offset: -1, Reader: "mrt/1", Message: "cut off", Next: "fetch it again"})
	shard.Observe(Observation{
		Domain: "carrier", Kind: "adjacency", Thing: ASN(64500),
		Subjects: []Subject{{"left", ASN(64496)}, {"right", ASN(64497)}}, Count: 7,
		Attrs: []Attr{
			Distinct("estimated", distinct...), Distinct("exact", "a", "b"), Max("max", math.MaxInt64), Min("min", math.MinInt64),
			Sum("sum", 3), Words("words", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
		},
		First: time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), Last: time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		Refs: []Ref{{Input: "ab", Path: "x", Offset: 1, Length: 2, Note: "64496 64497"}},
	})
	shard.Observe(Observation{Domain: "carrier", Kind: "origin", First: time.Unix(-1, 0), Last: time.Unix(0, 0)})
	s := new(Set)
	s.Add(shard)
	s.Add(NewShard(Input{Digest: "empty", Status: StatusEmpty}))
	s.Unopened(Problem{Name: "secret", Message: "permission denied"})
	s.Skip(Skip{Name: "socket", Reason: "not a file"})
	return s
}

func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	sets := []*Set{new(Set), smallSet()}
	for range 200 {
		sets = append(sets, merged(randomSet(r), randomSet(r)))
	}
	for _, s := range sets {
		file := written(t, s)
		if !IsSet(file) {
			t.Fatal("the file has no magic")
		}
		again, err := ReadSet(iotest.OneByteReader(bytes.NewReader(file)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(file, written(t, again)) {
			t.Fatal("a set that was read is written with other bytes")
		}
		var want, got []Observation
		for o := range s.Observations() {
			want = append(want, *o)
		}
		for o := range again.Observations() {
			got = append(got, *o)
		}
		if diff := same(want, got); diff != "" {
			t.Fatalf("observations (-want +got):\n%s", diff)
		}
	}
}

// TestTimes keeps times that do not fit into 64 bits of nanoseconds, and drops
// those that RFC 3339 cannot write.
func TestTimes(t *testing.T) {
	for _, test := range []struct {
		name     string
		in, want time.Time
	}{
		{"before 1678", time.Date(1066, 10, 14, 0, 0, 0, 0, time.UTC), time.Date(1066, 10, 14, 0, 0, 0, 0, time.UTC)},
		{"after 2262", time.Date(9000, 1, 1, 0, 0, 0, 5, time.UTC), time.Date(9000, 1, 1, 0, 0, 0, 5, time.UTC)},
		{"1970", time.Unix(0, 0), time.Unix(0, 0).UTC()},
		{"largest nanoseconds", time.Unix(0, math.MaxInt64), time.Unix(0, math.MaxInt64).UTC()},
		{"year 10000", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Time{}},
		{"year 0", time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC), time.Time{}},
		{"none", time.Time{}, time.Time{}},
	} {
		shard := NewShard(Input{Digest: "d", Status: StatusRead})
		shard.Observe(Observation{First: test.in, Last: test.in})
		s := new(Set)
		s.Add(shard)
		again, err := ReadSet(bytes.NewReader(written(t, s)))
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		o := again.Shards()[0].at(0)
		if diff := cmp.Diff([]time.Time{test.want, test.want}, []time.Time{o.First, o.Last}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestTruncation(t *testing.T) {
	file := written(t, smallSet())
	for n := range file {
		_, err := ReadSet(bytes.NewReader(file[:n]))
		want := ErrDamaged
		if n < len(magic) {
			want = ErrNotEvidence
		}
		if !errors.Is(err, want) {
			t.Fatalf("cut to %d bytes of %d: got %v, want %v", n, len(file), err, want)
		}
	}
	if _, err := ReadSet(bytes.NewReader(append(file, 0))); !errors.Is(err, ErrDamaged) {
		t.Errorf("a byte too many: got %v, want %v", err, ErrDamaged)
	}
}

func TestBitFlips(t *testing.T) {
	file := written(t, smallSet())
	for i := range file {
		for bit := range 8 {
			file[i] ^= 1 << bit
			_, err := ReadSet(bytes.NewReader(file))
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotEvidence) && !errors.Is(err, ErrNewer) && !errors.Is(err, ErrOlder) {
				t.Fatalf("bit %d of byte %d flipped: got %v", bit, i, err)
			}
			file[i] ^= 1 << bit
		}
	}
}

func TestNewerVersion(t *testing.T) {
	file := written(t, smallSet())
	binary.LittleEndian.PutUint16(file[len(magic):], versionMajor+1)
	if _, err := ReadSet(bytes.NewReader(file)); !errors.Is(err, ErrNewer) {
		t.Errorf("newer major version: got %v, want %v", err, ErrNewer)
	}
	binary.LittleEndian.PutUint16(file[len(magic):], versionMajor-1)
	if _, err := ReadSet(bytes.NewReader(file)); !errors.Is(err, ErrOlder) {
		t.Errorf("older major version: got %v, want %v", err, ErrOlder)
	}
	binary.LittleEndian.PutUint16(file[len(magic):], versionMajor+1)
	// A newer minor version only adds what old readers can do without.
	file = written(t, new(Set))
	binary.LittleEndian.PutUint16(file[len(magic)+2:], versionMinor+1)
	sum := sha256.Sum256(file[:len(file)-sha256.Size])
	copy(file[len(file)-sha256.Size:], sum[:])
	if _, err := ReadSet(bytes.NewReader(file)); err != nil {
		t.Errorf("newer minor version: %v", err)
	}
}

func TestReadErrorIsNoDamage(t *testing.T) {
	file := written(t, smallSet())
	broken := errors.New("disk on fire")
	for _, n := range []int{0, 5, headerSize, headerSize + 20, len(file) - 5} {
		_, err := ReadSet(io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) || errors.Is(err, ErrDamaged) {
			t.Errorf("a read error after %d bytes gives %v", n, err)
		}
	}
}

func TestWriteErrors(t *testing.T) {
	full := errors.New("disk full")
	size := len(written(t, smallSet()))
	for n := range size {
		if err := smallSet().Write(&shortWriter{n, full}); !errors.Is(err, full) {
			t.Fatalf("after %d bytes: got %v, want %v", n, err, full)
		}
	}
	shard := NewShard(Input{Digest: "d", Status: StatusRead})
	shard.Observe(Observation{Refs: []Ref{{Path: strings.Repeat("x", maxFrame)}}})
	s := new(Set)
	s.Add(shard)
	if err := s.Write(io.Discard); err == nil {
		t.Error("a record larger than a frame was written")
	}
}

type shortWriter struct {
	left int
	err  error
}

func (w *shortWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, w.err
	}
	return len(p), nil
}

// sealed makes a file of frames as they stand, with a valid digest.
func sealed(t testing.TB, frames []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	file := append([]byte(magic), versionMajor, 0, versionMinor, 0)
	file = z.EncodeAll(frames, file)
	sum := sha256.Sum256(file)
	return append(file, sum[:]...)
}

// hostile returns frames that a digest alone does not refuse.
func hostile() map[string][]byte {
	type made func(e *encoder)
	build := func(f made) []byte {
		var b bytes.Buffer
		e := newEncoder(&b, math.MaxInt)
		f(e)
		if err := e.end(); err != nil {
			panic(err)
		}
		return b.Bytes()
	}
	shard := func(change func(*Shard)) []byte {
		s := NewShard(Input{Digest: "d", Status: StatusRead})
		change(s)
		return build(func(e *encoder) { e.shard(s) })
	}
	observed := func(obs ...Observation) []byte { return shard(func(s *Shard) { s.obs = obs }) }
	attrs := func(attrs ...Attr) []byte { return observed(Observation{Attrs: attrs}) }
	return map[string][]byte{
		"nothing":               nil,
		"huge frame":            binary.AppendUvarint([]byte{frameInput}, math.MaxUint64),
		"claims a lot":          binary.AppendUvarint([]byte{frameInput}, maxFrame),
		"unknown frame":         build(func(e *encoder) { e.flush(0x42) }),
		"observed outside":      build(func(e *encoder) { e.flush(frameObserved) }),
		"input without end":     build(func(e *encoder) { s := Shard{Input: Input{Status: StatusRead}}; e.shard(&s); e.frames-- })[:20],
		"unknown status":        shard(func(s *Shard) { s.Input.Status = "fine" }),
		"observations unsorted": observed(Observation{Kind: "b"}, Observation{Kind: "a"}),
		"observations repeated": observed(Observation{Kind: "a"}, Observation{Kind: "a"}),
		"odd identifier":        observed(Observation{Thing: ID{"asn:064496"}}),
		"no identifier":         observed(Observation{Thing: ID{"nonsense"}}),
		"attributes unsorted":   attrs(Sum("b", 1), Sum("a", 1)),
		"attribute repeated":    attrs(Sum("a", 1), Sum("a", 1)),
		"unknown operation":     attrs(Attr{Key: "a", op: 9}),
		"negative sum":          attrs(Attr{Key: "a", op: OpSum, number: -1}),
		"words unsorted":        attrs(Attr{Key: "a", op: OpSet, words: []string{"b", "a"}}),
		"too many words":        attrs(Attr{Key: "a", op: OpSet, words: strings.Split("abcdefghi", "")}),
		"impossible sketch":     attrs(Attr{Key: "a", op: OpDistinct, sketch: &sketch{[sketchSize]uint8{maxRank + 1}}}),
		"refs unsorted":         observed(Observation{Refs: []Ref{{Offset: 2}, {Offset: 1}}}),
		"too many refs":         observed(Observation{Refs: []Ref{{Offset: 1}, {Offset: 2}, {Offset: 3}, {Offset: 4}}}),
		"year 10000":            observed(Observation{First: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}),
		"too many problems":     shard(func(s *Shard) { s.problems = make([]Problem, MaxProblems+1) }),
		"input twice":           build(func(e *encoder) { s := Shard{Input: Input{Status: StatusRead}}; e.shard(&s); e.shard(&s) }),
		"too many frames":       build(func(e *encoder) { e.frames++ }),
		"data after the end":    append(build(func(*encoder) {}), 1),
		"many words claimed":    append([]byte{frameInput, 12}, bytes.Repeat([]byte{0xff}, 12)...),
		"word not yet seen":     build(func(e *encoder) { e.uint(5); e.flush(frameInput) }),
		"bomb":                  build(func(e *encoder) { bombFrames(e) }),
	}
}

// bombFrames writes 160 MB that compress to almost nothing.
func bombFrames(e *encoder) {
	e.shard(&Shard{Input: Input{Status: StatusRead}})
	for range 10 {
		e.buf = append(e.buf, make([]byte, maxFrame)...)
		e.flush(frameNames)
	}
}

func TestHostileFiles(t *testing.T) {
	for name, frames := range hostile() {
		t.Run(name, func(t *testing.T) {
			file := sealed(t, frames)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := ReadSet(bytes.NewReader(file))
			runtime.ReadMemStats(&after)
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("got %v, want %v", err, ErrDamaged)
			}
			// What zstd takes for its window comes on top of our own.
			const limit = 48 << 20
			if used := after.TotalAlloc - before.TotalAlloc; used > limit && name != "bomb" {
				t.Errorf("%d bytes of file made the reader allocate %d, want at most %d", len(file), used, limit)
			}
		})
	}
}

func FuzzReadSet(f *testing.F) {
	f.Add(written(f, smallSet()), false)
	f.Add(written(f, new(Set)), false)
	for name, frames := range hostile() {
		if name != "bomb" {
			f.Add(frames, true)
		}
	}
	var b bytes.Buffer
	e := newEncoder(&b, maxFrame)
	e.set(smallSet())
	if err := e.end(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes(), true)
	f.Fuzz(func(t *testing.T, data []byte, frames bool) {
		if frames { // get past the digest, into the frames
			data = sealed(t, data)
		}
		s, err := ReadSet(bytes.NewReader(data))
		if err != nil {
			return
		}
		file := written(t, s)
		again, err := ReadSet(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("what was read is written so that it cannot be read: %v", err)
		}
		if !bytes.Equal(file, written(t, again)) {
			t.Fatal("reading and writing does not settle")
		}
	})
}
