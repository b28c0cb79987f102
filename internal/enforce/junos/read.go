package junos

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Interpret implements [enforce.Interpreter].
func (Target) Interpret(files []enforce.File) (*enforce.Program, error) {
	r := &reader{groups: make(map[string][]enforce.Test), lists: make(map[string][]netip.Prefix), policies: make(map[string][]*term)}
	if err := enforce.EachLine(files, r.line); err != nil {
		return nil, err
	}
	return r.finish()
}

// reader carries out the subset of Junos that the target writes.
type reader struct {
	enforce.Reading
	groups   map[string][]enforce.Test
	lists    map[string][]netip.Prefix
	policies map[string][]*term // the terms of each policy in order
	names    []string           // of the policies in order
}

// term is a term of a policy: its conditions come before its action.
type term struct {
	name   string
	from   enforce.Test // nil for every route
	action string       // "reject" or "next"
}

func (r *reader) line(line string) error {
	if comment, ok := strings.CutPrefix(line, "#"); ok {
		r.Note(comment)
		return nil
	}
	rest, ok := strings.CutPrefix(line, "set policy-options ")
	words := strings.Fields(rest)
	if !ok || len(words) < 3 {
		return fmt.Errorf("unexpected %.80q", line)
	}
	switch {
	case words[0] == "as-path-group" && len(words) > 4 && words[2] == "as-path":
		return r.expression(words[1], strings.Join(words[4:], " "))
	case words[0] == "as-path":
		return r.expression(words[1], strings.Join(words[2:], " "))
	case words[0] == "prefix-list" && len(words) == 3:
		b, err := netip.ParsePrefix(words[2])
		if err != nil {
			return err
		}
		r.lists[words[1]] = append(r.lists[words[1]], b)
		return r.Block(b)
	case words[0] == "policy-statement" && len(words) > 5 && words[2] == "term":
		return r.term(words[1], words[3], words[4], words[5:])
	}
	return fmt.Errorf("unexpected %.80q", line)
}

// expression adds an expression to a group.
func (r *reader) expression(group, quoted string) error {
	text, err := strconv.Unquote(quoted)
	if err != nil {
		return fmt.Errorf("%s is not quoted", quoted)
	}
	test, n, err := enforce.ParseTerms(text)
	if err != nil {
		return err
	}
	r.groups[group] = append(r.groups[group], test)
	if text == "()" {
		return nil
	}
	return r.Number(n)
}

// term reads a line of a policy.
func (r *reader) term(policy, name, part string, words []string) error {
	terms := r.policies[policy]
	if terms == nil {
		r.names = append(r.names, policy)
	}
	if len(terms) == 0 || terms[len(terms)-1].name != name {
		terms = append(terms, &term{name: name})
		r.policies[policy] = terms
	}
	last := terms[len(terms)-1]
	text := strings.Join(words, " ")
	switch {
	case last.action != "":
		return fmt.Errorf("term %q goes on after its action", name)
	case part == "then" && (text == "reject" || text == "next policy"):
		last.action = words[0]
	case part == "from" && len(words) == 2 && (words[0] == "as-path-group" || words[0] == "as-path") && r.groups[words[1]] != nil:
		last.from = enforce.AnyOf(r.groups[words[1]])
	case part == "from" && len(words) == 3 && words[0] == "prefix-list-filter" && words[2] == "orlonger" && r.lists[words[1]] != nil:
		last.from = enforce.Within(r.lists[words[1]])
	default:
		return fmt.Errorf("unexpected %s %q", part, text)
	}
	return nil
}

// finish turns the policies into the tests of each session: the policies of
// allow-lists hold for all.
func (r *reader) finish() (*enforce.Program, error) {
	var everywhere []enforce.Test
	var sessions []string
	for _, name := range r.names {
		terms := r.policies[name]
		test := func(route *enforce.Route) bool {
			for _, t := range terms {
				if t.from == nil || t.from(route) {
					return t.action == "reject"
				}
			}
			return false
		}
		session, isSession := strings.CutPrefix(name, "cleannet-in")
		if !isSession {
			everywhere = append(everywhere, test)
			continue
		}
		session = strings.TrimPrefix(session, "-")
		sessions = append(sessions, session)
		r.Program.Add(session, test)
	}
	if len(sessions) == 0 {
		return nil, fmt.Errorf("there is no policy cleannet-in")
	}
	for _, s := range sessions {
		r.Program.Add(s, everywhere...)
	}
	return &r.Program, nil
}
