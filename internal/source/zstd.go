package source

import (
	"bufio"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// zstdMagicLen is the length of a frame's magic number.
const zstdMagicLen = 4

// zstdReader adapts the zstd decoder, which handles a sequence of frames
// (RFC 8878, 3) by itself.
type zstdReader struct {
	dec   *zstd.Decoder
	r     *bufio.Reader
	with  decoding
	given bool // whether a frame has given data
}

func openZstd(r *bufio.Reader, with decoding) (io.ReadCloser, error) {
	dec, err := with.zstd.get(r, with.window)
	if err != nil {
		return nil, err
	}
	return &zstdReader{dec: dec, r: r, with: with}, nil
}

// Read implements [io.Reader].
func (z *zstdReader) Read(p []byte) (int, error) {
	n, err := z.dec.Read(p)
	z.given = z.given || n > 0
	switch err {
	case zstd.ErrWindowSizeExceeded, zstd.ErrDecoderSizeExceeded: //nolint:errorlint // the decoder returns its sentinels unwrapped
		return n, errWindow(z.with.window)
	case zstd.ErrMagicMismatch:
		// Between frames only: something else follows the last one.
		if z.given {
			return n, passOver(z.r, zstdMagicLen, z.with.note)
		}
	}
	return n, err
}

func (z *zstdReader) Close() error {
	z.with.zstd.put(z.dec, z.with.window)
	return nil
}

// errWindow refuses a stream that would need too much memory.
func errWindow(limit int64) error { return &LimitError{"window", formatBytes(limit)} }

// zstdCache keeps one decoder for the next member. A frame's header may ask for
// maxWindow bytes; to allocate and clear them for each of a million members
// would take hours.
type zstdCache struct {
	mu     sync.Mutex
	idle   *zstd.Decoder
	window int64 // the largest that idle accepts
}

// get returns a decoder that reads r and accepts the given window.
func (c *zstdCache) get(r io.Reader, window int64) (*zstd.Decoder, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if dec := c.idle; dec != nil && c.window == window && dec.Reset(r) == nil {
		c.idle = nil
		return dec, nil
	}
	// One decoder works in the calling goroutine alone: there it can be stopped,
	// and a panic be caught.
	return zstd.NewReader(r,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(uint64(window)))
}

// put takes back a decoder that get returned.
func (c *zstdCache) put(dec *zstd.Decoder, window int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.idle != nil {
		dec.Close()
		return
	}
	c.idle, c.window = dec, window
}

// close frees what is kept.
func (c *zstdCache) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.idle != nil {
		c.idle.Close()
		c.idle = nil
	}
}
