package source

import (
	"context"
	"errors"
	"io"
)

const (
	// blockSize is the unit in which bytes move between goroutines: large
	// enough that a hand-over costs nothing against the work on a block, small
	// enough that a block is still in the second-level cache when the hash and
	// the parser look at it.
	blockSize = 256 << 10
	// ringBlocks is how many blocks one stage owns: one that the consumer
	// reads, one that the producer fills, and two to even out their pace.
	ringBlocks = 4
)

// errClosed is what a read gets after [File.Close], or on a member after the
// iteration went on.
var errClosed = errors.New("source: file is closed")

// halt is the end of an input or a member as its goroutines see it.
type halt struct {
	done  <-chan struct{}
	cause func() error // why, once done is closed
}

// newHalt returns a halt that ends with ctx, or when stop is called. The cause
// is ctx.Err() in the first case, and errClosed in the second.
func newHalt(ctx context.Context) (h halt, stop context.CancelFunc) {
	inner, stop := context.WithCancel(ctx)
	return halt{done: inner.Done(), cause: func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return errClosed
	}}, stop
}

// stopped returns the cause if the input has ended, else nil.
func (h halt) stopped() error {
	select {
	case <-h.done:
		return h.cause()
	default:
		return nil
	}
}

// stream is a sequence of blocks to be read once. next returns the following
// block: never empty, not to be modified, valid until the next call. After the
// last block it returns io.EOF, and any error is repeated by further calls.
type stream interface {
	next() ([]byte, error)
}

// pipe is a stream whose blocks a goroutine produces some blocks ahead of the
// consumer. The blocks of its ring are reused, so memory is bounded and a slow
// consumer holds the producer back.
type pipe struct {
	halt
	full chan []byte // producer to consumer; closed after the last block
	free chan []byte // consumer to producer
	err  error       // why the producer ended; set before full is closed

	env  *env
	size int      // of each block
	mine [][]byte // the blocks made so far; the producer's alone
	held []byte   // the block that the consumer has
}

func newPipe(h halt, e *env, size int) *pipe {
	return &pipe{
		halt: h,
		full: make(chan []byte, ringBlocks),
		free: make(chan []byte, ringBlocks),
		env:  e,
		size: size,
	}
}

// next implements stream for the consumer.
func (p *pipe) next() ([]byte, error) {
	if p.held != nil {
		// There is room: the ring never has more blocks than free can hold.
		p.free <- p.held[:cap(p.held)]
		p.held = nil
	}
	if err := p.stopped(); err != nil {
		return nil, err
	}
	select {
	case b, ok := <-p.full:
		if !ok {
			return nil, p.err
		}
		p.held = b
		return b, nil
	case <-p.done:
		return nil, p.cause()
	}
}

// buffer returns a block for the producer to fill, or nil once the input has
// been halted or quit is closed. Blocks are made only as the consumer falls
// behind, so that a small file costs one.
func (p *pipe) buffer(quit <-chan struct{}) []byte {
	select {
	case b := <-p.free:
		return b
	default:
	}
	if len(p.mine) < ringBlocks {
		b := p.env.block(p.size)
		p.mine = append(p.mine, b)
		return b
	}
	select {
	case b := <-p.free:
		return b
	case <-quit:
	case <-p.done:
	}
	return nil
}

// release gives the blocks back, once the producer has ended and the consumer
// looks at none of them any more.
func (p *pipe) release() {
	for _, b := range p.mine {
		p.env.reuse(b)
	}
	p.mine = nil
}

// produce runs the producer: it calls fill, which fills a block as far as it
// can, until that returns an error, io.EOF for the regular end.
func (p *pipe) produce(fill func([]byte) (int, error)) {
	defer close(p.full)
	for {
		buf := p.buffer(nil)
		if buf == nil {
			p.err = p.cause()
			return
		}
		n, err := fill(buf)
		if n > 0 {
			select {
			case p.full <- buf[:n]:
			case <-p.done:
				p.err = p.cause()
				return
			}
		}
		if err != nil {
			p.err = err
			return
		}
	}
}

// block returns a block of the given size.
func (e *env) block(size int) []byte {
	if size != blockSize {
		return make([]byte, size)
	}
	return e.blocks.Get().(*[blockSize]byte)[:]
}

// reuse takes a block that nobody uses any more.
func (e *env) reuse(b []byte) {
	if cap(b) == blockSize {
		e.blocks.Put((*[blockSize]byte)(b[:blockSize]))
	}
}

// direct is a stream that reads in the consumer's own goroutine into one
// block that it reuses: for members of an archive, whose bytes another
// goroutine has decompressed already.
type direct struct {
	halt
	r   io.Reader
	buf []byte
	err error
}

// next implements stream.
func (d *direct) next() ([]byte, error) {
	if err := d.stopped(); err != nil {
		return nil, err
	}
	if d.err != nil {
		return nil, d.err
	}
	n, err := readBlock(d.r, d.buf)
	d.err = err
	if n == 0 {
		return nil, err
	}
	return d.buf[:n], nil
}

// readBlock reads until buf is full or r gives an error, which it returns as
// it is: unlike io.ReadFull it leaves io.EOF alone, whatever came before.
func readBlock(r io.Reader, buf []byte) (n int, err error) {
	for idle := 0; n < len(buf); {
		m, err := r.Read(buf[n:])
		n += m
		if err != nil {
			return n, err
		}
		if m > 0 {
			idle = 0
		} else if idle++; idle == 100 {
			return n, io.ErrNoProgress
		}
	}
	return n, nil
}
