// Package arista writes a plan as route-maps for Arista's EOS.
//
// [Target] writes one file of configuration lines: AS path access-lists of the
// plainest anchored expressions, which mean the same in both of EOS's regular
// expression modes, prefix-lists, and a route-map for import.
//
// The form follows Arista's documentation ("Border Gateway Protocol", "ip as-path
// access-list") and is held against a grammar of that subset. No EOS has run
// it. The expressions do not look into an AS set that ends a path.
package arista

import (
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Target writes filters for EOS. Its zero value is ready for use.
type Target struct{}

// FileName is the name of the file that the target writes.
const FileName = "cleannet-arista.conf"

// Name implements [enforce.Target].
func (Target) Name() string { return "arista" }

// Doc implements [enforce.Target].
func (Target) Doc() string {
	return "Import route-maps by AS path and prefix for Arista EOS; not replayed on a device."
}

// Domains implements [enforce.Target].
func (Target) Domains() []string { return []string{"carrier"} }

// Files implements [enforce.Target].
func (t Target) Files(p *enforce.Plan) ([]enforce.File, error) {
	r, err := enforce.NewRoutes(p, t.Domains()...)
	if err != nil {
		return nil, fmt.Errorf("arista: %w", err)
	}
	w := new(enforce.Lines)
	w.Comments("!", r.Preamble(p, "Filters for Arista EOS", proof, strings.Split(usage, "\n"), t.Domains()...)...)
	for _, s := range r.All() {
		w.Comments("!", "", enforce.Comment(s.Title, 160))
		if len(s.Members) == 0 {
			w.Comments("!", "THE LIST IS EMPTY: every neighbour is denied.")
		}
		list(w, s)
	}
	w.Comments("!", "")
	routeMap(w, r, "")
	for _, s := range r.Sessions {
		routeMap(w, r, s.Name)
	}
	return []enforce.File{{Name: FileName, Data: w.Bytes()}}, nil
}

const proof = "NOT REPLAYED on a device: the form was held against a grammar from Arista's documentation"

const usage = `Use: load the file with "configure session", "show session-config diffs",
"commit", and name the route-map on each session to an outside network:

  router bgp 64496
     neighbor 192.0.2.1 route-map CLEANNET-IN in

A session with a waiver has a route-map of its own: CLEANNET-IN-192_0_2_1. A
number that is one of several in an AS set at the end of a path is not found as
an origin, and is taken for transit.`

// symbol is the name of a set in EOS.
func symbol(s *enforce.RouteSet) string { return "CLEANNET-" + strings.ToUpper(s.Name) }

// list writes a set, each line after the reason for it. Of an allow-list it
// writes what is not in it, for a route-map to deny. A number at level transit
// alone has a list of its own, which takes out the paths that end in it.
func list(w *enforce.Lines, s *enforce.RouteSet) {
	action := "permit"
	if s.Permits {
		action = "deny"
	}
	for i, m := range s.Members {
		w.Comments("! ", m.Notes()...)
		if m.Block.IsValid() {
			block(w, s, i, m)
			continue
		}
		for _, place := range s.Level.Places() {
			switch place {
			case enforce.Direct:
				w.Add("ip as-path access-list %s %s ^%d_ any", symbol(s), action, m.AS)
			case enforce.Origin:
				w.Add("ip as-path access-list %s %s _%d$ any", symbol(s), action, m.AS)
			case enforce.Transit:
				w.Add("ip as-path access-list %s-AS%d deny _%[2]d$ any", symbol(s), m.AS)
				w.Add("ip as-path access-list %s-AS%d permit _%[2]d_ any", symbol(s), m.AS)
			default:
				w.Add("ip as-path access-list %s %s _%d_ any", symbol(s), action, m.AS)
			}
		}
	}
	if s.Permits {
		w.Add("ip as-path access-list %s deny ^$ any", symbol(s))
		w.Add("ip as-path access-list %s permit .* any", symbol(s))
	}
}

// block writes a line of a prefix-list. Those of IPv6 have a mode of their own.
func block(w *enforce.Lines, s *enforce.RouteSet, i int, m *enforce.Member) {
	text, longest := m.Block.String(), m.Block.Addr().BitLen()
	if m.Block.Bits() < longest {
		text += fmt.Sprintf(" le %d", longest)
	}
	if m.Block.Addr().Is4() {
		w.Add("ip prefix-list %s seq %d permit %s", symbol(s), 10*(i+1), text)
		return
	}
	w.Add("ipv6 prefix-list %s", symbol(s))
	w.Add("   seq %d permit %s", 10*(i+1), text)
}

// routeMap writes the map of a session, or of those without waivers.
func routeMap(w *enforce.Lines, r *enforce.Routes, session string) {
	name := "CLEANNET-IN"
	if session != "" {
		name += "-" + session
	}
	at := 0
	entry := func(match string) {
		at++
		w.Add("route-map %s deny %d", name, at)
		w.Add("   match %s", match)
	}
	for _, s := range r.All() {
		switch {
		case !s.Binds(session):
		case len(s.Members) > 0 && s.Members[0].Block.Addr().Is4():
			entry("ip address prefix-list " + symbol(s))
		case len(s.Members) > 0 && s.Members[0].Block.IsValid():
			entry("ipv6 address prefix-list " + symbol(s))
		case s.Permits || s.Level == enforce.Any || s.Level&^enforce.Transit != 0:
			entry("as-path " + symbol(s))
		}
		if s.Binds(session) && s.Level != enforce.Any && s.Level.Has(enforce.Transit) {
			for _, m := range s.Members {
				entry(fmt.Sprintf("as-path %s-AS%d", symbol(s), m.AS))
			}
		}
	}
	w.Add("route-map %s permit 65535", name)
}
