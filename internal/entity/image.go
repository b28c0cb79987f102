package entity

import (
	"encoding/binary"
	"sort"
)

// section is a part of a registry's image: see docs/adr/0005-registry-form.md.
type section int

const (
	secSources   section = iota // JSON list, by id
	secText                     // texts: length as a varint, then bytes; reference 0 is empty
	secCompanies                // by slug
	secSlugs                    // other slugs of merged companies, by slug
	secIDs                      // identifiers, by their text
	secHeldAt                   // by company: where its part of secHeld begins
	secHeld                     // rows of secIDs, by company
	secInAt                     // by company: where its owners begin
	secIn                       // edges by asset; their row numbers are the edges' numbers
	secOutAt                    // by company: where its assets begin
	secOut                      // edges by owner
	secFacts                    // the rest of each edge: note, source, record, when known
	secTurns                    // dates at which an edge begins or ends, in order
	secLists                    // lists by slug, and where their listings begin
	secListings                 // by list, then company
	secListed                   // rows of secListings, by company
	secGaps                     // by company
	secBlocks                   // which prefix lengths occur among the identifiers
	secTraits                   // attributes by their text, and where their part of secHaving begins
	secHaving                   // numbers of companies, by attribute: see traitsOf
	sectionCount
)

// Row widths in bytes.
const (
	companyWidth  = 52
	slugWidth     = 8
	idWidth       = 36
	inWidth       = 24
	outWidth      = 28
	factWidth     = 20
	turnWidth     = 8
	listWidth     = 8
	listingWidth  = 40
	gapWidth      = 36
	blocksWidth   = 24
	traitWidth    = 8
	indexWidth    = 4
	noCompany     = -1 // the owner of a bucket of persons, in memory
	noCompanyDisk = 1<<32 - 1
)

// widths are the widths of the sections' rows; 1 for a stream of bytes.
var widths = [sectionCount]int{
	1, 1, companyWidth, slugWidth, idWidth, indexWidth, indexWidth, indexWidth, inWidth, indexWidth, outWidth,
	factWidth, turnWidth, listWidth, listingWidth, indexWidth, gapWidth, blocksWidth, traitWidth, indexWidth,
}

func (s section) width() int { return widths[s] }

// String returns the four letters that stand in the section table.
func (s section) String() string {
	return [sectionCount]string{
		"SRCS", "TEXT", "COMP", "SLUG", "IDNT", "HLDX", "HELD", "INXX", "INED", "OUTX", "OUTE",
		"FACT", "TURN", "LSTX", "LSTG", "LSTC", "GAPS", "BLKS", "ATTR", "HAVE",
	}[s]
}

// image is the facts of a registry as bytes, little-endian, which may lie in a
// file that is mapped into memory. Nothing in it is trusted: every reference
// is checked when it is followed, and one that leads nowhere reads as empty.
type image struct {
	part   [sectionCount][]byte
	digest string // SHA-256 of the sections, lower-case hex, as the image states it
}

// rows returns how many rows a section has.
func (im *image) rows(s section) int { return len(im.part[s]) / s.width() }

// row returns a row's bytes. The number must be within rows.
func (im *image) row(s section, i int) []byte {
	w := s.width()
	return im.part[s][i*w : i*w+w : i*w+w]
}

func u32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// companies returns how many companies the image holds.
func (im *image) companies() int { return im.rows(secCompanies) }

// bytesAt returns the text at a reference, nil where it leads nowhere.
func (im *image) bytesAt(ref uint32) []byte {
	text := im.part[secText]
	if uint64(ref) >= uint64(len(text)) {
		return nil
	}
	size, head := binary.Uvarint(text[ref:])
	if head <= 0 || size > uint64(len(text)-int(ref)-head) {
		return nil
	}
	return text[int(ref)+head:][:size]
}

func (im *image) textAt(ref uint32) string { return string(im.bytesAt(ref)) }

// span returns the rows that an index section gives to a company, clamped to
// the section that it points into.
func (im *image) span(index, into section, company int) (from, to int) {
	if company < 0 || company+1 >= im.rows(index) {
		return 0, 0
	}
	limit := im.rows(into)
	b := im.part[index][company*indexWidth:]
	from = min(int(u32(b)), limit)
	to = min(int(u32(b[indexWidth:])), limit)
	return from, max(from, to)
}

// find returns the first row of a section, sorted by the text at the start of
// its rows, whose text is not before the wanted one.
func (im *image) find(s section, want string) int {
	return sort.Search(im.rows(s), func(i int) bool { return string(im.bytesAt(u32(im.row(s, i)))) >= want })
}

// companyBySlug returns the number of a company by its slug or by that of a
// company that was merged into it.
func (im *image) companyBySlug(slug string) (int, bool) {
	if i := im.find(secCompanies, slug); i < im.companies() && im.slug(i) == slug {
		return i, true
	}
	if i := im.find(secSlugs, slug); i < im.rows(secSlugs) {
		row := im.row(secSlugs, i)
		to := int(u32(row[4:]))
		return to, im.textAt(u32(row)) == slug && to < im.companies()
	}
	return 0, false
}

func (im *image) slug(company int) string {
	if company < 0 || company >= im.companies() {
		return ""
	}
	return im.textAt(u32(im.row(secCompanies, company)))
}

func putInterval(b []byte, iv Interval) {
	binary.LittleEndian.PutUint32(b, uint32(iv.From.days))
	binary.LittleEndian.PutUint32(b[4:], uint32(iv.To.days))
}

func intervalAt(b []byte) Interval {
	return Interval{From: Date{int32(u32(b))}, To: Date{int32(u32(b[4:]))}}
}

// Flags of a company.
const (
	flagStateOwned = 1 << iota
	flagComplete
)

// complete reports whether all shareholders of a company are named.
func (im *image) complete(company int) bool {
	return im.row(secCompanies, company)[36]&flagComplete != 0
}

// company reads a company:
//
//	0 slug, 4 name, 8 aliases, 12 tags, 16 note, 20 source, 24 record,
//	28 other sources, 32 country, 34 headquarters, 36 flags, 40 known
func (im *image) company(i int) *Company {
	row := im.row(secCompanies, i)
	return &Company{
		Slug: im.textAt(u32(row)), Name: im.textAt(u32(row[4:])),
		Aliases: splitTexts(im.textAt(u32(row[8:]))), Tags: splitTexts(im.textAt(u32(row[12:]))),
		Note: im.textAt(u32(row[16:])), Source: im.textAt(u32(row[20:])), Record: im.textAt(u32(row[24:])),
		Also: splitTexts(im.textAt(u32(row[28:]))), Country: code(row[32:34]), Headquarters: code(row[34:36]),
		StateOwned: row[36]&flagStateOwned != 0, OwnersComplete: row[36]&flagComplete != 0,
		Known: intervalAt(row[40:]),
	}
}

// code reads a country's two letters; two zeros are none.
func code(b []byte) string {
	if b[0] == 0 {
		return ""
	}
	return string(b[:2])
}

// edge reads an edge by its number. Of hostile bytes it may be senseless, with
// an empty asset.
func (im *image) edge(i int) Edge {
	row, fact := im.row(secIn, i), im.row(secFacts, min(i, im.rows(secFacts)-1))
	meta := u32(row[20:])
	e := Edge{
		Owner: im.slug(int(int32(u32(row)))), Asset: im.slug(im.assetOf(i)),
		Share: Range{Share(u32(row[4:])), Share(u32(row[8:]))}, Interest: interestName(uint8(meta)),
		Valid: intervalAt(row[12:]), Known: intervalAt(fact),
		Note: im.textAt(u32(fact[8:])), Source: im.textAt(u32(fact[12:])), Record: im.textAt(u32(fact[16:])),
	}
	return e
}

// assetOf finds the company whose part of secIn holds an edge.
func (im *image) assetOf(edge int) int {
	n := im.companies()
	return sort.Search(n, func(c int) bool { return int(u32(im.row(secInAt, c+1))) > edge })
}

// identifier reads a row of secIDs:
//
//	0 identifier, 4 company, 8 valid, 16 known, 24 note, 28 source, 32 record
func (im *image) identifier(i int) Identifier {
	row := im.row(secIDs, i)
	return Identifier{
		ID: idOf(im.textAt(u32(row))), Company: im.slug(int(u32(row[4:]))),
		Valid: intervalAt(row[8:]), Known: intervalAt(row[16:]),
		Note: im.textAt(u32(row[24:])), Source: im.textAt(u32(row[28:])), Record: im.textAt(u32(row[32:])),
	}
}

// listing reads a row of secListings:
//
//	0 list, 4 company, 8 valid, 16 known, 24 program, 28 note, 32 source, 36 record
func (im *image) listing(i int) Listing {
	row := im.row(secListings, i)
	return Listing{
		List: im.textAt(u32(row)), Company: im.slug(int(u32(row[4:]))),
		Valid: intervalAt(row[8:]), Known: intervalAt(row[16:]),
		Program: im.textAt(u32(row[24:])), Note: im.textAt(u32(row[28:])),
		Source: im.textAt(u32(row[32:])), Record: im.textAt(u32(row[36:])),
	}
}

// gap reads a row of secGaps:
//
//	0 company, 4 valid, 12 known, 20 reason, 24 note, 28 source, 32 record
func (im *image) gap(i int) Gap {
	row := im.row(secGaps, i)
	return Gap{
		Company: im.slug(int(u32(row))), Valid: intervalAt(row[4:]), Known: intervalAt(row[12:]),
		Reason: im.textAt(u32(row[20:])), Note: im.textAt(u32(row[24:])),
		Source: im.textAt(u32(row[28:])), Record: im.textAt(u32(row[32:])),
	}
}
