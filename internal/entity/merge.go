package entity

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
)

// census numbers the companies of a builder. Entries of several layers that
// share an identity identifier at overlapping times are one company: see
// [Builder.Layer] and docs/adr/0005-registry-form.md.
type census struct {
	b      *Builder
	order  []uint32 // entries by slug, then layer
	first  []uint32 // by number of a slug's text: its first place in order, plus one
	parent []uint32 // union of entries, by entry
	number []int32  // by entry: the company's number, once there is one
	lead   []uint32 // by company's number: the entry that names it
	others [][2]uint32
}

// identity reports whether identifiers of a scheme name a legal entity: whoever
// holds the same is the same.
func identity(id []byte) bool {
	return bytes.HasPrefix(id, []byte(evidence.SchemeLEI+":")) || bytes.HasPrefix(id, []byte(evidence.SchemeReg+":"))
}

func (b *Builder) compareText(x, y uint32) int {
	if x == y {
		return 0
	}
	return bytes.Compare(b.text.bytes(x), b.text.bytes(y))
}

// census indexes the companies by slug.
func (b *Builder) census() *census {
	c := &census{b: b, order: b.bySlug(), first: make([]uint32, b.text.count()), parent: make([]uint32, len(b.companies))}
	for i := len(c.order) - 1; i >= 0; i-- {
		at := c.order[i]
		c.first[b.companies[at].slug] = uint32(i) + 1
		c.parent[at] = at
	}
	return c
}

// bySlug returns the companies' entries by slug, then layer, then source.
func (b *Builder) bySlug() []uint32 {
	slug := func(i uint32) uint32 { return b.companies[i].slug }
	order := b.text.sorted(len(b.companies), slug)
	runs(order, slug, func(run []uint32) {
		slices.SortFunc(run, func(x, y uint32) int {
			f, g := &b.companies[x], &b.companies[y]
			return cmp.Or(cmp.Compare(f.layer, g.layer), b.compareText(f.source, g.source), b.compareText(f.name, g.name))
		})
	})
	return order
}

// entry finds the entry that a fact of a layer means by a slug: the layer's
// own, else the first.
func (c *census) entry(slug uint32, layer uint16) (uint32, bool) {
	at := c.first[slug]
	if at == 0 {
		return 0, false
	}
	for _, e := range c.order[at-1:] {
		f := &c.b.companies[e]
		if f.slug != slug {
			break
		}
		if f.layer == layer {
			return e, true
		}
	}
	return c.order[at-1], true
}

func (c *census) root(e uint32) uint32 {
	for c.parent[e] != e {
		c.parent[e] = c.parent[c.parent[e]]
		e = c.parent[e]
	}
	return e
}

// join makes two entries one company, named by the earlier layer's, then by
// the lower slug.
func (c *census) join(x, y uint32) {
	x, y = c.root(x), c.root(y)
	if x == y {
		return
	}
	f, g := &c.b.companies[x], &c.b.companies[y]
	if cmp.Or(cmp.Compare(f.layer, g.layer), c.b.compareText(f.slug, g.slug)) > 0 {
		x, y = y, x
	}
	c.parent[y] = x
}

// settle gives every company its number, in the order of the naming slugs.
func (c *census) settle() {
	c.number = make([]int32, len(c.parent))
	for _, e := range c.order {
		if c.root(e) == e {
			c.number[e] = int32(len(c.lead))
			c.lead = append(c.lead, e)
		}
	}
	for i, e := range c.order {
		root := c.root(e)
		c.number[e] = c.number[root]
		f := &c.b.companies[e]
		if i > 0 {
			g := &c.b.companies[c.order[i-1]]
			if f.slug == g.slug && (f.layer == g.layer || c.root(c.order[i-1]) != root) {
				c.b.faults.add(fmt.Errorf("company %q stands twice: keep one, or give them an LEI or a register's number in common", c.b.text.text(f.slug)))
			}
		}
		if e == root {
			continue
		}
		c.absorb(root, e)
		if f.slug != c.b.companies[root].slug && (len(c.others) == 0 || c.others[len(c.others)-1][0] != f.slug) {
			c.others = append(c.others, [2]uint32{f.slug, uint32(c.number[root])})
		}
	}
}

// absorb adds to the company what another entry of it says. Names become
// aliases; a fact that the first lacks is taken over, and the other's source
// is named with it.
func (c *census) absorb(into, from uint32) {
	b := c.b
	f, g := &b.companies[into], &b.companies[from]
	if f.country[0] == 0 {
		f.country = g.country
	}
	if f.headquarters[0] == 0 {
		f.headquarters = g.headquarters
	}
	f.flags |= g.flags
	name := b.text.text(f.name)
	aliases := splitTexts(b.text.text(f.aliases))
	for _, alias := range append([]string{b.text.text(g.name)}, splitTexts(b.text.text(g.aliases))...) {
		if alias != "" && alias != name && !slices.Contains(aliases, alias) {
			aliases = append(aliases, alias)
		}
	}
	tags := splitTexts(b.text.text(f.tags))
	for _, tag := range splitTexts(b.text.text(g.tags)) {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	also := splitTexts(b.text.text(f.also))
	if s := b.text.text(g.source); s != b.text.text(f.source) && !slices.Contains(also, s) {
		also = append(also, s)
	}
	// The lists are short beside what they are made of, so a builder that is
	// full to the brim merely keeps the company's own.
	_ = b.puts("company "+b.text.text(f.slug), []string{joinTexts(aliases), joinTexts(tags), joinTexts(also)},
		&f.aliases, &f.tags, &f.also)
	f.known = Interval{earliest(f.known.From, g.known.From), latest(f.known.To, g.known.To)}
}

func earliest(a, b Date) Date {
	if a.Before(b) { // an open start is the zero date, which is before all
		return a
	}
	return b
}

func latest(a, b Date) Date {
	if a.IsZero() || b.IsZero() {
		return Date{}
	}
	if a.Before(b) {
		return b
	}
	return a
}

// identifiers resolves the companies of the identifiers, joins companies that
// share an identity, and checks that nothing else is held twice.
func (c *census) identifiers() {
	b := c.b
	kept := b.identifiers[:0]
	for _, f := range b.identifiers {
		e, ok := c.entry(f.company, f.layer)
		if !ok && b.leave(f.layer, leftIdentifier) {
			continue
		}
		if !ok {
			b.faults.add(fmt.Errorf("identifier %s: unknown company %q", b.text.text(f.id), b.text.text(f.company)))
			continue
		}
		f.company = e
		kept = append(kept, f)
	}
	b.identifiers = kept
	order := b.text.sorted(len(b.identifiers), func(i uint32) uint32 { return b.identifiers[i].id })
	permute(b.identifiers, order)
	c.eachID(func(group []identifierFact) { slices.SortFunc(group, b.compareIdentifiers) })
	c.eachID(func(group []identifierFact) {
		if !identity(b.text.bytes(group[0].id)) {
			return
		}
		for i := range group {
			for j := i + 1; j < len(group) && j <= i+maxHolders; j++ {
				if group[i].valid.Overlaps(group[j].valid) {
					c.join(group[i].company, group[j].company)
				}
			}
		}
	})
	c.joinSlugs()
	c.settle()
	c.eachID(c.checkHolders)
	b.identifiers = slices.DeleteFunc(b.identifiers, func(f identifierFact) bool { return f.left })
	for i := range b.identifiers {
		b.identifiers[i].company = uint32(c.number[b.identifiers[i].company])
	}
	c.eachID(func(group []identifierFact) { // by company, now that all have their numbers
		if len(group) > 1 {
			slices.SortFunc(group, func(x, y identifierFact) int {
				return cmp.Or(cmp.Compare(x.company, y.company), x.valid.compare(y.valid),
					cmp.Compare(x.layer, y.layer), b.compareCites(x.cite, y.cite))
			})
		}
	})
}

// maxHolders bounds the comparison of each holder of an identifier with those
// after it.
const maxHolders = 1000

func (b *Builder) compareIdentifiers(x, y identifierFact) int {
	return cmp.Or(x.valid.compare(y.valid), cmp.Compare(x.layer, y.layer),
		b.compareText(b.companies[x.company].slug, b.companies[y.company].slug), b.compareCites(x.cite, y.cite))
}

func (b *Builder) compareCites(x, y cite) int {
	return cmp.Or(x.known.compare(y.known), b.compareText(x.source, y.source),
		b.compareText(x.record, y.record), b.compareText(x.note, y.note))
}

// eachID calls with the holders of each identifier in turn.
func (c *census) eachID(do func([]identifierFact)) {
	list := c.b.identifiers
	for start := 0; start < len(list); {
		end := start + 1
		for end < len(list) && list[end].id == list[start].id {
			end++
		}
		do(list[start:end])
		start = end
	}
}

// checkHolders looks at all who hold one identifier.
func (c *census) checkHolders(group []identifierFact) {
	text := &c.b.text
	for i := range group {
		for j := i + 1; j < len(group) && j <= i+maxHolders; j++ {
			x, y := &group[i], &group[j]
			if !x.valid.Overlaps(y.valid) || !x.known.Overlaps(y.known) {
				continue
			}
			one, two := text.text(c.b.companies[x.company].slug), text.text(c.b.companies[y.company].slug)
			switch {
			case c.number[x.company] != c.number[y.company] && c.yield(x, y):
			case c.number[x.company] != c.number[y.company]:
				c.b.faults.add(fmt.Errorf("identifier %s is held by both %q and %q during %s",
					text.text(x.id), min(one, two), max(one, two), y.valid))
			case x.layer == y.layer && one == two:
				c.b.faults.add(fmt.Errorf("identifier %s of %q stands twice during %s", text.text(x.id), one, y.valid))
			}
		}
	}
}

// company resolves the slug of a fact's company to its number.
func (c *census) company(slug uint32) (uint32, bool) {
	at := c.first[slug]
	if at == 0 {
		return 0, false
	}
	return uint32(c.number[c.order[at-1]]), true
}
