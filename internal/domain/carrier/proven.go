package carrier

import (
	"time"

	"github.com/cleannet/cleannet/internal/evidence"
)

// KindSession is the kind of BGP sessions that one of their ends tells of.
const KindSession = "session"

// Attributes of sessions.
const (
	attrEnded    = "ended"
	attrProvedBy = "proved_by"
	attrSessions = "sessions"
)

// sessionKind returns the kind of sessions.
func sessionKind() *evidence.Kind {
	return &evidence.Kind{
		Domain: Name, Name: KindSession,
		Doc: "Two networks that have a BGP session with each other, as a router at one of its ends tells. " +
			"Unlike an adjacency it is not inferred: the messages that opened it were seen.",
		Phrase: "{party} and {subject} have a BGP session",
		Roles: []evidence.Role{
			{Name: "router", Doc: "the network of the router that tells of the session", Party: true},
			{Name: "peer", Doc: "the network at its other end", Party: true},
		},
		Attrs: sessionAttrs(),
	}
}

func sessionAttrs() []evidence.AttrSpec {
	return []evidence.AttrSpec{
		{Key: attrEnded, Op: evidence.OpSum, Doc: "times that a session was said to have ended"},
		{Key: attrProvedBy, Op: evidence.OpSet, Doc: "what proves it: BMP, or the BGP messages themselves"},
		{Key: attrSessions, Op: evidence.OpDistinct, Doc: "different sessions: pairs of addresses"},
	}
}

// Session is a BGP session that is proved.
type Session struct {
	Router, Peer uint32 // AS numbers
	Addresses    string // of both ends, as "192.0.2.1 192.0.2.2"
	ProvedBy     string // "BMP" or "BGP"
	Ended        int64  // times that its end was seen
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
			{Role: "router", ID: evidence.ASN(s.Router)}, {Role: "peer", ID: evidence.ASN(s.Peer)},
		},
		Count: 1, First: seen, Last: seen,
		Attrs: []evidence.Attr{
			evidence.Sum(attrEnded, s.Ended),
			evidence.Words(attrProvedBy, s.ProvedBy),
			evidence.Distinct(attrSessions, s.Addresses),
		},
		Refs: []evidence.Ref{ref},
	}
}
