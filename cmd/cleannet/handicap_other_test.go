//go:build !unix

package main

import "github.com/rogpeppe/go-internal/testscript"

func handicap() {}

// fifo is never called: the scripts that need named pipes skip other systems.
func fifo(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("no named pipes here") }
