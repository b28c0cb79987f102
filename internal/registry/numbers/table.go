package numbers

import (
	"errors"
	"fmt"
	"iter"
	"net/netip"

	"github.com/cleannet/cleannet/internal/entity"
)

// Table is an opened snapshot. It is immutable and safe for concurrent use;
// copy the pointer only. It implements [entity.Numbers].
//
// Opening checks the checksum of the whole snapshot, so the parts that are
// unpacked later are as they were written. A snapshot that was written
// malformed, with a checksum to match, shows only then: its part answers
// nothing, and [Table.Verify] says why. Call Verify once on a snapshot that
// comes from elsewhere.
type Table struct {
	manifest Manifest
	digest   string

	holders lazy[holderTable]
	names   lazy[nameTable]
	v4      lazy[table4] // by origin
	v6      lazy[table6]
	space4  lazy[table4] // by country
	space6  lazy[table6]
}

var _ entity.Numbers = (*Table)(nil)

// Open reads a snapshot that [Build] made. It keeps data, which the caller
// must not change afterwards, and unpacks its parts when they are first asked
// for. The error wraps [ErrCorrupt] or [ErrVersion] and is fit for a user.
func Open(data []byte) (*Table, error) {
	parts, err := unseal(data)
	if err != nil {
		return nil, err
	}
	meta, err := parts[manifestSection].unpack()
	if err != nil {
		return nil, err
	}
	t := &Table{digest: fmt.Sprintf("%x", data[digestAt:tableAt])}
	if t.manifest, err = decodeManifest(meta); err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrCorrupt, err)
	}
	t.holders.make = func() (*holderTable, error) {
		return decodePart(parts[holderSection], decodeHolders)
	}
	t.names.make = func() (*nameTable, error) {
		return decodePart(parts[nameSection], func(b []byte) (*nameTable, error) {
			return decodeNames(b, parts[textSection].body)
		})
	}
	t.v4.make = func() (*table4, error) {
		return decodeWithHolders(t, parts[ipv4Section], decode4)
	}
	t.v6.make = func() (*table6, error) {
		return decodeWithHolders(t, parts[ipv6Section], decode6)
	}
	t.space4.make = func() (*table4, error) { return decodeSpace(parts[space4Section], decode4) }
	t.space6.make = func() (*table6, error) { return decodeSpace(parts[space6Section], decode6) }
	return t, nil
}

func decodePart[T any](p packed, decode func([]byte) (*T, error)) (*T, error) {
	b, err := p.unpack()
	if err != nil {
		return nil, err
	}
	return decode(b)
}

// decodeWithHolders decodes a part that refers to rows of the holder section.
func decodeWithHolders[T any](t *Table, p packed, decode rangeDecoder[T]) (*T, error) {
	holders := t.holders.value()
	if holders == nil {
		return nil, t.holders.failure()
	}
	return decodePart(p, func(b []byte) (*T, error) { return decode(p.section, b, holders.asns) })
}

// rangeDecoder is decode4 or decode6.
type rangeDecoder[T any] func(s section, b []byte, values []uint32) (*T, error)

// decodeSpace decodes a part that refers to countries.
func decodeSpace[T any](p packed, decode rangeDecoder[T]) (*T, error) {
	return decodePart(p, func(b []byte) (*T, error) { return decode(p.section, b, countryValues()) })
}

// Verify unpacks what is still packed and reports every part that is
// malformed. It takes some tens of milliseconds for the whole Internet. The
// error wraps [ErrCorrupt].
func (t *Table) Verify() error {
	err := errors.Join(t.holders.failure(), t.names.failure(), t.space4.failure(), t.space6.failure())
	if t.holders.value() != nil { // else the ranges report the same once more
		err = errors.Join(err, t.v4.failure(), t.v6.failure())
	}
	if err != nil {
		return err
	}
	if used, have := int(t.holders.value().distinct), len(t.names.value().ends); used != have {
		return fmt.Errorf("%w (holders use %d names of %d)", ErrCorrupt, used, have)
	}
	return t.names.value().verify()
}

// Manifest returns what the table was made from. The caller must not change
// the lists in it.
func (t *Table) Manifest() Manifest { return t.manifest }

// Digest returns the SHA-256 that the snapshot carries of its own content, in
// lower-case hex. It names this state of the table in evidence.
func (t *Table) Digest() string { return t.digest }

// Sources implements [entity.Numbers]: one source for each input file.
func (t *Table) Sources() []entity.Source {
	out := make([]entity.Source, 0, len(t.manifest.Documents))
	for _, d := range t.manifest.Documents {
		out = append(out, d.Source)
	}
	return out
}

// identities returns the unpacked holders and names, false if either is
// malformed.
func (t *Table) identities() (*holderTable, *nameTable, bool) {
	holders, names := t.holders.value(), t.names.value()
	if holders == nil || names == nil || int(holders.distinct) > len(names.ends) {
		return nil, nil, false
	}
	return holders, names, true
}

// Holder implements [entity.Numbers]. Its Name is empty for an AS number that
// is only delegated or only originates, and its Country where neither is
// known.
func (t *Table) Holder(asn uint32) (entity.ASHolder, bool) {
	holders, names, ok := t.identities()
	if !ok {
		return entity.ASHolder{}, false
	}
	row, ok := holders.find(asn)
	if !ok {
		return entity.ASHolder{}, false
	}
	return holders.holder(row, names), true
}

// Holders yields every AS number of the table, ascending.
func (t *Table) Holders() iter.Seq[entity.ASHolder] {
	return func(yield func(entity.ASHolder) bool) {
		holders, names, ok := t.identities()
		if !ok {
			return
		}
		for row := range holders.asns {
			if !yield(holders.holder(row, names)) {
				return
			}
		}
	}
}

// Origin implements [entity.Numbers]. The route is the whole run of addresses
// around addr that one AS number originates, which may be several announced
// prefixes or a part of one.
func (t *Table) Origin(addr netip.Addr) (entity.Route, bool) {
	if !addr.IsValid() {
		return entity.Route{}, false
	}
	w, fam := wideOf(addr)
	if fam == ipv4 {
		if v4 := t.v4.value(); v4 != nil {
			if r := v4.find(uint32(w.lo)); r != nil {
				return r.route(), true
			}
		}
		return entity.Route{}, false
	}
	if v6 := t.v6.value(); v6 != nil {
		if r := v6.find(w); r != nil {
			return r.route(), true
		}
	}
	return entity.Route{}, false
}

// OriginASN returns only the AS number of [Table.Origin], in about half its
// time: for those who look up millions of addresses.
func (t *Table) OriginASN(addr netip.Addr) (asn uint32, ok bool) {
	if !addr.IsValid() {
		return 0, false
	}
	w, fam := wideOf(addr)
	if fam == ipv4 {
		if v4 := t.v4.value(); v4 != nil {
			if r := v4.find(uint32(w.lo)); r != nil {
				return r.value, true
			}
		}
		return 0, false
	}
	if v6 := t.v6.value(); v6 != nil {
		if r := v6.find(w); r != nil {
			return r.value, true
		}
	}
	return 0, false
}

// Routes yields every range of the table: IPv4 before IPv6, ascending.
func (t *Table) Routes() iter.Seq[entity.Route] {
	return func(yield func(entity.Route) bool) {
		if v4 := t.v4.value(); v4 != nil {
			for i := range v4.ranges {
				if !yield(v4.ranges[i].route()) {
					return
				}
			}
		}
		if v6 := t.v6.value(); v6 != nil {
			for i := range v6.ranges {
				if !yield(v6.ranges[i].route()) {
					return
				}
			}
		}
	}
}

// wide returns the ends of the range as 128-bit numbers.
func (r *range4) wide() (first, last wide) { return wide{0, uint64(r.first)}, wide{0, uint64(r.last)} }

func (r *range4) route() entity.Route {
	first, last := r.wide()
	return entity.Route{First: ipv4.addr(first), Last: ipv4.addr(last), ASN: r.value}
}

func (r *range6) route() entity.Route {
	return entity.Route{First: ipv6.addr(r.first), Last: ipv6.addr(r.last), ASN: r.value}
}
