// Package frr writes a plan as filters for FRRouting's bgpd.
//
// [Target] writes one file of lines for its configuration: as-path
// access-lists with regular expressions, prefix-lists, and a route-map for
// import, one more for each session with waivers. Comments in it are kept by no
// running configuration; they stand before the line that they are about, and
// say which id each number of the line has.
//
// An access-list has few long lines, one for each company, instead of one for
// each number: bgpd tries the lines one after the other on every path.
package frr

import (
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Target writes filters for FRR. Its zero value is ready for use.
type Target struct{}

// FileName is the name of the file that the target writes.
const FileName = "cleannet-frr.conf"

// MaxPerLine is the most numbers of one regular expression. FRR reads at most
// 4,095 bytes of a line.
const MaxPerLine = 64

// Name implements [enforce.Target].
func (Target) Name() string { return "frr" }

// Doc implements [enforce.Target].
func (Target) Doc() string {
	return "Import route-maps by AS path and prefix for bgpd of FRRouting, version 8.4 and later."
}

// Domains implements [enforce.Target].
func (Target) Domains() []string { return []string{"carrier"} }

// Files implements [enforce.Target].
func (t Target) Files(p *enforce.Plan) ([]enforce.File, error) {
	r, err := enforce.NewRoutes(p, t.Domains()...)
	if err != nil {
		return nil, fmt.Errorf("frr: %w", err)
	}
	w := new(writer)
	w.Comments("!", r.Preamble(p, "Filters for FRRouting", proof, strings.Split(usage, "\n"), t.Domains()...)...)
	for _, s := range r.Denied {
		w.paths(s)
	}
	for _, s := range r.Allowed {
		w.allowed(s)
	}
	for _, s := range r.Blocks {
		w.blocks(s)
	}
	w.routeMap(r, "")
	for _, s := range r.Sessions {
		w.routeMap(r, s.Name)
	}
	return []enforce.File{{Name: FileName, Data: w.Bytes()}}, nil
}

const proof = "replayed: real tables were sent through bgpd of FRR 8.4.4 with filters of this form"

const usage = `Use: load the file with "vtysh -f" and name the route-map on each session to an
outside network:

  router bgp 64496
   address-family ipv4 unicast
    neighbor 192.0.2.1 route-map CLEANNET-IN in

or call it as the first step of a route-map of your own:

  route-map MY-IN permit 1
   call CLEANNET-IN
   on-match next

A session with a waiver has a route-map of its own, whose name ends in its
address: CLEANNET-IN-192_0_2_1. After a change run: vtysh -C, then in vtysh
"clear bgp 192.0.2.1 soft in".`

// writer makes the text.
type writer struct{ enforce.Lines }

// symbol is the name of a set in FRR.
func symbol(s *enforce.RouteSet) string { return "CLEANNET-" + strings.ToUpper(s.Name) }

// title begins a set.
func (w *writer) title(s *enforce.RouteSet) {
	w.Add("!")
	w.Add("! %s", enforce.Comment(s.Title, 160))
}

func (w *writer) notes(members []*enforce.Member) {
	for _, m := range members {
		for _, note := range m.Notes() {
			w.Add("!  %s", note)
		}
	}
}

// paths writes the expressions of a set. The number of a line is derived from
// its text, so that it stays the same when other lines come and go.
func (w *writer) paths(s *enforce.RouteSet) {
	w.title(s)
	var seq numbers
	var before []*enforce.Member
	for _, x := range s.Patterns(MaxPerLine) {
		if len(before) == 0 || before[0] != x.Members[0] {
			w.notes(x.Members)
		}
		before = x.Members
		w.Add("bgp as-path access-list %s seq %d permit %s", symbol(s), seq.of(x.Text), x.Text)
	}
}

// allowed writes a list that permits, and so lets the route-map deny, every
// path but those of the permitted neighbours and the empty one.
func (w *writer) allowed(s *enforce.RouteSet) {
	w.title(s)
	if len(s.Members) == 0 {
		w.Add("! THE LIST IS EMPTY: every neighbour is denied.")
	}
	var seq numbers
	for _, x := range s.Patterns(MaxPerLine) {
		w.notes(x.Members)
		w.Add("bgp as-path access-list %s seq %d deny %s", symbol(s), seq.of(x.Text), x.Text)
	}
	w.Add("bgp as-path access-list %s seq %d deny ^$", symbol(s), uint32(lastLine-1))
	w.Add("bgp as-path access-list %s seq %d permit .*", symbol(s), uint32(lastLine))
}

func (w *writer) blocks(s *enforce.RouteSet) {
	w.title(s)
	var seq numbers
	for _, m := range s.Members {
		w.notes([]*enforce.Member{m})
		text, family := m.Block.String(), "ipv6"
		if m.Block.Addr().Is4() {
			family = "ip"
		}
		if longest := m.Block.Addr().BitLen(); m.Block.Bits() < longest {
			text += fmt.Sprintf(" le %d", longest)
		}
		w.Add("%s prefix-list %s seq %d permit %s", family, symbol(s), seq.of(text), text)
	}
}

// routeMap writes the map of a session, or of those without waivers.
func (w *writer) routeMap(r *enforce.Routes, session string) {
	name := "CLEANNET-IN"
	if session != "" {
		name += "-" + session
	}
	w.Add("!")
	at := 0
	entry := func(match string) {
		at += 10
		w.Add("route-map %s deny %d", name, at)
		w.Add(" match %s", match)
		w.Add("exit")
	}
	for _, s := range r.All() {
		switch {
		case !s.Binds(session):
		case len(s.Members) > 0 && s.Members[0].Block.Addr().Is4():
			entry("ip address prefix-list " + symbol(s))
		case len(s.Members) > 0 && s.Members[0].Block.IsValid():
			entry("ipv6 address prefix-list " + symbol(s))
		default:
			entry("as-path " + symbol(s))
		}
	}
	w.Add("route-map %s permit 65535", name)
	w.Add("exit")
}

// lastLine is the highest number of a line.
const lastLine = 4294967295

// numbers hands out line numbers, each once, by text.
type numbers map[uint32]bool

func (n *numbers) of(text string) uint32 {
	if *n == nil {
		*n = make(numbers)
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(text)) // a hash never fails
	at := 1 + sum.Sum32()%(lastLine-10)
	for (*n)[at] {
		at++
	}
	(*n)[at] = true
	return at
}
