package enforce

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
)

// Routes is a plan in the terms of a router: which numbers on a path and which
// blocks of addresses make it drop a route, and on which sessions they do not.
// All its lists are sorted.
type Routes struct {
	Denied  []*RouteSet // numbers, by level; a number stands in one set only
	Allowed []*RouteSet // by allow-list: the only neighbours that it permits
	Blocks  []*RouteSet // addresses, aggregated; IPv4 before IPv6
	// Sessions have waivers of their own; every other session has none.
	Sessions []Session
	Off      []Item  // items that no path and no prefix can show
	Partly   []Entry // allow-lists with levels beyond direct
	Foreign  int     // items whose identifiers do not occur in routes
}

// RouteSet is a list that a router looks something up in.
type RouteSet struct {
	// Name is unique in the Routes and made of lower-case letters, digits and
	// "-": "any", "direct-origin", "allowed-carriers", "prefixes-4". It has at
	// most 28 bytes, so that a prefix of a target's fits into the 32 bytes
	// that the strictest device takes (SR OS).
	Name    string
	Title   string
	Level   Level // of numbers
	Members []*Member
	Waived  []string // names of the sessions that the set does not bind, sorted
	Permits bool     // an allow-list: what is not in it is dropped
}

// Member is a number or a block, and the items that ask for it.
type Member struct {
	AS    uint32
	Block netip.Prefix // valid for blocks only; it covers what its items name
	Level Level
	Items []Item
}

// Binds reports whether the set binds a session. The empty name is that of the
// sessions without waivers.
func (s *RouteSet) Binds(session string) bool { return !slices.Contains(s.Waived, session) }

// Empty reports whether nothing at all is dropped.
func (r *Routes) Empty() bool { return len(r.Denied)+len(r.Allowed)+len(r.Blocks) == 0 }

// All returns every set: denied, allowed, blocks.
func (r *Routes) All() []*RouteSet { return slices.Concat(r.Denied, r.Allowed, r.Blocks) }

// Size counts the numbers and blocks of all sets.
func (r *Routes) Size() int {
	n := 0
	for _, s := range r.All() {
		n += len(s.Members)
	}
	return n
}

// MaxRouteItems is the most AS numbers and prefixes, taken together, that
// NewRoutes accepts. It is more than all AS numbers in use, and a policy that
// reaches it means something else than it says.
const MaxRouteItems = 200_000

var (
	errTooMany = errors.New("narrow the policy's entries, or split the policy")
	errWide    = errors.New("no single company holds so wide a block: correct the registry")
)

// NewRoutes sorts the items of the domains into sets. It fails where there are
// more than [MaxRouteItems], or a block that no single company can hold: a
// list is never cut short.
func NewRoutes(p *Plan, domains ...string) (*Routes, error) {
	r := &Routes{Sessions: sessions(p)}
	denied := make(map[uint32]*Member)
	permitted := make(map[string]map[uint32]*Member)
	blocks := make(map[netip.Prefix]*Member)
	count := 0
	for it := range p.In(domains...) {
		n, isAS := it.Identifier.AS()
		block, isBlock := blockOf(it.Identifier)
		if !isAS && !isBlock {
			r.Foreign++
			continue
		}
		if count++; count > MaxRouteItems {
			return nil, fmt.Errorf("more than %d AS numbers and prefixes: %w", MaxRouteItems, errTooMany)
		}
		switch {
		case it.Allow && isAS:
			if permitted[it.Entry] == nil {
				permitted[it.Entry] = make(map[uint32]*Member)
			}
			addMember(permitted[it.Entry], n, Member{AS: n}, it)
		case isAS && it.Level&Any != 0:
			addMember(denied, n, Member{AS: n}, it)
		case isAS || it.Allow || !it.Level.Has(Origin):
			r.Off = append(r.Off, it)
		default:
			if err := checkBlock(block); err != nil {
				return nil, fmt.Errorf("%s of company %q: %w", it.Identifier, it.Company, err)
			}
			addMember(blocks, block, Member{Block: block}, it)
		}
	}
	var used setNames
	r.Denied = r.split(sortedMembers(denied), func(m *Member) (string, string) {
		word := simplest(m.Level).String()
		return strings.ReplaceAll(word, "+", "-"), "AS numbers denied at level " + word
	}, &used)
	for e := range p.Applied(domains...) {
		if !e.AllBut {
			continue
		}
		if e.Level.Has(Direct) {
			r.Allowed = append(r.Allowed, &RouteSet{
				Name: used.name("allowed-" + e.ID), Title: "entry " + e.ID + ": the only neighbours it permits",
				Level: Direct, Members: sortedMembers(permitted[e.ID]), Permits: true,
			})
		}
		if e.Level != Direct {
			r.Partly = append(r.Partly, e)
		}
	}
	r.Blocks = r.split(slices.Collect(maps.Values(blocks)), func(m *Member) (string, string) {
		const title = "blocks of addresses, with every route inside them"
		if m.Block.Addr().Is4() {
			return "prefixes-4", title
		}
		return "prefixes-6", title
	}, &used)
	for _, s := range r.Blocks {
		s.Members = aggregate(s.Members)
	}
	return r, nil
}

// simplest returns the level that catches the same paths with less work. Since
// the first number of a path is its origin or stands before it, transit and
// origin together are everywhere.
func simplest(l Level) Level {
	if l.Has(Transit | Origin) {
		return Any
	}
	return l
}

func addMember[K comparable](into map[K]*Member, key K, fresh Member, it Item) {
	m, ok := into[key]
	if !ok {
		m = &fresh
		into[key] = m
	}
	m.Level |= it.Level
	m.Items = append(m.Items, it)
}

// sortedMembers puts the numbers of a company together, companies in order.
func sortedMembers(from map[uint32]*Member) []*Member {
	return slices.SortedFunc(maps.Values(from), compareMembers)
}

func compareMembers(a, b *Member) int {
	return cmp.Or(cmp.Compare(a.Items[0].Company, b.Items[0].Company), cmp.Compare(a.AS, b.AS), comparePrefixes(a.Block, b.Block))
}

// split divides members by what name says of them and by the sessions that
// they do not bind, so that a router looks up a path in few sets and a session
// leaves out the sets that are waived for it.
func (r *Routes) split(members []*Member, name func(*Member) (name, title string), used *setNames) []*RouteSet {
	slices.SortFunc(members, compareMembers)
	sets := make(map[string]*RouteSet)
	for _, m := range members {
		base, title := name(m)
		var waived []string
		for _, s := range r.Sessions {
			if s.passes(m) {
				waived = append(waived, s.Name)
			}
		}
		key := base + "\x00" + strings.Join(waived, " ")
		s, ok := sets[key]
		if !ok {
			s = &RouteSet{Name: base, Title: title, Level: simplest(m.Level), Waived: waived}
			sets[key] = s
		}
		s.Members = append(s.Members, m)
	}
	out := slices.Collect(maps.Values(sets))
	slices.SortFunc(out, func(a, b *RouteSet) int {
		return cmp.Or(cmp.Compare(b.Level, a.Level), cmp.Compare(a.Name, b.Name), slices.Compare(a.Waived, b.Waived))
	})
	for _, s := range out {
		s.Name = used.name(s.Name)
	}
	return out
}

// setNames hands out names of sets, each only once.
type setNames map[string]bool

func (n *setNames) name(text string) string {
	if *n == nil {
		*n = make(setNames)
	}
	word := []byte(strings.ToLower(text))
	for i, c := range word {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			word[i] = '-'
		}
	}
	const longest = 24 - len("-200000")
	base := string(word[:min(len(word), longest)])
	out := base
	for i := 2; (*n)[out]; i++ {
		out = base + "-" + strconv.Itoa(i)
	}
	(*n)[out] = true
	return out
}

// Identifier returns the number or block.
func (m *Member) Identifier() evidence.ID {
	switch {
	case !m.Block.IsValid():
		return evidence.ASN(m.AS)
	case m.Block.IsSingleIP():
		return evidence.Addr(m.Block.Addr())
	}
	return evidence.Prefix(m.Block)
}

// Tests returns what the sets make a router do on a session.
func (r *Routes) Tests(session string) []Test {
	var out []Test
	for _, s := range r.All() {
		if s.Binds(session) {
			out = append(out, s.test())
		}
	}
	return out
}

// test tells whether a set drops a route.
func (s *RouteSet) test() Test {
	if len(s.Members) > 0 && s.Members[0].Block.IsValid() {
		var blocks []netip.Prefix
		for _, m := range s.Members {
			blocks = append(blocks, m.Block)
		}
		return Within(blocks)
	}
	numbers := make(map[uint32]bool, len(s.Members))
	for _, m := range s.Members {
		numbers[m.AS] = true
	}
	hit := Numbers(s.Level, numbers)
	if s.Permits {
		return func(route *Route) bool { return len(route.Path) > 0 && !hit(route) }
	}
	return hit
}
