package text

import (
	"strings"
	"unicode"
)

// MaxLine is the longest text that [Line] returns, in bytes.
const MaxLine = 4 << 10

// Line makes a name or a note of a foreign file fit for a line of output: what
// is not UTF-8 becomes U+FFFD, runs of spaces and controls become one space,
// and characters that steer the direction of text are left out. The joiners
// U+200C and U+200D stay, since Persian and Indic names need them. A text
// longer than [MaxLine] is no name: it gives the empty string.
func Line(s string) string {
	if plain(s) {
		return s
	}
	if len(s) > MaxLine {
		return ""
	}
	var b strings.Builder
	space := false
	for _, r := range s { // a byte that is not UTF-8 arrives as U+FFFD
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			space = b.Len() > 0
			continue
		case unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d':
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	if b.Len() > MaxLine {
		return ""
	}
	return b.String()
}

// plain reports whether s is printable ASCII with single spaces inside, which
// most names are.
func plain(s string) bool {
	if len(s) > MaxLine {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// maxSlug is the longest key that [Slug] takes, in bytes.
const maxSlug = 100

// Slug makes a key of a foreign file into a slug of the registry behind a
// prefix: "as2org" and "LVLT-ARIN" give "as2org-lvlt-arin". Capitals are
// folded; any other byte that a slug cannot hold becomes a dot and two
// hexadecimal digits, so that different keys stay different. An empty key or
// one of more than 100 bytes gives the empty string.
func Slug(prefix, key string) string {
	if key == "" || len(key) > maxSlug {
		return ""
	}
	const digits = "0123456789abcdef"
	b := make([]byte, 0, len(prefix)+1+len(key))
	b = append(b, prefix...)
	b = append(b, '-')
	for i := range len(key) {
		c := key[i]
		switch {
		case 'A' <= c && c <= 'Z':
			b = append(b, c-'A'+'a')
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-':
			b = append(b, c)
		default:
			b = append(b, '.', digits[c>>4], digits[c&15])
		}
	}
	return string(b)
}
