package mrtfile

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net/netip"
	"time"
)

// Table is a routing table with the routes of several peers.
type Table struct {
	Time      time.Time  // of the dump; seconds count
	Collector netip.Addr // BGP identifier, an IPv4 address; 0.0.0.0 if not valid
	View      string     // name of the view, usually empty
	Peers     []Peer
	// Routes in the order of the file. WriteV2 puts all routes of a prefix
	// into one record, at the place of the first.
	Routes []Route
	// AddPath writes the path identifiers of the routes (RFC 8050). WriteV1
	// cannot.
	AddPath bool
	// FullMPReach leaves the MP_REACH_NLRI attribute of IPv6 routes whole in
	// WriteV2, as some writers do against RFC 6396 section 4.3.4.
	FullMPReach bool
}

// Peer is a BGP speaker that announced routes to the collector.
type Peer struct {
	BGPID netip.Addr // an IPv4 address; 0.0.0.0 if not valid
	Addr  netip.Addr
	ASN   uint32
}

// Route is what one peer announced about one prefix.
type Route struct {
	Prefix     netip.Prefix // bits after its length are cleared
	Peer       int          // index in Table.Peers
	Originated time.Time    // when it was announced; the time of the table if zero
	PathID     uint32       // only written with Table.AddPath
	Attributes
}

// WriteV2 writes the table as TABLE_DUMP_V2 (RFC 6396 section 4.3): a peer
// table, then one record for each prefix. It says what is wrong with a table
// that the format cannot hold.
func (t Table) WriteV2(w io.Writer) error {
	if len(t.Peers) > math.MaxUint16 {
		return fmt.Errorf("mrtfile: %d peers, the format holds %d", len(t.Peers), math.MaxUint16)
	}
	if err := t.check(); err != nil {
		return err
	}
	if _, err := w.Write(AppendPeerTable(nil, t.Time, t.Collector, t.View, t.Peers)); err != nil {
		return err
	}
	var prefixes []netip.Prefix
	routes := make(map[netip.Prefix][]Route)
	for _, r := range t.Routes {
		p := r.Prefix.Masked()
		if routes[p] == nil {
			prefixes = append(prefixes, p)
		}
		routes[p] = append(routes[p], r)
	}
	for i, p := range prefixes {
		body, err := t.rib(uint32(i), p, routes[p])
		if err != nil {
			return err
		}
		if _, err := w.Write(AppendRecord(nil, t.Time, TypeTableDumpV2, t.subtype(p), body)); err != nil {
			return err
		}
	}
	return nil
}

// subtype returns the TABLE_DUMP_V2 subtype for routes to p.
func (t Table) subtype(p netip.Prefix) uint16 {
	switch {
	case p.Addr().Is4() && !t.AddPath:
		return 2
	case p.Addr().Is4():
		return 8
	case !t.AddPath:
		return 4
	}
	return 10
}

// rib returns the body of the record of the routes to p.
func (t Table) rib(sequence uint32, p netip.Prefix, routes []Route) ([]byte, error) {
	if len(routes) > math.MaxUint16 {
		return nil, fmt.Errorf("mrtfile: %d routes to %s, the format holds %d", len(routes), p, math.MaxUint16)
	}
	b := binary.BigEndian.AppendUint32(nil, sequence)
	b = AppendPrefix(b, p)
	b = binary.BigEndian.AppendUint16(b, uint16(len(routes)))
	for _, r := range routes {
		attrs := r.appendV2(nil, p, t.FullMPReach)
		if len(attrs) > math.MaxUint16 {
			return nil, fmt.Errorf("mrtfile: a route to %s has %d bytes of attributes, the format holds %d",
				p, len(attrs), math.MaxUint16)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(r.Peer))
		b = binary.BigEndian.AppendUint32(b, t.originated(r))
		if t.AddPath {
			b = binary.BigEndian.AppendUint32(b, r.PathID)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(attrs)))
		b = append(b, attrs...)
	}
	return b, nil
}

// WriteV1 writes the table as TABLE_DUMP (RFC 6396 section 4.2): one record
// for each route, without a peer table. AS numbers have two bytes; a larger
// one becomes AS 23456, and its path gets an AS4_PATH beside it (RFC 6793
// section 4.2.2). Prefix and peer address of a route must be of one family.
func (t Table) WriteV1(w io.Writer) error {
	if t.AddPath {
		return fmt.Errorf("mrtfile: TABLE_DUMP has no path identifiers: use WriteV2")
	}
	if err := t.check(); err != nil {
		return err
	}
	for i, r := range t.Routes {
		peer := t.Peers[r.Peer]
		p := r.Prefix.Masked()
		if p.Addr().Is4() != peer.Addr.Is4() {
			return fmt.Errorf("mrtfile: route to %s from peer %s: TABLE_DUMP needs both of one family", p, peer.Addr)
		}
		attrs := r.appendV1(nil, p)
		if len(attrs) > math.MaxUint16 {
			return fmt.Errorf("mrtfile: a route to %s has %d bytes of attributes, the format holds %d",
				p, len(attrs), math.MaxUint16)
		}
		const view, status = 0, 1
		b := binary.BigEndian.AppendUint16(nil, view)
		b = binary.BigEndian.AppendUint16(b, uint16(i)) // wraps around
		b = append(b, p.Addr().AsSlice()...)
		b = append(b, byte(p.Bits()), status)
		b = binary.BigEndian.AppendUint32(b, t.originated(r))
		b = append(b, peer.Addr.AsSlice()...)
		b = binary.BigEndian.AppendUint16(b, narrow(peer.ASN))
		b = binary.BigEndian.AppendUint16(b, uint16(len(attrs)))
		b = append(b, attrs...)
		subtype := uint16(1)
		if p.Addr().Is6() {
			subtype = 2
		}
		if _, err := w.Write(AppendRecord(nil, t.Time, TypeTableDump, subtype, b)); err != nil {
			return err
		}
	}
	return nil
}

// check returns what is wrong with the values of the table.
func (t Table) check() error {
	for i, peer := range t.Peers {
		if !peer.Addr.IsValid() {
			return fmt.Errorf("mrtfile: peer %d has no address", i)
		}
	}
	for i, r := range t.Routes {
		switch {
		case !r.Prefix.IsValid():
			return fmt.Errorf("mrtfile: route %d has no prefix", i)
		case r.Peer < 0 || r.Peer >= len(t.Peers):
			return fmt.Errorf("mrtfile: route %d to %s names peer %d of %d", i, r.Prefix, r.Peer, len(t.Peers))
		case !r.NextHop.IsValid():
			return fmt.Errorf("mrtfile: route %d to %s has no next hop", i, r.Prefix)
		case r.Prefix.Addr().Is4() && !r.NextHop.Is4():
			return fmt.Errorf("mrtfile: route %d to %s has the IPv6 next hop %s", i, r.Prefix, r.NextHop)
		}
	}
	return nil
}

// originated returns the time of the route in seconds since 1970.
func (t Table) originated(r Route) uint32 {
	if r.Originated.IsZero() {
		return uint32(t.Time.Unix())
	}
	return uint32(r.Originated.Unix())
}
