package bird_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/bird"
	"github.com/cleannet/cleannet/internal/testkit"
	"github.com/cleannet/cleannet/internal/testkit/router"
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
	dir := filepath.Dir(config)
	d := daemon{client, filepath.Join(dir, "ctl")}
	exited := router.Run(t, dir, program, "-f", "-c", config, "-s", d.socket, "-P", filepath.Join(dir, "pid"))
	router.Ready(t, exited, client, "-s", d.socket, "show", "status")
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
