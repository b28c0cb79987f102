package policy

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
)

// digest returns the SHA-256 of a document's canonical JSON.
func digest(document any) string {
	var b bytes.Buffer
	writeCanonical(&b, document)
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:])
}

// writeCanonical writes a JSON value in the form of RFC 8785 (JCS). The value
// is one of nil, bool, float64, string, []any and map[string]any.
func writeCanonical(b *bytes.Buffer, value any) {
	switch v := value.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		fmt.Fprint(b, v)
	case float64:
		writeNumber(b, v)
	case string:
		writeString(b, v)
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			writeCanonical(b, item)
		}
		b.WriteByte(']')
	case map[string]any:
		b.WriteByte('{')
		for i, key := range slices.SortedFunc(maps.Keys(v), byUTF16) {
			if i > 0 {
				b.WriteByte(',')
			}
			writeString(b, key)
			b.WriteByte(':')
			writeCanonical(b, v[key])
		}
		b.WriteByte('}')
	}
}

// writeNumber writes the shortest form of ECMAScript, which is also that of
// encoding/json but for negative zero (RFC 8785, section 3.2.2.3).
func writeNumber(b *bytes.Buffer, v float64) {
	if v == 0 { // of either sign
		b.WriteByte('0')
		return
	}
	text, err := json.Marshal(v)
	if err != nil { // not a number or infinite: no JSON value, and yamldoc yields none
		text = []byte("null")
	}
	b.Write(text)
}

// writeString escapes only what section 3.2.2.2 of RFC 8785 names.
func writeString(b *bytes.Buffer, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\b':
			b.WriteString(`\b`)
		case '\t':
			b.WriteString(`\t`)
		case '\n':
			b.WriteString(`\n`)
		case '\f':
			b.WriteString(`\f`)
		case '\r':
			b.WriteString(`\r`)
		default:
			if r < ' ' {
				fmt.Fprintf(b, `\u%04x`, r)
			} else {
				b.WriteRune(r)
			}
		}
	}
	b.WriteByte('"')
}

// byUTF16 orders keys by their UTF-16 code units (RFC 8785, section 3.2.3).
// That is the order of their bytes, except that characters beyond the basic
// plane come before those from U+E000 on, which UTF-8 begins with 0xEE.
func byUTF16(a, b string) int {
	if !strings.ContainsFunc(a+b, func(r rune) bool { return r >= 0xE000 }) {
		return cmp.Compare(a, b)
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}
