package testkit_test

import (
	"os"
	"testing"

	"github.com/cleannet/cleannet/internal/testkit"
)

// recorder is a test that records how it ended instead of ending the real one.
type recorder struct {
	testing.TB
	ended string
}

func (r *recorder) Helper() {}

func (r *recorder) Fatalf(string, ...any) { r.end("failed") }

func (r *recorder) Skipf(string, ...any) { r.end("skipped") }

func (r *recorder) end(how string) {
	if r.ended == "" {
		r.ended = how
	}
}

func TestTool(t *testing.T) {
	for _, tc := range []struct {
		name, tool, require, want string
	}{
		{"present", "go", "1", ""},
		{"absent", "no-such-program", "", "skipped"},
		{"absent but required", "no-such-program", "1", "failed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv("CLEANNET_REQUIRE_TOOLS", tc.require)
			r := &recorder{TB: t}
			path := testkit.Tool(r, tc.tool)
			if r.ended != tc.want {
				t.Errorf("the test ended %q, want %q", r.ended, tc.want)
			}
			if _, err := os.Stat(path); tc.want == "" && err != nil {
				t.Errorf("got path %q: %v", path, err)
			}
		})
	}
}
