package evidence

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// decoder reads frames. The methods of payload note the first error and then
// return zero values, so that callers need not check each of them.
type decoder struct {
	payload
	r      *bufio.Reader
	stored func() int64 // bytes of the file that were read by now
	read   int64        // bytes of frames
	made   int64        // bytes of observations
	frames uint64
	buf    bytes.Buffer // the frame being read, reused
	set    *Set
	shard  *Shard // begun and not ended
	table  table  // of its observations
}

func newDecoder(r io.Reader, stored func() int64) *decoder {
	return &decoder{r: bufio.NewReaderSize(r, 64<<10), stored: stored, set: new(Set)}
}

func (d *decoder) run() error {
	for {
		frame, err := d.frame()
		if err != nil {
			return err
		}
		if frame == frameEnd {
			return d.end()
		}
		if err := d.handle(frame); err != nil {
			return fmt.Errorf("frame %d of type %d: %w", d.frames, frame, err)
		}
		d.frames++
	}
}

// frame reads the next frame into d.p. The buffer grows as bytes arrive, not
// by what the frame claims.
func (d *decoder) frame() (byte, error) {
	frame, err := d.r.ReadByte()
	if err != nil {
		return 0, fmt.Errorf("after frame %d: %w", d.frames, noEOF(err))
	}
	length, err := binary.ReadUvarint(d.r)
	if err != nil {
		return 0, fmt.Errorf("after frame %d: %w", d.frames, noEOF(err))
	}
	if length > maxFrame {
		return 0, fmt.Errorf("frame %d claims %d bytes, the limit is %d", d.frames, length, maxFrame)
	}
	d.buf.Reset()
	if _, err := io.CopyN(&d.buf, d.r, int64(length)); err != nil {
		return 0, fmt.Errorf("in frame %d: %w", d.frames, noEOF(err))
	}
	if d.read += int64(length); d.read > freeBytes+maxRatio*d.stored() {
		return 0, fmt.Errorf("in frame %d: the file expands more than %d times", d.frames, maxRatio)
	}
	d.p = d.buf.Bytes()
	return frame, nil
}

func (d *decoder) end() error {
	frames := d.uint()
	switch {
	case d.err != nil:
		return d.err
	case len(d.p) > 0:
		return fmt.Errorf("%d bytes too many in the last frame", len(d.p))
	case d.shard != nil:
		return errors.New("the last input has no end")
	case frames != d.frames:
		return fmt.Errorf("%d frames, the file says %d", d.frames, frames)
	}
	if _, err := d.r.ReadByte(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("after the last frame: %w", errors.Join(err, errors.New("data follow the end")))
	}
	return nil
}

// handle reads the payload of any frame but the last.
func (d *decoder) handle(frame byte) error {
	switch inside := d.shard != nil; frame {
	case frameSkips, frameProblems: // stand in both places
		if !inside {
			d.reset()
		}
	case frameInput:
		if inside {
			return errors.New("the input before it has no end")
		}
		d.reset()
	default:
		if !inside {
			return errors.New("it stands outside an input")
		}
	}
	switch frame {
	case frameInput:
		d.input()
	case frameInputEnd:
		if err := d.inputEnd(); err != nil {
			return err
		}
	case frameNames:
		d.each(func() { d.shard.Input.Names = append(d.shard.Input.Names, d.word()) })
	case frameSkips:
		d.each(d.skip)
	case frameProblems:
		d.each(d.problem)
	case frameObserved:
		d.each(d.observation)
	case frameRefs:
		d.each(d.ref)
	default:
		return errors.New("unknown type")
	}
	if d.err == nil && len(d.p) > 0 {
		d.err = fmt.Errorf("%d bytes too many", len(d.p))
	}
	return d.err
}

// each reads records to the end of the frame.
func (d *decoder) each(read func()) {
	for len(d.p) > 0 && d.err == nil {
		read()
	}
}

func (d *decoder) input() {
	in := Input{Digest: d.word(), Status: Status(d.word()), Reason: d.word(), Lexicon: d.word()}
	in.Size = d.int()
	in.Readers, in.Domains = d.list(), d.list()
	for range d.length() {
		in.Counts = append(in.Counts, Counter{d.word(), d.uint()})
	}
	more := d.uint()
	if d.err == nil && in.Status.rank() < 0 {
		d.err = fmt.Errorf("unknown status %q", in.Status)
	}
	if d.err == nil && len(d.set.shards) >= MaxShards {
		d.err = fmt.Errorf("more than %d inputs", MaxShards)
	}
	d.shard = &Shard{Input: in, more: more}
	d.table = table{}
}

// inputEnd puts the finished shard into the set.
func (d *decoder) inputEnd() error {
	s := d.shard
	if _, ok := d.set.shards[s.Input.Digest]; ok {
		return fmt.Errorf("input %s stands twice", s.Input.Digest)
	}
	s.folded = len(s.obs)
	d.set.Add(s)
	d.shard = nil
	return nil
}

func (d *decoder) skip() {
	k := Skip{d.word(), d.word(), d.word()}
	if d.shard != nil {
		d.shard.Input.Skipped = append(d.shard.Input.Skipped, k)
		return
	}
	d.set.Skip(k)
}

func (d *decoder) problem() {
	p := Problem{Input: d.word(), Name: d.word(), Path: d.word(), Reader: d.word(), Message: d.word(), Next: d.word()}
	p.Offset = d.int()
	switch {
	case d.shard == nil:
		d.set.Unopened(p)
	case len(d.shard.problems) >= MaxProblems:
		d.fail(fmt.Errorf("more than %d problems of one input", MaxProblems))
	default:
		d.shard.problems = append(d.shard.problems, p)
	}
}
