package carrier

import (
	"net/netip"
	"time"

	"github.com/cleannet/cleannet/internal/evidence"
)

// Session is a BGP session that its messages prove.
type Session struct {
	Local, Remote uint32 // AS numbers, the first that of the one who testifies
	Address       netip.Addr
	ByBMP         bool // a router told a station of it; else its messages were seen
	Established   int64
	Ended         int64
}

// Between reports whether the session is one between two networks, both of which
// are known: a session inside a network connects it with nobody.
func (s *Session) Between() bool { return s.Local != s.Remote && s.Local != 0 && s.Remote != 0 }

// Proof names what proves the session.
func (s *Session) Proof() string {
	if s.ByBMP {
		return proofBMP
	}
	return proofMessages
}

// Observation returns the session as an observation, seen at a time that may be
// zero, and proved by what stands at a place.
func (s *Session) Observation(seen time.Time, ref evidence.Ref) evidence.Observation {
	o := evidence.Observation{
		Domain: Name, Kind: KindSession,
		Subjects: []evidence.Subject{
			{Role: roleLocal, ID: evidence.ASN(s.Local)}, {Role: roleRemote, ID: evidence.ASN(s.Remote)},
		},
		Count: 1, First: seen, Last: seen,
		Attrs: []evidence.Attr{
			evidence.Sum(attrEnded, s.Ended), evidence.Sum(attrEstablished, s.Established), evidence.Words(attrProof, s.Proof()),
		},
		Refs: []evidence.Ref{ref},
	}
	if s.Address.IsValid() {
		o.Attrs = append(o.Attrs, evidence.Words(attrAddresses, s.Address.String()))
	}
	return o
}
