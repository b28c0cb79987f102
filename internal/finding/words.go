package finding

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// What follows is how reports for people write the parts of a message, so that
// all of them write them alike.

// Domains returns the five domains in the order of the design.
func Domains() []string { return []string{"carrier", "store", "apps", "cloud", "cable"} }

// DomainRank orders domains as [Domains] does; those of foreign runs come last.
func DomainRank(domain string) int { return rank(Domains(), domain) }

// SeverityRank orders severities: the worst has 0, and words that are none come
// last.
func SeverityRank(s policy.Severity) int {
	return rank([]policy.Severity{policy.Critical, policy.High, policy.Medium, policy.Low}, s)
}

// rank returns the place of a word in a list, past its end if it is not there.
func rank[T comparable](list []T, word T) int {
	if i := slices.Index(list, word); i >= 0 {
		return i
	}
	return len(list)
}

// Number writes a number with its digits grouped by thousands; one below zero
// counts as zero.
func Number[T int | int64 | uint64](n T) string {
	digits := strconv.FormatUint(uint64(max(n, 0)), 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Size writes a number of bytes in decimal units: "46.0 kB".
func Size(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	f, unit := float64(n), ""
	for _, unit = range []string{"kB", "MB", "GB", "TB", "PB", "EB"} {
		if f /= 1000; f < 999.95 {
			break
		}
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + " " + unit
}

// Attribute writes the value of an attribute, and how exact it is.
func Attribute(a evidence.Attr) string {
	if a.Op() == evidence.OpSet {
		text := strings.Join(a.Words(), ", ")
		if a.More() {
			text += ", and more"
		}
		return text
	}
	text := strconv.FormatInt(a.Number(), 10)
	if rel := a.Error(); rel > 0 {
		text = fmt.Sprintf("about %s (standard error %.1f %%)", text, 100*rel)
	}
	return text
}

// Plain makes text of the evidence harmless to show in one line: line breaks
// become spaces; control characters, which could move a terminal's cursor, and
// format characters, which could hide text or turn its order (Unicode Standard
// Annex 9), are spelled out.
func Plain(s string) string {
	harmless := func(r rune) bool {
		return r != utf8.RuneError && !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
	}
	if strings.IndexFunc(s, func(r rune) bool { return !harmless(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case harmless(r):
			b.WriteRune(r)
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			b.WriteByte(' ')
		case r == utf8.RuneError:
			b.WriteRune(utf8.RuneError)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// WebAddress returns the address if it is one of the web, and otherwise
// nothing: a link of another scheme could run what it says.
func WebAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}
