package enforce

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
)

// Waiver lets named networks pass on one session of a router, and on no other.
// Unlike an exception of the policy it is the operator's own: a transit-free
// network that must be reachable over its own session, for example.
type Waiver struct {
	ID     string
	Peer   netip.Addr    // address of the neighbour
	Pass   []evidence.ID // AS numbers and blocks that the session does not cut
	Owner  string        // who answers for it
	Reason string
	Until  entity.Date // from then on it no longer holds
}

// WithWaivers returns the plan with waivers for single sessions. One that
// lapsed is not applied, and a note says so. An error names a waiver that
// cannot be applied: it must have an id of its own, a neighbour, an owner, an
// expiry, and name what it lets pass by AS number or block.
func (p *Plan) WithWaivers(waivers []Waiver) (*Plan, error) {
	out := *p
	out.Waivers, out.Notes = nil, slices.Clone(p.Notes)
	seen := make(map[string]bool)
	for _, w := range waivers {
		if err := w.check(); err != nil {
			return nil, err
		}
		if seen[w.ID] {
			return nil, fmt.Errorf("two waivers have the id %q: give each its own", w.ID)
		}
		seen[w.ID] = true
		if !p.AsOf.Before(w.Until) {
			out.Notes = append(out.Notes, fmt.Sprintf("waiver %s of %s for the session with %s lapsed on %s and is not applied",
				w.ID, w.Owner, w.Peer, w.Until))
			continue
		}
		w.Pass = slices.Clone(w.Pass)
		slices.SortFunc(w.Pass, evidence.ID.Compare)
		out.Waivers = append(out.Waivers, w)
		out.Until = earlier(out.Until, w.Until)
	}
	slices.SortFunc(out.Waivers, func(a, b Waiver) int {
		return cmp.Or(a.Peer.Compare(b.Peer), cmp.Compare(a.ID, b.ID))
	})
	slices.Sort(out.Notes)
	return &out, nil
}

// check says what is missing in a waiver.
func (w Waiver) check() error {
	switch {
	case w.ID == "":
		return fmt.Errorf("a waiver has no id: give it one")
	case !w.Peer.IsValid():
		return fmt.Errorf("waiver %q names no neighbour: give the address of the session's peer", w.ID)
	case w.Owner == "":
		return fmt.Errorf("waiver %q has no owner: say who answers for it", w.ID)
	case w.Until.IsZero():
		return fmt.Errorf("waiver %q has no expiry: say until when it holds", w.ID)
	case len(w.Pass) == 0:
		return fmt.Errorf("waiver %q lets nothing pass: name AS numbers or prefixes", w.ID)
	}
	for _, id := range w.Pass {
		_, isAS := id.AS()
		if _, isBlock := blockOf(id); !isAS && !isBlock {
			return fmt.Errorf("waiver %q: a route does not show %q: name AS numbers or prefixes", w.ID, id)
		}
	}
	return nil
}

// Session is a session of a router that has waivers of its own.
type Session struct {
	Name    string // unique in the plan: letters, digits and "_"
	Peer    netip.Addr
	Waivers []Waiver
}

// sessions groups the waivers by neighbour.
func sessions(p *Plan) []Session {
	var out []Session
	for _, w := range p.Waivers {
		if k := len(out) - 1; k >= 0 && out[k].Peer == w.Peer {
			out[k].Waivers = append(out[k].Waivers, w)
			continue
		}
		out = append(out, Session{Name: SessionName(w.Peer), Peer: w.Peer, Waivers: []Waiver{w}})
	}
	return out
}

// SessionName makes a word of an address that every device takes as a part of
// a name: "192_0_2_1", "2001_db8__1". It has at most 26 bytes, for SR OS; the
// end of a longer address is a hash.
func SessionName(a netip.Addr) string {
	const longest = 26
	name := []byte(a.WithZone("").String())
	for i, c := range name {
		if c == '.' || c == ':' {
			name[i] = '_'
		}
	}
	if len(name) > longest {
		sum := fnv.New32a()
		_, _ = sum.Write(name) // a hash never fails
		return fmt.Sprintf("%s_%08x", name[:longest-9], sum.Sum32())
	}
	return string(name)
}

// passes reports whether a waiver of the session covers a number or block: the
// same number, the same block or one around it.
func (s Session) passes(m *Member) bool {
	for _, w := range s.Waivers {
		for _, id := range w.Pass {
			if n, ok := id.AS(); ok && !m.Block.IsValid() && n == m.AS {
				return true
			}
			if b, ok := blockOf(id); ok && m.Block.IsValid() && b.Bits() <= m.Block.Bits() && b.Contains(m.Block.Addr()) {
				return true
			}
		}
	}
	return false
}
