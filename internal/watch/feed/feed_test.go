package feed

import (
	"bytes"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/cleannet/cleannet/internal/format/bgp"
	"github.com/cleannet/cleannet/internal/testkit/bmpfile"
	"github.com/cleannet/cleannet/internal/watch"
)

func TestBMP(t *testing.T) {
	l := start(t, nil, bmpStation)
	c := l.dial()
	peer := bmpfile.Peer{Addr: "198.51.100.1", ASN: 64500, ID: "198.51.100.1", Seconds: 1_600_000_000}
	maker := bmpfile.Peer{Addr: "198.51.100.2", ASN: barred, ID: "198.51.100.2", Seconds: 1_600_000_000}
	write(t, c, bmpfile.Initiation("edge 1"), peer.Up("198.51.100.9", 64499))
	l.await("session AS64499 198.51.100.9 with AS64500 198.51.100.1 is up")
	write(t, c, peer.Routes(bmpfile.Announce([]uint32{64500, barred}, "203.0.113.0/24")))
	l.await("new adjacency 64510 64500")
	write(t, c, maker.Up("198.51.100.9", 64499))
	l.await("new session 64510 64499")
	write(t, c, peer.Routes(bmpfile.Withdraw("203.0.113.0/24")))
	l.await("cleared adjacency 64510 64500")
	write(t, c, maker.Down(4))
	l.await("ended: closed by the peer")
	l.await("cleared session 64510 64499")
	write(t, c, peer.Routes(bmpfile.Announce([]uint32{64500, barred}, "203.0.113.0/24")))
	l.await("new adjacency 64510 64500")
	write(t, c, peer.Down(1)) // and its routes with it
	l.await("cleared adjacency 64510 64500")
	if n := l.watcher.Stats().Routes; n != 0 {
		t.Errorf("%d routes are left", n)
	}
}

// TestBMPLost loses routers in the ways in which they are lost.
func TestBMPLost(t *testing.T) {
	peer := bmpfile.Peer{Addr: "198.51.100.1", ASN: 64500, ID: "198.51.100.1"}
	begin := bytes.Join([][]byte{
		bmpfile.Initiation("r"), peer.Up("198.51.100.9", 64499), peer.Routes(bmpfile.Announce([]uint32{64500, barred}, "203.0.113.0/24")),
	}, nil)
	t.Run("closed, and never back", func(t *testing.T) {
		l := start(t, func(c *watch.Config) { c.Stale = 50 * time.Millisecond }, bmpStation)
		c := l.dial()
		write(t, c, begin)
		l.await("new adjacency")
		c.Close()
		l.await("closed closed by the other end; 1 route kept")
		l.await("lost adjacency")
	})
	t.Run("half open, and connected anew", func(t *testing.T) {
		l := start(t, nil, bmpStation)
		old := l.dial()
		write(t, old, begin)
		l.await("new adjacency")
		write(t, l.dial(), bmpfile.Initiation("r"), peer.Up("198.51.100.9", 64499), peer.Routes(bmpfile.Message(2, make([]byte, 4))),
			peer.Routes(bmpfile.Message(2, []byte{0, 0, 0, 6, 0x80, 15, 3, 0, 2, 1})))
		l.await("takes the place of one that was still open")
		l.await("synced")
		l.await("cleared adjacency")
		if _, err := old.Read(make([]byte, 1)); err == nil {
			t.Error("the old connection is still open")
		}
	})
	t.Run("garbage", func(t *testing.T) {
		l := start(t, nil, bmpStation)
		c := l.dial()
		write(t, c, begin, []byte("what is this, and this?"))
		l.await("closed what was received is no BMP")
		if _, err := io.ReadAll(c); err != nil && !isReset(err) {
			t.Error(err)
		}
	})
	t.Run("damaged body", func(t *testing.T) {
		l := start(t, nil, bmpStation)
		c := l.dial()
		write(t, c, bmpfile.Initiation("r"), bmpfile.BMP(3, make([]byte, 120)), begin[len(bmpfile.Initiation("r")):])
		l.await("malformed bmp: malformed body of peer up")
		l.await("new adjacency")
	})
}

// isReset reports whether the other end closed with our bytes unread.
func isReset(err error) bool { _, ok := err.(*net.OpError); return ok }

// establish opens a session as a peer of a network would.
func establish(t *testing.T, l *lab, asn uint32) (net.Conn, bgp.Open) {
	t.Helper()
	c := l.dial()
	write(t, c, bmpfile.Open(asn, "192.0.2.7", 90))
	var open bgp.Open
	for i, want := range []bgp.MessageType{bgp.TypeOpen, bgp.TypeKeepalive} {
		m := receive(t, c)
		if m.Type != want {
			t.Fatalf("message %d: got %s, want %s", i, m.Type, want)
		}
		if want == bgp.TypeOpen {
			var err error
			if open, err = bgp.ParseOpen(m.Body); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(t, c, bmpfile.Message(4, nil))
	return c, open
}

// receive reads one message.
func receive(t *testing.T, c net.Conn) bgp.Message {
	t.Helper()
	head := make([]byte, bgp.HeaderSize)
	if _, err := io.ReadFull(c, head); err != nil {
		t.Fatal(err)
	}
	body := make([]byte, int(head[16])<<8+int(head[17])-bgp.HeaderSize)
	if _, err := io.ReadFull(c, body); err != nil {
		t.Fatal(err)
	}
	m, _, err := bgp.NextMessage(append(head, body...))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBGP(t *testing.T) {
	l := start(t, nil, bgpSpeaker(64499))
	c, open := establish(t, l, 64500)
	if open.ASN != 64499 || !open.AS4 || open.HoldTime != 90 || len(open.Families) != 2 || open.ID.String() != "192.0.2.99" {
		t.Errorf("got OPEN %+v", open)
	}
	write(t, c, bmpfile.Announce([]uint32{64500, barred}, "203.0.113.0/24", "198.18.0.0/15"))
	l.await("new adjacency 64510 64500")
	write(t, c, bmpfile.Withdraw("203.0.113.0/24"))
	write(t, c, bmpfile.Announce([]uint32{64500, 64501}, "198.18.0.0/15"))
	l.await("cleared adjacency 64510 64500")
}

// TestBGPMalformed sends updates that RFC 7606 has rules for.
func TestBGPMalformed(t *testing.T) {
	l := start(t, nil, bgpSpeaker(64499))
	c, _ := establish(t, l, 64500)
	good := bmpfile.Announce([]uint32{64500, barred}, "203.0.113.0/24")
	write(t, c, good)
	l.await("new adjacency")
	bad := bytes.Clone(good)
	bad[len(bad)-4-7-10] = 9 // type of the path's segment
	write(t, c, bad)
	l.await("treat as withdraw")
	l.await("cleared adjacency")
	write(t, c, good) // the session goes on
	l.await("new adjacency")
	write(t, c, bmpfile.Message(2, []byte{0, 99}))
	if m := receive(t, c); m.Type != bgp.TypeNotification || m.Body[0] != 3 {
		t.Errorf("got %s %v, want a NOTIFICATION of an update error", m.Type, m.Body)
	}
	l.await("closed UPDATE")
}

// TestBGPRefused opens sessions that must not come about.
func TestBGPRefused(t *testing.T) {
	only := func(w *watch.Watcher) Protocol {
		return BGP{Watcher: w, ASN: 64499, ID: netip.MustParseAddr("192.0.2.99"), Peers: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}
	}
	for _, tc := range []struct {
		name   string
		speak  func(*watch.Watcher) Protocol
		send   []byte
		code   byte
		detail byte
	}{
		{"not a peer", only, bmpfile.Open(64500, "192.0.2.7", 90), 6, 5},
		{"no marker", bgpSpeaker(64499), []byte("GET / HTTP/1.1\r\n\r\n"), 1, 1},
		{"a KEEPALIVE first", bgpSpeaker(64499), bmpfile.Message(4, nil), 5, 0},
		{"hold time of a second", bgpSpeaker(64499), bmpfile.Open(64500, "192.0.2.7", 1), 2, 6},
		{"AS number 0", bgpSpeaker(64499), bmpfile.Open(0, "192.0.2.7", 90), 2, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := start(t, nil, tc.speak)
			c := l.dial()
			write(t, c, tc.send)
			if m := receive(t, c); m.Type != bgp.TypeNotification || m.Body[0] != tc.code || m.Body[1] != tc.detail {
				t.Errorf("got %s %v, want NOTIFICATION %d/%d", m.Type, m.Body, tc.code, tc.detail)
			}
		})
	}
}

// TestTooManyPrefixes sends ten times what is allowed: the limit is said once,
// what is known is followed on, and the others are not harmed.
func TestTooManyPrefixes(t *testing.T) {
	l := start(t, func(c *watch.Config) { c.Limits.MaxPerSource = 10 }, bgpSpeaker(64499))
	c, _ := establish(t, l, 64500)
	for i := range 100 {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i), 0, 0}), 16)
		write(t, c, bmpfile.Announce([]uint32{64500, 64501}, p.String()))
	}
	l.await("limit Adj-RIB-In: limit of routes reached at 10")
	write(t, c, bmpfile.Announce([]uint32{64500, barred}, "10.0.0.0/16"))
	l.await("new adjacency")
	s := l.watcher.Stats()
	if s.Routes != 10 || s.Events[watch.EventLimit] != 1 || s.Feeds != 1 {
		t.Errorf("got %+v", s)
	}
	for name, n := range s.Refused {
		if n != 90 {
			t.Errorf("%s refused %d routes, want 90", name, n)
		}
	}
}

// TestInside takes routes from a router of the same network: the first network on
// the path is then its neighbour, although the path does not say so.
func TestInside(t *testing.T) {
	l := start(t, nil, bgpSpeaker(64499))
	c, _ := establish(t, l, 64499)
	write(t, c, bmpfile.Announce([]uint32{barred, 64501}, "203.0.113.0/24"))
	l.await("new adjacency 64510 64499")
}
