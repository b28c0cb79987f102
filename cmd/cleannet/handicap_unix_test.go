//go:build unix

package main

import (
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// Environment variables by which a test weakens the command that it starts.
const (
	envUser = "CLEANNET_TEST_USER" // user id to become, where the test is root
	envFile = "CLEANNET_TEST_FILE" // most bytes that a file may get, as on a full disk
)

// handicap applies them.
func handicap() {
	if limit, err := strconv.ParseUint(os.Getenv(envFile), 10, 64); err == nil {
		signal.Ignore(syscall.SIGXFSZ) // so that the write fails as on a full disk
		must(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}))
	}
	if id, err := strconv.Atoi(os.Getenv(envUser)); err == nil && os.Getuid() == 0 {
		must(syscall.Setgroups(nil))
		must(syscall.Setgid(id))
		must(syscall.Setuid(id))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// fifo makes a named pipe: fifo NAME.
func fifo(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(syscall.Mkfifo(ts.MkAbs(args[0]), 0o644))
}
