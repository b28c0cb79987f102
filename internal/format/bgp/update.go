package bgp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// ErrUpdate is the error of an UPDATE whose parts do not fit into it.
var ErrUpdate = errors.New("malformed UPDATE")

// Update is an UPDATE (RFC 4271 section 4.3), undecoded where decoding depends
// on what one wants. Everything shares memory with the message.
//
// The zero value is an empty update. Parse may be called again and again on
// the same value, and does not allocate for a sound message.
type Update struct {
	// Attrs are the path attributes as they stand, those of MP_REACH_NLRI and
	// MP_UNREACH_NLRI among them. Walk them by [NextAttribute].
	Attrs []byte
	// ASPath, AS4Path, Origin, Aggregator and Communities are the values of the
	// attributes of that name: nil if there is none, and the first if there are
	// several.
	ASPath, AS4Path, Origin, Aggregator, Communities []byte
	// NextHop is where the routes lead: of MP_REACH_NLRI if the update has it,
	// else of NEXT_HOP. It is not valid if there is none or it is malformed.
	NextHop netip.Addr
	// Treatment says what a router has to do with the update because it is
	// damaged (RFC 7606), and Fault why; it keeps the first of the worst.
	Treatment Treatment
	Fault     error

	announced, withdrawn     NLRI
	mpAnnounced, mpWithdrawn NLRI
	seen                     [4]uint64 // attributes so far, by type
}

// Parse decodes the body of an UPDATE. The error wraps [ErrUpdate] or
// [ErrAttributes]: the message is torn, and what was found before the damage is
// there. Errors inside whole attributes are no errors of Parse, but a
// [Treatment].
func (u *Update) Parse(body []byte, s Session) error {
	*u = Update{}
	withdrawn, rest, ok := counted(body)
	if !ok {
		u.blame(ResetSession, fmt.Errorf("withdrawn routes in %d bytes: %w", len(body), ErrUpdate))
		return u.Fault
	}
	attrs, announced, ok := counted(rest)
	if !ok {
		u.blame(ResetSession, fmt.Errorf("path attributes in %d bytes: %w", len(rest), ErrUpdate))
		return u.Fault
	}
	u.Attrs = attrs
	plain := IPv4()
	u.withdrawn = NLRI{plain, s.AddPath.Has(plain), withdrawn}
	u.announced = NLRI{plain, s.AddPath.Has(plain), announced}
	for b := attrs; len(b) > 0; {
		a, after, err := NextAttribute(b)
		if err != nil {
			u.blame(Withdraw, err) // RFC 7606 section 4
			u.checkRoutes()
			return err
		}
		u.attribute(a, s)
		b = after
	}
	u.checkMandatory()
	u.checkRoutes()
	return nil
}

// counted takes a part that states its length in two bytes.
func counted(b []byte) (part, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	end := 2 + int(binary.BigEndian.Uint16(b))
	if len(b) < end {
		return nil, nil, false
	}
	return b[2:end:end], b[end:], true
}

// Announced returns the routes that the update announces: those that stand in
// it, and those of MP_REACH_NLRI. Either may be empty.
func (u *Update) Announced() [2]NLRI { return [2]NLRI{u.announced, u.mpAnnounced} }

// Withdrawn returns the routes that the update withdraws: those that stand in
// it, and those of MP_UNREACH_NLRI. Either may be empty.
func (u *Update) Withdrawn() [2]NLRI { return [2]NLRI{u.withdrawn, u.mpWithdrawn} }

// EndOfRIB reports whether the update says that the table has been sent, and
// of which family (RFC 4724 section 2).
func (u *Update) EndOfRIB() (Family, bool) {
	switch {
	case len(u.withdrawn.Bytes)+len(u.announced.Bytes)+len(u.mpWithdrawn.Bytes)+len(u.mpAnnounced.Bytes) > 0:
	case len(u.Attrs) == 0 && u.Treatment == Accept:
		return IPv4(), true
	case u.has(AttrMPUnreach) && u.only(AttrMPUnreach):
		return u.mpWithdrawn.Family, true
	}
	return Family{}, false
}

// has reports whether the update has the attribute.
func (u *Update) has(t AttrType) bool { return u.seen[t/64]>>(t%64)&1 == 1 }

// only reports whether the attribute is the only one.
func (u *Update) only(t AttrType) bool {
	a, rest, err := NextAttribute(u.Attrs)
	return err == nil && a.Type == t && len(rest) == 0
}

// attribute takes in one attribute.
func (u *Update) attribute(a Attribute, s Session) {
	if u.has(a.Type) {
		if a.Type == AttrMPReach || a.Type == AttrMPUnreach {
			u.blame(ResetSession, fmt.Errorf("%s twice", a.Type))
		}
		return // RFC 7606 section 3 g: the first counts
	}
	u.seen[a.Type/64] |= 1 << (a.Type % 64)
	u.check(a, s)
	switch a.Type {
	case AttrOrigin:
		u.Origin = a.Value
	case AttrASPath:
		u.ASPath = a.Value
	case AttrNextHop:
		if len(a.Value) == 4 && !u.has(AttrMPReach) {
			u.NextHop = netip.AddrFrom4([4]byte(a.Value))
		}
	case AttrAggregator:
		u.Aggregator = a.Value
	case AttrCommunities:
		u.Communities = a.Value
	case AttrAS4Path:
		u.AS4Path = a.Value
	case AttrMPReach:
		u.reach(a.Value, s)
	case AttrMPUnreach:
		u.unreach(a.Value, s)
	}
}

// reach takes in MP_REACH_NLRI (RFC 4760 section 3): family, next hop, a byte
// that once counted something, routes.
func (u *Update) reach(b []byte, s Session) {
	if len(b) < 5 || len(b) < 5+int(b[3]) {
		u.blame(ResetSession, fmt.Errorf("%s of %d bytes: %w", AttrMPReach, len(b), ErrUpdate))
		return
	}
	f, end := family(b), 4+int(b[3])
	u.NextHop = nextHop(b[4:end], f)
	u.mpAnnounced = NLRI{f, s.AddPath.Has(f), b[end+1:]}
}

// unreach takes in MP_UNREACH_NLRI (RFC 4760 section 4): family, routes.
func (u *Update) unreach(b []byte, s Session) {
	if len(b) < 3 {
		u.blame(ResetSession, fmt.Errorf("%s of %d bytes: %w", AttrMPUnreach, len(b), ErrUpdate))
		return
	}
	f := family(b)
	u.mpWithdrawn = NLRI{f, s.AddPath.Has(f), b[3:]}
}

// nextHop decodes a next hop: an address, or two of which the second is
// link-local (RFC 2545 section 3); those of a VPN begin with a distinguisher of
// zeros (RFC 4364 section 4.3.2, RFC 4659 section 3.2.1).
func nextHop(b []byte, f Family) netip.Addr {
	if s := f.shape(); s == shapeVPN || s == shapeVPNBare {
		const rd = 8
		if len(b) != rd+4 && len(b) != rd+16 && len(b) != 2*(rd+16) {
			return netip.Addr{}
		}
		b = b[rd:]
		if len(b) > 16 {
			b = b[:16]
		}
	}
	switch len(b) {
	case 4:
		return netip.AddrFrom4([4]byte(b))
	case 16, 32:
		return netip.AddrFrom16([16]byte(b))
	}
	return netip.Addr{}
}
