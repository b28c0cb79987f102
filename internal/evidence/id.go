package evidence

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// ID is an identifier in canonical form, written "scheme:value". IDs of the
// same thing are equal, so an ID serves as a map key. The zero ID is "none".
// Only [ParseID], [NewID] and the typed constructors make one.
type ID struct {
	s string
}

// ParseID reads "scheme:value" and normalises the value by its scheme. The
// error names the scheme and shows an example of what it takes.
func ParseID(text string) (ID, error) {
	name, value, ok := strings.Cut(text, ":")
	if !ok {
		return ID{}, fmt.Errorf("identifier %q has no scheme: write scheme:value, for example asn:64496", text)
	}
	return NewID(Scheme(name), value)
}

// NewID normalises value by the scheme's rule.
func NewID(scheme Scheme, value string) (ID, error) {
	normalise, ok := scheme.normaliser()
	if !ok {
		return ID{}, fmt.Errorf("unknown identifier scheme %q", string(scheme))
	}
	if len(value) > MaxValue {
		return ID{}, fmt.Errorf("%s identifier of %d bytes is longer than %d", scheme, len(value), MaxValue)
	}
	norm, err := normalise(strings.TrimSpace(value))
	if err != nil {
		return ID{}, fmt.Errorf("%s identifier %q: %w, for example %s", scheme, value, err, scheme.example())
	}
	if len(norm) > MaxValue { // "libx" became "libx.so"
		return ID{}, fmt.Errorf("%s identifier of %d bytes is longer than %d", scheme, len(norm), MaxValue)
	}
	return ID{string(scheme) + ":" + norm}, nil
}

// MaxValue is the longest value of an identifier, in bytes.
const MaxValue = 1024

// ASN returns the identifier of an AS number (RFC 6793: 32 bits).
func ASN(n uint32) ID { return ID{"asn:" + strconv.FormatUint(uint64(n), 10)} }

// Prefix returns the identifier of an address block; host bits are cleared and
// a block of IPv4-mapped addresses counts as IPv4. An invalid block gives the
// zero ID.
func Prefix(p netip.Prefix) ID {
	if !p.IsValid() {
		return ID{}
	}
	return ID{"prefix:" + canonicalPrefix(p).String()}
}

// Addr returns the identifier of an address; an IPv4-mapped address counts as
// IPv4, and a zone is dropped. The zero address gives the zero ID.
func Addr(a netip.Addr) ID {
	if !a.IsValid() {
		return ID{}
	}
	return ID{"ip:" + a.Unmap().WithZone("").String()}
}

// canonicalPrefix clears host bits. It writes a block inside ::ffff:0:0/96 in
// IPv4, so that the same addresses have one name.
func canonicalPrefix(p netip.Prefix) netip.Prefix {
	const mapped = 96 // bits of the prefix of IPv4-mapped addresses (RFC 4291, 2.5.5.2)
	if p.Addr().Is4In6() && p.Bits() >= mapped {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-mapped)
	}
	return p.Masked()
}

// Company returns the identifier of a company of the registry by its slug,
// which must be valid.
func Company(slug string) ID { return ID{"company:" + slug} }

// Scheme returns the part before the colon, empty for the zero ID.
func (id ID) Scheme() Scheme {
	scheme, _, _ := strings.Cut(id.s, ":")
	return Scheme(scheme)
}

// Value returns the part after the colon.
func (id ID) Value() string {
	_, value, _ := strings.Cut(id.s, ":")
	return value
}

// String returns "scheme:value", empty for the zero ID.
func (id ID) String() string { return id.s }

// IsZero reports whether the ID is "none".
func (id ID) IsZero() bool { return id.s == "" }

// AS returns the number of an asn identifier, false for any other scheme.
func (id ID) AS() (uint32, bool) {
	digits, ok := strings.CutPrefix(id.s, "asn:")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(n), err == nil
}

// IP returns the address of an ip identifier, or the first address of a
// prefix, false for any other scheme.
func (id ID) IP() (netip.Addr, bool) {
	switch id.Scheme() {
	case SchemeIP:
		a, err := netip.ParseAddr(id.Value())
		return a, err == nil
	case SchemePrefix:
		p, err := netip.ParsePrefix(id.Value())
		return p.Addr(), err == nil
	}
	return netip.Addr{}, false
}

// Compare orders identifiers by scheme, AS numbers and addresses among
// themselves by their number, all others by their text.
func (id ID) Compare(other ID) int {
	if id.s == other.s {
		return 0
	}
	if isASN(id.s) && isASN(other.s) { // most comparisons; no leading zeros: the longer number is the larger
		if c := cmp.Compare(len(id.s), len(other.s)); c != 0 {
			return c
		}
		return strings.Compare(id.s, other.s)
	}
	a, b := id.Scheme(), other.Scheme()
	if a != b {
		return cmp.Compare(a, b)
	}
	switch a {
	case SchemeIP:
		x, okX := id.IP()
		y, okY := other.IP()
		if okX && okY {
			return x.Compare(y)
		}
	case SchemePrefix:
		x, errX := netip.ParsePrefix(id.Value())
		y, errY := netip.ParsePrefix(other.Value())
		if errX == nil && errY == nil {
			return cmp.Or(x.Addr().Compare(y.Addr()), cmp.Compare(x.Bits(), y.Bits()))
		}
	}
	return cmp.Compare(id.s, other.s)
}

func isASN(s string) bool { return strings.HasPrefix(s, "asn:") }

// MarshalText implements encoding.TextMarshaler with [ID.String].
func (id ID) MarshalText() ([]byte, error) { return []byte(id.s), nil }

// UnmarshalText implements encoding.TextUnmarshaler with [ParseID]; empty text
// is the zero ID.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	var err error
	*id, err = ParseID(string(b))
	return err
}
