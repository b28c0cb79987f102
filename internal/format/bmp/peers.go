package bmp

import (
	"fmt"

	"github.com/cleannet/cleannet/internal/format/bgp"
)

// Session is what a peer up says of a session, with its OPEN messages read.
type Session struct {
	Up
	// Local is what the router said to open it, Remote what the peer said. The
	// router's own table has no peer, and both are made up by the router.
	LocalOpen, RemoteOpen bgp.Open
}

// ReadSession reads the OPEN messages of a peer up. The error wraps [ErrBody];
// what could be read is there all the same.
func ReadSession(up Up) (Session, error) {
	s := Session{Up: up}
	for _, side := range []struct {
		name string
		raw  []byte
		to   *bgp.Open
	}{{"sent", up.Sent, &s.LocalOpen}, {"received", up.Received, &s.RemoteOpen}} {
		m, _, err := bgp.NextMessage(side.raw)
		if err == nil {
			*side.to, err = bgp.ParseOpen(m.Body)
			side.to.Capabilities = nil // they share memory with the message
		}
		if err != nil {
			return s, fmt.Errorf("%w of peer up: OPEN that the router %s: %w", ErrBody, side.name, err)
		}
	}
	s.Sent, s.Received, s.Information = nil, nil, nil
	return s, nil
}

// Encoding returns how the updates of a message are written: by the bits of its
// per-peer header, the capabilities that it carries itself, and the session's
// OPEN messages. The session is nil if none was seen.
//
// RFC 7854 section 4.2 leaves the size of AS numbers to the header alone. What is
// received from a peer has a path identifier if the peer said that it sends them
// and the router that it takes them; what is sent to it, the other way round;
// and the router's own table if it said so at all (RFC 9069 section 4.4.1).
func (p *Peer) Encoding(s *Session, capabilities []byte) bgp.Session {
	e := bgp.Session{AS4: !p.TwoByte}
	if s != nil {
		switch p.View {
		case PreIn, PostIn:
			e.AddPath = bgp.Negotiate(s.RemoteOpen, s.LocalOpen).AddPath
		case PreOut, PostOut:
			e.AddPath = bgp.Negotiate(s.LocalOpen, s.RemoteOpen).AddPath
		case LocRIB:
			e.AddPath = s.LocalOpen.AddPathSend | s.LocalOpen.AddPathReceive | s.RemoteOpen.AddPathSend | s.RemoteOpen.AddPathReceive
		}
	}
	for len(capabilities) >= 2 && len(capabilities) >= 2+int(capabilities[1]) {
		end := 2 + int(capabilities[1])
		if code, value := bgp.CapabilityCode(capabilities[0]), capabilities[2:end]; code == bgp.CapabilityAddPath {
			for ; len(value) >= 4; value = value[4:] {
				f := bgp.Family{AFI: bgp.AFI(uint16(value[0])<<8 | uint16(value[1])), SAFI: bgp.SAFI(value[2])}
				if value[3] != 0 {
					e.AddPath = e.AddPath.With(f)
				}
			}
		}
		capabilities = capabilities[end:]
	}
	return e
}

// Decode reads the UPDATE of a route monitoring under the session's encoding.
// Where that leaves a fault, it tries what the router may have done beside what
// it said: without a peer up, which a capture may have missed, nothing tells
// whether routes have path identifiers; and some routers forget the bit for AS
// numbers of 2 bytes. Another reading counts only if it leaves no fault at all.
// encoding is the one that was used.
func (r *Routes) Decode(u *bgp.Update, s *Session) (encoding bgp.Session, err error) {
	m, _, err := bgp.NextMessage(r.Update)
	if err != nil {
		return bgp.Session{}, err
	}
	said := r.Peer.Encoding(s, r.Capabilities)
	if err = u.Parse(m.Body, said); u.Treatment == bgp.Accept {
		return said, err
	}
	for _, paths := range []bgp.Families{said.AddPath, bgp.AllFamilies()} {
		for _, wide := range []bool{said.AS4, !said.AS4} {
			other := bgp.Session{AS4: wide, AddPath: paths}
			if other == said || s != nil && paths != said.AddPath {
				continue
			}
			if err := u.Parse(m.Body, other); err == nil && u.Treatment == bgp.Accept {
				return other, nil
			}
		}
	}
	return said, u.Parse(m.Body, said)
}
