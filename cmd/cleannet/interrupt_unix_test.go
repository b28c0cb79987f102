//go:build unix

package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cleannet/cleannet/internal/testkit/harbor"
)

// promptly is how soon an interrupted command must be gone.
const promptly = 5 * time.Second

// TestInterrupt presses Ctrl-C while the command reads an input that does not
// end: exit 130, no output, nothing left in the folder, not even the file in
// the making.
func TestInterrupt(t *testing.T) {
	table := routingTable(t)
	// More than a pipe holds, so that the command has begun to read once all
	// of it is written.
	much := bytes.Repeat(table, 1<<20/len(table)+1)
	tests := []struct {
		name string
		args []string
		pipe bool // input is a named pipe and not standard input
		data []byte
	}{
		{"collect from standard input", []string{"collect", "-", "-o", "out.cnz"}, false, much},
		{"check from standard input", []string{"check", "-", "-o", "out.html", "-f", "html"}, false, much},
		{"check to standard output", []string{"check", "-"}, false, much},
		{"collect from a named pipe", []string{"collect", "in.mrt", "-o", "out.cnz"}, true, much},
		{"collect from a named pipe without data", []string{"collect", "in.mrt", "-o", "out.cnz"}, true, nil},
		{"compressed garbage", []string{"collect", "-", "-o", "out.cnz"}, false, append([]byte("BZh9"), much...)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			cmd := exec.CommandContext(t.Context(), "cleannet", test.args...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(dir, "state"), "TMPDIR="+dir)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			in := startWithInput(t, cmd, test.pipe)
			defer in.Close()
			if _, err := in.Write(test.data); err != nil {
				t.Fatalf("the command does not read: %v\n%s", err, &stderr)
			}
			interrupt(t, cmd)
			if got := cmd.ProcessState.ExitCode(); got != exitInterrupted {
				t.Errorf("exit code %d (%v), want %d", got, cmd.ProcessState, exitInterrupted)
			}
			if want := "cleannet: interrupted; no output was written\n"; stderr.String() != want || stdout.Len() > 0 {
				t.Errorf("standard error %q, want %q; %d bytes of output", &stderr, want, stdout.Len())
			}
			for _, left := range files(t, dir) {
				if left != "in.mrt" {
					t.Errorf("%q is left behind", left)
				}
			}
		})
	}
}

// startWithInput starts the command and returns the end of its input to write
// to. With a pipe it returns once the command has opened it.
func startWithInput(t *testing.T, cmd *exec.Cmd, pipe bool) io.WriteCloser {
	t.Helper()
	if !pipe {
		in, err := cmd.StdinPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	name := filepath.Join(cmd.Dir, "in.mrt")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// interrupt sends the signal of Ctrl-C and waits for the end.
func interrupt(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(promptly, func() { cmd.Process.Kill() })
	cmd.Wait()
	if !late.Stop() {
		t.Fatalf("not gone after %v", promptly)
	}
}

// TestInterruptOutput ends the context while the command waits for a reader
// of a named pipe, and for room in one.
func TestInterruptOutput(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	tests := []struct {
		name, want string
		read       int
	}{
		{"no reader", "no output was written", 0},
		{"a reader that stops", "the output is not complete", 10},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "out.json")
			if err := syscall.Mkfifo(name, 0o600); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if test.read == 0 {
				time.AfterFunc(300*time.Millisecond, cancel)
			} else {
				go func() {
					r, err := os.Open(name)
					if err == nil {
						defer r.Close()
						io.ReadFull(r, make([]byte, test.read))
					}
					cancel()
					<-t.Context().Done()
				}()
			}
			var stderr bytes.Buffer
			args := []string{"collect", "../../examples/harbor", "--format", "json", "-o", name}
			if test.read > 0 {
				// More than the pipe holds.
				args = []string{"report", bigRun(t), "--format", "json", "-o", name}
			}
			code := execute(ctx, args, streams{in: strings.NewReader(""), out: io.Discard, err: &stderr})
			if code != exitInterrupted || !strings.Contains(stderr.String(), test.want) {
				t.Errorf("exit code %d, %q; want %d, %q", code, &stderr, exitInterrupted, test.want)
			}
		})
	}
}

// bigRun saves a run of many findings.
func bigRun(t *testing.T) string {
	t.Helper()
	var run bytes.Buffer
	args := []string{"check", "../../examples/harbor", "--format", "json"}
	if code := execute(t.Context(), args, streams{in: strings.NewReader(""), out: &run, err: io.Discard}); code != exitViolation {
		t.Fatalf("exit code %d", code)
	}
	lines := strings.SplitAfter(run.String(), "\n")
	finding := lines[1]
	if !strings.HasPrefix(finding, `{"finding":`) {
		t.Fatalf("second message is %.40s", finding)
	}
	lines[1] = strings.Repeat(finding, 1<<20/len(finding))
	name := filepath.Join(t.TempDir(), "run.json")
	if err := os.WriteFile(name, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// routingTable returns the table of the example organisation.
func routingTable(t *testing.T) []byte {
	t.Helper()
	files, err := harbor.Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if filepath.Ext(name) == ".mrt" {
			return content
		}
	}
	t.Fatal("the example has no routing table")
	return nil
}

// files returns the files below a folder, relative to it.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, name)
			out = append(out, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
