package gobgp

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
		paths: make(map[string][]*regexp.Regexp), blocks: make(map[string][]netip.Prefix), peers: make(map[string][]string),
	}
	for _, f := range files {
		n := 0
		for line := range strings.Lines(string(f.Data)) {
			n++
			if err := r.line(strings.TrimSpace(line)); err != nil {
				return nil, fmt.Errorf("%s line %d: %w", f.Name, n, err)
			}
		}
	}
	return r.finish()
}

// reader carries out the part of GoBGP's configuration that the target writes.
type reader struct {
	enforce.Reading
	paths  map[string][]*regexp.Regexp
	blocks map[string][]netip.Prefix
	peers  map[string][]string // neighbour sets

	table string // the open table of the file
	name  string // of the open set
	block netip.Prefix
	rules []*rule
}

// rule is a statement of the policy.
type rule struct {
	waived  string // neighbour set, empty for none
	tests   []enforce.Test
	paths   string
	rejects bool
}

func (r *reader) line(line string) error {
	switch {
	case line == "" || line == "]":
	case strings.HasPrefix(line, "#"):
		r.Note(strings.TrimSpace(line[1:]))
	case strings.HasPrefix(line, "["):
		r.table = strings.Trim(line, "[]")
		if r.table == "policy-definitions.statements" {
			r.rules = append(r.rules, new(rule))
		}
	case strings.HasPrefix(line, "'") && strings.HasSuffix(line, "',"):
		return r.path(line[1 : len(line)-2])
	default:
		key, value, ok := strings.Cut(line, " = ")
		if !ok {
			return fmt.Errorf("unexpected %.80q", line)
		}
		if text, err := strconv.Unquote(value); err == nil {
			value = text
		}
		return r.set(key, value)
	}
	return nil
}

func (r *reader) path(text string) error {
	re, err := enforce.CompilePattern(text)
	if err != nil {
		return err
	}
	r.paths[r.name] = append(r.paths[r.name], re)
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

// set takes a key of the open table.
func (r *reader) set(key, value string) error {
	var last *rule
	if k := len(r.rules) - 1; k >= 0 {
		last = r.rules[k]
	}
	unexpected := fmt.Errorf("unexpected %s = %.80q in %q", key, value, r.table)
	if last == nil && strings.HasPrefix(r.table, "policy-definitions.") {
		return unexpected // a condition of no statement
	}
	switch r.table + " " + key {
	case "defined-sets.bgp-defined-sets.as-path-sets as-path-set-name", "defined-sets.prefix-sets prefix-set-name",
		"defined-sets.neighbor-sets neighbor-set-name":
		r.name = value
	case "defined-sets.bgp-defined-sets.as-path-sets as-path-list":
	case "defined-sets.prefix-sets.prefix-list ip-prefix":
		var err error
		r.block, err = netip.ParsePrefix(value)
		return err
	case "defined-sets.prefix-sets.prefix-list masklength-range":
		if value != fmt.Sprintf("%d..%d", r.block.Bits(), r.block.Addr().BitLen()) {
			return unexpected
		}
		r.blocks[r.name] = append(r.blocks[r.name], r.block)
		return r.Block(r.block)
	case "defined-sets.neighbor-sets neighbor-info-list":
		for text := range strings.SplitSeq(strings.Trim(value, "[]"), ", ") {
			r.peers[r.name] = append(r.peers[r.name], strings.Trim(text, `"`))
		}
	case "policy-definitions name", "policy-definitions.statements name":
	case "policy-definitions.statements.actions route-disposition":
		last.rejects = value == "reject-route"
	case "policy-definitions.statements.conditions.match-neighbor-set neighbor-set":
		last.waived = value
	case "policy-definitions.statements.conditions.match-neighbor-set match-set-options":
		if value != "invert" {
			return unexpected
		}
	case "policy-definitions.statements.conditions.bgp-conditions.match-as-path-set as-path-set":
		last.paths = value
	case "policy-definitions.statements.conditions.bgp-conditions.match-as-path-set match-set-options":
		list, invert := r.paths[last.paths], value == "invert"
		last.tests = append(last.tests, func(route *enforce.Route) bool { return matches(list, route.Text()) != invert })
	case "policy-definitions.statements.conditions.bgp-conditions.as-path-length operator":
		if value != "ge" {
			return unexpected
		}
	case "policy-definitions.statements.conditions.bgp-conditions.as-path-length value":
		if value != "1" {
			return unexpected
		}
		last.tests = append(last.tests, func(route *enforce.Route) bool { return len(route.Path) > 0 })
	case "policy-definitions.statements.conditions.match-prefix-set prefix-set":
		last.tests = append(last.tests, enforce.Within(r.blocks[value]))
	default:
		return unexpected
	}
	return nil
}

// finish turns the statements into the tests of each session.
func (r *reader) finish() (*enforce.Program, error) {
	sessions := map[string]bool{"": true}
	for _, peers := range r.peers {
		for _, p := range peers {
			sessions[p] = true
		}
	}
	for peer := range sessions {
		name := ""
		if a, err := netip.ParseAddr(peer); err == nil {
			name = enforce.SessionName(a)
		}
		r.Program.Add(name)
		for _, one := range r.rules {
			if !one.rejects || len(one.tests) == 0 {
				return nil, fmt.Errorf("a statement rejects nothing, or without a condition")
			}
			waived := false
			for _, p := range r.peers[one.waived] {
				waived = waived || p == peer
			}
			if !waived {
				r.Program.Add(name, all(one.tests))
			}
		}
	}
	return &r.Program, nil
}

// all is true if each test is.
func all(tests []enforce.Test) enforce.Test {
	return func(route *enforce.Route) bool {
		for _, t := range tests {
			if !t(route) {
				return false
			}
		}
		return true
	}
}

func matches(list []*regexp.Regexp, path string) bool {
	for _, re := range list {
		if re.MatchString(path) {
			return true
		}
	}
	return false
}
