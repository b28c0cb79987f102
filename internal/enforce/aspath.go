package enforce

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Pattern is a regular expression over the text of an AS path, and the numbers
// that it finds.
type Pattern struct {
	Text    string
	Members []*Member
}

// Patterns returns the expressions that tell whether one of the set's numbers
// stands on a path at the set's level. They are POSIX extended expressions over
// the text that routers of the Cisco family make of a path, "64496 {64497,64498}",
// with "_" for a border between numbers. Each expression is about the numbers of
// one company and has at most limit of them, so that a change of one company
// changes no line of another. A number is never found inside a longer one.
//
// An origin that is a set counts with each of its members. A number at level
// transit alone needs an expression of its own, since it must not be the
// origin and POSIX cannot negate: it spells out "a last number that differs".
func (s *RouteSet) Patterns(limit int) []Pattern {
	const first, last = "^([{]([0-9]+,)*)?%s_", "_%s((,[0-9]+)*[}])?$"
	var forms []string
	if s.Level == Any {
		forms = []string{"_%s_"}
	} else {
		if s.Level.Has(Direct) {
			forms = append(forms, first)
		}
		if s.Level.Has(Origin) {
			forms = append(forms, last)
		}
	}
	var out []Pattern
	for _, chunk := range s.chunks(limit) {
		for _, form := range forms {
			out = append(out, Pattern{fmt.Sprintf(form, alternatives(chunk)), chunk})
		}
		if s.Level.Has(Transit) && s.Level != Any {
			for _, m := range chunk {
				other := otherThan(strconv.FormatUint(uint64(m.AS), 10))
				out = append(out, Pattern{fmt.Sprintf("_%d([,}].*)? (.* )?(%s|[{]%s(,%s)*[}])$", m.AS, other, other, other), []*Member{m}})
			}
		}
	}
	return out
}

// chunks divides the members by company, and further by the limit.
func (s *RouteSet) chunks(limit int) [][]*Member {
	var out [][]*Member
	for _, m := range s.Members {
		if k := len(out) - 1; k >= 0 && len(out[k]) < limit && out[k][0].Items[0].Company == m.Items[0].Company {
			out[k] = append(out[k], m)
			continue
		}
		out = append(out, []*Member{m})
	}
	return out
}

// alternatives writes the numbers as a group. It is a group even if there is
// only one, because GoBGP takes "_4134_" for a word of its own that does not
// look into sets.
func alternatives(members []*Member) string {
	words := make([]string, len(members))
	for i, m := range members {
		words[i] = strconv.FormatUint(uint64(m.AS), 10)
	}
	return "(" + strings.Join(words, "|") + ")"
}

// otherThan returns an expression for all numbers but one: those that differ in
// a digit, end earlier or go on longer.
func otherThan(number string) string {
	digit, rest := number[0], number[1:]
	var differ strings.Builder
	for c := byte('0'); c <= '9'; c++ {
		if c != digit {
			differ.WriteByte(c)
		}
	}
	if rest == "" {
		return fmt.Sprintf("([%s][0-9]*|%c[0-9]+)", &differ, digit)
	}
	return fmt.Sprintf("([%s][0-9]*|%c%s?)", &differ, digit, otherThan(rest))
}

// CompilePattern compiles such an expression as a router reads it. It is for
// those who carry out a filter.
func CompilePattern(text string) (*regexp.Regexp, error) {
	return regexp.Compile(strings.ReplaceAll(text, "_", "(?:^|[,{}() ]|$)"))
}
