package enforce

import (
	"slices"
	"strings"
)

// Patcher is a target for devices that take single commands, and so changes.
type Patcher interface {
	Target
	// Patch returns the commands that turn a running configuration into one
	// with the files. It looks only at what the target names; everything else
	// of the configuration is left alone.
	Patch(running []byte, files []File) (*Patch, error)
}

// Patch is a change of a configuration.
type Patch struct {
	File                      File
	Added, Removed, Unchanged int // statements
}

// Statement is a command of a device, with all that belongs to it.
type Statement struct {
	// Key names what the statement sets: statements with equal keys take each
	// other's place.
	Key  string
	Text string // normalised, to compare
	Add  string // what sets it, perhaps several lines
	Undo string // what removes it
	// Refers tells a statement that uses others, as a route-map uses lists:
	// those are there before it and go after it.
	Refers bool
	// Whole tells that setting the statement replaces one with the same key, so
	// that it need not be removed first.
	Whole bool
}

// NewPatch compares statements. What comes is set first, what refers is then
// replaced, and what is no longer used goes last. The preface is a comment to
// begin with, a line each.
func NewPatch(name string, preface []string, running, wanted []Statement) *Patch {
	old := make(map[string]Statement, len(running))
	for _, s := range running {
		old[s.Key] = s
	}
	p := &Patch{}
	var lists, gone, maps, unused []string
	keep := make(map[string]bool, len(wanted))
	for _, s := range wanted {
		keep[s.Key] = true
		before, exists := old[s.Key]
		if exists && before.Text == s.Text {
			p.Unchanged++
			continue
		}
		p.Added++
		if exists {
			p.Removed++
		}
		switch {
		case s.Refers && exists && !s.Whole:
			gone = append(gone, before.Undo)
			fallthrough
		case s.Refers:
			maps = append(maps, s.Add)
		case exists && !s.Whole:
			lists = append(lists, before.Undo, s.Add)
		default:
			lists = append(lists, s.Add)
		}
	}
	for _, s := range running {
		if keep[s.Key] || old[s.Key].Text != s.Text {
			continue
		}
		p.Removed++
		if s.Refers {
			gone = append(gone, s.Undo)
		} else {
			unused = append(unused, s.Undo)
		}
	}
	lines := slices.Concat(preface, lists, gone, maps, unused)
	p.File = File{Name: name, Data: []byte(strings.Join(lines, "\n") + "\n")}
	return p
}

// CiscoStatements reads the filters of a configuration in the style of Cisco's
// IOS, as FRR and EOS have it: access-lists, prefix-lists and entries of
// route-maps whose names begin with CLEANNET-. All else is passed over.
func CiscoStatements(text string) []Statement {
	var out []Statement
	var list string // "ipv6 prefix-list NAME" whose lines follow
	inMap := false
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		indented := strings.HasPrefix(line, " ")
		joined := strings.Join(words, " ")
		if indented && inMap && len(words) > 0 {
			last := &out[len(out)-1]
			last.Text += "\n" + joined
			last.Add = strings.TrimSuffix(last.Add, "\nexit") + "\n " + joined + "\nexit"
			continue
		}
		if indented && list != "" && len(words) > 2 && words[0] == "seq" {
			out = append(out, listLine(list, words))
			continue
		}
		inMap, list = false, ""
		switch {
		case len(words) == 4 && words[0] == "route-map" && strings.HasPrefix(words[1], "CLEANNET-"):
			inMap = true
			out = append(out, Statement{
				Key: "route-map " + words[1] + " " + words[3], Text: joined, Add: joined + "\nexit",
				Undo: "no " + joined, Refers: true,
			})
		case len(words) == 3 && words[1] == "prefix-list" && strings.HasPrefix(words[2], "CLEANNET-"):
			list = joined
		case len(words) > 4 && words[1] == "prefix-list" && words[3] == "seq" && strings.HasPrefix(words[2], "CLEANNET-"):
			out = append(out, listLine(strings.Join(words[:3], " "), words[3:]))
		case len(words) > 4 && strings.HasPrefix(words[3], "CLEANNET-") && strings.Contains(joined, "as-path access-list"):
			key := joined
			if words[4] == "seq" {
				key = strings.Join(words[:6], " ")
			}
			out = append(out, Statement{Key: key, Text: joined, Add: joined, Undo: "no " + joined})
		}
	}
	return out
}

// listLine is a line of a prefix-list, in the form that both devices take.
func listLine(list string, words []string) Statement {
	text := list + " " + strings.Join(words, " ")
	return Statement{Key: list + " " + words[1], Text: text, Add: text, Undo: "no " + text}
}
