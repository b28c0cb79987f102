package iosxr

import (
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Patch implements [enforce.Patcher]. The running configuration is what "show
// running-config" prints. A set or policy is replaced as a whole.
func (Target) Patch(running []byte, files []enforce.File) (*enforce.Patch, error) {
	return enforce.NewPatch(FileName, []string{"! Changes for Cisco IOS XR, written by cleannet: paste them in configuration mode"},
		statements(running), statements(files[0].Data)), nil
}

// statements are the sets and policies that the target names. Comments do not
// count as a change.
func statements(text []byte) []enforce.Statement {
	var out []enforce.Statement
	open := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		words := strings.Fields(line)
		joined := strings.Join(words, " ")
		switch {
		case open:
			last := &out[len(out)-1]
			last.Add += "\n" + line
			if !strings.HasPrefix(joined, "#") {
				last.Text += "\n" + joined
			}
			open = joined != "end-set" && joined != "end-policy"
		case len(words) == 2 && strings.HasPrefix(words[1], "CLEANNET-") &&
			(words[0] == "as-path-set" || words[0] == "prefix-set" || words[0] == "route-policy"):
			open = true
			out = append(out, enforce.Statement{
				Key: joined, Text: joined, Add: line, Undo: "no " + joined, Refers: words[0] == "route-policy", Whole: true,
			})
		}
	}
	return out
}
