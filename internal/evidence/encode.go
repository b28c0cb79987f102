package evidence

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"time"
)

// digest returns the SHA-256 of the sealed shard as it is written to a file,
// but for the names under which the input was met.
func (s *Shard) digest() string {
	sum := sha256.New()
	unnamed := *s
	unnamed.Input.Names = nil
	e := newEncoder(sum, math.MaxInt)
	e.shard(&unnamed)
	if err := e.end(); err != nil {
		return "" // a hash takes everything
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Digest identifies what the set says: which inputs were read, by which readers
// with which lexicon, how far, and every observation. The names under which
// inputs were met do not count, but those of inputs that could not be opened
// do: they have nothing else.
func (s *Set) Digest() string {
	sum := sha256.New()
	for _, shard := range s.Shards() {
		sum.Write([]byte(shard.digest()))
	}
	for _, p := range s.unopened {
		sum.Write(fmt.Appendf(nil, "not opened %q\n", p.Name))
	}
	for _, k := range s.skipped {
		sum.Write(fmt.Appendf(nil, "skipped %q\n", k.Name))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// encoder writes frames. It notes the first error and returns it in the end.
type encoder struct {
	w      *bufio.Writer
	limit  int // of a frame
	frames uint64
	buf    []byte            // payload of the frame being made
	words  map[string]uint64 // of the shard being written, numbered from 1
	err    error
	table  tableState // of the table being written
}

func newEncoder(w io.Writer, limit int) *encoder {
	return &encoder{w: bufio.NewWriterSize(w, 64<<10), limit: limit, words: map[string]uint64{}}
}

func (e *encoder) set(s *Set) {
	inFrames(e, frameSkips, s.skipped, true, e.skip)
	inFrames(e, frameProblems, s.unopened, true, e.problem)
	for _, shard := range s.Shards() {
		e.shard(shard)
	}
}

// end writes the last frame.
func (e *encoder) end() error {
	e.uint(e.frames)
	e.flush(frameEnd)
	if e.err != nil {
		return e.err
	}
	return e.w.Flush()
}

func (e *encoder) shard(s *Shard) {
	clear(e.words)
	in := &s.Input
	for _, text := range []string{in.Digest, string(in.Status), in.Reason, in.Lexicon} {
		e.word(text)
	}
	e.int(in.Size)
	e.list(in.Readers)
	e.list(in.Domains)
	e.uint(uint64(len(in.Counts)))
	for _, c := range in.Counts {
		e.word(c.Name)
		e.uint(c.N)
	}
	e.uint(s.more)
	e.flush(frameInput)
	inFrames(e, frameNames, in.Names, false, e.word)
	inFrames(e, frameSkips, in.Skipped, false, e.skip)
	inFrames(e, frameProblems, s.problems, false, e.problem)
	e.observations(s)
	e.flush(frameInputEnd)
}

// inFrames writes a list as frames of the type. With fresh set, each frame
// numbers its own words.
func inFrames[T any](e *encoder, frame byte, list []T, fresh bool, write func(T)) {
	for i, item := range list {
		if fresh && len(e.buf) == 0 {
			clear(e.words)
		}
		write(item)
		if len(e.buf) >= targetFrame || i == len(list)-1 {
			e.flush(frame)
		}
	}
}

func (e *encoder) skip(k Skip) {
	e.word(k.Name)
	e.word(k.Path)
	e.word(k.Reason)
}

func (e *encoder) problem(p Problem) {
	for _, text := range []string{p.Input, p.Name, p.Path, p.Reader, p.Message, p.Next} {
		e.word(text)
	}
	e.int(p.Offset)
}

func (e *encoder) list(words []string) {
	e.uint(uint64(len(words)))
	for _, w := range words {
		e.word(w)
	}
}

// word writes the number of a word seen before, or 0 and the word itself,
// which then gets the next number.
func (e *encoder) word(text string) {
	if n, ok := e.words[text]; ok {
		e.uint(n)
		return
	}
	e.words[text] = uint64(len(e.words) + 1)
	e.uint(0)
	e.text(text)
}

func (e *encoder) text(s string) {
	e.uint(uint64(len(s)))
	e.buf = append(e.buf, s...)
}

// time writes 0 for "no time", else the nanoseconds within the second plus
// one, and the seconds since 1970. Nanoseconds since 1970 in one number would
// only reach from 1678 to 2262.
func (e *encoder) time(t time.Time) {
	if t.IsZero() {
		e.uint(0)
		return
	}
	e.uint(uint64(t.Nanosecond()) + 1)
	e.int(t.Unix())
}

func (e *encoder) uint(n uint64) { e.buf = binary.AppendUvarint(e.buf, n) }
func (e *encoder) int(n int64)   { e.buf = binary.AppendVarint(e.buf, n) }

// flush writes the payload as a frame of the type. A single record hardly
// makes a frame beyond targetFrame, since its parts are bounded.
func (e *encoder) flush(frame byte) {
	if e.err == nil && len(e.buf) > e.limit {
		e.err = fmt.Errorf("a record of %d bytes is larger than a frame may be (%d)", len(e.buf), e.limit)
	}
	if e.err == nil {
		head := binary.AppendUvarint([]byte{frame}, uint64(len(e.buf)))
		if _, e.err = e.w.Write(head); e.err == nil {
			_, e.err = e.w.Write(e.buf)
		}
	}
	e.buf = e.buf[:0]
	e.frames++
}
