// Package sros writes a plan as import policies for Nokia's SR OS.
//
// [Target] writes one file of model-driven CLI commands: AS path groups of at
// most [MaxEntries] expressions, prefix lists, and policy statements that
// reject what is in them and leave the rest to the next policy.
//
// The form follows Nokia's documentation (the MD-CLI reference of
// policy-options, and "Regular expressions" of the unicast routing guide) and is
// held against a grammar of that subset. No SR OS has run it.
package sros

import (
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Target writes filters for SR OS. Its zero value is ready for use.
type Target struct{}

// FileName is the name of the file that the target writes.
const FileName = "cleannet-sros.cfg"

// MaxEntries is the most expressions of an AS path group, and MaxName the most
// bytes of a name (Nokia, MD-CLI reference of policy-options, 21.5).
const (
	MaxEntries = 128
	MaxName    = 32
)

// Name implements [enforce.Target].
func (Target) Name() string { return "nokia-sros" }

// Doc implements [enforce.Target].
func (Target) Doc() string {
	return "Import policies by AS path and prefix for Nokia SR OS, as MD-CLI commands; not replayed on a device."
}

// Domains implements [enforce.Target].
func (Target) Domains() []string { return []string{"carrier"} }

// Files implements [enforce.Target].
func (t Target) Files(p *enforce.Plan) ([]enforce.File, error) {
	r, err := enforce.NewRoutes(p, t.Domains()...)
	if err != nil {
		return nil, fmt.Errorf("nokia-sros: %w", err)
	}
	w := new(enforce.Lines)
	w.Comments("#", r.Preamble(p, "Filters for Nokia SR OS", proof, strings.Split(usage, "\n"), t.Domains()...)...)
	lists := make(map[*enforce.RouteSet][]string)
	for _, s := range r.All() {
		w.Comments("#", "", enforce.Comment(s.Title, 160))
		if len(s.Members) == 0 {
			w.Comments("#", "THE LIST IS EMPTY: every neighbour is denied.")
		}
		lists[s] = members(w, s)
	}
	w.Comments("#", "")
	policy(w, r, lists, "")
	for _, s := range r.Sessions {
		policy(w, r, lists, s.Name)
	}
	for _, s := range r.Allowed {
		for i, name := range lists[s] {
			w.Add("%s entry %d from as-path group %q", statement(symbol(s)), 10*(i+1), name)
			w.Add("%s entry %d action action-type next-policy", statement(symbol(s)), 10*(i+1))
		}
		w.Add("%s default-action action-type reject", statement(symbol(s)))
	}
	return []enforce.File{{Name: FileName, Data: w.Bytes()}}, nil
}

const proof = "NOT REPLAYED on a device: the form was held against a grammar from Nokia's documentation"

const usage = `Use: "edit-config exclusive", load the file with "exec", "compare", "validate",
"commit", and name the policy first among those that import:

  /configure router "Base" bgp group "upstream" import policy ["cn-in" "MY-IN"]

An allow-list has a policy of its own, to be named right after it; so has a
session with a waiver, instead of cn-in: cn-in-192_0_2_1. How SR OS matches a
number inside an AS set is not documented: do not rely on it.`

// symbol is the name of a set in SR OS.
func symbol(s *enforce.RouteSet) string { return "cn-" + s.Name }

func statement(name string) string {
	return fmt.Sprintf("/configure policy-options policy-statement %q", name)
}

// members writes a set, each line after the reason for it, and returns the
// names of the groups or of the list.
func members(w *enforce.Lines, s *enforce.RouteSet) []string {
	var names []string
	entries := MaxEntries
	for _, m := range s.Members {
		w.Comments("# ", m.Notes()...)
		if m.Block.IsValid() {
			names = []string{symbol(s)}
			w.Add("/configure policy-options prefix-list %q prefix %s type longer", symbol(s), m.Block)
			continue
		}
		for _, place := range s.Level.Places() {
			if entries++; entries > MaxEntries {
				entries = 1
				names = append(names, fmt.Sprintf("%s-%d", symbol(s), len(names)+1))
			}
			w.Add("/configure policy-options as-path-group %q entry %d expression %q",
				names[len(names)-1], entries, enforce.Terms(place, m.AS))
		}
	}
	return names
}

// policy writes the policy of a session, or of those without waivers.
func policy(w *enforce.Lines, r *enforce.Routes, lists map[*enforce.RouteSet][]string, session string) {
	name := "cn-in"
	if session != "" {
		name += "-" + session
	}
	at := 0
	for _, s := range append(r.Denied[:len(r.Denied):len(r.Denied)], r.Blocks...) {
		if !s.Binds(session) {
			continue
		}
		for _, list := range lists[s] {
			at += 10
			from := fmt.Sprintf("as-path group %q", list)
			if s.Members[0].Block.IsValid() {
				from = fmt.Sprintf("prefix-list [%q]", list)
			}
			w.Add("%s entry %d from %s", statement(name), at, from)
			w.Add("%s entry %d action action-type reject", statement(name), at)
		}
	}
	w.Add("%s default-action action-type next-policy", statement(name))
}
