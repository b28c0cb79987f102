package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be cleannet, so that scripts and tests start
// the command as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"cleannet": func() {
		handicap()
		os.Exit(run())
	}})
}

// TestScript runs the scripts. Each is one behaviour; its name says which.
func TestScript(t *testing.T) {
	dir := openDir(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		WorkdirRoot:         dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setupScript,
		Condition:           condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "routes": routes, "random": random, "first": first,
			"gzip": gzipFile, "fifo": fifo, "harbor": copyHarbor, "flip": flip,
			"utf16": toUTF16, "fromutf16": fromUTF16, "hugeline": hugeLine, "companydata": companyData,
		},
	})
}

// openDir returns a new folder that every user may enter, as t.TempDir is not:
// some tests run the command as nobody.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cleannet-test-") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// setupScript gives every script its own state folder, a fixed time, and the
// example organisation.
func setupScript(env *testscript.Env) error {
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
	env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
	env.Setenv("SOURCE_DATE_EPOCH", "1600000000")
	return copyTree(filepath.Join(env.WorkDir, "harbor"), "../../examples/harbor")
}

// copyTree copies the files of a folder into a new one.
func copyTree(to, from string) error {
	return os.CopyFS(to, os.DirFS(from))
}

// condition knows [root], and [mount]: whether a process may have mounts of
// its own.
func condition(name string) (bool, error) {
	switch name {
	case "root":
		return os.Getuid() == 0, nil
	case "mount":
		return exec.CommandContext(context.Background(), "unshare", "--mount", "true").Run() == nil, nil
	}
	return false, strconv.ErrSyntax
}

// exits runs a program and wants its exit code: exits CODE PROGRAM ARGS...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(*exec.ExitError)
		if !ok {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s: exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
	stderr := ts.ReadFile("stderr")
	for _, bad := range []string{"goroutine ", "panic:", "cleannet: cleannet:", "%!"} {
		if strings.Contains(stderr, bad) {
			ts.Fatalf("standard error holds %q", bad)
		}
	}
}
