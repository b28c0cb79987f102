package bmp

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/bgp"
)

func compareAddrs() cmp.Option {
	return cmp.Comparer(func(a, b netip.Addr) bool { return a == b })
}

// one frames a message that must be whole.
func one(t *testing.T, b []byte) *Message {
	t.Helper()
	var f Framer
	f.Write(message(Version3, Initiation))
	f.Write(b)
	if _, err := f.Next(); err != nil {
		t.Fatal(err)
	}
	m, err := f.Next()
	if err != nil || f.Buffered() > 0 {
		t.Fatalf("got error %v, %d bytes left over", err, f.Buffered())
	}
	return &m
}

func TestNewPeer(t *testing.T) {
	base := Peer{
		PeerKey: PeerKey{Addr: netip.MustParseAddr("192.0.2.1")},
		ASN:     64500, BGPID: netip.MustParseAddr("198.51.100.1"), Time: time.Unix(1_600_000_000, 5000).UTC(),
	}
	with := func(change func(*Peer)) Peer {
		p := base
		change(&p)
		return p
	}
	for _, tc := range []struct {
		name  string
		kind  PeerType
		flags byte
		want  Peer
	}{
		{"before policy", PeerGlobal, 0, base},
		{"after policy", PeerRD, flagPost, with(func(p *Peer) { p.Type, p.View = PeerRD, PostIn })},
		{"sent", PeerGlobal, flagOut, with(func(p *Peer) { p.View = PreOut })},
		{"sent, after policy", PeerGlobal, flagOut | flagPost, with(func(p *Peer) { p.View = PostOut })},
		{"short numbers", PeerGlobal, flagTwoByte, with(func(p *Peer) { p.TwoByte = true })},
		{"IPv6", PeerGlobal, flagIPv6, with(func(p *Peer) { p.Addr = netip.MustParseAddr("::c000:201") })},
		{"own table", PeerLocRIB, flagFiltered, with(func(p *Peer) {
			p.Type, p.View, p.Filtered, p.Addr = PeerLocRIB, LocRIB, true, netip.Addr{}
		})},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := one(t, message(Version3, PeerDown, peerHeader(tc.kind, tc.flags), []byte{2}))
			got, rest, err := NewPeer(m)
			if err != nil || len(rest) != 1 {
				t.Fatalf("got %d bytes behind it, error %v", len(rest), err)
			}
			if diff := cmp.Diff(tc.want, got, compareAddrs()); diff != "" {
				t.Errorf("peer (-want +got):\n%s", diff)
			}
		})
	}
}

// TestEncoding reads the same peer up for each of the router's tables.
func TestEncoding(t *testing.T) {
	const as4, takes, sends = "4104 0000fbf4 ", "4504 00010101", "4504 00010102"
	v4 := bgp.Families(0).With(bgp.IPv4())
	for _, tc := range []struct {
		name           string
		sent, received string
		kind           PeerType
		flags          byte
		want           bgp.Session
	}{
		{"received, with identifiers", as4 + takes, as4 + sends, PeerGlobal, 0, bgp.Session{AS4: true, AddPath: v4}},
		{"received, not sent with them", as4 + takes, as4 + takes, PeerGlobal, flagPost, bgp.Session{AS4: true}},
		{"sent", as4 + takes, as4 + sends, PeerGlobal, flagOut, bgp.Session{AS4: true}},
		{"sent, with identifiers", as4 + sends, as4 + takes, PeerGlobal, flagOut, bgp.Session{AS4: true, AddPath: v4}},
		{"own table", as4 + sends, as4, PeerLocRIB, 0, bgp.Session{AS4: true, AddPath: v4}},
		{"short numbers", as4, as4, PeerGlobal, flagTwoByte, bgp.Session{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			up, err := ParsePeerUp(one(t, peerUp(t, tc.sent, tc.received)))
			if err != nil {
				t.Fatal(err)
			}
			s, err := ReadSession(up)
			if err != nil {
				t.Fatal(err)
			}
			if s.LocalOpen.ASN != 64500 || s.Local.String() != "192.0.2.2" || s.LocalPort != 179 || s.RemotePort != 40000 {
				t.Errorf("got %+v", s)
			}
			p, _, err := NewPeer(one(t, message(Version3, PeerDown, peerHeader(tc.kind, tc.flags), []byte{2})))
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Encoding(&s, nil); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// TestDecode reads updates that are written otherwise than the router said.
func TestDecode(t *testing.T) {
	v4 := bgp.Families(0).With(bgp.IPv4())
	said := &Session{}
	for _, tc := range []struct {
		name string
		s    *Session
		m    []byte
		want bgp.Session
		ok   bool
	}{
		{"as said", said, message(Version3, RouteMonitoring, peerHeader(0, 0), update(4)), bgp.Session{AS4: true}, true},
		{"short numbers without the bit", said, message(Version3, RouteMonitoring, peerHeader(0, 0), update(2)), bgp.Session{}, true},
		{"identifiers, no peer up", nil, message(Version3, RouteMonitoring, peerHeader(0, 0), update(4, 33, 33, 33, 33)), bgp.Session{AS4: true, AddPath: bgp.AllFamilies()}, true},
		{"identifiers against the peer up", said, message(Version3, RouteMonitoring, peerHeader(0, 0), update(4, 33, 33, 33, 33)), bgp.Session{AS4: true}, false},
		{"identifiers, said in the message", said, message(Version4, RouteMonitoring, peerHeader(0, 0),
			indexedTLV(1, []byte{69, 4, 0, 1, 1, 3}), indexedTLV(7, update(4, 33, 33, 33, 33))), bgp.Session{AS4: true, AddPath: v4}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := ParseRoutes(one(t, tc.m))
			if err != nil {
				t.Fatal(err)
			}
			var u bgp.Update
			got, err := r.Decode(&u, tc.s)
			if err != nil {
				t.Fatal(err)
			}
			if got != tc.want || (u.Treatment == bgp.Accept) != tc.ok {
				t.Errorf("got %+v and %s, want %+v", got, u.Treatment, tc.want)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	mirrored, err := ParseMirrored(one(t, message(Version3, RouteMirroring, peerHeader(0, 0), tlv(0, update(4)), tlv(1, []byte{0, 0}), tlv(1, []byte{0, 1}))))
	if err != nil || len(mirrored.Messages) != 1 || !mirrored.Malformed || !mirrored.Lost {
		t.Errorf("mirroring: got %+v, error %v", mirrored, err)
	}
	_, stats, err := ParseStatistics(one(t, message(Version3, StatisticsReport, peerHeader(0, 0), []byte{0, 0, 0, 3},
		tlv(0, []byte{0, 0, 0, 7}), tlv(7, []byte{0, 0, 0, 0, 0, 0, 1, 0}), tlv(9, []byte{0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 5}))))
	want := []Stat{{Type: 0, Value: 7}, {Type: 7, Value: 256}, {Type: 9, AFI: 2, SAFI: 1, Value: 5}}
	if diff := cmp.Diff(want, stats); diff != "" || err != nil {
		t.Errorf("statistics: error %v (-want +got):\n%s", err, diff)
	}
	_, reason, err := ParsePeerDown(one(t, message(Version3, PeerDown, peerHeader(0, 0), []byte{5})))
	if err != nil || reason != DownNotMonitored {
		t.Errorf("peer down: got %s, error %v", reason, err)
	}
	info, err := ParseInformation(one(t, message(Version3, Initiation, tlv(InfoName, []byte("r1")), tlv(InfoDescription, []byte("a router")))))
	if err != nil || len(info) != 2 || string(info[0].Value) != "r1" || info[1].Type != InfoDescription {
		t.Errorf("initiation: got %v, error %v", info, err)
	}
}

// TestMalformed gives bodies that are too short or hold something else.
func TestMalformed(t *testing.T) {
	peer := peerHeader(0, 0)
	for _, tc := range []struct {
		name string
		m    []byte
	}{
		{"no whole peer", message(Version3, RouteMonitoring, peer[:41])},
		{"no update", message(Version3, RouteMonitoring, peer)},
		{"an OPEN for an update", message(Version3, RouteMonitoring, peer, open(t, 1, ""))},
		{"a cut update", message(Version3, RouteMonitoring, peer, update(4)[:30])},
		{"no update in version 4", message(Version4, RouteMonitoring, peer, indexedTLV(4, []byte("x")))},
		{"cut information in version 4", message(Version4, RouteMonitoring, peer, []byte{0, 1, 0, 9, 0, 0, 1})},
		{"peer up without OPENs", message(Version3, PeerUp, peer, make([]byte, 20))},
		{"peer up with one OPEN", message(Version3, PeerUp, peer, make([]byte, 20), open(t, 1, ""))},
		{"peer up with a damaged OPEN", message(Version3, PeerUp, peer, make([]byte, 20), open(t, 1, "41"), open(t, 1, ""))},
		{"peer down without reason", message(Version3, PeerDown, peer)},
		{"statistics without count", message(Version3, StatisticsReport, peer, []byte{1})},
		{"fewer statistics than said", message(Version3, StatisticsReport, peer, []byte{0, 0, 0, 2}, tlv(0, make([]byte, 4)))},
		{"cut information", message(Version3, Initiation, []byte{0, 1, 0, 9, 1})},
		{"cut mirroring", message(Version3, RouteMirroring, peer, []byte{0, 0, 0, 9, 1})},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := judgeBody(one(t, tc.m)); !errors.Is(err, ErrBody) {
				t.Errorf("got error %v, want ErrBody", err)
			}
		})
	}
	hello := one(t, message(Version3, Initiation))
	for _, parse := range []func() error{
		func() error { _, err := ParseRoutes(hello); return err },
		func() error { _, err := ParsePeerUp(hello); return err },
		func() error { _, _, err := ParsePeerDown(hello); return err },
		func() error { _, _, err := ParseStatistics(hello); return err },
		func() error { _, err := ParseMirrored(hello); return err },
	} {
		if err := parse(); !errors.Is(err, ErrType) {
			t.Errorf("got error %v for an initiation, want ErrType", err)
		}
	}
}
