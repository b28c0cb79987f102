package name

import (
	"strconv"
	"strings"
)

// numberOf reads a word as a number: digits, with letters ("ar16", as a whole),
// an ordinal ("1st"), or a Roman numeral. A numeral of one letter counts only
// at the end of a name, and none counts at its start.
func numberOf(word string, inside, last bool) (value string, ok bool) {
	digits := strings.TrimLeft(word, "0123456789")
	head := word[:len(word)-len(digits)]
	switch {
	case head != "" && (digits == "" || digits == "st" || digits == "nd" || digits == "rd" || digits == "th"):
		if short := strings.TrimLeft(head, "0"); short != "" {
			return short, true
		}
		return "0", true
	case strings.ContainsAny(word, "0123456789"):
		return word, true
	case inside && (len(word) > 1 || last):
		if n := roman(word); n > 0 {
			return strconv.Itoa(n), true
		}
	}
	return "", false
}

// roman reads a numeral up to 39, 0 for what is none. Larger ones do not stand
// in names, and their letters stand for other things.
func roman(word string) int {
	tens := len(word) - len(strings.TrimLeft(word, "x"))
	if tens > 3 {
		return 0
	}
	rest := word[tens:]
	for units, numeral := range romanUnits {
		if numeral == rest {
			return 10*tens + units
		}
	}
	return 0
}

var romanUnits = [...]string{"", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"}

// joinTens adds a unit to the tens before it: forty-four.
func joinTens(numbers []string) []string {
	out := numbers[:0:0]
	for _, n := range numbers {
		if len(out) > 0 && len(n) == 1 && n != "0" {
			if before := out[len(out)-1]; len(before) == 2 && before[1] == '0' && before[0] != '1' {
				out[len(out)-1] = before[:1] + n
				continue
			}
		}
		out = append(out, n)
	}
	return out
}
