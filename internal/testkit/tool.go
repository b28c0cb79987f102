package testkit

import (
	"os"
	"os/exec"
	"testing"
)

// Tool returns the path of a program that a test runs beside ours, name being
// the one that a shell would look for: "bird", "bgpdump", "chromium". A real
// tool of the field is the best judge of the files that we write for it.
//
// Where the program is not installed the test is skipped. With
// CLEANNET_REQUIRE_TOOLS set, as in CI, it fails instead, so that a missing
// install step can never go unseen.
//
// The system's folders for administrators are searched too, because BIRD lies
// there and they are not always on the path of an ordinary user.
func Tool(t testing.TB, name string) string {
	t.Helper()
	for _, candidate := range []string{name, "/usr/local/sbin/" + name, "/usr/sbin/" + name, "/sbin/" + name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	if os.Getenv("CLEANNET_REQUIRE_TOOLS") != "" {
		t.Fatalf("the program %q is required but not installed: install it, or unset CLEANNET_REQUIRE_TOOLS", name)
	}
	t.Skipf("no program %q: install it to run this test", name)
	return ""
}
