package iosxr

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Interpret implements [enforce.Interpreter].
func (Target) Interpret(files []enforce.File) (*enforce.Program, error) {
	r := &reader{
		paths: make(map[string][]enforce.Test), blocks: make(map[string][]netip.Prefix),
		element: regexp.MustCompile(`^  (?:(passes-through|originates-from|neighbor-is) '(\d+)'|([0-9a-f.:]+/\d+)(?: le (\d+))?)(,?)$`),
	}
	if err := enforce.EachLine(files, r.line); err != nil {
		return nil, err
	}
	if r.in != "" || !r.found {
		return nil, fmt.Errorf("the files end inside %s, or hold no route-policy", r.in)
	}
	return &r.Program, nil
}

// reader carries out the subset of the routing policy language that the target
// writes.
type reader struct {
	enforce.Reading
	element *regexp.Regexp
	paths   map[string][]enforce.Test
	blocks  map[string][]netip.Prefix

	in, name  string // the open construct: "as-path-set", "prefix-set", "route-policy", "if", "drop"
	more      bool   // an element must follow
	condition enforce.Test
	found     bool
}

func (r *reader) line(line string) error {
	words := strings.Fields(line)
	switch {
	case strings.HasPrefix(line, "!"):
	case strings.HasPrefix(line, "  #"):
		r.Note(strings.TrimLeft(line, " #"))
	case r.in == "" && len(words) == 2 && (words[0] == "as-path-set" || words[0] == "prefix-set" || words[0] == "route-policy"):
		r.in, r.name, r.more = words[0], words[1], true
		if r.in == "route-policy" {
			r.found = true
			r.Program.Add(r.session())
		}
	case line == "end-set" && strings.HasSuffix(r.in, "-set") && !r.more, line == "end-policy" && r.in == "passed":
		r.in = ""
	case strings.HasSuffix(r.in, "-set") && r.more:
		return r.member(line)
	case r.in == "route-policy" && line == "  pass":
		r.in = "passed"
	case r.in == "route-policy" && strings.HasPrefix(line, "  if ") && strings.HasSuffix(line, " then"):
		test, err := r.parse(strings.TrimSuffix(line[5:], " then"))
		r.in, r.condition = "if", test
		return err
	case r.in == "if" && line == "    drop":
		r.in = "drop"
	case r.in == "drop" && line == "  endif":
		r.Program.Add(r.session(), r.condition)
		r.in = "route-policy"
	default:
		return fmt.Errorf("unexpected %.80q", line)
	}
	return nil
}

func (r *reader) session() string {
	return strings.TrimPrefix(strings.TrimPrefix(r.name, "CLEANNET-IN"), "-")
}

// member reads an element of a set.
func (r *reader) member(line string) error {
	m := r.element.FindStringSubmatch(line)
	if len(m) == 0 || (m[1] != "") != (r.in == "as-path-set") {
		return fmt.Errorf("unexpected %.80q", line)
	}
	r.more = m[5] == ","
	if m[1] != "" {
		test, n, err := native(m[1], m[2])
		if err != nil {
			return err
		}
		r.paths[r.name] = append(r.paths[r.name], test)
		return r.Number(n)
	}
	b, err := netip.ParsePrefix(m[3])
	if err != nil {
		return err
	}
	if wide := m[4] == strconv.Itoa(b.Addr().BitLen()); wide == b.IsSingleIP() {
		return fmt.Errorf("%.80q does not match what lies in the block", line)
	}
	r.blocks[r.name] = append(r.blocks[r.name], b)
	return r.Block(b)
}

// native is one of the operations on AS paths.
func native(operation, number string) (enforce.Test, uint32, error) {
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return nil, 0, fmt.Errorf("%q is no AS number", number)
	}
	levels := map[string]enforce.Level{
		"neighbor-is": enforce.Direct, "originates-from": enforce.Origin, "passes-through": enforce.Any,
	}
	level, ok := levels[operation]
	if !ok {
		return nil, 0, fmt.Errorf("unknown operation %q", operation)
	}
	return enforce.Numbers(level, map[uint32]bool{uint32(n): true}), uint32(n), nil
}

// parse reads a condition: simple ones joined by "and", each perhaps negated.
func (r *reader) parse(text string) (enforce.Test, error) {
	var all []enforce.Test
	for part := range strings.SplitSeq(text, " and ") {
		part, negated := strings.CutPrefix(part, "not ")
		test, err := r.simple(strings.Fields(part))
		if err != nil {
			return nil, err
		}
		all = append(all, func(route *enforce.Route) bool { return test(route) != negated })
	}
	return func(route *enforce.Route) bool {
		for _, t := range all {
			if !t(route) {
				return false
			}
		}
		return true
	}, nil
}

func (r *reader) simple(words []string) (enforce.Test, error) {
	text := strings.Join(words, " ")
	switch {
	case text == "as-path is-local":
		return func(route *enforce.Route) bool { return len(route.Path) == 0 }, nil
	case len(words) == 3 && words[0] == "as-path" && words[1] == "in" && r.paths[words[2]] != nil:
		return enforce.AnyOf(r.paths[words[2]]), nil
	case len(words) == 3 && words[0] == "destination" && words[1] == "in" && r.blocks[words[2]] != nil:
		return enforce.Within(r.blocks[words[2]]), nil
	case len(words) == 3 && words[0] == "as-path":
		test, _, err := native(words[1], strings.Trim(words[2], "'"))
		return test, err
	}
	return nil, fmt.Errorf("unexpected condition %.80q", text)
}
