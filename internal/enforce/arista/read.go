package arista

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
		paths: make(map[string][]rule), blocks: make(map[string][]netip.Prefix),
		path:  regexp.MustCompile(`^ip as-path access-list ([\w-]+) (permit|deny) (\^\$|\.\*|([\^_])(\d+)([_$])) any$`),
		block: regexp.MustCompile(`^(?:ip prefix-list ([\w-]+)|  ) seq \d+ permit (\S+)(?: le (\d+))?$`),
		entry: regexp.MustCompile(`^route-map ([\w-]+) (permit|deny) (\d+)$`),
		match: regexp.MustCompile(`^   match (as-path|ip address prefix-list|ipv6 address prefix-list) ([\w-]+)$`),
	}
	if err := enforce.EachLine(files, r.line); err != nil {
		return nil, err
	}
	if r.open || r.last == "" {
		return nil, fmt.Errorf("a route-map is missing or not complete")
	}
	return &r.Program, nil
}

// reader carries out the subset of EOS that the target writes.
type reader struct {
	enforce.Reading
	path, block, entry, match *regexp.Regexp

	paths  map[string][]rule
	blocks map[string][]netip.Prefix
	list6  string // the open prefix-list of IPv6
	last   string // the last route-map
	number int    // of its last entry
	open   bool   // that entry denies and has no condition yet
}

// rule is a line of an access-list.
type rule struct {
	permit      bool
	text        string
	number      string // empty for "^$" and ".*"
	first, last bool   // the number must begin or end the path
}

// matches takes a path with a space on both sides of every number.
func (e rule) matches(path string) bool {
	switch {
	case e.text == ".*":
		return true
	case e.number == "":
		return strings.TrimSpace(path) == ""
	case e.first:
		return strings.HasPrefix(path, " "+e.number+" ")
	case e.last:
		return strings.HasSuffix(path, " "+e.number+" ")
	}
	return strings.Contains(path, " "+e.number+" ")
}

func (r *reader) line(line string) error {
	if comment, ok := strings.CutPrefix(line, "!"); ok {
		r.Note(comment)
		return nil
	}
	if m := r.path.FindStringSubmatch(line); m != nil && !r.open {
		return r.expression(m[1], rule{permit: m[2] == "permit", text: m[3], first: m[4] == "^", number: m[5], last: m[6] == "$"})
	}
	if name, ok := strings.CutPrefix(line, "ipv6 prefix-list "); ok && !r.open {
		r.list6 = name
		return nil
	}
	if m := r.block.FindStringSubmatch(line); m != nil && !r.open {
		return r.prefix(m[1], m[2], m[3])
	}
	if m := r.entry.FindStringSubmatch(line); m != nil && !r.open {
		n, err := strconv.Atoi(m[3])
		if err != nil || n > 65535 || m[1] == r.last && n <= r.number {
			return fmt.Errorf("entry %s of %s is out of order or above 65535", m[3], m[1])
		}
		r.last, r.number, r.open = m[1], n, m[2] == "deny"
		r.Program.Add(r.session())
		return nil
	}
	if m := r.match.FindStringSubmatch(line); m != nil && r.open {
		r.open = false
		switch {
		case m[1] == "as-path" && r.paths[m[2]] != nil:
			list := r.paths[m[2]]
			r.Program.Add(r.session(), func(route *enforce.Route) bool { return permits(list, route.Text()) })
			return nil
		case m[1] != "as-path" && r.blocks[m[2]] != nil:
			r.Program.Add(r.session(), enforce.Within(r.blocks[m[2]]))
			return nil
		}
		return fmt.Errorf("there is no list %q", m[2])
	}
	return fmt.Errorf("unexpected %.80q", line)
}

func (r *reader) session() string {
	return strings.TrimPrefix(strings.TrimPrefix(r.last, "CLEANNET-IN"), "-")
}

// expression adds a line of an access-list.
func (r *reader) expression(name string, e rule) error {
	r.paths[name] = append(r.paths[name], e)
	if e.number == "" {
		return nil
	}
	n, err := strconv.ParseUint(e.number, 10, 32)
	if err != nil {
		return fmt.Errorf("%q is no AS number", e.number)
	}
	return r.Number(uint32(n))
}

// prefix adds a line of a prefix-list.
func (r *reader) prefix(name, text, longest string) error {
	b, err := netip.ParsePrefix(text)
	if err != nil {
		return err
	}
	if name == "" {
		name = r.list6
	}
	if wide := longest == strconv.Itoa(b.Addr().BitLen()); wide == b.IsSingleIP() {
		return fmt.Errorf("%s does not match what lies in the block", text)
	}
	r.blocks[name] = append(r.blocks[name], b)
	return r.Block(b)
}

// permits tries the lines of a list in order; what matches none is denied. A
// set's braces are kept apart from its numbers, so that none of these is the
// first or the last of the path.
func permits(list []rule, path string) bool {
	borders := ""
	for _, e := range list {
		if e.number != "" && !strings.Contains(path, e.number) {
			continue // the common case, quickly
		}
		if borders == "" {
			borders = " " + strings.NewReplacer(",", " ", "{", "{ ", "}", " }").Replace(path) + " "
		}
		if e.matches(borders) {
			return e.permit
		}
	}
	return false
}
