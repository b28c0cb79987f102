package harbor

import (
	"encoding/json"
	"fmt"
	"net/netip"
)

// The member export of an exchange, as far as the Euro-IX schema 1.0 asks for it.
type (
	memberExport struct {
		Version   string     `json:"version"`
		Timestamp string     `json:"timestamp"`
		Exchanges []exchange `json:"ixp_list"`
		Members   []member   `json:"member_list"`
	}
	exchange struct {
		ID        int    `json:"ixp_id"`
		ShortName string `json:"shortname"`
		Name      string `json:"name"`
		Country   string `json:"country"`
		VLANs     []vlan `json:"vlan"`
	}
	vlan struct {
		ID   int    `json:"id"`
		IPv6 subnet `json:"ipv6"`
	}
	subnet struct {
		Prefix string `json:"prefix"`
		Length int    `json:"mask_length"`
	}
	member struct {
		ASN         uint32       `json:"asnum"`
		Type        string       `json:"member_type"`
		Connections []connection `json:"connection_list"`
	}
	connection struct {
		Exchange int    `json:"ixp_id"`
		State    string `json:"state"`
		VLANs    []port `json:"vlan_list"`
	}
	port struct {
		VLAN int     `json:"vlan_id"`
		IPv6 address `json:"ipv6"`
	}
	address struct {
		Address     string `json:"address"`
		RouteServer bool   `json:"routeserver"`
	}
)

// memberList is who is connected to an exchange that does not exist: Harbor,
// Quay, two networks with much content, and a barred carrier's subsidiary that
// Harbor has no session with.
func memberList() ([]byte, error) {
	list := memberExport{
		Version: "1.0", Timestamp: "2020-08-05T12:00:00Z",
		Exchanges: []exchange{{
			ID: 1, ShortName: "Breakwater-IX", Name: "Breakwater Internet Exchange (example)", Country: "US",
			VLANs: []vlan{{ID: 1, IPv6: subnet{"2001:db8:0:3::", 64}}},
		}},
	}
	addr := netip.MustParseAddr("2001:db8:0:3::1")
	for _, asn := range []uint32{64500, 64501, 13335, 15169, 58453} {
		list.Members = append(list.Members, member{ASN: asn, Type: "peering", Connections: []connection{{
			Exchange: 1, State: "active",
			VLANs: []port{{VLAN: 1, IPv6: address{Address: addr.String(), RouteServer: asn != 58453}}},
		}}})
		addr = addr.Next()
	}
	return indented("member list", list)
}

// The provider authorisations in JSON, with the keys of rpki-client.
type (
	validated struct {
		Metadata map[string]string `json:"metadata"`
		ROAs     []struct{}        `json:"roas"`
		ASPAs    []authorisation   `json:"aspas"`
	}
	authorisation struct {
		Customer  uint32   `json:"customer_asid"`
		Providers []uint32 `json:"providers"`
		Expires   int64    `json:"expires"`
	}
)

// authorisations are what Harbor and its customer Quay have signed: Quay buys
// transit from a barred carrier's subsidiary, beside Harbor.
func authorisations() ([]byte, error) {
	const expires = 1628164800 // 5 August 2021, 12:00 UTC
	return indented("provider authorisations", validated{
		Metadata: map[string]string{"buildtime": "2020-08-05T12:00:00Z"},
		ROAs:     []struct{}{},
		ASPAs: []authorisation{
			{Customer: 64500, Providers: []uint32{3356, 7018}, Expires: expires},
			{Customer: 64501, Providers: []uint32{58453, 64500}, Expires: expires},
		},
	})
}

func indented(what string, value any) ([]byte, error) {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return append(text, '\n'), nil
}
