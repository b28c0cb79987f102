package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/cleannet/cleannet/internal/domain/carrier"
	"github.com/cleannet/cleannet/internal/format/bgp"
	"github.com/cleannet/cleannet/internal/format/bmp"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/watch"
	"github.com/cleannet/cleannet/internal/watch/rib"
)

// BMP is a station that routers send BMP to (RFC 7854). A router is known by its
// address and the name that it gives itself.
type BMP struct {
	Watcher *watch.Watcher
}

// station is the connection of one router.
type station struct {
	connection
	watcher *watch.Watcher
	conn    net.Conn
	framer  bmp.Framer
	peers   map[bmp.PeerKey]*bmp.Session
	tables  map[tableKey]*table
	path    []byte
	ended   string // why the router ends the connection
}

// tableKey names a table of a peer.
type tableKey struct {
	peer bmp.PeerKey
	view bmp.View
}

// table is a table of a peer that was told of. Its source is nil if there was no
// room for it.
type table struct {
	name   string
	source *rib.Source
	ends   ends
}

// maxTables is how many tables of peers of one router are followed, and how many
// sessions.
const maxTables = 1 << 14

// Speak implements [Protocol].
func (b BMP) Speak(ctx context.Context, c net.Conn) error {
	s := &station{
		watcher: b.Watcher, conn: c,
		peers: make(map[bmp.PeerKey]*bmp.Session), tables: make(map[tableKey]*table),
	}
	err := s.run()
	if s.link != nil {
		s.watcher.Update(func() { s.link.Close(end(ctx, err)) })
	}
	return err
}

func (s *station) run() error {
	buf := make([]byte, bufferSize)
	for {
		n, err := s.conn.Read(buf)
		_, _ = s.framer.Write(buf[:n]) // never fails
		if taken := s.take(); taken != nil {
			return taken
		}
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// take takes in all whole messages. Who sends is known by the first.
func (s *station) take() error {
	m, err := s.next()
	if err != nil || m == nil {
		return err
	}
	if s.link == nil {
		name := nameOf("bmp", addrOf(s.conn))
		if sys := systemName(m); sys != "" {
			name = nameOf(name, sys)
		}
		s.link = s.watcher.Connect(name, func() { _ = s.conn.Close() })
	}
	s.watcher.Update(func() {
		for m != nil && err == nil {
			if bad := s.message(m); bad != nil {
				s.blame(bad.Error())
			}
			if m, err = s.next(); s.ended != "" {
				err = errors.New(s.ended)
			}
		}
	})
	return err
}

// next returns the next whole message, nil if there is none yet. What is no
// message ends the connection, since nothing after it can be relied on; the
// router connects again and tells all anew.
func (s *station) next() (*bmp.Message, error) {
	m, err := s.framer.Next()
	if errors.Is(err, bmp.ErrShort) {
		if s.framer.Garbled() {
			return nil, errors.New("what was received is no BMP: the connection is closed")
		}
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("%w: the connection is closed", err)
	}
	return &m, nil
}

// systemName returns the name that a router gives itself.
func systemName(m *bmp.Message) string {
	all, err := bmp.ParseInformation(m)
	if err != nil || m.Type != bmp.Initiation {
		return ""
	}
	const longest = 64
	for _, t := range all {
		if t.Type == bmp.InfoName && len(t.Value) <= longest {
			return strings.ToValidUTF8(string(t.Value), "_")
		}
	}
	return ""
}

// message takes in a message. The error says what of it could not be read.
func (s *station) message(m *bmp.Message) error {
	switch m.Type {
	case bmp.PeerUp:
		up, err := bmp.ParsePeerUp(m)
		if err != nil {
			return err
		}
		return s.up(up, m)
	case bmp.PeerDown:
		p, reason, err := bmp.ParsePeerDown(m)
		if err != nil {
			return err
		}
		s.down(&p, reason)
	case bmp.RouteMonitoring:
		r, err := bmp.ParseRoutes(m)
		if err != nil {
			return err
		}
		return s.routes(&r, m)
	case bmp.Termination:
		s.ended = "the router ends the connection"
	}
	return nil
}

// placeOf returns where a message stands, and when the router learned what it
// says.
func placeOf(m *bmp.Message, p *bmp.Peer) rib.Place {
	return rib.Place{Offset: m.Offset, Length: int64(m.Size()), Time: p.Time}
}

func (s *station) up(up bmp.Up, m *bmp.Message) error {
	session, err := bmp.ReadSession(up)
	if err != nil {
		return err
	}
	key := up.Peer.PeerKey
	if s.peers[key] != nil {
		s.clear(key) // it went down and nobody said so
	} else if len(s.peers) >= maxTables {
		return fmt.Errorf("more than %d sessions: that with %s is left out", maxTables, up.Peer.Addr)
	}
	s.peers[key] = &session
	if proof, ok := carrier.BMPSession(&session); ok {
		s.link.Event(watch.EventSession, fmt.Sprintf("AS%d %s with AS%d %s is up", proof.Local, session.Local, proof.Remote, up.Peer.Addr))
		if source := s.sessions(&session); source != nil && proof.Between() {
			source.Session(factOf(&proof), placeOf(m, &up.Peer))
			source.Sweep() // it has no other
		}
	}
	return nil
}

// sessions returns the source that shows the session with a peer.
func (s *station) sessions(session *bmp.Session) *rib.Source {
	name := session.Local.String() + "-" + session.Peer.Addr.String()
	return s.link.Source("session "+name, mrt.Peer{BGPID: session.LocalOpen.ID, Addr: session.Local, ASN: session.LocalOpen.ASN})
}

func factOf(s *carrier.Session) carrier.Fact {
	return carrier.Fact{Kind: carrier.KindSession, Left: s.Local, Right: s.Remote}
}

func (s *station) down(p *bmp.Peer, reason bmp.DownReason) {
	session := s.peers[p.PeerKey]
	delete(s.peers, p.PeerKey)
	unseen := reason == bmp.DownNotMonitored
	for key, t := range s.tables {
		if key.peer != p.PeerKey {
			continue
		}
		if t.source != nil {
			s.link.Drop(t.name, unseen)
		}
		delete(s.tables, key)
	}
	if session == nil {
		return
	}
	proof, ok := carrier.BMPSession(session)
	if !ok {
		return
	}
	s.link.Event(watch.EventSession, fmt.Sprintf("AS%d %s with AS%d %s ended: %s", proof.Local, session.Local, proof.Remote, p.Addr, reason))
	if source := s.sessions(session); source != nil {
		if !unseen {
			source.EndSession(factOf(&proof))
		}
		s.link.Drop("session "+session.Local.String()+"-"+p.Addr.String(), unseen)
	}
}

// clear takes away the routes of a peer.
func (s *station) clear(peer bmp.PeerKey) {
	for key, t := range s.tables {
		if key.peer == peer && t.source != nil {
			t.source.Clear()
		}
	}
}

func (s *station) routes(r *bmp.Routes, m *bmp.Message) error {
	session := s.peers[r.Peer.PeerKey]
	t := s.table(&r.Peer, session)
	if t.source == nil {
		return nil // that was told of
	}
	encoding, err := r.Decode(&s.update, session)
	if err != nil {
		s.apply(t.source, t.name, mrt.RawPath{}, false, rib.Place{})
		return fmt.Errorf("%s: UPDATE: %w: what it announces is taken as withdrawn", t.name, err)
	}
	if family, end := s.update.EndOfRIB(); end {
		if t.ends.take(family) {
			s.link.Synced(t.source)
		}
		return nil
	}
	raw, err := mrt.FindPath(s.update.Attrs, encoding.AS4)
	s.path = carrier.AppendOwn(s.path[:0], carrier.OwnNetwork(&r.Peer, session), &raw)
	// The router holds the route whatever is wrong with it, so only what is said
	// here matters: its path, and which routes.
	s.apply(t.source, t.name, raw, err == nil, placeOf(m, &r.Peer))
	if s.update.Treatment == bgp.ResetSession || err != nil {
		return fmt.Errorf("%s: UPDATE: %w", t.name, errors.Join(s.update.Fault, err))
	}
	return nil
}

// table returns the table that a message is about.
func (s *station) table(p *bmp.Peer, session *bmp.Session) *table {
	key := tableKey{p.PeerKey, p.View}
	if t, ok := s.tables[key]; ok {
		return t
	}
	if len(s.tables) >= maxTables {
		return &table{}
	}
	name := fmt.Sprintf("%s AS%d %s", p.Addr, p.ASN, p.View)
	if p.View == bmp.LocRIB {
		name = p.View.String()
	}
	if p.Distinguisher != 0 {
		name += fmt.Sprintf(" of %x", p.Distinguisher)
	}
	t := &table{name: name, source: s.link.Source(name, carrier.BMPWitness(p, session))}
	if session != nil {
		t.ends = endsOf(&session.LocalOpen, &session.RemoteOpen)
	}
	s.tables[key] = t
	return t
}
