package evidence

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

var (
	errEmpty   = errors.New("is empty")
	errASN     = errors.New("is no AS number from 0 to 4294967295")
	errSlug    = errors.New("is no slug of letters, digits, dots and dashes")
	errDotted  = errors.New("is no dotted name of letters, digits, underscores and dashes")
	errSHA256  = errors.New("is no SHA-256 digest of 64 hexadecimal digits")
	errCountry = errors.New("is no country code of two letters")
	errLEI     = errors.New("is no LEI of 20 letters and digits with valid check digits")
	errDomain  = errors.New("is no domain name")
	errReg     = errors.New("is no register and number joined by a slash")
)

// normASN accepts "4134", "AS4134" and asdot "1.10" (RFC 5396).
func normASN(v string) (string, error) {
	if len(v) > 2 && strings.EqualFold(v[:2], "as") {
		v = v[2:]
	}
	if high, low, ok := strings.Cut(v, "."); ok {
		h, errH := strconv.ParseUint(high, 10, 16)
		l, errL := strconv.ParseUint(low, 10, 16)
		if errH != nil || errL != nil {
			return "", errASN
		}
		return strconv.FormatUint(h<<16|l, 10), nil
	}
	n, err := strconv.ParseUint(v, 10, 32)
	if err != nil || v[0] == '+' {
		return "", errASN
	}
	return strconv.FormatUint(n, 10), nil
}

func normPrefix(v string) (string, error) {
	if !strings.Contains(v, "/") {
		a, err := netip.ParseAddr(v)
		if err != nil {
			return "", errors.New("is no block of addresses")
		}
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()).String(), nil
	}
	p, err := netip.ParsePrefix(v)
	if err != nil {
		return "", errors.New("is no block of addresses")
	}
	return canonicalPrefix(p).String(), nil
}

func normIP(v string) (string, error) {
	a, err := netip.ParseAddr(v)
	if err != nil {
		return "", errors.New("is no IP address")
	}
	return a.Unmap().WithZone("").String(), nil
}

// normDomain lower-cases and converts to A-labels by the lookup profile of
// UTS 46, which is what resolvers and browsers apply to what people type.
func normDomain(v string) (string, error) {
	v = strings.TrimSuffix(strings.TrimPrefix(v, "*."), ".")
	if v == "" {
		return "", errEmpty
	}
	plain := true
	for i := range len(v) {
		c := v[i]
		switch {
		case c >= utf8.RuneSelf:
			plain = false
		case c <= ' ' || c == '/' || c == ':' || c == '@' || c == '*' || c == 0x7f:
			return "", errDomain
		}
	}
	if !plain || strings.Contains(strings.ToLower(v), "xn--") {
		ascii, err := idna.Lookup.ToASCII(v)
		if err != nil || !utf8.ValidString(v) {
			return "", errDomain
		}
		// A result that is refused in its turn would be no canonical form.
		if again, err := idna.Lookup.ToASCII(ascii); err != nil || again != ascii {
			return "", errDomain
		}
		v = ascii
	}
	v = strings.ToLower(v)
	if len(v) > 253 {
		return "", errDomain
	}
	for label := range strings.SplitSeq(v, ".") {
		if label == "" || len(label) > 63 {
			return "", errDomain
		}
	}
	return v, nil
}

// normDotted keeps the case: Android application ids and Apple bundle ids are
// case-sensitive in stores and on devices.
func normDotted(v string) (string, error) {
	if v == "" {
		return "", errEmpty
	}
	for i := range len(v) {
		if c := v[i]; !isAlnum(c) && c != '.' && c != '_' && c != '-' {
			return "", errDotted
		}
	}
	if v[0] == '.' || v[len(v)-1] == '.' || strings.Contains(v, "..") {
		return "", errDotted
	}
	return v, nil
}

// normDex accepts the descriptor form of the DEX format (Lcom/a/B;) and the
// path form beside the dotted one. Names may hold any Unicode letter.
func normDex(v string) (string, error) {
	if strings.HasPrefix(v, "L") && strings.HasSuffix(v, ";") {
		v = v[1 : len(v)-1]
	}
	v = strings.Trim(strings.ReplaceAll(v, "/", "."), ".")
	if v == "" {
		return "", errEmpty
	}
	if !printable(v) || strings.ContainsAny(v, ";[:") || strings.Contains(v, "..") {
		return "", errors.New("is no class prefix")
	}
	return v, nil
}

func normNative(v string) (string, error) {
	if v == "" || !printable(v) || strings.ContainsAny(v, "/\\:") {
		return "", errors.New("is no file name of a library")
	}
	v = strings.ToLower(v)
	if !strings.Contains(v, ".") {
		v += ".so"
	}
	return v, nil
}

func normSHA256(v string) (string, error) {
	v = strings.ToLower(strings.ReplaceAll(v, ":", ""))
	if len(v) != 64 || strings.Trim(v, "0123456789abcdef") != "" {
		return "", errSHA256
	}
	return v, nil
}

// normSlug folds compatibility forms, lower-cases, and joins words by dashes.
func normSlug(v string) (string, error) {
	v = strings.ToLower(norm.NFKC.String(v))
	v = strings.Join(strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == '_' }), "-")
	if v == "" {
		return "", errEmpty
	}
	for i := range len(v) {
		if c := v[i]; !isAlnum(c) && c != '-' && c != '.' {
			return "", errSlug
		}
	}
	return v, nil
}

func normCountry(v string) (string, error) {
	v = strings.ToUpper(v)
	if len(v) != 2 || v[0] < 'A' || v[0] > 'Z' || v[1] < 'A' || v[1] > 'Z' {
		return "", errCountry
	}
	return v, nil
}

// normLEI checks the two check digits by ISO 7064 MOD 97-10, as ISO 17442 asks.
func normLEI(v string) (string, error) {
	v = strings.ToUpper(v)
	if len(v) != 20 {
		return "", errLEI
	}
	remainder := 0
	for i := range len(v) {
		switch c := v[i]; {
		case c >= '0' && c <= '9':
			remainder = (remainder*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			remainder = (remainder*100 + int(c-'A') + 10) % 97
		default:
			return "", errLEI
		}
	}
	if remainder != 1 {
		return "", errLEI
	}
	return v, nil
}

// normReg keeps the register as a slug and the number in capitals without the
// spaces that people group it by.
func normReg(v string) (string, error) {
	register, number, ok := strings.Cut(norm.NFKC.String(v), "/")
	if !ok {
		return "", errReg
	}
	register, err := normSlug(strings.TrimSpace(register))
	number = strings.Join(strings.Fields(strings.ToUpper(number)), "")
	if err != nil || number == "" || len(number) > 64 {
		return "", errReg
	}
	return register + "/" + number, nil
}

// printable reports whether v is UTF-8 without space, control characters and
// the like, which would break a line of a report.
func printable(v string) bool {
	return utf8.ValidString(v) && !strings.ContainsFunc(v, func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) })
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
