package source

import (
	"bufio"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// zipMembers yields the members of a zip, which needs random access.
func zipMembers(ctx context.Context, f *File, yield func(*File, error) bool) {
	at, size, err := f.ReaderAt(ctx)
	if err != nil {
		yield(nil, err)
		return
	}
	dir, err := openZipDir(at, size)
	if err != nil {
		yield(nil, f.problem(explain("zip directory", err)))
		return
	}
	for {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return
		}
		entry, err := dir.next()
		if err == io.EOF {
			return
		}
		if err != nil {
			yield(nil, f.problem(explain("zip directory", err)))
			return
		}
		if err := f.in.account.member(); err != nil {
			yield(nil, f.problem(err))
			return
		}
		if entry.regular && !f.zipMember(ctx, at, size, entry, yield) {
			return
		}
	}
}

// zipMember yields one member and closes it.
func (f *File) zipMember(ctx context.Context, at io.ReaderAt, size int64, entry zipEntry, yield func(*File, error) bool) bool {
	data, err := entry.data(at, size)
	if err != nil {
		return yield(nil, f.memberProblem(entry.name, err))
	}
	dec, err := entry.open(data, f.decoding(func(error) {}))
	if err != nil {
		return yield(nil, f.memberProblem(entry.name, err))
	}
	defer dec.Close()
	spec := memberSpec{
		windowed: entry.method == zipZstd || entry.method == zipXZ,
		name:     entry.name,
		r:        &memberReader{r: &zipReader{r: dec, entry: entry}, what: "zip", account: &f.in.account},
		// A goroutine of its own pays for what takes longer than starting one.
		ahead: entry.method != zipStored && entry.size > mib,
	}
	if entry.method == zipStored {
		spec.at, spec.size = data, data.Size()
	}
	m, err := f.newMember(ctx, spec)
	if err != nil {
		return yield(nil, err) && ctx.Err() == nil
	}
	defer m.Close()
	return yield(m, nil)
}

// data returns the bytes of an entry as stored. Where they begin only the
// local header says, whose other fields are not looked at.
func (e *zipEntry) data(at io.ReaderAt, size int64) (*io.SectionReader, error) {
	if e.encrypted {
		return nil, &fault{reason: Encrypted, msg: "zip member is encrypted"}
	}
	var b [zipLocalLen]byte
	if err := readAt(at, b[:], e.offset); err != nil {
		return nil, explain("zip member's header", err)
	}
	if string(b[:4]) != zipLocalSig {
		return nil, corruptf("zip member has no header")
	}
	start := e.offset + zipLocalLen +
		int64(binary.LittleEndian.Uint16(b[26:])) + int64(binary.LittleEndian.Uint16(b[28:]))
	if e.packed < 0 || start > size || e.packed > size-start {
		return nil, &fault{reason: Truncated, msg: "zip member ends beyond the file"}
	}
	return io.NewSectionReader(at, start, e.packed), nil
}

// Compression methods (APPNOTE.TXT 4.4.5).
const (
	zipStored  = 0
	zipDeflate = 8
	zipBzip2   = 12
	zipZstd    = 93
	zipXZ      = 95
)

// open returns the decompressed content. The caller closes it.
func (e *zipEntry) open(data io.Reader, with decoding) (dec io.ReadCloser, err error) {
	err = guard("zip", func() (err error) {
		switch r := bufio.NewReader(data); e.method {
		case zipStored:
			dec = io.NopCloser(data)
		case zipDeflate:
			dec = flate.NewReader(r)
		case zipBzip2:
			dec, err = openBzip2(r, with)
		case zipZstd:
			dec, err = openZstd(r, with)
		case zipXZ:
			dec, err = openXZ(r, with)
		default:
			err = unsupportedf("zip compression method %d", e.method)
		}
		return err
	})
	return dec, err
}

// zipReader verifies an entry's size and CRC on the way.
type zipReader struct {
	r     io.Reader
	entry zipEntry
	n     int64
	crc   uint32
}

func (z *zipReader) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	z.n += int64(n)
	z.crc = crc32.Update(z.crc, crc32.IEEETable, p[:n])
	switch {
	case z.n > z.entry.size:
		return n, corruptf("zip member is longer than %d bytes", z.entry.size)
	case err != io.EOF:
		return n, err
	case z.n < z.entry.size:
		return n, corruptf("zip member has %d bytes of %d", z.n, z.entry.size)
	case z.crc != z.entry.crc:
		return n, corruptf("zip member fails its checksum")
	}
	return n, io.EOF
}
