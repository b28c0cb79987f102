package bird

import (
	"bytes"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Interpret implements [enforce.Interpreter]. It reads the sets; their levels
// and the sessions that they do not bind it takes from the functions, which
// must then be, to the byte, those that the target writes for such sets: it
// carries out no function, it knows what these do.
func (Target) Interpret(files []enforce.File) (*enforce.Program, error) {
	r := &reader{sets: make(map[string]*enforce.RouteSet)}
	for _, f := range files {
		n := 0
		for line := range strings.Lines(string(f.Data)) {
			n++
			if err := r.line(strings.TrimSuffix(line, "\n")); err != nil {
				return nil, fmt.Errorf("%s line %d: %w", f.Name, n, err)
			}
		}
	}
	return r.finish()
}

// reader reads what the target writes.
type reader struct {
	program enforce.Program
	sets    map[string]*enforce.RouteSet // by symbol
	order   []*enforce.RouteSet
	open    *enforce.RouteSet
	code    bytes.Buffer
	inCode  bool
}

func (r *reader) line(line string) error {
	switch {
	case r.open != nil && line == "];":
		r.open = nil
	case r.open != nil:
		return r.member(line)
	case strings.HasPrefix(line, "define ") && strings.HasSuffix(line, " = ["):
		name := strings.TrimSuffix(strings.TrimPrefix(line, "define "), " = [")
		word, ours := strings.CutPrefix(name, "CLEANNET_")
		if !ours || r.sets[name] != nil || r.inCode {
			return fmt.Errorf("unexpected set %q", name)
		}
		r.open = &enforce.RouteSet{Name: strings.ReplaceAll(strings.ToLower(word), "_", "-")}
		r.sets[name] = r.open
		r.order = append(r.order, r.open)
	case strings.HasPrefix(line, "# THE LIST IS EMPTY"):
		r.order = append(r.order, &enforce.RouteSet{Name: "allowed"})
	case strings.HasPrefix(line, "function "):
		r.inCode = true
		fallthrough
	case r.inCode:
		r.code.WriteString(line + "\n")
	case line == "" || strings.HasPrefix(line, "#"):
	default:
		return fmt.Errorf("unexpected %.80q", line)
	}
	return nil
}

// member reads a line of a set.
func (r *reader) member(line string) error {
	text, note, ok := strings.Cut(strings.TrimSpace(line), "# ")
	words := strings.Fields(strings.TrimPrefix(note, "also "))
	if !ok || len(words) == 0 {
		return fmt.Errorf("%.80q does not say why it is there", line)
	}
	text = strings.TrimRight(text, ", ")
	if text != "" {
		m := &enforce.Member{Items: []enforce.Item{{}}}
		if block, isBlock := strings.CutSuffix(text, "+"); isBlock {
			p, err := netip.ParsePrefix(block)
			if err != nil {
				return err
			}
			m.Block = p
		} else {
			n, err := strconv.ParseUint(text, 10, 32)
			if err != nil {
				return fmt.Errorf("%q is no AS number: %w", text, err)
			}
			m.AS = uint32(n)
		}
		r.open.Members = append(r.open.Members, m)
	}
	if len(r.open.Members) == 0 {
		return fmt.Errorf("%.80q stands before the first member", line)
	}
	last := r.open.Members[len(r.open.Members)-1]
	r.program.Lines = append(r.program.Lines, enforce.Line{Identifier: last.Identifier(), ID: words[0]})
	return nil
}

// finish works out what the functions must be, and compares them.
func (r *reader) finish() (*enforce.Program, error) {
	routes := new(enforce.Routes)
	code := r.code.String()
	names := []string{""}
	for _, m := range regexp.MustCompile(`(?m)^function cleannet_reject_for_(\w+)\(`).FindAllStringSubmatch(code, -1) {
		names = append(names, m[1])
		routes.Sessions = append(routes.Sessions, enforce.Session{Name: m[1]})
	}
	for _, s := range r.order {
		for _, name := range names[1:] {
			if !strings.Contains(section(code, name), symbol(s)+" ") && !strings.Contains(section(code, name), symbol(s)+")") {
				s.Waived = append(s.Waived, name)
			}
		}
		switch {
		case strings.HasPrefix(s.Name, "prefixes"):
			routes.Blocks = append(routes.Blocks, s)
		case strings.HasPrefix(s.Name, "allowed"):
			s.Level, s.Waived, s.Permits = enforce.Direct, nil, true
			routes.Allowed = append(routes.Allowed, s)
		default:
			s.Level = levelIn(s.Name)
			routes.Denied = append(routes.Denied, s)
		}
	}
	w := new(writer)
	for _, name := range names {
		w.functions(routes, name)
		r.program.Add(name, routes.Tests(name)...)
	}
	if got, want := strings.TrimSpace(code), strings.TrimSpace(w.buf.String()); squeeze(got) != squeeze(want) {
		return nil, fmt.Errorf("the functions are not those that cleannet writes for these sets: write the file anew")
	}
	return &r.program, nil
}

// squeeze drops comments and empty lines.
func squeeze(code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		if text := strings.TrimSpace(line); text != "" && text[0] != '#' {
			b.WriteString(line)
		}
	}
	return strings.TrimSpace(b.String())
}

// section returns the functions of a session.
func section(code, name string) string {
	var b strings.Builder
	in := false
	for line := range strings.Lines(code) {
		if strings.HasPrefix(line, "function ") {
			in = strings.Contains(line, "_for_"+name+"(")
		}
		if in {
			b.WriteString(line)
		}
	}
	return b.String()
}

// levelIn returns the level that a set's name says.
func levelIn(name string) enforce.Level {
	var l enforce.Level
	for _, of := range []struct {
		word  string
		level enforce.Level
	}{{"any", enforce.Any}, {"direct", enforce.Direct}, {"transit", enforce.Transit}, {"origin", enforce.Origin}} {
		if strings.Contains("-"+name+"-", "-"+of.word+"-") {
			l |= of.level
		}
	}
	return l
}
