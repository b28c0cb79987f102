package carrier

// reserved reports whether an AS number belongs to no network that can be named:
// numbers set aside by RFC 7607, RFC 6793, RFC 5398, RFC 6996 and RFC 7300, and
// what IANA's registry reserves between them. On a path it stands for somebody
// else, or for a mistake, so a neighbour with such a number is nobody's neighbour.
func reserved(asn uint32) bool {
	switch {
	case asn == 0, asn == 23456:
		return true
	case asn >= 64496 && asn <= 65551: // documentation, private use, the last of 16 bits, documentation
		return true
	}
	return asn >= 4_200_000_000 // private use, and the last of 32 bits
}
