// Package junos writes a plan as import policies for Juniper's Junos.
//
// [Target] writes one file of set commands: AS path groups with one expression
// for each number, prefix lists, and policy statements that reject what is in
// them and leave the rest to the next policy.
//
// The form follows Juniper's documentation ("Understanding AS Path Regular
// Expressions for Use as Routing Policy Match Conditions", "prefix-list-filter")
// and is held against a grammar of that subset. No Junos has run it.
package junos

import (
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Target writes filters for Junos. Its zero value is ready for use.
type Target struct{}

// FileName is the name of the file that the target writes.
const FileName = "cleannet-junos.set"

// Name implements [enforce.Target].
func (Target) Name() string { return "junos" }

// Doc implements [enforce.Target].
func (Target) Doc() string {
	return "Import policies by AS path and prefix for Junos, as set commands; not replayed on a device."
}

// Domains implements [enforce.Target].
func (Target) Domains() []string { return []string{"carrier"} }

// Files implements [enforce.Target].
func (t Target) Files(p *enforce.Plan) ([]enforce.File, error) {
	r, err := enforce.NewRoutes(p, t.Domains()...)
	if err != nil {
		return nil, fmt.Errorf("junos: %w", err)
	}
	w := new(enforce.Lines)
	w.Comments("#", r.Preamble(p, "Filters for Junos", proof, strings.Split(usage, "\n"), t.Domains()...)...)
	for _, s := range r.All() {
		w.Comments("#", "", enforce.Comment(s.Title, 160))
		if len(s.Members) == 0 {
			w.Comments("#", "THE LIST IS EMPTY: every neighbour is denied.")
		}
		members(w, s)
	}
	w.Comments("#", "")
	policy(w, r, "")
	for _, s := range r.Sessions {
		policy(w, r, s.Name)
	}
	for _, s := range r.Allowed {
		name := symbol(s)
		w.Add("set policy-options as-path %s-none %q", name, "()")
		if len(s.Members) > 0 {
			w.Add("set policy-options policy-statement %s term permitted from as-path-group %[1]s", name)
			w.Add("set policy-options policy-statement %s term permitted then next policy", name)
		}
		w.Add("set policy-options policy-statement %s term own from as-path %[1]s-none", name)
		w.Add("set policy-options policy-statement %s term own then next policy", name)
		w.Add("set policy-options policy-statement %s term rest then reject", name)
	}
	return []enforce.File{{Name: FileName, Data: w.Bytes()}}, nil
}

const proof = "NOT REPLAYED on a device: the form was held against a grammar from Juniper's documentation"

const usage = `Use: in configuration mode "load set FILE", "show | compare", "commit check", and
name the policy first among those that import:

  set protocols bgp group upstream import [ cleannet-in MY-IN ]

An allow-list has a policy of its own, to be named right after it; so has a
session with a waiver, instead of cleannet-in: cleannet-in-192_0_2_1. How Junos
matches a number inside an AS set is not documented: do not rely on it.`

// symbol is the name of a set in Junos.
func symbol(s *enforce.RouteSet) string { return "cleannet-" + s.Name }

// members writes a set, each line after the reason for it.
func members(w *enforce.Lines, s *enforce.RouteSet) {
	for _, m := range s.Members {
		w.Comments("# ", m.Notes()...)
		if m.Block.IsValid() {
			w.Add("set policy-options prefix-list %s %s", symbol(s), m.Block)
			continue
		}
		for _, place := range s.Level.Places() {
			w.Add("set policy-options as-path-group %s as-path as%d-%s %q", symbol(s), m.AS, place, enforce.Terms(place, m.AS))
		}
	}
}

// policy writes the policy of a session, or of those without waivers.
func policy(w *enforce.Lines, r *enforce.Routes, session string) {
	name := "cleannet-in"
	if session != "" {
		name += "-" + session
	}
	for _, s := range append(r.Denied[:len(r.Denied):len(r.Denied)], r.Blocks...) {
		if !s.Binds(session) {
			continue
		}
		from := "as-path-group " + symbol(s)
		if s.Members[0].Block.IsValid() {
			from = "prefix-list-filter " + symbol(s) + " orlonger"
		}
		w.Add("set policy-options policy-statement %s term %s from %s", name, s.Name, from)
		w.Add("set policy-options policy-statement %s term %s then reject", name, s.Name)
	}
	w.Add("set policy-options policy-statement %s term rest then next policy", name)
}
