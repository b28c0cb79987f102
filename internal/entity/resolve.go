package entity

import (
	"net/netip"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
)

// Link is a step from an identifier to another or to a company, as a finding's
// chain cites it.
type Link struct {
	From, To evidence.ID
	Relation string // "within", "originated by" or "held by"
	Valid    Interval
	Note     string
	Source   string // id of a Source
}

// Holding is an answer to who holds an identifier.
type Holding struct {
	Company *Company
	Links   []Link // from the identifier asked for to the company, in order
}

// Resolve returns who holds an identifier at a date, false if the registry
// does not know. A domain is held by whoever holds it or the nearest domain
// above it; a class name likewise, at dots; an address by the holder of the
// longest block that contains it, else by the holder of the AS number that
// originates it. An identifier of a company is held by that company.
func (r *Registry) Resolve(id evidence.ID, on Date) (Holding, bool) {
	if id.Scheme() == evidence.SchemeCompany {
		c, ok := r.Company(id.Value())
		if !ok {
			return Holding{}, false
		}
		return Holding{Company: c}, true
	}
	for at := range wider(id) {
		if h, ok := r.exact(at, on); ok {
			return h.via(id, at, "within", ""), true
		}
	}
	if h, ok := r.block(id, on); ok {
		return h, true
	}
	origin, ok := r.origin(id)
	if !ok {
		return Holding{}, false
	}
	h, ok := r.exact(origin, on)
	return h.via(id, origin, "originated by", numbersSource(r.numbers)), ok
}

// origin returns the AS number that originates an address, or a block if it
// lies whole within one range of the table of numbers.
func (r *Registry) origin(id evidence.ID) (evidence.ID, bool) {
	p, ok := asPrefix(id)
	if !ok || r.numbers == nil {
		return evidence.ID{}, false
	}
	route, ok := r.numbers.Origin(p.Addr())
	if !ok || !p.IsSingleIP() && route.Last.Less(lastAddr(p)) {
		return evidence.ID{}, false
	}
	return evidence.ASN(route.ASN), true
}

// lastAddr returns the last address of a block.
func lastAddr(p netip.Prefix) netip.Addr {
	bytes := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < 8*len(bytes); bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(bytes) // 4 or 16 bytes, as they came
	return last
}

// via puts a step in front of the links, unless both ends are the same.
func (h Holding) via(from, to evidence.ID, relation, source string) Holding {
	if h.Company == nil || from == to {
		return h
	}
	step := Link{From: from, To: to, Relation: relation, Source: source}
	h.Links = append([]Link{step}, h.Links...)
	return h
}

// holders returns who ever held an identifier, of one image.
func (r *Registry) holders(im *image, id evidence.ID) []Identifier {
	var out []Identifier
	text := id.String()
	for i := im.find(secIDs, text); i < im.rows(secIDs) && string(im.bytesAt(u32(im.row(secIDs, i)))) == text; i++ {
		out = append(out, im.identifier(i))
	}
	return out
}

func (r *Registry) exact(id evidence.ID, on Date) (Holding, bool) {
	for _, im := range r.images() {
		for _, d := range r.holders(im, id) {
			if !r.holds(on, d.Valid, d.Known) {
				continue
			}
			if c, ok := r.Company(d.Company); ok {
				return Holding{c, []Link{{id, c.ID(), "held by", d.Valid, d.Note, d.Source}}}, true
			}
		}
	}
	return Holding{}, false
}

// block finds the longest block of the registry that contains id whole. A
// block that nobody held at the date does not hide wider ones.
func (r *Registry) block(id evidence.ID, on Date) (Holding, bool) {
	p, ok := asPrefix(id)
	if !ok {
		return Holding{}, false
	}
	for bits := p.Bits(); bits >= 0; bits-- {
		wide, err := p.Addr().Prefix(bits)
		if err != nil || !r.hasLength(wide) {
			continue
		}
		at := evidence.Prefix(wide)
		h, ok := r.exact(at, on)
		if !ok && wide.IsSingleIP() {
			at = evidence.Addr(wide.Addr())
			h, ok = r.exact(at, on)
		}
		if ok {
			return h.via(id, at, "within", ""), true
		}
	}
	return Holding{}, false
}

// hasLength reports whether any block of the registry is as long as p.
func (r *Registry) hasLength(p netip.Prefix) bool {
	bit := lengthBit(p)
	for _, im := range r.images() {
		if im.part[secBlocks][bit/8]>>(bit%8)&1 != 0 {
			return true
		}
	}
	return false
}

// wider yields the identifier and those above it in its hierarchy of names,
// nearest first.
func wider(id evidence.ID) func(func(evidence.ID) bool) {
	return func(yield func(evidence.ID) bool) {
		if !yield(id) {
			return
		}
		cut := func(v string) string { return "" }
		switch id.Scheme() {
		case evidence.SchemeDomain:
			cut = func(v string) string { _, rest, _ := strings.Cut(v, "."); return rest }
		case evidence.SchemeDex:
			cut = func(v string) string { return v[:max(strings.LastIndexByte(v, '.'), 0)] }
		}
		for v := cut(id.Value()); v != ""; v = cut(v) {
			above, err := evidence.NewID(id.Scheme(), v)
			if err != nil || !yield(above) {
				return
			}
		}
	}
}

func asPrefix(id evidence.ID) (netip.Prefix, bool) {
	switch id.Scheme() {
	case evidence.SchemeIP:
		a, ok := id.IP()
		return netip.PrefixFrom(a, a.BitLen()), ok
	case evidence.SchemePrefix:
		p, err := netip.ParsePrefix(id.Value())
		return p, err == nil
	}
	return netip.Prefix{}, false
}

func numbersSource(n Numbers) string {
	if s := n.Sources(); len(s) > 0 {
		return s[0].ID
	}
	return ""
}

// Label returns what to call an identifier in a report: the company that holds
// it, else the holder that the table of numbers names for its AS number or for
// the one that originates it, else nothing; and the country, likewise.
func (r *Registry) Label(id evidence.ID, on Date) (name, country string) {
	if h, ok := r.Resolve(id, on); ok {
		return h.Company.Name, h.Company.Country
	}
	if origin, ok := r.origin(id); ok {
		id = origin
	}
	if n, ok := id.AS(); ok && r.numbers != nil {
		if holder, ok := r.numbers.Holder(n); ok {
			return holder.Name, holder.Country
		}
	}
	return "", ""
}
