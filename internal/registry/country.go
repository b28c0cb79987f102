package registry

// Country returns a country code in capitals, and the empty string for what is
// no code of two letters or, in registers of numbers and lists, a code of no
// country: AP, EU, XX, ZZ.
func Country(code string) string {
	if len(code) != 2 {
		return ""
	}
	a, b := code[0]&^0x20, code[1]&^0x20
	if a < 'A' || a > 'Z' || b < 'A' || b > 'Z' {
		return ""
	}
	switch code = string([]byte{a, b}); code {
	case "AP", "EU", "XX", "ZZ":
		return ""
	}
	return code
}
