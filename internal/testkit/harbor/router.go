package harbor

import (
	"fmt"
	"net/netip"
	"strings"
)

// neighbour is a network with which Harbor's border router has a session.
type neighbour struct {
	protocol string // BIRD's name for it
	asn      uint32
	about    string
}

// neighbours are those that the routing table shows beside Harbor.
func neighbours() []neighbour {
	return []neighbour{
		{"transit_a", 3356, "transit"},
		{"transit_b", 7018, "transit"},
		{"transit_c", 4134, "transit until the contract runs out"},
		{"customer_quay", 64501, "customer, Quay Access"},
		{"peer_jetty", 64502, "peer, Jetty Transit"},
		{"peer_lane", 64510, "peer, name unknown since the last handover"},
	}
}

// routerConfiguration is the configuration of Harbor's border router, as BIRD 2
// reads it.
func routerConfiguration() []byte {
	var b strings.Builder
	b.WriteString(`# The border router of Harbor Networks (example).
router id 192.0.2.1;
define HARBOR = 64500;

protocol device { }

template bgp border {
	local as HARBOR;
	ipv6 { import all; export where proto = "own_prefixes"; };
}

protocol static own_prefixes {
	ipv6;
	route 2001:db8::/48 blackhole;
}
`)
	addr := netip.MustParseAddr("2001:db8:0:2::1")
	for _, n := range neighbours() {
		fmt.Fprintf(&b, "\nprotocol bgp %s from border {\n\tdescription \"%s\";\n\tneighbor %s as %d;\n}\n",
			n.protocol, n.about, addr, n.asn)
		addr = addr.Next()
	}
	return []byte(b.String())
}
