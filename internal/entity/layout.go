package entity

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
)

// layout writes the facts of a builder as an image. Texts are written when a
// fact first needs them, so that their order, too, is that of the facts.
type layout struct {
	b    *Builder
	c    *census
	im   *image
	refs []uint32 // by number of a text: where it stands in secText, 0 if not yet
}

// image checks everything and lays it out. It lets go of what it has laid out,
// so that little stands in memory twice.
func (b *Builder) image() (*image, error) {
	l := &layout{b: b, c: b.census(), im: new(image)}
	l.c.identifiers()
	l.dropUnknown()
	l.resolve()
	b.sortEdges()
	l.checkEdges()
	l.checkSources()
	b.text.slots = nil
	l.c.first, l.c.order, l.c.parent, l.c.number = nil, nil, nil, nil // all facts have their numbers
	if err := b.faults.err(); err != nil {
		return nil, err
	}
	l.refs = make([]uint32, b.text.count())
	l.im.part[secText] = append(make([]byte, 0, b.text.size()+b.text.size()/64+1), 0) // reference 0 is the empty text
	l.sources()
	l.companies()
	l.traits()
	b.companies = nil
	l.identifiers()
	l.edges()
	l.listings()
	l.gaps()
	if len(l.im.part[secText]) >= 1<<32 {
		return nil, ErrFull
	}
	l.im.digest = l.im.sum()
	b.spent()
	return l.im, nil
}

// sum returns the SHA-256 of the sections, each with its length before it.
func (im *image) sum() string {
	h := sha256.New()
	var size [8]byte
	for _, part := range im.part {
		binary.LittleEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// resolve turns the slugs of edges, listings and gaps into numbers.
func (l *layout) resolve() {
	b := l.b
	number := func(slug *uint32, what func() string) {
		n, ok := l.c.company(*slug)
		if !ok {
			b.faults.add(fmt.Errorf("%s: unknown company %q", what(), b.text.text(*slug)))
			n = noCompanyDisk
		}
		*slug = n
	}
	for i := range b.edges {
		e := &b.edges[i]
		owner, asset := e.owner, e.asset
		what := func() string {
			return edgeName(Edge{Owner: b.text.text(owner), Asset: b.text.text(asset)})
		}
		if e.owner == 0 {
			e.owner = noCompanyDisk
		} else {
			number(&e.owner, what)
		}
		number(&e.asset, what)
	}
	for i := range b.listings {
		f := &b.listings[i]
		number(&f.company, func() string { return fmt.Sprintf("list %q", b.text.text(f.list)) })
	}
	for i := range b.gaps {
		number(&b.gaps[i].company, func() string { return "unstated owners" })
	}
}

// ref returns where a text stands, writing it if need be.
func (l *layout) ref(n uint32) uint32 {
	if n == 0 || l.refs[n] != 0 {
		return l.refs[n]
	}
	l.refs[n] = l.write(l.b.text.bytes(n))
	return l.refs[n]
}

// write writes a text and returns where it stands.
func (l *layout) write(s []byte) uint32 {
	text := l.im.part[secText]
	ref := uint32(len(text))
	text = binary.AppendUvarint(text, uint64(len(s)))
	l.im.part[secText] = append(text, s...)
	return ref
}

func (l *layout) refTo(b []byte, n uint32) { binary.LittleEndian.PutUint32(b, l.ref(n)) }

// section makes room for the rows of a section.
func (l *layout) section(s section, rows int) { l.im.part[s] = make([]byte, rows*s.width()) }

func (l *layout) sources() {
	list := []Source{}
	for _, id := range slices.Sorted(maps.Keys(l.b.sources)) {
		list = append(list, l.b.sources[id])
	}
	l.im.part[secSources], _ = json.Marshal(list) // plain structs of texts and dates
}

func (l *layout) companies() {
	l.section(secCompanies, len(l.c.lead))
	for i, entry := range l.c.lead {
		f, row := &l.b.companies[entry], l.im.row(secCompanies, i)
		for j, text := range []uint32{f.slug, f.name, f.aliases, f.tags, f.note, f.source, f.record, f.also} {
			l.refTo(row[4*j:], text)
		}
		copy(row[32:], f.country[:])
		copy(row[34:], f.headquarters[:])
		row[36] = f.flags
		putInterval(row[40:], f.known)
	}
	l.section(secSlugs, len(l.c.others))
	for i, other := range l.c.others {
		row := l.im.row(secSlugs, i)
		l.refTo(row, other[0])
		binary.LittleEndian.PutUint32(row[4:], other[1])
	}
}

func (l *layout) identifiers() {
	list := l.b.identifiers
	l.section(secIDs, len(list))
	l.section(secBlocks, 1)
	for i := range list {
		f, row := &list[i], l.im.row(secIDs, i)
		l.refTo(row, f.id)
		binary.LittleEndian.PutUint32(row[4:], f.company)
		putInterval(row[8:], f.valid)
		putInterval(row[16:], f.known)
		l.refTo(row[24:], f.note)
		l.refTo(row[28:], f.source)
		l.refTo(row[32:], f.record)
		l.block(l.b.text.bytes(f.id))
	}
	l.index(secHeldAt, secHeld, len(list), func(i int) uint32 { return list[i].company })
	l.b.identifiers = nil
}

// block notes the length of an identifier that is an address block.
func (l *layout) block(id []byte) {
	if !bytes.HasPrefix(id, []byte(evidence.SchemePrefix+":")) && !bytes.HasPrefix(id, []byte(evidence.SchemeIP+":")) {
		return
	}
	if p, ok := asPrefix(idOf(string(id))); ok {
		bit := lengthBit(p)
		l.im.part[secBlocks][bit/8] |= 1 << (bit % 8)
	}
}

// lengthBit is the bit of secBlocks for the length of a prefix: 33 lengths of
// IPv4, then 129 of IPv6.
func lengthBit(p netip.Prefix) int {
	if p.Addr().Is4() {
		return p.Bits()
	}
	return 33 + p.Bits()
}

// index writes, by company, where its part of a list of row numbers begins,
// and the row numbers in their order.
func (l *layout) index(at, into section, rows int, company func(int) uint32) {
	n := len(l.c.lead)
	l.section(at, n+1)
	l.section(into, rows)
	fill := l.starts(at, rows, company)
	for i := range rows {
		c := company(i)
		binary.LittleEndian.PutUint32(l.im.row(into, int(fill[c])), uint32(i))
		fill[c]++
	}
}

// starts counts the rows of each company into an index section, and returns
// where each begins.
func (l *layout) starts(at section, rows int, company func(int) uint32) []uint32 {
	n := len(l.c.lead)
	starts := make([]uint32, n+1)
	for i := range rows {
		if c := company(i); c != noCompanyDisk {
			starts[c+1]++
		}
	}
	for c := range n {
		starts[c+1] += starts[c]
	}
	for c, start := range starts {
		binary.LittleEndian.PutUint32(l.im.row(at, c), start)
	}
	return starts
}

func (l *layout) listings() {
	b, list := l.b, l.b.listings
	slices.SortFunc(list, func(x, y listingFact) int {
		return cmp.Or(b.compareText(x.list, y.list), cmp.Compare(x.company, y.company), x.valid.compare(y.valid),
			b.compareText(x.program, y.program), b.compareCites(x.cite, y.cite))
	})
	list = slices.Compact(list)
	l.section(secListings, len(list))
	var heads []byte
	for i := range list {
		f, row := &list[i], l.im.row(secListings, i)
		l.refTo(row, f.list)
		binary.LittleEndian.PutUint32(row[4:], f.company)
		putInterval(row[8:], f.valid)
		putInterval(row[16:], f.known)
		for j, text := range []uint32{f.program, f.note, f.source, f.record} {
			l.refTo(row[24+4*j:], text)
		}
		if i == 0 || list[i-1].list != f.list {
			heads = binary.LittleEndian.AppendUint32(heads, l.ref(f.list))
			heads = binary.LittleEndian.AppendUint32(heads, uint32(i))
		}
	}
	l.im.part[secLists] = heads
	byCompany := make([]uint32, len(list))
	for i := range byCompany {
		byCompany[i] = uint32(i)
	}
	slices.SortStableFunc(byCompany, func(x, y uint32) int { return cmp.Compare(list[x].company, list[y].company) })
	l.section(secListed, len(list))
	for i, at := range byCompany {
		binary.LittleEndian.PutUint32(l.im.row(secListed, i), at)
	}
}

func (l *layout) gaps() {
	b, list := l.b, l.b.gaps
	slices.SortFunc(list, func(x, y gapFact) int {
		return cmp.Or(cmp.Compare(x.company, y.company), x.valid.compare(y.valid),
			b.compareText(x.reason, y.reason), b.compareCites(x.cite, y.cite))
	})
	list = slices.Compact(list)
	l.section(secGaps, len(list))
	for i := range list {
		f, row := &list[i], l.im.row(secGaps, i)
		binary.LittleEndian.PutUint32(row, f.company)
		putInterval(row[4:], f.valid)
		putInterval(row[12:], f.known)
		for j, text := range []uint32{f.reason, f.note, f.source, f.record} {
			l.refTo(row[20+4*j:], text)
		}
	}
}
