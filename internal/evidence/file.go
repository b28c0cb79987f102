package evidence

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"
)

// The file format. All numbers are little-endian or varints.
//
//	8 bytes   magic
//	u16 u16   version: major (readers refuse any other), minor
//	zstd      one stream of frames: type byte, uvarint length, payload
//	32 bytes  SHA-256 of everything before
//
// The last frame is frameEnd; its payload is the number of frames before it.
// The digest covers the bytes as stored, so that no bit can change unseen, not
// even one that a decompressor would ignore.
//
// The frames of a shard stand between frameInput and frameInputEnd. Words are
// written once per shard and then by number; a frame outside a shard numbers
// its own. Refs and observations number their words apart from those, and their
// forms, lists and tails as well; see encoderows.go. Lists that a hostile input
// can make long are split over frames.
const (
	magic        = "\x89CNZ\r\n\x1a\n"
	versionMajor = 3 // 1 had no tables, 2 wrote notes as text
	versionMinor = 0
	headerSize   = len(magic) + 4

	frameSkips    = 1 // some Skips of the shard, or of the set
	frameInput    = 2 // begins a shard
	frameProblems = 3 // some Problems of the shard, or of the set
	frameObserved = 4 // some observations of the shard, in order
	frameInputEnd = 5
	frameNames    = 6 // some names of the input
	frameRefs     = 7 // some refs of the shard, in order, before the observations
	frameEnd      = 0x7f

	// zstdWindow is how far back repetition is looked for. More takes memory and
	// gains nothing, since what repeats is numbered.
	zstdWindow = 1 << 17

	maxFrame    = 16 << 20
	targetFrame = 256 << 10

	// maxRatio and freeBytes bound how far a file may expand: evidence
	// compresses 5 to 50 times, a bomb 10,000 times.
	maxRatio  = 1000
	freeBytes = 64 << 20

	// maxMadeRatio and freeMade bound the memory of the observations, in which
	// what stands once in the file is named again and again. Sets of real routing
	// tables take 30 times the size of their file.
	maxMadeRatio = 400
	freeMade     = 256 << 20
)

// Errors of ReadSet that a caller may tell apart.
var (
	ErrNotEvidence = errors.New("not an evidence file")
	ErrNewer       = errors.New("written by a newer version of cleannet")
	ErrOlder       = errors.New("written by an older version of cleannet")
	ErrDamaged     = errors.New("damaged or cut off")
)

// MaxShards is how many inputs an evidence file may hold.
const MaxShards = 1 << 24

// IsSet reports whether head, the first bytes of a file, begins an evidence
// file of any version.
func IsSet(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }

// Write writes the set as an evidence file. Equal sets give equal bytes. It
// streams: beyond the set itself it needs a few megabytes.
func (s *Set) Write(w io.Writer) error {
	if len(s.shards) > MaxShards {
		return fmt.Errorf("write evidence: %d inputs, the limit is %d: collect into several files", len(s.shards), MaxShards)
	}
	sum := sha256.New()
	both := io.MultiWriter(w, sum)
	header := append([]byte(magic), 0, 0, 0, 0)
	binary.LittleEndian.PutUint16(header[8:], versionMajor)
	binary.LittleEndian.PutUint16(header[10:], versionMinor)
	if _, err := both.Write(header); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	// No concurrency of its own: the bytes must not depend on the number of
	// processors.
	// No checksum of zstd's own: ours covers more.
	z, err := zstd.NewWriter(both, zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(zstdWindow), zstd.WithEncoderCRC(false))
	if err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	compressor := newAside(z)
	e := newEncoder(compressor, maxFrame)
	e.set(s)
	if err := errors.Join(e.end(), compressor.Close(), z.Close()); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	if _, err := w.Write(sum.Sum(nil)); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	return nil
}

// ReadSet reads an evidence file, to its last byte. It accepts the whole file
// or nothing: a file that was cut off, changed, or written by another version
// gives an error that wraps ErrDamaged, ErrNotEvidence, ErrNewer or ErrOlder; an
// error of r itself is returned wrapped.
func ReadSet(r io.Reader) (*Set, error) {
	b := body{r: bufio.NewReaderSize(r, 64<<10), sum: sha256.New()}
	head, err := b.r.Peek(headerSize)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("read evidence: %w", err)
	case !IsSet(head):
		return nil, fmt.Errorf("%w: make one with: cleannet collect INPUT -o FILE.cnz", ErrNotEvidence)
	case len(head) < headerSize:
		return nil, damaged(io.ErrUnexpectedEOF)
	}
	switch major := binary.LittleEndian.Uint16(head[len(magic):]); {
	case major > versionMajor:
		return nil, fmt.Errorf("format %d, this program reads %d: %w: update cleannet", major, versionMajor, ErrNewer)
	case major < versionMajor:
		return nil, fmt.Errorf("format %d, this program reads %d: %w: collect the evidence again", major, versionMajor, ErrOlder)
	}
	set, err := b.set()
	switch {
	case b.err != nil:
		return nil, fmt.Errorf("read evidence: %w", b.err)
	case err != nil:
		return nil, damaged(err)
	}
	return set, nil
}

func damaged(err error) error {
	return fmt.Errorf("%w: %w: collect the evidence again", ErrDamaged, err)
}

// body reads all of a file but the digest at its end, and sums it up.
type body struct {
	r   *bufio.Reader
	sum hash.Hash
	n   int64 // bytes read
	err error // of r, other than the end
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if _, err := b.r.Peek(sha256.Size + 1); err != nil {
		if !errors.Is(err, io.EOF) {
			b.err = err
		}
		return 0, err
	}
	n, err := b.r.Read(p[:min(len(p), b.r.Buffered()-sha256.Size)])
	b.sum.Write(p[:n])
	b.n += int64(n)
	return n, err
}

// set reads the header, the frames and the digest.
func (b *body) set() (*Set, error) {
	if _, err := io.ReadFull(b, make([]byte, headerSize)); err != nil {
		return nil, noEOF(err)
	}
	z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	d := newDecoder(z, func() int64 { return b.n })
	if err := d.run(); err != nil {
		return nil, err
	}
	if n, err := io.Copy(io.Discard, b); n > 0 || err != nil {
		return nil, fmt.Errorf("%d bytes follow the end: %w", n, errors.Join(err, errDigest))
	}
	want := make([]byte, sha256.Size)
	if _, err := io.ReadFull(b.r, want); err != nil {
		return nil, noEOF(err)
	}
	if !bytes.Equal(b.sum.Sum(nil), want) {
		return nil, errDigest
	}
	return d.set, nil
}

var errDigest = errors.New("the digest does not match")

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
