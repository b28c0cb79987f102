package entity

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Attributes are written into an image as texts, so that one table finds the
// companies of any: a kind and what follows it.
const (
	traitCountry      = "country:"
	traitHeadquarters = "headquarters:"
	traitTag          = "tag:"
	traitStateOwned   = "state-owned"
	traitComplete     = "owners-complete"
)

// traitsOf returns the attributes of a company as they stand in secTraits,
// each once.
func traitsOf(c *Company) []string {
	var out []string
	if c.Country != "" {
		out = append(out, traitCountry+c.Country)
	}
	if c.Headquarters != "" {
		out = append(out, traitHeadquarters+c.Headquarters)
	}
	for i, tag := range c.Tags {
		if !slices.Contains(c.Tags[:i], tag) {
			out = append(out, traitTag+tag)
		}
	}
	if c.StateOwned {
		out = append(out, traitStateOwned)
	}
	if c.OwnersComplete {
		out = append(out, traitComplete)
	}
	return out
}

// trait is what of a company's row its attributes depend on. Millions of
// companies have some thousands of them.
type trait struct {
	country, headquarters [2]byte
	tags                  uint32
	flags                 uint8
}

// traits lays out which companies have which attributes.
func (l *layout) traits() {
	numbers := map[string]int{}
	var names []string
	known := map[trait][]int{} // by number in names
	of := func(entry uint32) []int {
		f := &l.b.companies[entry]
		t := trait{f.country, f.headquarters, f.tags, f.flags}
		list, ok := known[t]
		if ok {
			return list
		}
		c := Company{
			Country: code(t.country[:]), Headquarters: code(t.headquarters[:]),
			Tags: splitTexts(l.b.text.text(t.tags)), StateOwned: t.flags&flagStateOwned != 0, OwnersComplete: t.flags&flagComplete != 0,
		}
		for _, name := range traitsOf(&c) {
			n, ok := numbers[name]
			if !ok {
				n = len(names)
				numbers[name] = n
				names = append(names, name)
			}
			list = append(list, n)
		}
		known[t] = list
		return list
	}
	counts := make([]uint32, 0, 600)
	total := 0
	for _, entry := range l.c.lead {
		for _, n := range of(entry) {
			for n >= len(counts) {
				counts = append(counts, 0)
			}
			counts[n]++
			total++
		}
	}
	order := slices.Sorted(slices.Values(names))
	l.section(secTraits, len(order))
	l.section(secHaving, total)
	fill := make([]uint32, len(names))
	start := uint32(0)
	for i, name := range order {
		n, row := numbers[name], l.im.row(secTraits, i)
		binary.LittleEndian.PutUint32(row, l.write([]byte(name)))
		binary.LittleEndian.PutUint32(row[4:], start)
		fill[n] = start
		start += counts[n]
	}
	for company, entry := range l.c.lead {
		for _, n := range of(entry) {
			binary.LittleEndian.PutUint32(l.im.row(secHaving, int(fill[n])), uint32(company))
			fill[n]++
		}
	}
}

// having returns the rows of secHaving of an attribute.
func (im *image) having(name string) (from, to int) {
	at := im.find(secTraits, name)
	if at >= im.rows(secTraits) || im.textAt(u32(im.row(secTraits, at))) != name {
		return 0, 0
	}
	return im.traitSpan(at)
}

// traitSpan is what stands in secTraits of a row, clamped to secHaving.
func (im *image) traitSpan(at int) (from, to int) {
	limit := im.rows(secHaving)
	from, to = min(int(u32(im.row(secTraits, at)[4:])), limit), limit
	if at+1 < im.rows(secTraits) {
		to = min(int(u32(im.row(secTraits, at+1)[4:])), limit)
	}
	return from, max(from, to)
}

// having appends the numbers of the companies of an image with an attribute,
// that were known.
func (r *Registry) having(im *image, name string, into []int32) []int32 {
	n := uint32(im.companies())
	for from, to := im.having(name); from < to; from++ {
		company := u32(im.row(secHaving, from))
		if company < n && (r.known.IsZero() || r.knew(intervalAt(im.row(secCompanies, int(company))[40:]))) {
			into = append(into, int32(company))
		}
	}
	return into
}

// Tags returns the tags that companies have, whenever they were known, sorted.
func (r *Registry) Tags() []string {
	var out []string
	for _, im := range r.images() {
		for i := im.find(secTraits, traitTag); i < im.rows(secTraits); i++ {
			name := im.textAt(u32(im.row(secTraits, i)))
			if len(name) < len(traitTag) || name[:len(traitTag)] != traitTag {
				break
			}
			out = append(out, name[len(traitTag):])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// verifyTraits checks that each attribute has the companies that have it.
func (im *image) verifyTraits() error {
	if err := im.rising(secTraits, false); err != nil {
		return err
	}
	total := 0
	known := map[string][]string{}
	of := func(company int) []string {
		row := im.row(secCompanies, company)
		key := string(row[12:16]) + string(row[32:37])
		list, ok := known[key]
		if !ok {
			list = traitsOf(im.company(company))
			slices.Sort(list)
			known[key] = list
		}
		return list
	}
	for company := range im.companies() {
		total += len(of(company))
	}
	if total != im.rows(secHaving) {
		return fmt.Errorf("section %s has %d rows, want %d", secHaving, im.rows(secHaving), total)
	}
	end := 0
	for i := range im.rows(secTraits) {
		name := im.textAt(u32(im.row(secTraits, i)))
		from, to := im.traitSpan(i)
		if from != end || from == to {
			return fmt.Errorf("row %d: %q begins at %d, after %d", i, name, from, end)
		}
		end = to
		for last := int64(-1); from < to; from++ {
			company := int64(u32(im.row(secHaving, from)))
			if company <= last || company >= int64(im.companies()) {
				return fmt.Errorf("section %s, row %d: company %d after %d", secHaving, from, company, last)
			}
			if _, ok := slices.BinarySearch(of(int(company)), name); !ok {
				return fmt.Errorf("section %s, row %d: company %d is not %q", secHaving, from, company, name)
			}
			last = company
		}
	}
	return nil
}
