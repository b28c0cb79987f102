// Package gobgp writes a plan as import policies for GoBGP.
//
// [Target] writes one file in TOML: AS path sets and prefix sets, each element
// on a line with the id of the item that asks for it, and one policy whose
// statements drop what is in them. A session with a waiver is left out of a
// statement by a neighbour set, so that all sessions share the policy.
//
// The expressions avoid the short forms "_4134_" and "^4134_", which GoBGP
// matches itself, faster, but without looking into AS sets.
package gobgp

import (
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Target writes filters for GoBGP. Its zero value is ready for use.
type Target struct{}

// FileName is the name of the file that the target writes.
const FileName = "cleannet-gobgp.toml"

// MaxPerLine is the most numbers of one regular expression.
const MaxPerLine = 64

// Name implements [enforce.Target].
func (Target) Name() string { return "gobgp" }

// Doc implements [enforce.Target].
func (Target) Doc() string {
	return "Import policies by AS path and prefix for GoBGP, version 3.10 and later, in TOML."
}

// Domains implements [enforce.Target].
func (Target) Domains() []string { return []string{"carrier"} }

// Files implements [enforce.Target].
func (t Target) Files(p *enforce.Plan) ([]enforce.File, error) {
	r, err := enforce.NewRoutes(p, t.Domains()...)
	if err != nil {
		return nil, fmt.Errorf("gobgp: %w", err)
	}
	w := new(writer)
	w.Comments("#", r.Preamble(p, "Filters for GoBGP", proof, strings.Split(usage, "\n"), t.Domains()...)...)
	for _, s := range append(r.Denied[:len(r.Denied):len(r.Denied)], r.Allowed...) {
		w.paths(s)
	}
	for _, s := range r.Blocks {
		w.blocks(s)
	}
	waived := w.neighbours(r)
	w.Add("")
	w.Add("[[policy-definitions]]")
	w.Add("name = %q", Policy)
	for _, s := range r.Denied {
		w.statement(s, waived[s])
		w.matchPaths(s, "any")
	}
	for _, s := range r.Allowed {
		w.statement(s, "")
		if len(s.Members) > 0 {
			w.matchPaths(s, "invert")
		}
		w.Add("[policy-definitions.statements.conditions.bgp-conditions.as-path-length]")
		w.Add("operator = \"ge\"")
		w.Add("value = 1")
	}
	for _, s := range r.Blocks {
		w.statement(s, waived[s])
		w.Add("[policy-definitions.statements.conditions.match-prefix-set]")
		w.Add("prefix-set = %q", symbol(s))
	}
	return []enforce.File{{Name: FileName, Data: w.Bytes()}}, nil
}

// Policy is the name of the policy to import with.
const Policy = "cleannet-in"

const proof = "replayed: real tables were sent through gobgpd 3.10.0 with filters of this form"

const usage = `Use: add the file's contents to the end of gobgpd.conf and name its policy first
among those that import routes:

  [global.apply-policy.config]
    import-policy-list = ["cleannet-in"]
    default-import-policy = "accept-route"

After a change run: gobgpd -d -f gobgpd.conf, send gobgpd a SIGHUP, then
"gobgp neighbor all softresetin".`

// writer makes the text.
type writer struct{ enforce.Lines }

// symbol is the name of a set in GoBGP.
func symbol(s *enforce.RouteSet) string { return "cleannet-" + s.Name }

func (w *writer) paths(s *enforce.RouteSet) {
	w.Add("")
	w.Add("# %s", enforce.Comment(s.Title, 160))
	if len(s.Members) == 0 {
		w.Add("# THE LIST IS EMPTY: every neighbour is denied.")
		return
	}
	w.Add("[[defined-sets.bgp-defined-sets.as-path-sets]]")
	w.Add("as-path-set-name = %q", symbol(s))
	w.Add("as-path-list = [")
	var before *enforce.Member
	for _, x := range s.Patterns(MaxPerLine) {
		if before != x.Members[0] {
			for _, m := range x.Members {
				w.notes(m)
			}
		}
		before = x.Members[0]
		w.Add("  '%s',", x.Text)
	}
	w.Add("]")
}

func (w *writer) notes(m *enforce.Member) {
	for _, note := range m.Notes() {
		w.Add("  # %s", note)
	}
}

func (w *writer) blocks(s *enforce.RouteSet) {
	w.Add("")
	w.Add("# %s", enforce.Comment(s.Title, 160))
	w.Add("[[defined-sets.prefix-sets]]")
	w.Add("prefix-set-name = %q", symbol(s))
	for _, m := range s.Members {
		w.Add("[[defined-sets.prefix-sets.prefix-list]]")
		w.notes(m)
		w.Add("ip-prefix = %q", m.Block)
		w.Add("masklength-range = \"%d..%d\"", m.Block.Bits(), m.Block.Addr().BitLen())
	}
}

// neighbours writes the sets of sessions with waivers, and returns which one
// is not bound by a set.
func (w *writer) neighbours(r *enforce.Routes) map[*enforce.RouteSet]string {
	out := make(map[*enforce.RouteSet]string)
	for _, s := range r.All() {
		if len(s.Waived) == 0 {
			continue
		}
		out[s] = "cleannet-waived-" + s.Name
		w.Add("")
		w.Add("# sessions with a waiver for %s", symbol(s))
		w.Add("[[defined-sets.neighbor-sets]]")
		w.Add("neighbor-set-name = %q", out[s])
		var peers []string
		for _, x := range r.Sessions {
			if !s.Binds(x.Name) {
				peers = append(peers, fmt.Sprintf("%q", x.Peer))
			}
		}
		w.Add("neighbor-info-list = [%s]", strings.Join(peers, ", "))
	}
	return out
}

// statement begins a statement that rejects; what follows are its conditions.
func (w *writer) statement(s *enforce.RouteSet, waived string) {
	w.Add("[[policy-definitions.statements]]")
	w.Add("name = %q", symbol(s))
	w.Add("[policy-definitions.statements.actions]")
	w.Add("route-disposition = \"reject-route\"")
	if waived != "" {
		w.Add("[policy-definitions.statements.conditions.match-neighbor-set]")
		w.Add("neighbor-set = %q", waived)
		w.Add("match-set-options = \"invert\"")
	}
}

// matchPaths is the condition that a set of paths matches.
func (w *writer) matchPaths(s *enforce.RouteSet, how string) {
	w.Add("[policy-definitions.statements.conditions.bgp-conditions.match-as-path-set]")
	w.Add("as-path-set = %q", symbol(s))
	w.Add("match-set-options = %q", how)
}
