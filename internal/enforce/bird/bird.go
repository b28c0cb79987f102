// Package bird writes a plan as filters for the BIRD routing daemon.
//
// [Target] writes one file to include in a BIRD 2 configuration: sets of AS
// numbers, one to a line with the id of the item that asks for it, and
// functions that tell at which place of a path such a number stands. The
// header of the file says how to use it.
//
// The meaning of the levels is that of the carrier evidence: direct is the
// first element of the path, origin the last (each member, if that is a set),
// transit any number on the path that is not its origin. BIRD's language cannot
// look into a set, so cleannet_is_transit differs where a path ends in one: a
// number before the set that is also in it counts as transit (it announced the
// routes of the others), and of a path with several sets the earlier ones are
// not told from the last. A number forbidden at every level is found anywhere,
// by cleannet_is_forbidden, without these limits.
package bird

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Target writes filters for BIRD 2. Its zero value is ready for use.
type Target struct{}

// FileName is the name of the file that the target writes.
const FileName = "cleannet-bird.conf"

// MaxLines is the most lines that a file holds, comments included.
const MaxLines = 1_000_000

// Name implements [enforce.Target].
func (Target) Name() string { return "bird" }

// Doc implements [enforce.Target].
func (Target) Doc() string {
	return "Import filters by AS path and prefix for the BIRD routing daemon, version 2.0.12 and later of the 2 series."
}

// Domains implements [enforce.Target].
func (Target) Domains() []string { return []string{"carrier"} }

// Files implements [enforce.Target]. It fails where the plan asks for more
// than [enforce.MaxRouteItems] or [MaxLines], or for a block of addresses that
// no single company can hold.
func (t Target) Files(p *enforce.Plan) ([]enforce.File, error) {
	r, err := enforce.NewRoutes(p, t.Domains()...)
	if err != nil {
		return nil, fmt.Errorf("bird: %w", err)
	}
	w := new(writer)
	for _, text := range r.Preamble(p, "Filters for BIRD 2", proof, strings.Split(usage, "\n"), t.Domains()...) {
		w.line("%s", strings.TrimRight("# "+text, " "))
	}
	w.sets(r)
	w.functions(r, "")
	for _, s := range r.Sessions {
		w.functions(r, s.Name)
	}
	if w.lines > MaxLines {
		return nil, fmt.Errorf("bird: %d lines, the limit is %d: narrow the policy's entries", w.lines, MaxLines)
	}
	return []enforce.File{{Name: FileName, Data: w.buf.Bytes()}}, nil
}

// writer makes the text.
type writer struct {
	buf   bytes.Buffer
	lines int
}

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(&w.buf, format+"\n", args...)
	w.lines++
}

const proof = "replayed: real tables were sent through BIRD 2.0.12 with filters of this form"

const usage = `Use: include the file once, near the top of bird.conf, and call the function
as the first step of the import filter of each session to an outside network:

  include "/etc/bird/cleannet-bird.conf";
  protocol bgp upstream {
    local as 64496; neighbor 192.0.2.1 as 64511;
    ipv4 {
      import filter { cleannet_reject(); accept; };
      export none;
    };
  }

cleannet_reject() rejects a route at exactly the levels that the policy asks and
otherwise returns. cleannet_reject_logged() does the same and prints each
rejected route. A session with a waiver has functions of its own, whose names
end in its address: cleannet_reject_for_192_0_2_1(). The tests they consist of:
  cleannet_is_direct(bgp_path)   the neighbour, the first AS of the path
  cleannet_is_transit(bgp_path)  on the path, but not its origin
  cleannet_is_origin(bgp_path)   the last AS, or a member of the set that ends it
  cleannet_is_prefix(net)        inside a block of a company
Paths are tested as they are received, before your own AS number is prepended.
A route without AS path, as of your own networks, passes the path tests.
After a change run: bird -p, then birdc configure, then reload in the protocol.`
