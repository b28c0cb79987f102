package numbers

import (
	"fmt"
	"maps"
	"slices"
)

// facts is what the inputs of one build say, before overlaps are resolved.
type facts struct {
	origins   map[family][]span // value is the AS number
	countries map[family][]span // value is the country
	holders   map[uint32]holder
}

// holder is what is known of one AS number.
type holder struct {
	name    string
	country country
	space   bool // country is derived from address space, not registered
}

func newFacts() *facts {
	return &facts{
		origins:   make(map[family][]span),
		countries: make(map[family][]span),
		holders:   make(map[uint32]holder),
	}
}

// add takes the fact of one record and counts it in the document it is from.
// An error means that the build has outgrown its limits.
func (f *facts) add(rec record, doc *Document) error {
	switch rec.kind {
	case header:
		return nil
	case useless:
		doc.Skipped++
		return nil
	case originRange:
		if err := addSpan(f.origins, rec, rec.asn); err != nil {
			return err
		}
		f.addHolder(rec.asn, rec.name, 0, doc)
	case countryRange:
		if err := addSpan(f.countries, rec, uint32(rec.country)); err != nil {
			return err
		}
	case asnBlock:
		for asn := rec.first.lo; asn <= rec.last.lo; asn++ {
			f.addHolder(uint32(asn), rec.name, rec.country, doc)
		}
	}
	doc.Records++
	if len(f.holders) > maxASNs {
		return fmt.Errorf("more than %d AS numbers", maxASNs)
	}
	return nil
}

func addSpan(to map[family][]span, rec record, value uint32) error {
	spans := to[rec.family]
	if len(spans) == maxRanges {
		return fmt.Errorf("more than %d ranges of one kind and address family", maxRanges)
	}
	to[rec.family] = append(spans, span{rec.first, rec.last, value, uint32(len(spans))})
	return nil
}

// addHolder keeps the first name and the first registered country of an AS
// number and counts what contradicts them. AS number 0 is nobody's.
func (f *facts) addHolder(asn uint32, name string, cc country, doc *Document) {
	if asn == 0 {
		return
	}
	h := f.holders[asn]
	if name != "" && h.name != "" && name != h.name || cc != 0 && h.country != 0 && cc != h.country {
		doc.Conflicts++
	}
	if h.name == "" {
		h.name = name
	}
	if h.country == 0 {
		h.country = cc
	}
	f.holders[asn] = h
}

// asns returns the AS numbers in ascending order.
func (f *facts) asns() []uint32 { return slices.Sorted(maps.Keys(f.holders)) }

// deriveCountries gives each AS number without a registered country the one
// that holds the largest part of the IPv4 space it originates, or of its IPv6
// space if no country is known of any of its IPv4 space. Both maps hold flat
// lists.
func (f *facts) deriveCountries(origins, countries map[family][]span) {
	for _, fam := range []family{ipv4, ipv6} {
		for asn, shares := range spaceShares(origins[fam], countries[fam]) {
			h := f.holders[asn]
			if h.country == 0 {
				h.country, h.space = largest(shares), true
				f.holders[asn] = h
			}
		}
	}
}
