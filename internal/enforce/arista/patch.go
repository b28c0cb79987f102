package arista

import (
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Patch implements [enforce.Patcher]. The running configuration is what "show
// running-config" prints.
func (Target) Patch(running []byte, files []enforce.File) (*enforce.Patch, error) {
	return enforce.NewPatch(FileName, []string{"! Changes for Arista EOS, written by cleannet: load them in a configure session"},
		statements(running), statements(files[0].Data)), nil
}

// statements are those of the Cisco style, except that an access-list whose
// order matters, because it denies, is one statement: EOS adds lines at its
// end. Lines of IPv6 prefix-lists stand in a mode of their own.
func statements(text []byte) []enforce.Statement {
	var out []enforce.Statement
	at := make(map[string]int) // by name of a list that denies
	all := enforce.CiscoStatements(string(text))
	denies := make(map[string]bool)
	for _, s := range all {
		if words := strings.Fields(s.Text); words[1] == "as-path" && words[4] == "deny" {
			denies[words[3]] = true
		}
	}
	for _, s := range all {
		words := strings.Fields(s.Text)
		switch {
		case words[0] == "ipv6":
			mode := strings.Join(words[:3], " ")
			s.Add = mode + "\n   " + strings.Join(words[3:], " ") + "\nexit"
			s.Undo = mode + "\n   no seq " + words[4] + "\nexit"
		case words[1] == "as-path" && denies[words[3]]:
			if i, ok := at[words[3]]; ok {
				out[i].Text += "\n" + s.Text
				out[i].Add += "\n" + s.Add
				continue
			}
			at[words[3]] = len(out)
			s.Key, s.Undo = "list "+words[3], "no ip as-path access-list "+words[3]
		}
		out = append(out, s)
	}
	return out
}
