package source

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"sync"
	"sync/atomic"
)

// Digest identifies the bytes of an input as stored. It is comparable.
type Digest struct {
	// SHA256 is the SHA-256 of the bytes (FIPS 180-4).
	SHA256 [sha256.Size]byte
	// Size is their number.
	Size int64
}

// String returns the hash in lower-case hexadecimal, as sha256sum(1) does.
func (d Digest) String() string { return hex.EncodeToString(d.SHA256[:]) }

// feeder reads an input from its first byte to its last in a goroutine of its
// own. It hands each block to the consumer and only then hashes it, so that on
// two cores hashing and parsing go on at the same time over the same bytes: no
// copy, no second pass.
type feeder struct {
	*pipe
	src   io.Reader
	sized bool // whether the size was known, and counted, beforehand

	detach func()        // ends the hand-over; what is left is only hashed
	alone  chan struct{} // closed by detach
	ended  chan struct{} // closed when the goroutine has ended
	failed error         // why the input was not read to its end; after ended
	hash   hash.Hash     // after ended
	size   atomic.Int64  // bytes read so far
}

// newFeeder returns the feeder of an input of the given size, -1 if unknown.
func newFeeder(h halt, e *env, src io.Reader, size int64) *feeder {
	block := blockSize
	if 0 <= size && size < blockSize {
		// One byte more, so that the first read meets the end; and not too few,
		// since a file may have grown, and those of the kernel say they are empty.
		block = max(int(size)+1, 4096)
	}
	f := &feeder{
		pipe:  newPipe(h, e, block),
		src:   src,
		sized: size >= 0,
		alone: make(chan struct{}),
		ended: make(chan struct{}),
		hash:  sha256.New(),
	}
	f.detach = sync.OnceFunc(func() { close(f.alone) })
	return f
}

// errDetached ends the hand-over to a consumer that wants no more.
var errDetached = errors.New("source: input is read no further")

// run is the goroutine.
func (f *feeder) run() {
	defer close(f.ended)
	err := f.deliver()
	if err == errDetached { //nolint:errorlint // a reader's io.EOF is never wrapped (io.Reader)
		err = f.drain()
	}
	if err != io.EOF {
		f.failed = err
	}
}

// deliver reads, hands over and hashes until the input ends or fails, or the
// consumer wants no more. The consumer gets the same error.
func (f *feeder) deliver() error {
	defer close(f.full)
	for {
		if f.err = f.step(); f.err != nil {
			return f.err
		}
	}
}

// step does that for one block.
func (f *feeder) step() error {
	buf := f.buffer(f.alone)
	if buf == nil {
		return cmp.Or(f.stopped(), errDetached)
	}
	n, err := f.read(buf)
	if n == 0 {
		return err
	}
	select {
	case f.full <- buf[:n]:
	case <-f.alone:
		err = cmp.Or(err, errDetached)
	case <-f.done:
		return f.cause()
	}
	f.hash.Write(buf[:n])
	return err
}

// drain hashes what is left.
func (f *feeder) drain() error {
	buf := f.env.block(blockSize)
	defer f.env.reuse(buf)
	for {
		if err := f.stopped(); err != nil {
			return err
		}
		n, err := f.read(buf)
		f.hash.Write(buf[:n])
		if err != nil {
			return err
		}
	}
}

// read fills a block from the source and counts.
func (f *feeder) read(buf []byte) (int, error) {
	n := 0
	err := guard("input", func() (err error) {
		n, err = readBlock(f.src, buf)
		return err
	})
	size := f.size.Add(int64(n))
	f.env.Progress.bytes.Add(int64(n))
	if !f.sized {
		f.env.Progress.size.Add(int64(n))
	}
	if limit := f.env.Limits.MaxFile; size > limit {
		return 0, &LimitError{"max-file", formatBytes(limit)}
	}
	if err != nil && err != io.EOF {
		err = &fault{reason: Unreadable, err: shorten(err)}
	}
	return n, err
}

// digest waits until the whole input has been hashed and returns the result.
func (f *feeder) digest() (Digest, error) {
	f.detach()
	select {
	case <-f.ended:
	case <-f.done:
		// Both may be closed; a digest that is complete stays available.
		select {
		case <-f.ended:
		default:
			return Digest{}, f.cause()
		}
	}
	if f.failed != nil {
		return Digest{}, f.failed
	}
	d := Digest{Size: f.size.Load()}
	f.hash.Sum(d.SHA256[:0])
	return d, nil
}
