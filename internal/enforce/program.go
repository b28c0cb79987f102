package enforce

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
)

// Interpreter is a target that can also carry out its own files, to prove what
// they do. It knows the part of the device's language that the target writes,
// and refuses every line that is not of it.
type Interpreter interface {
	Target
	// Interpret reads files that Files may have written. The error names the
	// file and the line.
	Interpret([]File) (*Program, error)
}

// Program is what a filter makes a router do. Its zero value drops nothing.
type Program struct {
	// Lines are the numbers and blocks in the file, each with the id beside it.
	Lines []Line
	// sessions has the tests of each session by name; the empty name is that of
	// all others.
	sessions map[string][]Test
}

// Line is a number or block that a file cuts or permits, and an id beside it.
type Line struct {
	Identifier evidence.ID
	ID         string
}

// Test tells whether a route is dropped.
type Test func(*Route) bool

// Route is a route as a router receives it. It belongs to one goroutine.
type Route struct {
	Prefix netip.Prefix
	Path   Path
	text   string
}

// Path is an AS path: its elements in order, each a number or the members of a
// set.
type Path [][]uint32

// Text returns the path as routers print it: "64496 {64497,64498}".
func (r *Route) Text() string {
	if r.text == "" {
		r.text = r.Path.String()
	}
	return r.text
}

// String returns the path as routers print it, except that a set of one
// member is printed as a number: the two cannot be told apart in a Path.
func (p Path) String() string {
	var b []byte
	for i, element := range p {
		if i > 0 {
			b = append(b, ' ')
		}
		if len(element) == 1 {
			b = strconv.AppendUint(b, uint64(element[0]), 10)
			continue
		}
		for k, n := range element {
			b = append(b, "{,"[min(k, 1)])
			b = strconv.AppendUint(b, uint64(n), 10)
		}
		b = append(b, '}')
	}
	return string(b)
}

// ParsePath reads what [Path.String] writes.
func ParsePath(text string) (Path, error) {
	var out Path
	for word := range strings.FieldsSeq(text) {
		var element []uint32
		for number := range strings.SplitSeq(strings.Trim(word, "{}"), ",") {
			n, err := strconv.ParseUint(number, 10, 32)
			if err != nil {
				return nil, fmt.Errorf("AS path %q: %q is no AS number", text, number)
			}
			element = append(element, uint32(n))
		}
		out = append(out, element)
	}
	return out, nil
}

// Add appends a test to a session's, the empty name being that of all sessions
// without waivers.
func (p *Program) Add(session string, tests ...Test) {
	if p.sessions == nil {
		p.sessions = make(map[string][]Test)
	}
	p.sessions[session] = append(p.sessions[session], tests...)
}

// Drops reports whether a route that the peer sends is dropped.
func (p *Program) Drops(peer netip.Addr, r *Route) bool {
	tests, ok := p.sessions[SessionName(peer)]
	if !ok {
		tests = p.sessions[""]
	}
	for _, t := range tests {
		if t(r) {
			return true
		}
	}
	return false
}

// Shows returns the levels at which a number stands on the path.
func (p Path) Shows(n uint32) Level {
	var l Level
	for i, element := range p {
		if !slices.Contains(element, n) {
			continue
		}
		if i == 0 {
			l |= Direct
		}
		if i == len(p)-1 {
			l |= Origin
		} else if !slices.Contains(p[len(p)-1], n) {
			l |= Transit
		}
	}
	return l
}

// Numbers returns a test for numbers at a level.
func Numbers(level Level, numbers map[uint32]bool) Test {
	return func(r *Route) bool {
		for _, element := range r.Path {
			for _, n := range element {
				if numbers[n] && r.Path.Shows(n)&level != 0 {
					return true
				}
			}
		}
		return false
	}
}

// Within returns a test for the prefixes inside one of the blocks.
func Within(blocks []netip.Prefix) Test {
	set := make(map[netip.Prefix]bool, len(blocks))
	for _, b := range blocks {
		set[b] = true
	}
	return func(r *Route) bool {
		for bits := r.Prefix.Bits(); bits >= 0 && len(set) > 0; bits-- {
			if p, err := r.Prefix.Addr().Prefix(bits); err == nil && set[p] {
				return true
			}
		}
		return false
	}
}

// AnyOf is true if one of the tests is.
func AnyOf(tests []Test) Test {
	return func(r *Route) bool {
		for _, t := range tests {
			if t(r) {
				return true
			}
		}
		return false
	}
}

// Reading is the state of an interpreter of a format whose comments stand
// before the line that they are about, one for each number or block, as
// [Member.Notes] makes them.
type Reading struct {
	Program Program
	notes   map[string][]string // ids by number or block, since the last statement
	used    bool                // a statement followed the notes
	seen    map[Line]bool
}

// Note takes a comment without its sign. What is no note is passed over.
func (r *Reading) Note(comment string) {
	words := strings.Fields(comment)
	if len(words) < 2 {
		return
	}
	if r.notes == nil || r.used {
		r.notes, r.used = make(map[string][]string), false
	}
	r.notes[words[0]] = append(r.notes[words[0]], words[1])
}

// Number records that a statement has a number, with the ids of the notes
// before it. It fails if there is none: each number must say why it is there.
func (r *Reading) Number(n uint32) error {
	r.used = true
	ids := r.notes[strconv.FormatUint(uint64(n), 10)]
	if len(ids) == 0 {
		return fmt.Errorf("no comment says why AS%d is in the list", n)
	}
	for _, id := range ids {
		r.line(Line{evidence.ASN(n), id})
	}
	return nil
}

// Block records that a statement has a block, with the ids of the notes before
// it that lie in it.
func (r *Reading) Block(b netip.Prefix) error {
	r.used = true
	if b != b.Masked() {
		return fmt.Errorf("%s has bits beyond its length: want %s", b, b.Masked())
	}
	found := false
	for text, ids := range r.notes {
		scheme := "ip:"
		if strings.Contains(text, "/") {
			scheme = "prefix:"
		}
		id, err := evidence.ParseID(scheme + text)
		if err != nil {
			continue // a note about something else
		}
		inner, ok := blockOf(id)
		if !ok || !holds(b, inner) {
			continue
		}
		found = true
		for _, one := range ids {
			r.line(Line{id, one})
		}
	}
	if !found {
		return fmt.Errorf("no comment says why %s is in the list", b)
	}
	return nil
}

// line adds a line that is not there yet: several statements may be about one
// number.
func (r *Reading) line(l Line) {
	if r.seen == nil {
		r.seen = make(map[Line]bool)
	}
	if !r.seen[l] {
		r.seen[l] = true
		r.Program.Lines = append(r.Program.Lines, l)
	}
}

// NumbersIn returns the AS numbers of a pattern that [RouteSet.Patterns] made.
func NumbersIn(pattern string) ([]uint32, error) {
	begin := strings.IndexAny(pattern, "123456789")
	if strings.HasPrefix(pattern, "^") {
		begin = strings.Index(pattern, ")?(") + len(")?(")
	}
	if begin < 0 || begin >= len(pattern) {
		return nil, fmt.Errorf("pattern %q has no number", pattern)
	}
	end := begin
	for end < len(pattern) && (pattern[end] >= '0' && pattern[end] <= '9' || pattern[end] == '|') {
		end++
	}
	var out []uint32
	for word := range strings.SplitSeq(pattern[begin:end], "|") {
		n, err := strconv.ParseUint(word, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %q is no AS number", pattern, word)
		}
		out = append(out, uint32(n))
	}
	return out, nil
}
