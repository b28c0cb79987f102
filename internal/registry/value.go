package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"github.com/cleannet/cleannet/internal/entity"
)

// Day reads the civil date of a date or a timestamp as it was written. Its zone
// is not applied: who files "2015-01-01T00:00:00+02:00" means the first of
// January. An empty or unreadable one, or one without a day, is "no date".
func Day(text string) entity.Date {
	if len(text) > len("2006-01-02") {
		text = text[:len("2006-01-02")]
	}
	d, err := entity.ParseDate(text)
	if err != nil {
		return entity.Date{}
	}
	return d
}

// Country returns the country of a code of ISO 3166, whose second part, a
// province, does not matter here: "us-de" is US. It is empty for what is none.
func Country(code string) string {
	code, _, _ = strings.Cut(strings.ToUpper(code), "-")
	if len(code) != 2 || code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' || code[1] > 'Z' {
		return ""
	}
	return code
}

// Code writes a code of a foreign list as the registry does, in lower case with
// dashes: NO_LEI is "no-lei", votingRights is "voting-rights". It is empty for
// what is no code.
func Code(text string) string {
	const most = 64
	if len(text) > most {
		return ""
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '_' || r == '-' || r == ' ' || r == '.':
			b.WriteByte('-')
		case r >= 'A' && r <= 'Z':
			if i > 0 && text[i-1] >= 'a' && text[i-1] <= 'z' {
				b.WriteByte('-')
			}
			b.WriteRune(unicode.ToLower(r))
		default:
			return ""
		}
	}
	return strings.Trim(b.String(), "-")
}

// Slug makes the slug of a company from the source and the record's key in it,
// which are unique together: two files may use the same keys. A key that is no
// slug by itself is replaced by a digest of it.
func Slug(source, key string) string {
	const most = 80
	if key == "" || len(key) > most || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		sum := sha256.Sum256([]byte(key))
		key = "x" + hex.EncodeToString(sum[:10])
	}
	return source + "-" + key
}
