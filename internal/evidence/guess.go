package evidence

import (
	"net/netip"
	"strings"
)

// Guess returns the identifiers that a person may mean by a word typed without
// a scheme, likeliest first: "AS4134" and "4134" are AS numbers, "1.2.3.4" an
// address, "com.tencent.mm" an app as well as a class prefix and a domain. A
// full "scheme:value" gives just that one. No guess is empty.
func Guess(text string) []ID {
	text = strings.TrimSpace(text)
	if id, err := ParseID(text); err == nil {
		return []ID{id}
	}
	var out []ID
	add := func(schemes ...Scheme) {
		for _, s := range schemes {
			if id, err := NewID(s, text); err == nil {
				out = append(out, id)
			}
		}
	}
	if _, err := netip.ParseAddr(text); err == nil {
		add(SchemeIP)
		return out
	}
	if strings.Contains(text, "/") {
		if add(SchemePrefix); len(out) > 0 {
			return out
		}
		add(SchemeDex)
		return out
	}
	lower := strings.ToLower(text)
	number := strings.TrimPrefix(lower, "as")
	switch {
	case number != "" && strings.Trim(number, "0123456789") == "",
		number != lower && strings.Trim(number, "0123456789.") == "": // AS1.10
		add(SchemeASN)
	case len(text) == 20 && !strings.Contains(text, "."):
		add(SchemeLEI)
	case len(strings.ReplaceAll(text, ":", "")) == 64:
		add(SchemeCert)
	case strings.HasPrefix(lower, "lib") && (!strings.Contains(text, ".") || strings.HasSuffix(lower, ".so")):
		add(SchemeNative)
	case strings.Contains(text, "."):
		add(SchemeAndroid, SchemeIOS, SchemeDex, SchemeDomain)
	}
	if !strings.Contains(text, ".") {
		add(SchemeCompany, SchemeCable)
	}
	return out
}
