package frr

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Interpret implements [enforce.Interpreter].
func (Target) Interpret(files []enforce.File) (*enforce.Program, error) {
	r := &reader{paths: make(map[string][]entry), blocks: make(map[string][]netip.Prefix)}
	for _, f := range files {
		n := 0
		for line := range strings.Lines(string(f.Data)) {
			n++
			if err := r.line(strings.TrimSuffix(line, "\n")); err != nil {
				return nil, fmt.Errorf("%s line %d: %w", f.Name, n, err)
			}
		}
	}
	return &r.Program, nil
}

// reader carries out the part of FRR's language that the target writes.
type reader struct {
	enforce.Reading
	paths   map[string][]entry
	blocks  map[string][]netip.Prefix
	inMap   string // name of the open route-map
	denies  bool
	matched bool
}

// entry is a line of an access-list.
type entry struct {
	permit bool
	re     *regexp.Regexp
}

func (r *reader) line(line string) error {
	words := strings.Fields(line)
	switch {
	case strings.HasPrefix(line, "!  "):
		r.Note(line[3:])
	case len(words) == 0 || strings.HasPrefix(line, "!"):
	case r.inMap != "":
		return r.inside(words)
	case len(words) > 7 && strings.HasPrefix(line, "bgp as-path access-list ") && words[4] == "seq":
		return r.path(words[3], words[6] == "permit", strings.Join(words[7:], " "))
	case len(words) >= 7 && words[1] == "prefix-list" && words[3] == "seq" && words[5] == "permit":
		b, err := netip.ParsePrefix(words[6])
		if err != nil {
			return err
		}
		longest := b.Addr().BitLen()
		if wide := len(words) == 9 && words[7] == "le" && words[8] == fmt.Sprint(longest); wide == (b.Bits() == longest) {
			return fmt.Errorf("%q does not match what lies in the block", line)
		}
		r.blocks[words[2]] = append(r.blocks[words[2]], b)
		return r.Block(b)
	case len(words) == 4 && words[0] == "route-map":
		r.inMap, r.denies, r.matched = words[1], words[2] == "deny", false
	default:
		return fmt.Errorf("unexpected %.80q", line)
	}
	return nil
}

// path adds a line of an access-list.
func (r *reader) path(name string, permit bool, text string) error {
	re, err := enforce.CompilePattern(text)
	if err != nil {
		return err
	}
	r.paths[name] = append(r.paths[name], entry{permit, re})
	if text == "^$" || text == ".*" {
		return nil
	}
	numbers, err := enforce.NumbersIn(text)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		if err := r.Number(n); err != nil {
			return err
		}
	}
	return nil
}

// inside reads a line of a route-map's entry.
func (r *reader) inside(words []string) error {
	session := strings.TrimPrefix(strings.TrimPrefix(r.inMap, "CLEANNET-IN"), "-")
	switch text := strings.Join(words, " "); {
	case text == "exit" && r.denies != r.matched:
		return fmt.Errorf("an entry of %s has no match", r.inMap)
	case text == "exit":
		r.Program.Add(session)
		r.inMap = ""
	case !r.denies || r.matched:
		return fmt.Errorf("unexpected %.80q", text)
	case len(words) == 3 && words[1] == "as-path" && r.paths[words[2]] != nil:
		list := r.paths[words[2]]
		r.Program.Add(session, func(route *enforce.Route) bool { return permits(list, route.Text()) })
	case len(words) == 5 && words[3] == "prefix-list" && r.blocks[words[4]] != nil:
		r.Program.Add(session, enforce.Within(r.blocks[words[4]]))
	default:
		return fmt.Errorf("unexpected %.80q", text)
	}
	r.matched = true
	return nil
}

// permits tries the lines of a list in order; what matches none is denied.
func permits(list []entry, path string) bool {
	for _, e := range list {
		if e.re.MatchString(path) {
			return e.permit
		}
	}
	return false
}
