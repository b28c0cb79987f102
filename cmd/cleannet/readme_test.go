package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReadme runs the commands of the README, in their order, in a folder that
// holds the examples. A command whose files are the reader's own, such as
// rib.gz, is checked for its flags and not run.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := copyTree(filepath.Join(dir, "examples"), "../../examples"); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(dir, "state"))
	ran := 0
	for _, line := range shellLines(string(text)) {
		c, ok := parseCommand(line)
		if !ok {
			continue
		}
		t.Run(line, func(t *testing.T) {
			path, err := checkCommand(c.args)
			if err != nil {
				t.Fatal(err)
			}
			if file, ok := filesExist(dir, c.args); !ok {
				t.Logf("not run: there is no %s", file)
				return
			}
			ran++
			cmd := exec.CommandContext(t.Context(), "cleannet", c.args...)
			cmd.Dir, cmd.Env = dir, env
			out, err := cmd.CombinedOutput()
			want := exitOK
			if path == "cleannet check" || path == "cleannet judge" {
				want = exitViolation // what Harbor is for
			}
			if got := cmd.ProcessState.ExitCode(); got != want {
				t.Errorf("exit code %d, want %d: %v\n%s", got, want, err, out)
			}
			if c.stdout != "" {
				if err := os.WriteFile(filepath.Join(dir, c.stdout), out, 0o644); err != nil {
					t.Error(err)
				}
			}
		})
	}
	const least = 5
	if ran < least {
		t.Errorf("%d commands ran, want at least %d: show some on examples/harbor in a block ```sh", ran, least)
	}
}

// shellLines returns the lines of the blocks that are marked sh.
func shellLines(markdown string) []string {
	var out []string
	inside := false
	joined := strings.ReplaceAll(markdown, "\\\n", " ")
	for line := range strings.Lines(joined) {
		line = strings.TrimSpace(line)
		switch {
		case line == "```sh":
			inside = true
		case line == "```":
			inside = false
		case inside:
			out = append(out, line)
		}
	}
	return out
}

// filesExist tells whether the files that a command reads are there; where one
// is not, it names it. What looks like a file has an extension or a slash.
func filesExist(dir string, args []string) (missing string, ok bool) {
	for i, a := range args {
		written := i > 0 && (args[i-1] == "-o" || args[i-1] == "--output")
		looksLikeFile := strings.Contains(a, "/") || slices.Contains(
			[]string{".gz", ".mrt", ".cnz", ".yaml", ".json", ".csv", ".txt", ".bin"}, filepath.Ext(a))
		if written || !looksLikeFile {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, a)); err != nil {
			return a, false
		}
	}
	return "", true
}

// TestReadmeShows holds the excerpt of a report in the README against the report.
func TestReadmeShows(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, excerpt, _ := strings.Cut(string(text), "```text\n")
	excerpt, _, found := strings.Cut(excerpt, "```\n")
	if !found {
		t.Fatal("the README shows no report")
	}
	cmd := exec.CommandContext(t.Context(), "cleannet", "check", "examples/harbor")
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+t.TempDir())
	out, _ := cmd.Output() // it exits 3, which TestReadme checks
	for line := range strings.Lines(excerpt) {
		if strings.TrimSpace(line) != "…" && !strings.Contains(string(out), line) {
			t.Errorf("the report has no line %q", line)
		}
	}
}

// TestExitCodes keeps the page about exit codes to what the help says.
func TestExitCodes(t *testing.T) {
	page, err := os.ReadFile("../../docs/05-output.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(exitHelp, "\n")
	if !strings.Contains(string(page), "```text\n"+list+"\n```\n") {
		t.Errorf("docs/05-output.md has another list of exit codes than the help:\n%s", list)
	}
}
