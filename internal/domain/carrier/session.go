package carrier

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// sessionKey names a session by the networks at its two ends.
type sessionKey struct{ local, remote uint32 }

// session is all that a log of messages shows of the sessions between two
// networks.
type session struct {
	count       uint64 // records that prove it
	established uint64 // times that it came up
	first, last uint32 // seconds since 1970
	addresses   map[netip.Addr]bool
	proofs      []sessionProof // the first, in order
}

// sessionProof is a record that proves a session.
type sessionProof struct {
	place
	note string
}

// maxSessionAddresses bounds how many addresses of a session are kept; evidence
// keeps fewer.
const maxSessionAddresses = 64

// changed takes in a change of state. It proves the session if it leads into
// the state Established or out of it: then both ends have agreed.
func (m *messages) changed(r *mrt.Record) {
	x := &m.message
	if x.Old != mrt.StateEstablished && x.New != mrt.StateEstablished {
		return
	}
	if s := m.session(r, fmt.Sprintf("%s to %s", x.Old, x.New)); s != nil && x.New == mrt.StateEstablished {
		s.established++
	}
}

// updated takes in an update, which only an established session carries (RFC
// 4271 section 8.2.2).
func (m *messages) updated(r *mrt.Record) { m.session(r, "UPDATE") }

// session counts a record that proves the session of the current message, nil
// if the record does not name both ends, or one network at both.
func (m *messages) session(r *mrt.Record, what string) *session {
	x := &m.message
	key := sessionKey{x.Local.ASN, x.Peer.ASN}
	if key.local == 0 || key.remote == 0 || key.local == key.remote {
		return nil
	}
	s, ok := m.sessions[key]
	if !ok {
		s = &session{first: r.Time, last: r.Time, addresses: make(map[netip.Addr]bool)}
		m.sessions[key] = s
	}
	s.count++
	s.first, s.last = min(s.first, r.Time), max(s.last, r.Time)
	if x.Peer.Addr.IsValid() && len(s.addresses) < maxSessionAddresses {
		s.addresses[x.Peer.Addr] = true
	}
	if len(s.proofs) < keepExemplars {
		s.proofs = append(s.proofs, sessionProof{placeOf(r, 0),
			fmt.Sprintf("session of %s with %s: %s", peerName(x.Local), peerName(x.Peer), what)})
	}
	return s
}

// add adds up two readings of a session.
func (s *session) add(o *session) {
	s.count += o.count
	s.established += o.established
	s.first, s.last = min(s.first, o.first), max(s.last, o.last)
	maps.Copy(s.addresses, o.addresses)
	s.proofs = append(s.proofs, o.proofs...)
	slices.SortFunc(s.proofs, func(a, b sessionProof) int { return a.compare(b.place) })
	s.proofs = s.proofs[:min(len(s.proofs), keepExemplars)]
}

// observe tells the shard which sessions there were.
func (m *messages) observe(path string, out *evidence.Shard) {
	keys := slices.SortedFunc(maps.Keys(m.sessions), func(a, b sessionKey) int {
		return cmp.Or(cmp.Compare(a.local, b.local), cmp.Compare(a.remote, b.remote))
	})
	for _, key := range keys {
		s := m.sessions[key]
		o := evidence.Observation{
			Domain: Name, Kind: KindSession,
			Subjects: []evidence.Subject{{Role: roleLocal, ID: evidence.ASN(key.local)}, {Role: roleRemote, ID: evidence.ASN(key.remote)}},
			Count:    s.count,
			First:    clock(s.first),
			Last:     clock(s.last),
			Attrs:    []evidence.Attr{evidence.Sum(attrEstablished, int64(s.established)), evidence.Words(attrProof, proofMessages)},
		}
		var addresses []string
		for addr := range s.addresses {
			addresses = append(addresses, addr.String())
		}
		if len(addresses) > 0 {
			o.Attrs = append(o.Attrs, evidence.Words(attrAddresses, addresses...))
		}
		for _, p := range s.proofs {
			o.Refs = append(o.Refs, evidence.Ref{Path: path, Offset: p.offset, Length: int64(p.length), Note: p.note})
		}
		out.Observe(o)
	}
}
