package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/cleannet/cleannet/internal/domain/carrier"
	"github.com/cleannet/cleannet/internal/format/bgp"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/watch"
	"github.com/cleannet/cleannet/internal/watch/rib"
)

// BGP is a BGP speaker that waits for its peers to connect, takes their routes,
// and announces none (RFC 4271). A peer is known by its address and AS number.
type BGP struct {
	Watcher *watch.Watcher
	ASN     uint32     // its own number
	ID      netip.Addr // its BGP identifier, an IPv4 address
	// Peers are the addresses that may connect; empty for all.
	Peers []netip.Addr
	// HoldTime is for how long a peer may be silent. Default 90 seconds.
	HoldTime time.Duration
}

// The codes of NOTIFICATIONs that are sent (RFC 4271 section 4.5, RFC 4486).
const (
	codeHeader, codeOpen, codeUpdate, codeHold, codeState, codeCease = 1, 2, 3, 4, 5, 6
)

// fault is an error that the peer is told of.
type fault struct {
	code, subcode byte
	err           error
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// speaker is the session with one peer.
type speaker struct {
	connection
	config   BGP
	conn     net.Conn
	remote   netip.Addr
	open     bgp.Open // the peer's
	encoding bgp.Session
	hold     time.Duration
	buf      []byte // received and not taken in
	received int64  // before buf
	source   *rib.Source
	ends     ends
	path     []byte

	writing sync.Mutex
}

const tableIn = "Adj-RIB-In"

// Speak implements [Protocol].
func (b BGP) Speak(ctx context.Context, c net.Conn) error {
	s := &speaker{config: b, conn: c, hold: b.HoldTime}
	if s.hold <= 0 {
		s.hold = 90 * time.Second
	}
	err := s.run(ctx)
	if f, ok := errors.AsType[*fault](err); ok {
		s.notify(f.code, f.subcode)
	} else if ctx.Err() != nil {
		s.notify(codeCease, 2) // administrative shutdown
	}
	if s.link != nil {
		s.config.Watcher.Update(func() { s.link.Close(end(ctx, err)) })
	}
	return err
}

func (s *speaker) run(ctx context.Context) error {
	if err := s.establish(); err != nil {
		return err
	}
	alive, stop := context.WithCancel(ctx)
	defer stop()
	go s.keepalives(alive)
	chunk := make([]byte, bufferSize)
	for {
		if err := s.take(); err != nil {
			return err
		}
		n, err := s.read(chunk)
		s.buf = append(s.buf, chunk[:n]...)
		if err != nil {
			return err
		}
	}
}

// read reads what the peer sent, or fails when it is silent for too long.
func (s *speaker) read(chunk []byte) (int, error) {
	if s.hold > 0 {
		if err := s.conn.SetReadDeadline(time.Now().Add(s.hold)); err != nil {
			return 0, err
		}
	} else if err := s.conn.SetReadDeadline(time.Time{}); err != nil {
		return 0, err
	}
	n, err := s.conn.Read(chunk)
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return n, &fault{codeHold, 0, fmt.Errorf("nothing was heard for %s", s.hold)}
	}
	if err == io.EOF {
		err = errors.New("closed by the peer")
	}
	return n, err
}

// next returns the next message, nil if it is not whole yet.
func (s *speaker) next() (*bgp.Message, error) {
	m, rest, err := bgp.NextMessage(s.buf)
	switch {
	case errors.Is(err, bgp.ErrShort):
		return nil, nil
	case errors.Is(err, bgp.ErrMarker):
		return nil, &fault{codeHeader, 1, err}
	case err != nil:
		return nil, &fault{codeHeader, 2, err}
	case len(s.buf)-len(rest) > bgp.MaxMessage && m.Type != bgp.TypeUpdate:
		return nil, &fault{codeHeader, 2, fmt.Errorf("a message of %d bytes", len(s.buf)-len(rest))}
	}
	s.received += int64(len(s.buf) - len(rest))
	s.buf = rest
	return &m, nil
}

// await waits for a message of a type, before the session is up.
func (s *speaker) await(kind bgp.MessageType) (*bgp.Message, error) {
	chunk := make([]byte, bgp.MaxMessage)
	for {
		m, err := s.next()
		switch {
		case err != nil:
			return nil, err
		case m != nil && m.Type == kind:
			return m, nil
		case m != nil && m.Type == bgp.TypeNotification:
			return nil, notified(m)
		case m != nil:
			return nil, &fault{codeState, 0, fmt.Errorf("%s where %s belongs", m.Type, kind)}
		}
		n, err := s.read(chunk)
		s.buf = append(s.buf, chunk[:n]...)
		if err != nil {
			return nil, err
		}
	}
}

// notified is the error of a session that the peer ends.
func notified(m *bgp.Message) error {
	n, err := bgp.ParseNotification(m.Body)
	if err != nil {
		return err
	}
	return fmt.Errorf("the peer ends the session: %s", n)
}

// establish opens the session: OPENs, then KEEPALIVEs.
func (s *speaker) establish() error {
	addr, err := netip.ParseAddrPort(s.conn.RemoteAddr().String())
	if err != nil {
		return err
	}
	s.remote = addr.Addr().Unmap().WithZone("")
	if !s.config.allows(s.remote) {
		return &fault{codeCease, 5, fmt.Errorf("%s is not one of the peers", s.remote)}
	}
	m, err := s.await(bgp.TypeOpen)
	if err != nil {
		return err
	}
	s.open, err = bgp.ParseOpen(m.Body)
	s.open.Capabilities = nil // they share memory with the message
	switch hold := time.Duration(s.open.HoldTime) * time.Second; {
	case err != nil:
		return &fault{codeOpen, 0, err}
	case s.open.Version != 4:
		return &fault{codeOpen, 1, fmt.Errorf("version %d", s.open.Version)}
	case s.open.ASN == 0:
		return &fault{codeOpen, 2, errors.New("AS number 0")}
	case hold > 0 && hold < 3*time.Second:
		return &fault{codeOpen, 6, fmt.Errorf("hold time of %s", hold)}
	default:
		s.hold = min(s.hold, hold) // 0: neither is kept alive
	}
	ours := s.config.answer(&s.open)
	s.encoding, s.ends = bgp.Negotiate(s.open, ours), endsOf(&s.open, &ours)
	if err := s.send(bgp.TypeOpen, openBody(&ours)); err != nil {
		return err
	}
	if err := s.send(bgp.TypeKeepalive, nil); err != nil {
		return err
	}
	if _, err := s.await(bgp.TypeKeepalive); err != nil {
		return err
	}
	s.link = s.config.Watcher.Connect(nameOf("bgp", s.remote.String(), fmt.Sprintf("AS%d", s.open.ASN)), func() { _ = s.conn.Close() })
	s.config.Watcher.Update(func() {
		s.source = s.link.Source(tableIn, mrt.Peer{BGPID: s.open.ID, Addr: s.remote, ASN: s.open.ASN})
	})
	if s.source == nil {
		return &fault{codeCease, 8, errors.New("too many peers")}
	}
	return nil
}

func (b *BGP) allows(a netip.Addr) bool {
	if len(b.Peers) == 0 {
		return true
	}
	return slices.ContainsFunc(b.Peers, func(p netip.Addr) bool { return p.Unmap().WithZone("") == a })
}

// keepalives sends KEEPALIVEs at a third of the hold time.
func (s *speaker) keepalives(ctx context.Context) {
	if s.hold <= 0 {
		return
	}
	tick := time.NewTicker(s.hold / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if s.send(bgp.TypeKeepalive, nil) != nil {
				return // the reader learns of it, too
			}
		}
	}
}

// take takes in all whole messages.
func (s *speaker) take() (err error) {
	s.config.Watcher.Update(func() {
		for err == nil {
			at := s.received
			var m *bgp.Message
			if m, err = s.next(); m == nil || err != nil {
				return
			}
			err = s.message(m, rib.Place{Offset: at, Length: s.received - at, Time: time.Now().UTC()})
		}
	})
	return err
}

func (s *speaker) message(m *bgp.Message, at rib.Place) error {
	switch m.Type {
	case bgp.TypeUpdate:
		return s.routes(m.Body, at)
	case bgp.TypeNotification:
		return notified(m)
	case bgp.TypeOpen:
		return &fault{codeState, 3, errors.New("OPEN in a session that is up")}
	}
	return nil // KEEPALIVE, or a request for routes, of which there are none
}

func (s *speaker) routes(body []byte, at rib.Place) error {
	_ = s.update.Parse(body, s.encoding) // its error is among the treatments
	if family, end := s.update.EndOfRIB(); end {
		if s.ends.take(family) {
			s.link.Synced(s.source)
		}
		return nil
	}
	usable := s.update.Treatment < bgp.Withdraw
	var raw mrt.RawPath
	if usable {
		var err error
		raw, err = mrt.FindPath(s.update.Attrs, s.encoding.AS4)
		usable = err == nil
		if s.open.ASN == s.config.ASN { // its own number is on none of the paths
			s.path = carrier.AppendOwn(s.path[:0], s.config.ASN, &raw)
		}
	}
	s.apply(s.source, tableIn, raw, usable, at)
	switch s.update.Treatment {
	case bgp.ResetSession:
		return &fault{codeUpdate, 1, fmt.Errorf("UPDATE: %w", s.update.Fault)}
	case bgp.Withdraw, bgp.Discard:
		s.blame(fmt.Sprintf("UPDATE: %v: %s", s.update.Fault, s.update.Treatment))
	}
	return nil
}
