//go:build !unix

package main

import "os"

// mapped returns the content of a file. Where the system has no mapping that
// the standard library reaches, it is read.
func mapped(f *os.File, _ int64) ([]byte, error) { return os.ReadFile(f.Name()) }
