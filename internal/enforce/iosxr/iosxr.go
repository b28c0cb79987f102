// Package iosxr writes a plan as route policies for Cisco's IOS XR.
//
// [Target] writes one file of the routing policy language: AS path sets of the
// native operations passes-through, originates-from and neighbor-is, which cost
// a router far less than regular expressions do, prefix sets, and a policy to
// apply first in one's own.
//
// The form follows Cisco's documentation ("Routing Policy Language Commands",
// "Implementing Routing Policy") and is held against a grammar of that subset.
// No IOS XR has run it.
package iosxr

import (
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Target writes filters for IOS XR. Its zero value is ready for use.
type Target struct{}

// FileName is the name of the file that the target writes.
const FileName = "cleannet-iosxr.rpl"

// Name implements [enforce.Target].
func (Target) Name() string { return "iosxr" }

// Doc implements [enforce.Target].
func (Target) Doc() string {
	return "Route policies by AS path and prefix for Cisco IOS XR; not replayed on a device."
}

// Domains implements [enforce.Target].
func (Target) Domains() []string { return []string{"carrier"} }

// Files implements [enforce.Target].
func (t Target) Files(p *enforce.Plan) ([]enforce.File, error) {
	r, err := enforce.NewRoutes(p, t.Domains()...)
	if err != nil {
		return nil, fmt.Errorf("iosxr: %w", err)
	}
	w := new(enforce.Lines)
	w.Comments("!", r.Preamble(p, "Filters for Cisco IOS XR", proof, strings.Split(usage, "\n"), t.Domains()...)...)
	for _, s := range r.All() {
		w.Comments("!", "", enforce.Comment(s.Title, 160))
		if len(s.Members) == 0 {
			w.Comments("!", "THE LIST IS EMPTY: every neighbour is denied.")
			continue
		}
		set(w, s)
	}
	w.Comments("!", "")
	policy(w, r, "")
	for _, s := range r.Sessions {
		policy(w, r, s.Name)
	}
	return []enforce.File{{Name: FileName, Data: w.Bytes()}}, nil
}

const proof = "NOT REPLAYED on a device: the form was held against a grammar from Cisco's documentation"

const usage = `Use: paste the file in configuration mode, "show commit changes diff", "commit",
and apply the policy as the first step of that of each session to an outside
network; what it drops is dropped for good:

  route-policy MY-IN
    apply CLEANNET-IN
    pass
  end-policy

A session with a waiver has a policy of its own: CLEANNET-IN-192_0_2_1. How IOS
XR matches a number inside an AS set is not documented: do not rely on it.`

// symbol is the name of a set in IOS XR.
func symbol(s *enforce.RouteSet) string { return "CLEANNET-" + strings.ToUpper(s.Name) }

// operation is the native test of a level.
func operation(l enforce.Level) string {
	switch l {
	case enforce.Direct:
		return "neighbor-is"
	case enforce.Origin:
		return "originates-from"
	}
	return "passes-through"
}

// set writes a set, each line after the reason for it. In a set elements are
// parted by commas, and comments begin with "#". Numbers at level transit
// alone are tested in the policy, one by one, and only listed here.
func set(w *enforce.Lines, s *enforce.RouteSet) {
	kind := "as-path-set"
	if s.Members[0].Block.IsValid() {
		kind = "prefix-set"
	}
	w.Add("%s %s", kind, symbol(s))
	for i, m := range s.Members {
		w.Comments("  # ", m.Notes()...)
		var elements []string
		if m.Block.IsValid() {
			text := m.Block.String()
			if longest := m.Block.Addr().BitLen(); m.Block.Bits() < longest {
				text += fmt.Sprintf(" le %d", longest)
			}
			elements = []string{text}
		}
		for _, place := range s.Level.Places() {
			if !m.Block.IsValid() {
				elements = append(elements, fmt.Sprintf("%s '%d'", operation(place), m.AS))
			}
		}
		for k, e := range elements {
			comma := ","
			if i == len(s.Members)-1 && k == len(elements)-1 {
				comma = ""
			}
			w.Add("  %s%s", e, comma)
		}
	}
	w.Add("end-set")
}

// policy writes the policy of a session, or of those without waivers.
func policy(w *enforce.Lines, r *enforce.Routes, session string) {
	name := "CLEANNET-IN"
	if session != "" {
		name += "-" + session
	}
	w.Add("route-policy %s", name)
	drop := func(condition string) {
		w.Add("  if %s then", condition)
		w.Add("    drop")
		w.Add("  endif")
	}
	for _, s := range r.All() {
		switch {
		case !s.Binds(session):
		case s.Permits && len(s.Members) == 0:
			drop("not as-path is-local")
		case s.Permits:
			drop("not as-path in " + symbol(s) + " and not as-path is-local")
		case s.Members[0].Block.IsValid():
			drop("destination in " + symbol(s))
		case s.Level != enforce.Any && s.Level.Has(enforce.Transit):
			for _, m := range s.Members {
				if s.Level.Has(enforce.Direct) {
					drop(fmt.Sprintf("as-path neighbor-is '%d'", m.AS))
				}
				drop(fmt.Sprintf("as-path passes-through '%d' and not as-path originates-from '%[1]d'", m.AS))
			}
		default:
			drop("as-path in " + symbol(s))
		}
	}
	w.Add("  pass")
	w.Add("end-policy")
}
