package trust

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

// Read returns the content of the file, checked against what was signed. It is
// in memory as a whole, because what is checked on disk can be changed there
// before it is used.
func (f File) Read() ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(min(f.Size, 64<<20))) // the rest grows with what is really there
	err := f.copyTo(&b)
	return b.Bytes(), err
}

// Check reads the file to its end and keeps nothing of it.
func (f File) Check() error { return f.copyTo(io.Discard) }

// copyTo writes the content somewhere; if it is not what was signed, the error
// comes after the bytes.
func (f File) copyTo(w io.Writer) error {
	d, err := openFolder(f.dir)
	if err != nil {
		return err
	}
	defer d.close()
	name := stored(f.SHA256, f.Name)
	file, size, err := d.open(name, maxFile)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // opened for reading
	if size != f.Size {
		return &Problem{d.path(name), fmt.Sprintf("%d bytes, signed were %d", size, f.Size), nextCopy, nil}
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(file, f.Size))
	if err != nil {
		return &Problem{d.path(name), reasonOf(err).Error(), nextCopy, err}
	}
	if got := hexSum(sum); n != f.Size || got != f.SHA256 {
		return &Problem{d.path(name), fmt.Sprintf("its content has the digest %s, signed was %s", got, f.SHA256), nextCopy, errDigest}
	}
	return nil
}

var errDigest = errors.New("the digest does not match")

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// File returns a file by its name.
func (s *Snapshot) File(name string) (File, bool) {
	for _, f := range s.Files {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}

// Verify reads every file to its end and returns the first problem.
func (s *Snapshot) Verify() error {
	for _, f := range s.Files {
		if err := f.Check(); err != nil {
			return err
		}
	}
	return nil
}
