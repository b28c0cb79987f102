package entity

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
)

// Builder takes the facts of any number of loaders, in any order, and makes a
// [Registry] of them. It keeps facts packed, about a fifth of what [Records]
// take. The zero Builder is ready for use; it is not safe for concurrent use.
//
// A loader that fails midway leaves its facts behind: discard the Builder.
type Builder struct {
	text     interner
	layer    uint16
	sources  map[string]Source
	digested map[string]bool // sources whose digest came after them, see Digest
	faults   faults
	lenient  map[uint16]bool // layers of which what does not fit is left out
	left     map[Left]uint64
	partial  bool // the facts add to a registry, which may know more owners

	companies   []companyFact
	identifiers []identifierFact
	edges       []edgeFact
	listings    []listingFact
	gaps        []gapFact
}

var _ Sink = (*Builder)(nil)

// ErrFull says that a registry cannot hold more: 4 GiB of text, two thousand
// million facts of one kind, or 65,535 layers. Split the input.
var ErrFull = errors.New("registry is full: load fewer files into one registry")

// Facts as the builder keeps them: texts by their number.
type (
	companyFact struct {
		slug, name, aliases, tags, note, source, record, also uint32
		country, headquarters                                 [2]byte
		flags                                                 uint8
		layer                                                 uint16
		known                                                 Interval
	}
	cite struct { // what every fact has
		known                Interval
		note, source, record uint32
	}
	identifierFact struct {
		id, company uint32 // texts; later the company's number
		layer       uint16
		left        bool // see Builder.Lenient
		valid       Interval
		cite
	}
	edgeFact struct {
		owner, asset uint32 // texts; later the companies' numbers
		share        Range
		interest     uint8
		layer        uint16
		valid        Interval
		cite
	}
	listingFact struct {
		list, company, program uint32
		layer                  uint16 // until the company is found
		valid                  Interval
		cite
	}
	gapFact struct {
		company, reason uint32
		layer           uint16 // until the company is found
		valid           Interval
		cite
	}
)

// Layer begins the facts of another file or loader. Within a layer, two
// statements about one holding at one date are a fault; two layers may both
// speak of it, and [Registry.Control] reconciles what they say. Where layers
// know one company by two slugs, the earlier layer names it. Facts that come
// before any call are a layer of their own.
func (b *Builder) Layer() error {
	if b.layer == 1<<16-1 {
		return ErrFull
	}
	b.layer++
	return nil
}

// put returns the number of a text and notes the fault of one that is too long.
func (b *Builder) put(s, what string) (uint32, error) {
	if len(s) > maxText {
		b.faults.add(fmt.Errorf("%s: a text of %d bytes is longer than %d: %.40q", what, len(s), maxText, s))
		s = s[:40]
	}
	n, ok := b.text.number(s)
	if !ok {
		return 0, ErrFull
	}
	return n, nil
}

// puts stores texts into their places.
func (b *Builder) puts(what string, texts []string, to ...*uint32) error {
	for i, s := range texts {
		n, err := b.put(s, what)
		if err != nil {
			return err
		}
		*to[i] = n
	}
	return nil
}

// Company implements [Sink].
func (b *Builder) Company(c Company) error {
	b.faults.add(checkCompany(&c))
	f := companyFact{layer: b.layer, known: c.Known, country: codeOf(c.Country), headquarters: codeOf(c.Headquarters)}
	if c.StateOwned {
		f.flags |= flagStateOwned
	}
	if c.OwnersComplete {
		f.flags |= flagComplete
	}
	if full(len(b.companies)) {
		return ErrFull
	}
	err := b.puts("company "+c.Slug,
		[]string{c.Slug, c.Name, joinTexts(c.Aliases), joinTexts(c.Tags), c.Note, c.Source, c.Record, joinTexts(c.Also)},
		&f.slug, &f.name, &f.aliases, &f.tags, &f.note, &f.source, &f.record, &f.also)
	b.companies = append(b.companies, f)
	return err
}

// codeOf packs a country code, which checkCompany has seen to.
func codeOf(s string) (c [2]byte) {
	copy(c[:], s)
	return c
}

// full keeps the rows of a section within 31 bits.
func full(rows int) bool { return rows >= 1<<31-2 }

// Identifier implements [Sink].
func (b *Builder) Identifier(d Identifier) error {
	what := "identifier " + d.ID.String()
	if d.ID.IsZero() || d.ID.Scheme() == evidence.SchemeCompany {
		b.faults.add(fmt.Errorf("company %q holds %q, which nobody can hold", d.Company, d.ID))
	}
	if d.Valid.empty() {
		b.faults.add(fmt.Errorf("%s of %q: no date lies in %s", what, d.Company, d.Valid))
	}
	if full(len(b.identifiers)) {
		return ErrFull
	}
	f := identifierFact{layer: b.layer, valid: d.Valid, cite: cite{known: d.Known}}
	err := b.puts(what, []string{d.ID.String(), d.Company, d.Note, d.Source, d.Record},
		&f.id, &f.company, &f.note, &f.source, &f.record)
	b.identifiers = append(b.identifiers, f)
	return err
}

// Edge implements [Sink].
func (b *Builder) Edge(e Edge) error {
	what := edgeName(e)
	code, ok := interestCode(e.Interest)
	if err := checkEdge(what, e); err != nil || !ok {
		b.faults.add(err)
		return nil
	}
	if full(2 * len(b.edges)) {
		return ErrFull
	}
	f := edgeFact{share: e.Share, interest: code, layer: b.layer, valid: e.Valid, cite: cite{known: e.Known}}
	err := b.puts(what, []string{e.Owner, e.Asset, e.Note, e.Source, e.Record},
		&f.owner, &f.asset, &f.note, &f.source, &f.record)
	b.edges = append(b.edges, f)
	return err
}

// edgeName names an edge in a fault.
func edgeName(e Edge) string {
	return fmt.Sprintf("ownership %s → %s", cmp.Or(e.Owner, "(persons)"), e.Asset)
}

// Listing implements [Sink].
func (b *Builder) Listing(l Listing) error {
	what := fmt.Sprintf("list %q", l.List)
	b.faults.add(checkListing(what, l))
	if full(len(b.listings)) {
		return ErrFull
	}
	f := listingFact{layer: b.layer, valid: l.Valid, cite: cite{known: l.Known}}
	err := b.puts(what, []string{l.List, l.Company, l.Program, l.Note, l.Source, l.Record},
		&f.list, &f.company, &f.program, &f.note, &f.source, &f.record)
	b.listings = append(b.listings, f)
	return err
}

// Gap implements [Sink].
func (b *Builder) Gap(g Gap) error {
	what := "unstated owners of " + g.Company
	if g.Valid.empty() {
		b.faults.add(fmt.Errorf("%s: no date lies in %s", what, g.Valid))
	}
	if full(len(b.gaps)) {
		return ErrFull
	}
	f := gapFact{layer: b.layer, valid: g.Valid, cite: cite{known: g.Known}}
	err := b.puts(what, []string{g.Company, g.Reason, g.Note, g.Source, g.Record},
		&f.company, &f.reason, &f.note, &f.source, &f.record)
	b.gaps = append(b.gaps, f)
	return err
}

// Registry checks all facts against one another and makes a registry of them.
// The error joins every fault, up to some thousands: a fact without a known
// source, a slug that stands twice, an identifier that two companies hold at
// one date, an edge with unknown ends, two edges of one layer for one holding
// at one date, shares of one layer that cannot add up. Numbers may be nil.
//
// Facts in another order give the same bytes and the same digest, as long as
// each stays in its layer and the layers in theirs. The Builder is spent
// afterwards.
func (b *Builder) Registry(numbers Numbers) (*Registry, error) {
	im, err := b.image()
	if err != nil {
		return nil, err
	}
	return newRegistry(im, numbers)
}

// faults collects what is wrong, up to a number that a person might read.
type faults struct {
	list []error
	more int
}

// maxFaults is how many faults are told; the rest is counted.
const maxFaults = 2000

func (f *faults) add(err error) {
	if err == nil {
		return
	}
	if len(f.list) >= maxFaults {
		f.more++
		return
	}
	f.list = append(f.list, err)
}

// err joins the faults in the order of their words, so that it does not depend
// on the order of the facts.
func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	slices.SortStableFunc(f.list, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	if f.more > 0 {
		return errors.Join(append(f.list, fmt.Errorf("and %d more faults", f.more))...)
	}
	return errors.Join(f.list...)
}
