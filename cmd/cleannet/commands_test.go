package main

import (
	"bytes"
	"io"
	"maps"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// commands returns every command below root, root included, by its path.
func commands(root *cobra.Command) map[string]*cobra.Command {
	out := map[string]*cobra.Command{root.CommandPath(): root}
	for _, sub := range root.Commands() {
		if !sub.Hidden {
			maps.Copy(out, commands(sub))
		}
	}
	return out
}

func testRoot() *cobra.Command {
	return newRoot(streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard})
}

// TestHelp wants of every command what a stranger needs: what it does, its
// usage and examples, in a help text that fits a terminal.
func TestHelp(t *testing.T) {
	for path, cmd := range commands(testRoot()) {
		t.Run(path, func(t *testing.T) {
			if cmd.Short == "" || cmd.Example == "" {
				t.Errorf("Short %q, Example %q: want both", cmd.Short, cmd.Example)
			}
			if r := cmd.Short; strings.HasSuffix(r, ".") || r != "" && r[:1] != strings.ToLower(r[:1]) {
				t.Errorf("Short %q: want a phrase in lower case without a stop", r)
			}
			var out, problems bytes.Buffer
			args := append(strings.Fields(path)[1:], "--help")
			if code := execute(t.Context(), args, streams{in: strings.NewReader(""), out: &out, err: &problems}); code != exitOK {
				t.Errorf("exit code %d: %s", code, &problems)
			}
			for _, section := range []string{"Usage:\n  cleannet", "Examples:\n  cleannet"} {
				if !strings.Contains(out.String(), section) {
					t.Errorf("help lacks %q:\n%s", section, &out)
				}
			}
		})
	}
}

// TestExamples wants the examples in the help texts to be commands with flags
// that exist, at least one of them of the command whose help shows it.
func TestExamples(t *testing.T) {
	for path, cmd := range commands(testRoot()) {
		own := false
		for line := range strings.Lines(cmd.Example) {
			t.Run(path+"/"+strings.TrimSpace(line), func(t *testing.T) {
				c, ok := parseCommand(line)
				if !ok {
					t.Fatalf("example %q does not start with cleannet", line)
				}
				found, err := checkCommand(c.args)
				if err != nil {
					t.Fatal(err)
				}
				own = own || strings.HasPrefix(found, path)
			})
		}
		if !own {
			t.Errorf("no example of %q is of that command", path)
		}
	}
}

// commandLine is a line of a document that starts the command.
type commandLine struct {
	args   []string // after "cleannet"
	stdout string   // file that the output goes to, if any
}

// parseCommand reads a line as a shell would, as far as our documents need:
// comments, quotes, one redirection, and a pipe, whose other side is left out.
func parseCommand(line string) (c commandLine, ok bool) {
	line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
	words := shellWords(line)
	switch {
	case len(words) > 0 && words[0] == "cleannet":
		words = words[1:]
	case len(words) > 2 && words[0] == "go" && words[1] == "run" && words[2] == "./cmd/cleannet":
		words = words[3:]
	default:
		return c, false
	}
	for i, w := range words {
		if w == "|" || w == "&&" || w == ";" || w == ">" {
			if w == ">" && i+1 < len(words) {
				c.stdout = words[i+1]
			}
			words = words[:i]
			break
		}
	}
	c.args = words
	return c, true
}

// shellWords splits a line into words; what follows a # is a comment.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	begun := false
	end := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, begun = r, true
		case r == '#' && !begun:
			return words
		case r == ' ' || r == '\t' || r == '\n':
			end()
		default:
			begun = true
			word.WriteRune(r)
		}
	}
	end()
	return words
}

// checkCommand finds the command of the arguments, parses its flags and checks
// the number of its arguments, and returns its path.
func checkCommand(args []string) (path string, err error) {
	cmd, rest, err := testRoot().Find(args)
	if err != nil {
		return "", err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return "", err
	}
	return cmd.CommandPath(), cmd.ValidateArgs(cmd.Flags().Args())
}
