package carrier

import (
	"net/netip"
	"time"

	"github.com/cleannet/cleannet/internal/evidence"
)

// Session is a BGP session that is proved.
type Session struct {
	Router, Peer uint32        // AS numbers
	Ends         [2]netip.Addr // of router and peer
	ProvedBy     string        // a value of the attribute proof
	Ended        int64         // times that its end was seen
}

// Between reports whether the session is one between two networks, both of which
// are known: a session inside a network connects it with nobody.
func (s *Session) Between() bool { return s.Router != s.Peer && s.Router != 0 && s.Peer != 0 }

// Observation returns the session as an observation, seen at a time that may be
// zero, and proved by what stands at a place.
func (s *Session) Observation(seen time.Time, ref evidence.Ref) evidence.Observation {
	return evidence.Observation{
		Domain: Name, Kind: KindSession,
		Subjects: []evidence.Subject{
			{Role: roleLocal, ID: evidence.ASN(s.Router)}, {Role: roleRemote, ID: evidence.ASN(s.Peer)},
		},
		Count: 1, First: seen, Last: seen,
		Attrs: []evidence.Attr{
			evidence.Words(attrAddresses, s.Ends[1].String()),
			evidence.Sum(attrEnded, s.Ended),
			evidence.Words(attrProof, s.ProvedBy),
			evidence.Distinct(attrSessions, endsText(s.Ends)),
		},
		Refs: []evidence.Ref{ref},
	}
}

// endsText returns the addresses of the two ends of a session as a word.
func endsText(ends [2]netip.Addr) string { return ends[0].String() + " " + ends[1].String() }
