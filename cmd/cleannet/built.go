package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cleannet/cleannet/internal/entity"
)

// verifyUpTo is the size in bytes up to which a registry that the user built is
// read whole and verified each time that it is opened, which takes a fraction
// of a second. A larger one is mapped into memory, and only cleannet db info and
// db add compare it with the digest in its manifest: until then damage gives
// wrong answers, but no crash. What comes from others is in a signed folder,
// whose files are verified always.
const verifyUpTo = 64 << 20

// openAnyBuilt returns the bytes of a registry, or of what may be a table of
// Internet numbers.
func openAnyBuilt(name string) ([]byte, error) {
	raw, err := openBuilt(name)
	if err != nil || raw != nil {
		return raw, err
	}
	return readUserFile(name, maxNumbers)
}

// openBuilt returns the bytes of a registry that cleannet db build made, nil if
// the file is something else.
func openBuilt(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, inputError(name, err)
	}
	defer f.Close() //nolint:errcheck // opened for reading
	info, err := f.Stat()
	if err != nil {
		return nil, inputError(name, err)
	}
	head := make([]byte, 8)
	n, err := io.ReadFull(f, head)
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, inputError(name, err)
	case !entity.IsSnapshot(head[:n]):
		return nil, nil
	case info.Size() > verifyUpTo:
		return mapped(f, info.Size())
	}
	raw, err := readUserFile(name, verifyUpTo)
	if err != nil {
		return nil, err
	}
	reg, err := entity.Open(raw, nil)
	if err == nil {
		err = reg.Verify()
	}
	if err != nil {
		return nil, exitCode{exitStale, fmt.Errorf("%q: %w", name, err)}
	}
	return raw, nil
}
