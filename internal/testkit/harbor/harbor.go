// Package harbor makes the example organisation under examples/harbor: a small
// fictional network operator in documentation ranges (RFC 5737, RFC 3849,
// RFC 5398) that meets real carriers by their public AS numbers. Every route
// is invented, and so is every session, member and signature. The files are
// written in real formats by our own writers; a test keeps the committed files
// equal to what [Files] returns.
package harbor

import (
	"bytes"
	"fmt"
	"net/netip"
	"time"

	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// Files returns the generated evidence by its path below examples/harbor.
func Files() (map[string][]byte, error) {
	var rib bytes.Buffer
	if err := table().WriteV2(&rib); err != nil {
		return nil, fmt.Errorf("routing table: %w", err)
	}
	members, err := memberList()
	if err != nil {
		return nil, err
	}
	signed, err := authorisations()
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"evidence/aspa.json":     signed,
		"evidence/exchange.json": members,
		"evidence/rib.mrt":       rib.Bytes(),
		"evidence/router.conf":   routerConfiguration(),
	}, nil
}

// lane is a way out of Harbor's network and how many prefixes take it.
type lane struct {
	peer     int
	path     string
	prefixes int
}

// table is what Harbor's route collector saw on the day of the programme's
// announcement: its own border router, and two transit providers who send it
// their tables.
func table() mrtfile.Table {
	t := mrtfile.Table{
		Time:      time.Date(2020, 8, 5, 12, 0, 0, 0, time.UTC),
		Collector: netip.MustParseAddr("192.0.2.254"),
		View:      "harbor",
		Peers: []mrtfile.Peer{
			{BGPID: netip.MustParseAddr("192.0.2.1"), Addr: netip.MustParseAddr("2001:db8:0:1::1"), ASN: 64500},
			{BGPID: netip.MustParseAddr("192.0.2.2"), Addr: netip.MustParseAddr("2001:db8:0:1::2"), ASN: 7018},
			{BGPID: netip.MustParseAddr("192.0.2.3"), Addr: netip.MustParseAddr("2001:db8:0:1::3"), ASN: 3356},
		},
	}
	lanes := []lane{
		{0, "64500 3356 1299 15169", 120},     // trusted carriers all the way
		{0, "64500 7018 2914 13335", 90},      //
		{0, "64500 4134 4134 4809 4812", 214}, // Harbor itself meets a barred carrier
		{0, "64500 64501 58453 9808", 40},     // its customer meets a subsidiary of another
		{0, "64500 64502 64503", 25},          // a neighbour whose owner is known only roughly
		{0, "64500 64510 64503", 12},          // a neighbour that nobody has named
		{1, "7018 3356 15169", 60},            //
		{1, "7018 4837 4808", 17},             // a transit provider's own meeting
		{2, "3356 64500", 3},                  // Harbor's own prefixes as others see them
		{2, "3356 1299 {15169,13335}", 2},     // an aggregate
		{2, "3356 4134 701 4134 4812", 1},     // a poisoned path proves nothing
	}
	next := 0x100
	for _, l := range lanes {
		for range l.prefixes {
			t.Routes = append(t.Routes, mrtfile.Route{
				Prefix: block(next),
				Peer:   l.peer,
				Attributes: mrtfile.Attributes{
					Path:    mrtfile.MustPath(l.path),
					NextHop: t.Peers[l.peer].Addr,
				},
			})
			next++
		}
	}
	return t
}

// block returns the n-th /48 of the documentation range 2001:db8::/32.
func block(n int) netip.Prefix {
	a := netip.MustParseAddr("2001:db8::").As16()
	a[4], a[5] = byte(n>>8), byte(n)
	return netip.PrefixFrom(netip.AddrFrom16(a), 48)
}
