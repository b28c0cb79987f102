package sros

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
		groups: make(map[string][]enforce.Test), lists: make(map[string][]netip.Prefix), policies: make(map[string]*statements),
		grammar: regexp.MustCompile(`^/configure policy-options (?:` +
			`(as-path-group) "([\w-]+)" entry (\d+) expression "([^"]+)"|` +
			`(prefix-list) "([\w-]+)" prefix (\S+) type longer|` +
			`policy-statement "([\w-]+)" entry (\d+) (from as-path group|from prefix-list|action action-type) (\S+)|` +
			`policy-statement "([\w-]+)" default-action action-type ([\w-]+))$`),
	}
	if err := enforce.EachLine(files, r.line); err != nil {
		return nil, err
	}
	return r.finish()
}

// reader carries out the subset of SR OS that the target writes.
type reader struct {
	enforce.Reading
	grammar  *regexp.Regexp
	groups   map[string][]enforce.Test
	lists    map[string][]netip.Prefix
	policies map[string]*statements
	names    []string // of the policies in order
}

// statements are the entries of a policy in order.
type statements struct {
	entries  []*entry
	fallback string
}

type entry struct {
	number string
	from   enforce.Test
	action string
}

func (r *reader) line(line string) error {
	if comment, ok := strings.CutPrefix(line, "#"); ok {
		r.Note(comment)
		return nil
	}
	m := r.grammar.FindStringSubmatch(line)
	switch {
	case m == nil:
		return fmt.Errorf("unexpected %.80q", line)
	case m[1] != "":
		if n, err := strconv.Atoi(m[3]); err != nil || n < 1 || n > MaxEntries || len(m[2]) > MaxName {
			return fmt.Errorf("entry %s of group %q: at most %d entries and %d bytes of a name", m[3], m[2], MaxEntries, MaxName)
		}
		test, n, err := enforce.ParseTerms(m[4])
		if err != nil {
			return err
		}
		r.groups[m[2]] = append(r.groups[m[2]], test)
		return r.Number(n)
	case m[5] != "":
		b, err := netip.ParsePrefix(m[7])
		if err != nil {
			return err
		}
		r.lists[m[6]] = append(r.lists[m[6]], b)
		return r.Block(b)
	case m[12] != "":
		r.policy(m[12]).fallback = m[13]
		return nil
	}
	return r.entry(r.policy(m[8]), m[9], m[10], strings.Trim(m[11], `[]"`))
}

func (r *reader) policy(name string) *statements {
	p := r.policies[name]
	if p == nil {
		p = new(statements)
		r.policies[name] = p
		r.names = append(r.names, name)
	}
	return p
}

// entry reads a part of an entry: its condition comes before its action.
func (r *reader) entry(p *statements, number, part, value string) error {
	k := len(p.entries) - 1
	switch {
	case part == "from as-path group" && r.groups[value] != nil:
		p.entries = append(p.entries, &entry{number: number, from: enforce.AnyOf(r.groups[value])})
	case part == "from prefix-list" && r.lists[value] != nil:
		p.entries = append(p.entries, &entry{number: number, from: enforce.Within(r.lists[value])})
	case part == "action action-type" && k >= 0 && p.entries[k].number == number && (value == "reject" || value == "next-policy"):
		p.entries[k].action = value
	default:
		return fmt.Errorf("entry %s: unexpected %s %q", number, part, value)
	}
	return nil
}

// finish turns the policies into the tests of each session: the policies of
// allow-lists hold for all.
func (r *reader) finish() (*enforce.Program, error) {
	var everywhere []enforce.Test
	var sessions []string
	for _, name := range r.names {
		p := r.policies[name]
		test := func(route *enforce.Route) bool {
			for _, e := range p.entries {
				if e.from(route) {
					return e.action == "reject"
				}
			}
			return p.fallback == "reject"
		}
		session, isSession := strings.CutPrefix(name, "cn-in")
		if !isSession {
			everywhere = append(everywhere, test)
			continue
		}
		sessions = append(sessions, strings.TrimPrefix(session, "-"))
		r.Program.Add(strings.TrimPrefix(session, "-"), test)
	}
	if len(sessions) == 0 {
		return nil, fmt.Errorf("there is no policy cn-in")
	}
	for _, s := range sessions {
		r.Program.Add(s, everywhere...)
	}
	return &r.Program, nil
}
