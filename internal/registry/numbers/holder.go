package numbers

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
)

// The holder section has a row for each AS number, ascending, and three
// columns:
//
//	number   less the one before it, as a varint
//	country  0 none; else its code times two, plus one if it is derived from
//	         address space; two bytes
//	name     0 none; 1 the first name that no row before has; n+2 name n; as a
//	         varint
const (
	noName = iota
	nextName
	earlierName
)

// encodeHolders lays out the holder section. It returns the distinct names in
// the order of first use.
func encodeHolders(asns []uint32, holders map[uint32]holder) (out []byte, distinct []string) {
	var numbers, countries, names []byte
	seen := make(map[string]uint64)
	before := uint32(0)
	for _, asn := range asns {
		h := holders[asn]
		numbers = binary.AppendUvarint(numbers, uint64(asn-before))
		before = asn
		countries = binary.LittleEndian.AppendUint16(countries, uint16(h.country)<<1|uint16(count(h.space)))
		if n, ok := seen[h.name]; ok {
			names = binary.AppendUvarint(names, earlierName+n)
		} else if h.name == "" {
			names = append(names, noName)
		} else {
			names = append(names, nextName)
			seen[h.name] = uint64(len(distinct))
			distinct = append(distinct, h.name)
		}
	}
	out = binary.AppendUvarint(nil, uint64(len(asns)))
	for _, c := range [][]byte{numbers, countries, names} {
		out = appendColumn(out, c)
	}
	return out, distinct
}

// holderTable is the unpacked holder section.
type holderTable struct {
	asns      []uint32 // ascending
	countries []uint16 // as on disk
	names     []uint32 // index into nameTable plus one, 0 for none
	distinct  uint32   // names used
}

func decodeHolders(b []byte) (*holderTable, error) {
	all := column{b: b}
	rows := all.uvarint()
	numbers, countries, names := all.column(), all.column(), all.column()
	if rows > uint64(len(numbers.b)) || rows > maxASNs+1 { // a row takes a byte or more
		return nil, fmt.Errorf("%w (section %v: %d rows do not fit)", ErrCorrupt, holderSection, rows)
	}
	t := &holderTable{
		asns:      make([]uint32, rows),
		countries: make([]uint16, rows),
		names:     make([]uint32, rows),
	}
	before := uint64(0)
	for i := range t.asns {
		step, cc, name := numbers.uvarint(), countries.uint16(), names.uvarint()
		asn := before + step
		switch {
		case step == 0 || step > 1<<32-1 || asn > 1<<32-1:
			numbers.bad = true
		case cc > maxCountry<<1|1 || cc == 1:
			countries.bad = true
		case name >= earlierName && name-earlierName >= uint64(t.distinct):
			names.bad = true
		}
		before = asn
		t.asns[i], t.countries[i] = uint32(asn), cc
		switch name {
		case noName:
		case nextName:
			t.distinct++
			t.names[i] = t.distinct
		default:
			t.names[i] = uint32(name-earlierName) + 1
		}
		if numbers.bad || countries.bad || names.bad {
			break
		}
	}
	if err := done(holderSection, &numbers, &countries, &names, &all); err != nil {
		return nil, err
	}
	return t, nil
}

// find returns the row of an AS number.
func (t *holderTable) find(asn uint32) (int, bool) { return slices.BinarySearch(t.asns, asn) }

// holder returns what a row says.
func (t *holderTable) holder(row int, names *nameTable) entity.ASHolder {
	h := entity.ASHolder{ASN: t.asns[row]}
	if n := t.names[row]; n != 0 {
		h.Name = string(names.name(n - 1))
	}
	if cc := t.countries[row]; cc != 0 {
		h.Country = country(cc >> 1).String()
		h.CountryBasis = BasisRegistered
		if cc&1 == 1 {
			h.CountryBasis = BasisSpace
		}
	}
	return h
}

// The values of [entity.ASHolder.CountryBasis].
const (
	BasisRegistered = "registered"
	BasisSpace      = "space"
)
