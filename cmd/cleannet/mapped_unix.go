//go:build unix

package main

import (
	"fmt"
	"os"
	"syscall"
)

// mapped returns the content of a file as memory that the system fills when it
// is looked at. It stays mapped until the process ends.
func mapped(f *os.File, size int64) ([]byte, error) {
	raw, err := syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("%q: cannot be mapped into memory: %w", f.Name(), err)
	}
	return raw, nil
}
