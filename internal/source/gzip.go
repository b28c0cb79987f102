package source

import (
	"bufio"
	"io"

	"github.com/klauspost/compress/gzip"
)

// gzipReader reads the members of a gzip file one after the other (RFC 1952,
// 2.2) and treats what follows the last one as gzip(1) does: zeros are padding
// of a tape or a disk block, anything else is passed over with a note.
type gzipReader struct {
	r    *bufio.Reader
	gz   *gzip.Reader
	note func(error)
}

func openGzip(r *bufio.Reader, with decoding) (io.ReadCloser, error) {
	gz, err := gzip.NewReader(r)
	if err != nil {
		return nil, noEOF(err)
	}
	gz.Multistream(false)
	return &gzipReader{r: r, gz: gz, note: with.note}, nil
}

// Read implements [io.Reader]. It returns no data with an error.
func (g *gzipReader) Read(p []byte) (int, error) {
	for {
		n, err := g.gz.Read(p)
		if n > 0 || err == nil {
			return n, nil
		}
		if err != io.EOF {
			return 0, err
		}
		if err := g.nextMember(); err != nil {
			return 0, err
		}
	}
}

func (g *gzipReader) Close() error { return g.gz.Close() }

// nextMember starts the next member, or returns io.EOF after the last.
func (g *gzipReader) nextMember() error {
	magic, err := g.r.Peek(2)
	if len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		if err := g.gz.Reset(g.r); err != nil {
			return noEOF(err)
		}
		g.gz.Multistream(false)
		return nil
	}
	if len(magic) == 0 {
		return err
	}
	return passOver(g.r, 0, g.note)
}

// passOver reads what follows the end of compressed data, of which size bytes
// that are not padding have been read already. It returns io.EOF, or the error
// of reading, and notes bytes that are not zero.
func passOver(r io.Reader, size int64, note func(error)) error {
	garbage := size > 0
	buf := make([]byte, 4096)
	for {
		n, err := r.Read(buf)
		size += int64(n)
		garbage = garbage || !allZero(buf[:n])
		if err == nil {
			continue
		}
		if garbage {
			note(trailing(size))
		}
		return err
	}
}

// trailing is the note on size bytes that were passed over.
func trailing(size int64) error {
	return &fault{reason: Trailing, msg: plural(size, "byte") + " after the end of the data passed over"}
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// noEOF turns an io.EOF that came too early into io.ErrUnexpectedEOF.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
