package bird

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/evidence"
)

// sets is the plan in BIRD's terms.
type sets struct {
	denied  []*set // by level
	allowed []*set // by entry; enforced on neighbours only
	blocks4 *set   // nil if empty
	blocks6 *set
	off     []enforce.Item  // items that no path and no prefix can show
	partly  []enforce.Entry // allow-lists with levels beyond direct
	foreign int             // items whose identifiers do not occur in routes
}

// set is a BIRD set: a name and its members in order.
type set struct {
	name    string
	title   string // for the comment above it
	level   enforce.Level
	members []*member
}

// member is a line of a set: a number or block, and the items that ask for it.
type member struct {
	text  string
	key   evidence.ID
	level enforce.Level
	items []enforce.Item
}

// group collects members by identifier.
type group map[evidence.ID]*member

func (g group) add(id evidence.ID, text string, it enforce.Item) {
	m, ok := g[id]
	if !ok {
		m = &member{text: text, key: id}
		g[id] = m
	}
	m.level |= it.Level
	m.items = append(m.items, it)
}

func (g group) sorted() []*member {
	return slices.SortedFunc(maps.Values(g), func(a, b *member) int { return a.key.Compare(b.key) })
}

// collect sorts the items of the plan into sets.
func collect(p *enforce.Plan, domains []string) (*sets, error) {
	s := new(sets)
	denied := make(group)
	permitted := make(map[string]group)
	blocks4, blocks6 := make(group), make(group)
	numbers := 0
	for it := range p.In(domains...) {
		n, isAS := it.Identifier.AS()
		block, isBlock := blockOf(it.Identifier)
		if numbers++; numbers > MaxNumbers {
			return nil, fmt.Errorf("bird: more than %d AS numbers and prefixes: %w", MaxNumbers, errTooMany)
		}
		switch {
		case !isAS && !isBlock:
			numbers--
			s.foreign++
		case it.Allow && isAS:
			groupOf(permitted, it.Entry).add(it.Identifier, asText(n), it)
		case isAS && it.Level&enforce.Any != 0:
			denied.add(it.Identifier, asText(n), it)
		case isAS || it.Allow || !it.Level.Has(enforce.Origin):
			s.off = append(s.off, it)
		default:
			if err := checkBlock(block); err != nil {
				return nil, fmt.Errorf("bird: %s of company %q: %w", it.Identifier, it.Company, err)
			}
			into := blocks4
			if block.Addr().Is6() {
				into = blocks6
			}
			into.add(evidence.Prefix(block), block.String()+"+", it)
		}
	}
	var used names
	s.denied = deniedSets(denied, &used)
	for e := range p.Applied(domains...) {
		if !e.AllBut {
			continue
		}
		if e.Level.Has(enforce.Direct) {
			s.allowed = append(s.allowed, &set{
				name: used.name("CLEANNET_ALLOWED_" + e.ID), title: "entry " + e.ID + ": the only neighbours it permits",
				level: enforce.Direct, members: permitted[e.ID].sorted(),
			})
		}
		if e.Level != enforce.Direct {
			s.partly = append(s.partly, e)
		}
	}
	s.blocks4 = blockSet(used.name("CLEANNET_PREFIXES_4"), blocks4)
	s.blocks6 = blockSet(used.name("CLEANNET_PREFIXES_6"), blocks6)
	return s, nil
}

// deniedSets divides the numbers by the levels meant for them, so that each
// number stands in one set only and a router looks up a path in few sets, not
// in one for each company. Within a set the numbers of a company stand together.
func deniedSets(numbers group, used *names) []*set {
	byLevel := make(map[enforce.Level]*set)
	for _, m := range numbers.sorted() {
		at, ok := byLevel[m.level]
		if !ok {
			at = &set{title: "AS numbers denied at level " + m.level.String(), level: m.level}
			byLevel[m.level] = at
		}
		at.members = append(at.members, m)
	}
	var out []*set
	for _, level := range slices.Backward(slices.Sorted(maps.Keys(byLevel))) {
		at := byLevel[level]
		at.name = used.name("CLEANNET_" + strings.ReplaceAll(level.String(), "+", "_"))
		slices.SortStableFunc(at.members, func(a, b *member) int {
			return cmp.Compare(a.items[0].Company, b.items[0].Company)
		})
		out = append(out, at)
	}
	return out
}

func blockSet(name string, g group) *set {
	if len(g) == 0 {
		return nil
	}
	return &set{name: name, title: "blocks of addresses, with every route inside them", members: g.sorted()}
}

func groupOf(groups map[string]group, key string) group {
	g, ok := groups[key]
	if !ok {
		g = make(group)
		groups[key] = g
	}
	return g
}

func asText(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// blockOf returns the block of a prefix or ip identifier. A block of
// IPv4-mapped addresses is IPv4, as routes are.
func blockOf(id evidence.ID) (netip.Prefix, bool) {
	if id.Scheme() != evidence.SchemePrefix && id.Scheme() != evidence.SchemeIP {
		return netip.Prefix{}, false
	}
	a, ok := id.IP()
	if !ok {
		return netip.Prefix{}, false
	}
	bits := a.BitLen()
	if p, err := netip.ParsePrefix(id.Value()); err == nil {
		bits = p.Bits()
	}
	if a.Is4In6() && bits >= 96 {
		a, bits = a.Unmap(), bits-96
	}
	p := netip.PrefixFrom(a, bits)
	return p.Masked(), p.IsValid()
}

// checkBlock refuses blocks that would cut off a part of the Internet: IPv4
// blocks wider than /8, the most that IANA ever gave to one holder, and IPv6
// blocks of /12 and wider, which IANA gives to whole regional registries.
func checkBlock(p netip.Prefix) error {
	if p.Addr().Is4() && p.Bits() < 8 || p.Addr().Is6() && p.Bits() <= 12 {
		return errWide
	}
	return nil
}

// names hands out BIRD symbols: letters, digits and underscores, at most 63
// bytes (SYM_MAX_LEN of BIRD is 64), each only once.
type names map[string]bool

func (n *names) name(text string) string {
	if *n == nil {
		*n = make(names)
	}
	symbol := []byte(strings.ToUpper(text))
	for i, c := range symbol {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			symbol[i] = '_'
		}
	}
	const longest = 63 - len("_1000000")
	base := string(symbol[:min(len(symbol), longest)])
	out := base
	for i := 2; (*n)[out]; i++ {
		out = base + "_" + strconv.Itoa(i)
	}
	(*n)[out] = true
	return out
}
