package enforce

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Terms returns the expression by which routers that match whole AS numbers,
// not characters, find one number at one level: ".* 4134 .*". Junos and SR OS
// share this language. The level is one place, or [Any]. For a number that must
// not be the origin the last one is any of the ranges around it, since only
// ranges are documented for both.
func Terms(level Level, n uint32) string {
	switch level {
	case Direct:
		return fmt.Sprintf("%d .*", n)
	case Origin:
		return fmt.Sprintf(".* %d", n)
	case Transit:
		var ranges []string
		if n > 1 {
			ranges = append(ranges, fmt.Sprintf("1-%d", n-1))
		}
		if n < math.MaxUint32 {
			ranges = append(ranges, fmt.Sprintf("%d-%d", n+1, uint32(math.MaxUint32)))
		}
		return fmt.Sprintf(".* %d .* [%s]", n, strings.Join(ranges, " "))
	}
	return fmt.Sprintf(".* %d .*", n)
}

// Places divides a level into those that Terms takes.
func (l Level) Places() []Level {
	if l == Any {
		return []Level{Any}
	}
	var out []Level
	for _, one := range []Level{Direct, Origin, Transit} {
		if l.Has(one) {
			out = append(out, one)
		}
	}
	return out
}

// term is one term of an expression.
type term struct {
	many bool // ".*"
	from []asRange
}

// asRange is a range of AS numbers, both ends included.
type asRange struct{ lo, hi uint32 }

// ParseTerms reads such an expression and returns a test for it. The number is
// the one that the expression is about, 0 if it is the empty path's "()".
func ParseTerms(text string) (test Test, number uint32, err error) {
	var terms []term
	word := regexp.MustCompile(`^(\.\*|[0-9]+|\[[0-9]+-[0-9]+(?: [0-9]+-[0-9]+)?\])(?: |$)`)
	for rest := text; rest != "" && text != "()"; {
		m := word.FindStringSubmatch(rest)
		if m == nil {
			return nil, 0, fmt.Errorf("AS path expression %q: unexpected %q", text, rest)
		}
		rest = rest[len(m[0]):]
		one := term{many: m[1] == ".*"}
		for part := range strings.FieldsSeq(strings.Trim(m[1], "[].*")) {
			first, last, ranged := strings.Cut(part, "-")
			lo, err1 := strconv.ParseUint(first, 10, 32)
			hi, err2 := lo, error(nil)
			if ranged {
				hi, err2 = strconv.ParseUint(last, 10, 32)
			} else {
				number = uint32(lo)
			}
			if err1 != nil || err2 != nil {
				return nil, 0, fmt.Errorf("AS path expression %q: %q holds no AS number", text, part)
			}
			one.from = append(one.from, asRange{uint32(lo), uint32(hi)})
		}
		terms = append(terms, one)
	}
	return func(r *Route) bool { return matchTerms(terms, r.Path) }, number, nil
}

// matchTerms tells whether the terms match the whole path. A number matches a
// set that has it, and ranges match a set if they match each of its members.
func matchTerms(terms []term, path Path) bool {
	switch {
	case len(terms) == 0:
		return len(path) == 0
	case terms[0].many:
		for i := range len(path) + 1 {
			if matchTerms(terms[1:], path[i:]) {
				return true
			}
		}
		return false
	case len(path) == 0:
		return false
	}
	in := func(n uint32) bool {
		return slices.ContainsFunc(terms[0].from, func(r asRange) bool { return r.lo <= n && n <= r.hi })
	}
	single := len(terms[0].from) == 1 && terms[0].from[0].lo == terms[0].from[0].hi
	hit := slices.ContainsFunc(path[0], in)
	if !single {
		hit = !slices.ContainsFunc(path[0], func(n uint32) bool { return !in(n) })
	}
	return hit && matchTerms(terms[1:], path[1:])
}
