package source

import (
	"bufio"
	"io"

	"github.com/klauspost/compress/zstd"
)

// zstdMagicLen is the length of a frame's magic number.
const zstdMagicLen = 4

// zstdReader adapts the zstd decoder, which handles a sequence of frames
// (RFC 8878, 3) by itself.
type zstdReader struct {
	dec  *zstd.Decoder
	r    *bufio.Reader
	note func(error)
	any  bool // whether a frame has ended or given data
}

func openZstd(r *bufio.Reader, note func(error)) (io.ReadCloser, error) {
	// One decoder works in the calling goroutine alone: there it can be stopped,
	// and a panic be caught.
	dec, err := zstd.NewReader(r,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	return &zstdReader{dec: dec, r: r, note: note}, nil
}

// Read implements [io.Reader].
func (z *zstdReader) Read(p []byte) (int, error) {
	n, err := z.dec.Read(p)
	z.any = z.any || n > 0
	switch err {
	case zstd.ErrWindowSizeExceeded, zstd.ErrDecoderSizeExceeded:
		return n, errWindow()
	case zstd.ErrMagicMismatch:
		// Between frames only: something else follows the last one.
		if z.any {
			return n, passOver(z.r, zstdMagicLen, z.note)
		}
	}
	return n, err
}

func (z *zstdReader) Close() error {
	z.dec.Close()
	return nil
}

// errWindow refuses a stream that would need too much memory.
func errWindow() error { return &LimitError{"window", formatBytes(maxWindow)} }
