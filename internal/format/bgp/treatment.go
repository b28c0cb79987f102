package bgp

import (
	"errors"
	"fmt"
)

// Treatment is what a router has to do with an update because of errors in it
// (RFC 7606 section 2). Treatments are ordered from the mildest to the worst.
type Treatment uint8

// Treatments.
const (
	Accept       Treatment = iota // as it stands
	Discard                       // without the damaged attribute
	Withdraw                      // as if it withdrew what it announces
	ResetSession                  // end the session: nothing after it can be trusted
)

// String returns the treatment in the words of RFC 7606.
func (t Treatment) String() string {
	switch t {
	case Accept:
		return "accept"
	case Discard:
		return "attribute discard"
	case Withdraw:
		return "treat as withdraw"
	}
	return "session reset"
}

// Faults of attributes.
var (
	errLength   = errors.New("impossible length")
	errValue    = errors.New("impossible value")
	errFlags    = errors.New("flags that the attribute cannot have")
	errMissing  = errors.New("mandatory attribute missing")
	errSegments = errors.New("malformed path segments")
)

// blame notes a fault, if it is worse than the one that is known.
func (u *Update) blame(t Treatment, fault error) {
	if t > u.Treatment {
		u.Treatment, u.Fault = t, fault
	}
}

// check holds an attribute against its specification (RFC 7606 sections 3, 5
// and 7, RFC 6793 section 6, RFC 8092 section 6).
func (u *Update) check(a Attribute, s Session) {
	t, fault := judge(a, s)
	if fault != nil {
		u.blame(t, fmt.Errorf("%s of %d bytes: %w", a.Type, len(a.Value), fault))
	}
	wrong, known := wrongFlags(a)
	if known && wrong {
		u.blame(Withdraw, fmt.Errorf("%s with flags %#02x: %w", a.Type, uint8(a.Flags), errFlags))
	}
}

// wrongFlags reports whether the attribute says of itself that it is optional
// or transitive where it is not, or the other way (RFC 7606 section 3 c). known
// is false for attributes whose flags this package does not know.
func wrongFlags(a Attribute) (wrong, known bool) {
	var want AttrFlags
	switch a.Type {
	case AttrOrigin, AttrASPath, AttrNextHop, AttrLocalPref, AttrAtomicAggregate:
		want = FlagTransitive
	case AttrMED, AttrOriginatorID, AttrClusterList, AttrMPReach, AttrMPUnreach:
		want = FlagOptional
	case AttrAggregator, AttrCommunities, AttrExtendedCommunities, AttrAS4Path,
		AttrAS4Aggregator, AttrLargeCommunities, AttrOnlyToCustomer:
		want = FlagOptional | FlagTransitive
	default:
		return false, false
	}
	return a.Flags&(FlagOptional|FlagTransitive) != want, true
}

// judge holds the value of an attribute against its specification.
func judge(a Attribute, s Session) (Treatment, error) {
	n := len(a.Value)
	switch a.Type {
	case AttrOrigin:
		if n != 1 {
			return Withdraw, errLength
		}
		if a.Value[0] > 2 {
			return Withdraw, errValue
		}
	case AttrASPath:
		size := 2
		if s.AS4 {
			size = 4
		}
		return Withdraw, segments(a.Value, size)
	case AttrNextHop, AttrMED, AttrLocalPref, AttrOriginatorID, AttrOnlyToCustomer:
		return Withdraw, lengthOf(n == 4)
	case AttrAtomicAggregate:
		return Discard, lengthOf(n == 0)
	case AttrAggregator:
		return Discard, lengthOf(n == 6 && !s.AS4 || n == 8 && s.AS4)
	case AttrCommunities, AttrClusterList:
		return Withdraw, lengthOf(n > 0 && n%4 == 0)
	case AttrExtendedCommunities:
		return Withdraw, lengthOf(n > 0 && n%8 == 0)
	case AttrLargeCommunities:
		return Withdraw, lengthOf(n > 0 && n%12 == 0)
	case AttrAS4Path:
		return Discard, segments(a.Value, 4)
	case AttrAS4Aggregator:
		return Discard, lengthOf(n == 8)
	}
	return Accept, nil
}

// lengthOf returns errLength unless the length is right.
func lengthOf(right bool) error {
	if right {
		return nil
	}
	return errLength
}

// segments checks an AS path whose numbers have size bytes (RFC 7606 section
// 7.2).
func segments(b []byte, size int) error {
	for len(b) > 0 {
		if len(b) < 2 || b[0] < 1 || b[0] > 4 || b[1] == 0 || len(b) < 2+int(b[1])*size {
			return errSegments
		}
		b = b[2+int(b[1])*size:]
	}
	return nil
}

// checkMandatory looks for the attributes that an announcement needs (RFC 4271
// section 5, RFC 7606 section 3 d).
func (u *Update) checkMandatory() {
	if len(u.announced.Bytes) == 0 && len(u.mpAnnounced.Bytes) == 0 {
		return
	}
	for _, t := range [...]AttrType{AttrOrigin, AttrASPath, AttrNextHop} {
		if !u.has(t) && (t != AttrNextHop || len(u.announced.Bytes) > 0) {
			u.blame(Withdraw, fmt.Errorf("%s: %w", t, errMissing))
			return
		}
	}
}

// checkRoutes sees whether all routes can be told apart; where they cannot, the
// session cannot go on (RFC 7606 section 5.3).
func (u *Update) checkRoutes() {
	var routes Routes
	for _, n := range [...]NLRI{u.withdrawn, u.announced, u.mpWithdrawn, u.mpAnnounced} {
		for routes.Reset(n); routes.Next(); {
			continue
		}
		if err := routes.Err(); err != nil && !errors.Is(err, ErrFamily) {
			u.blame(ResetSession, err)
		}
	}
}
