package carrier

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/cleannet/cleannet/internal/format/bgp"
	"github.com/cleannet/cleannet/internal/format/bmp"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/format/pcap"
)

// maxPeers is how many sessions of all routers of an input are remembered.
const maxPeers = 1 << 18

// bmpStream is what one router tells.
type bmpStream struct {
	listener *listener
	router   string
	framer   bmp.Framer
	marks    marks
	written  int64
	peers    map[bmp.PeerKey]*bmp.Session

	update bgp.Update
	walk   bgp.Routes
	path   []byte
}

func newBMPStream(l *listener, router string) *bmpStream {
	return &bmpStream{listener: l, router: router, peers: make(map[bmp.PeerKey]*bmp.Session)}
}

func (s *bmpStream) piece(p *pcap.Piece) {
	if p.Lost > 0 {
		s.framer.Lose(p.Lost)
		s.written += p.Lost
	}
	s.marks.add(s.written, p)
	s.written += int64(len(p.Data))
	_, _ = s.framer.Write(p.Data) // never fails
	s.messages()
}

func (s *bmpStream) end() {
	s.framer.End()
	s.messages()
}

func (s *bmpStream) messages() {
	for {
		m, err := s.framer.Next()
		if gap, ok := errors.AsType[*bmp.Gap](err); ok {
			at := s.marks.position(gap.Offset, gap.Size)
			s.listener.problem(at.offset, fmt.Sprintf("what %s sent: %v", s.router, gap), captureAgain)
			continue
		} else if err != nil {
			return
		}
		at := s.marks.position(m.Offset, int64(m.Size()))
		s.listener.counts["bmp: "+m.Type.String()+" messages"]++
		if err := s.message(&m, at); err != nil {
			s.listener.problem(at.offset, fmt.Sprintf("what %s sent: %v", s.router, err), captureAgain)
		}
	}
}

// message takes in a message. The error says what of it could not be read.
func (s *bmpStream) message(m *bmp.Message, at position) error {
	switch m.Type {
	case bmp.PeerUp:
		up, err := bmp.ParsePeerUp(m)
		if err != nil {
			return err
		}
		return s.up(up, at)
	case bmp.PeerDown:
		p, reason, err := bmp.ParsePeerDown(m)
		if err != nil {
			return err
		}
		s.down(&p, reason, at)
	case bmp.RouteMonitoring:
		r, err := bmp.ParseRoutes(m)
		if err != nil {
			return err
		}
		return s.routes(&r, at)
	case bmp.StatisticsReport:
		_, _, err := bmp.ParseStatistics(m)
		return err
	case bmp.RouteMirroring:
		// Mirrored messages are also told of as routes, or were malformed.
		_, err := bmp.ParseMirrored(m)
		return err
	case bmp.Initiation, bmp.Termination:
		_, err := bmp.ParseInformation(m)
		return err
	}
	return nil
}

func (s *bmpStream) up(up bmp.Up, at position) error {
	session, err := bmp.ReadSession(up)
	if err != nil {
		return err
	}
	key := up.Peer.PeerKey
	if s.peers[key] == nil {
		if s.listener.peers++; s.listener.peers > maxPeers {
			return fmt.Errorf("more than %d sessions at a time: this one is not followed", maxPeers)
		}
	}
	s.peers[key] = &session
	s.prove(&session, &up.Peer, 0, at)
	return nil
}

func (s *bmpStream) down(p *bmp.Peer, reason bmp.DownReason, at position) {
	session := s.peers[p.PeerKey]
	if session == nil {
		return
	}
	delete(s.peers, p.PeerKey)
	s.listener.peers--
	if reason != bmp.DownNotMonitored {
		s.prove(session, p, 1, at)
	}
}

// prove notes the session of a peer.
func (s *bmpStream) prove(session *bmp.Session, p *bmp.Peer, ended int64, at position) {
	if !p.Time.IsZero() {
		at.time = p.Time
	}
	if proof, ok := BMPSession(session); ok {
		proof.Ended, proof.Established = ended, 1-ended
		s.listener.session(&proof, at)
	}
}

// BMPSession returns what a peer up proves. The router's own table is no session.
func BMPSession(s *bmp.Session) (Session, bool) {
	return Session{
		Local: s.LocalOpen.ASN, Remote: s.RemoteOpen.ASN, Address: s.Peer.Addr, ByBMP: true,
	}, s.Peer.Type != bmp.PeerLocRIB
}

// routes takes in what a route monitoring announces.
func (s *bmpStream) routes(r *bmp.Routes, at position) error {
	session := s.peers[r.Peer.PeerKey]
	encoding, err := r.Decode(&s.update, session)
	if err != nil {
		return err
	}
	if !r.Peer.Time.IsZero() {
		at.time = r.Peer.Time
	}
	raw, err := mrt.FindPath(s.update.Attrs, encoding.AS4)
	if err != nil {
		return err
	}
	s.path = AppendOwn(s.path[:0], OwnNetwork(&r.Peer, session), &raw)
	peer := BMPWitness(&r.Peer, session)
	s.listener.update(&s.update, &s.walk, peer, at, raw)
	return nil
}

// OwnNetwork returns the number that stands before the path of a route in the
// router's table, although the table does not hold it: that of its own network,
// for routes that it chose itself or has from within its network. It is 0 for
// routes of other networks, whose number is on the path already.
func OwnNetwork(p *bmp.Peer, s *bmp.Session) uint32 {
	switch {
	case p.View == bmp.LocRIB:
		return p.ASN
	case s != nil && s.LocalOpen.ASN == s.RemoteOpen.ASN && (p.View == bmp.PreIn || p.View == bmp.PostIn):
		return s.LocalOpen.ASN
	}
	return 0
}

// AppendOwn puts a number before a path that is not empty, in memory that it
// appends to dst and returns. Numbers that do not fit leave the path as it is.
func AppendOwn(dst []byte, own uint32, raw *mrt.RawPath) []byte {
	if own == 0 || len(raw.ASPath) == 0 || !raw.AS4 && own > 0xffff {
		return dst
	}
	dst = append(dst, byte(mrt.ASSequence), 1)
	if raw.AS4 {
		dst = append(dst, byte(own>>24), byte(own>>16))
	}
	dst = append(dst, byte(own>>8), byte(own))
	dst = append(dst, raw.ASPath...)
	raw.ASPath = dst
	return dst
}

// BMPWitness returns who shows a route: the peer that sent it, or the router for
// routes that it chose or sends.
func BMPWitness(p *bmp.Peer, s *bmp.Session) mrt.Peer {
	switch {
	case p.View == bmp.LocRIB:
		return mrt.Peer{BGPID: p.BGPID, Addr: p.BGPID, ASN: p.ASN}
	case p.View == bmp.PreIn || p.View == bmp.PostIn:
		return mrt.Peer{BGPID: p.BGPID, Addr: p.Addr, ASN: p.ASN}
	case s != nil:
		return mrt.Peer{BGPID: s.LocalOpen.ID, Addr: s.Local, ASN: s.LocalOpen.ASN}
	}
	return mrt.Peer{Addr: netip.IPv4Unspecified()} // a router that has not told of itself
}

// update takes in what an update announces, over a path.
func (l *listener) update(u *bgp.Update, walk *bgp.Routes, peer mrt.Peer, at position, raw mrt.RawPath) {
	l.table.queue.begin(at.place())
	for _, list := range u.Announced() {
		for walk.Reset(list); walk.Next(); {
			route := walk.Route()
			if !route.Prefix.IsValid() {
				l.counts["bgp: routes left out that are no prefixes"]++
				continue
			}
			l.table.told(&peer, route.Prefix, raw)
		}
		if walk.Err() != nil {
			l.counts["bgp: updates left out of "+list.Family.String()]++
		}
	}
	l.table.drain() // before the memory of the update is used again
	for _, list := range u.Withdrawn() {
		for walk.Reset(list); walk.Next(); {
			l.counts["bgp: routes withdrawn"]++
		}
	}
}
