package sheet

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/cleannet/cleannet/internal/exposure"
)

// Part is a part of how space is reached, in words.
type Part struct {
	Name  string // of the field in the report
	Words string
	Part  float64
}

// Parts returns the parts in their order.
func Parts(r *exposure.Reached) []Part {
	return []Part{
		{"origin", "announced by an untrusted network", r.Origin},
		{"direct", "past one beside its origin", r.Direct},
		{"transit", "past one farther away", r.Transit},
		{"undecided", "past one that is undecided", r.Undecided},
		{"unresolved", "past one that nobody is known to hold", r.Unresolved},
		{"cleared", "past none of these", r.Cleared},
	}
}

// Title names the subject in a line.
func Title(s *exposure.Subject) string {
	text := s.ID
	if s.Name != "" {
		text += "  " + clip(s.Name, 80)
	}
	if s.Country != "" {
		text += ", " + s.Country
	}
	if s.Standing != "" {
		text += " (" + s.Standing + ")"
	}
	return text
}

// Percent writes a part of 1, a dash if there was no view.
func Percent(part float64, views int) string {
	switch {
	case views == 0:
		return "-"
	case part > 0 && part < 0.0005:
		return "<0.1 %"
	}
	return fmt.Sprintf("%.1f %%", 100*part)
}

// Number writes a count with commas.
func Number(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// Plain takes out of a text of the data what could play with a terminal or hide
// in a page: what does not print becomes a question mark.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// clip shortens a name.
func clip(s string, most int) string {
	s = Plain(s)
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
