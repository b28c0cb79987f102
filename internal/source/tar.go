package source

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"strings"
)

const tarBlock = 512

// matchTar verifies the checksum of the first header: the sum of its bytes,
// those of the checksum itself taken as spaces (POSIX.1-2017, pax, ustar
// Interchange Format). Unlike the magic, all kinds of tar have it.
func matchTar(head []byte) bool {
	if len(head) < tarBlock || head[0] == 0 {
		return false
	}
	const from, to = 148, 156
	var unsigned, signed int64
	for i, c := range head[:tarBlock] {
		if from <= i && i < to {
			c = ' '
		}
		unsigned += int64(c)
		signed += int64(int8(c)) // as some old tars did
	}
	var sum int64
	field := bytes.Trim(head[from:to], " \x00")
	for _, c := range field {
		if c < '0' || c > '7' {
			return false
		}
		sum = sum<<3 | int64(c-'0')
	}
	return len(field) > 0 && (sum == unsigned || sum == signed)
}

// tarMembers yields the members of a tar, which are read in one pass.
func tarMembers(ctx context.Context, f *File, yield func(*File, error) bool) {
	marked := &endMark{r: f}
	tr := tar.NewReader(marked)
	for {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return
		}
		var hdr *tar.Header
		err := guard("tar", func() (err error) {
			hdr, err = tr.Next()
			return err
		})
		switch {
		case err == io.EOF:
			if !marked.seen {
				f.note(f.off, &fault{reason: Truncated, msg: "tar has no end mark"})
			}
			f.endTar(yield)
			return
		case err == tar.ErrInsecurePath: //nolint:errorlint // archive/tar returns io.EOF itself at the end
			// Names are for display only.
		case err != nil:
			yield(nil, f.problem(explain("tar header", err)))
			return
		}
		if hdr.FileInfo().Mode().IsRegular() && hdr.Typeflag != tar.TypeLink {
			if !f.tarMember(ctx, tr, hdr, yield) {
				return
			}
		}
	}
}

// tarMember yields one member and closes it.
func (f *File) tarMember(ctx context.Context, tr *tar.Reader, hdr *tar.Header, yield func(*File, error) bool) bool {
	if err := f.in.account.member(); err != nil {
		yield(nil, f.problem(err))
		return false
	}
	r := &memberReader{r: tr, what: "tar"}
	if isSparse(hdr) {
		r.account = &f.in.account
	}
	m, err := f.newMember(ctx, memberSpec{name: hdr.Name, r: r})
	if err != nil {
		return yield(nil, err) && ctx.Err() == nil
	}
	defer m.Close()
	return yield(m, nil)
}

// isSparse reports whether the member has holes, which cost nothing in the
// archive but are read as zeros.
func isSparse(hdr *tar.Header) bool {
	if hdr.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for key := range hdr.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// endMark remembers whether the last header block read was the zeros that end
// a tar. Package archive/tar takes the end of the data for the same.
type endMark struct {
	r    io.Reader
	seen bool
}

func (e *endMark) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if n > 0 {
		e.seen = n == tarBlock && allZero(p[:n])
	}
	return n, err
}

// endTar reads what follows the end of the archive: padding as a rule. Where
// the tar is compressed, this also verifies the checksum at the end of it.
func (f *File) endTar(yield func(*File, error) bool) {
	at := f.off
	if err := passOver(f, 0, func(err error) { f.note(at, err) }); err != io.EOF {
		yield(nil, err)
	}
}
