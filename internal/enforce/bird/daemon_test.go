package bird_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/bird"
	"github.com/cleannet/cleannet/internal/testkit"
)

// writeConfig writes the plan's file and a full configuration around it, and
// returns the configuration's path.
func writeConfig(t testing.TB, plan *enforce.Plan, protocols string) string {
	t.Helper()
	files, err := bird.Target{}.Files(plan)
	if err != nil {
		t.Fatal(err)
	}
	// A folder of its own with a short name: the path of a socket has at most
	// 107 bytes on Linux.
	dir, err := os.MkdirTemp("", "bird") //nolint:usetesting // t.TempDir puts the test's name into the path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	filters := filepath.Join(dir, files[0].Name)
	if err := os.WriteFile(filters, files[0].Data, 0o600); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "bird.conf")
	text := fmt.Sprintf("router id 192.0.2.254;\nlog stderr all;\ninclude %q;\nprotocol device { }\n%s", filters, protocols)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// daemon is a running BIRD of the test's own.
type daemon struct {
	client, socket string
}

// start runs BIRD in the foreground until the test ends.
func start(t testing.TB, config string) daemon {
	t.Helper()
	program, client := testkit.Tool(t, "bird"), testkit.Tool(t, "birdc")
	d := daemon{client, filepath.Join(filepath.Dir(config), "ctl")}
	var log strings.Builder
	cmd := exec.Command(program, "-f", "-c", config, "-s", d.socket, "-P", filepath.Join(filepath.Dir(config), "pid"))
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(exited)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		select {
		case <-exited:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-exited
		}
		if t.Failed() {
			t.Logf("bird says:\n%s", log.String())
		}
	})
	for range 500 {
		if err := exec.Command(client, "-s", d.socket, "show", "status").Run(); err == nil {
			return d
		}
		select {
		case <-exited:
			t.Fatal("bird ended at once")
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatal("bird does not answer on its socket")
	return d
}

// ask sends a command and returns the answer without the greeting.
func (d daemon) ask(t testing.TB, command string) string {
	t.Helper()
	out, err := exec.Command(d.client, "-s", d.socket, command).CombinedOutput()
	if err != nil {
		t.Fatalf("birdc %q: %v: %s", command, err, out)
	}
	_, answer, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(answer)
}

// eval evaluates a Boolean expression of the filter language.
func (d daemon) eval(t testing.TB, expression string) bool {
	t.Helper()
	switch answer := d.ask(t, "eval "+expression); answer {
	case "TRUE":
		return true
	case "FALSE":
		return false
	default:
		t.Fatalf("%s gives %q", expression, answer)
		return false
	}
}
