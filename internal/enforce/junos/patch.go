package junos

import (
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Patch implements [enforce.Patcher]. The running configuration is what "show
// configuration policy-options | display set" prints.
func (Target) Patch(running []byte, files []enforce.File) (*enforce.Patch, error) {
	return enforce.NewPatch(FileName, []string{"# Changes for Junos, written by cleannet: load them with load set"},
		statements(running), statements(files[0].Data)), nil
}

// statements are the set commands for what the target names. A term is added
// at the end of its policy, where the terms that take the rest stand: it is
// moved before them.
func statements(text []byte) []enforce.Statement {
	var out []enforce.Statement
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) < 4 || words[0] != "set" || words[1] != "policy-options" || !strings.HasPrefix(words[3], "cleannet-") {
			continue
		}
		line = strings.Join(words, " ")
		s := enforce.Statement{Key: line, Text: line, Add: line, Undo: "delete" + strings.TrimPrefix(line, "set")}
		if len(words) > 7 && words[2] == "policy-statement" {
			s.Refers = true
			if last := before(words[5]); last != "" && words[6] == "from" {
				s.Add += "\ninsert policy-options policy-statement " + words[3] + " term " + words[5] + " before term " + last
			}
		}
		out = append(out, s)
	}
	return out
}

// before names the term that must come after one.
func before(term string) string {
	switch term {
	case "rest", "own":
		return ""
	case "permitted":
		return "own"
	}
	return "rest"
}
