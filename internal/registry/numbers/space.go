package numbers

import (
	"iter"
	"net/netip"

	"github.com/cleannet/cleannet/internal/entity"
)

// Space is a range of addresses that the registries have delegated to one
// country.
type Space struct {
	First, Last netip.Addr // inclusive
	Country     string     // ISO 3166-1 alpha-2
}

// Space returns the range around addr that is registered in one country,
// which may be several delegations; false if the table has none. Where space is
// registered says neither who holds it nor where it is used: it is what is left
// to say of an address that nobody originates.
func (t *Table) Space(addr netip.Addr) (Space, bool) {
	if !addr.IsValid() {
		return Space{}, false
	}
	w, fam := wideOf(addr)
	if fam == ipv4 {
		if v4 := t.space4.value(); v4 != nil {
			if r := v4.find(uint32(w.lo)); r != nil {
				first, last := r.wide()
				return Space{ipv4.addr(first), ipv4.addr(last), country(r.value).String()}, true
			}
		}
		return Space{}, false
	}
	if v6 := t.space6.value(); v6 != nil {
		if r := v6.find(w); r != nil {
			return Space{ipv6.addr(r.first), ipv6.addr(r.last), country(r.value).String()}, true
		}
	}
	return Space{}, false
}

// Spaces yields every range of addresses that is registered in one country: IPv4
// before IPv6, ascending.
func (t *Table) Spaces() iter.Seq[Space] {
	return func(yield func(Space) bool) {
		if v4 := t.space4.value(); v4 != nil {
			for i := range v4.ranges {
				r := &v4.ranges[i]
				first, last := r.wide()
				if !yield(Space{ipv4.addr(first), ipv4.addr(last), country(r.value).String()}) {
					return
				}
			}
		}
		if v6 := t.space6.value(); v6 != nil {
			for i := range v6.ranges {
				r := &v6.ranges[i]
				if !yield(Space{ipv6.addr(r.first), ipv6.addr(r.last), country(r.value).String()}) {
					return
				}
			}
		}
	}
}

// SpaceSources returns the sources that [Table.Space] rests on.
func (t *Table) SpaceSources() []entity.Source {
	var out []entity.Source
	for _, d := range t.manifest.Documents {
		if d.Form.hasSpace() {
			out = append(out, d.Source)
		}
	}
	return out
}
