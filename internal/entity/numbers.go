package entity

import "net/netip"

// Numbers answers who holds an Internet number resource, for the whole
// Internet and without judgement: the table behind names and countries of
// networks that no curated company claims. An implementation is immutable and
// safe for concurrent use.
type Numbers interface {
	// Holder returns what the table says of an AS number, false if nothing.
	Holder(asn uint32) (ASHolder, bool)
	// Origin returns the address range that holds addr and the AS number that
	// originates it, false if the table has none. IPv4-mapped IPv6 addresses
	// count as IPv4.
	Origin(addr netip.Addr) (Route, bool)
	// Sources returns where the table comes from, to be cited with each use.
	Sources() []Source
}

// ASHolder is the registered holder of an AS number.
type ASHolder struct {
	ASN     uint32
	Name    string // as the source writes it
	Country string // ISO 3166-1 alpha-2, empty if the source has none
	// CountryBasis says what Country rests on: "registered" for the country
	// of the AS number's own delegation, "space" for the country that holds
	// the largest part of the IPv4 space it originates (IPv6 where it has no
	// IPv4), which is a hint and not a registration.
	CountryBasis string
}

// Route is an address range and the AS number that originates it.
type Route struct {
	First, Last netip.Addr // inclusive
	ASN         uint32
}
