package ixlist_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/ixlist"
	"github.com/cleannet/cleannet/internal/testkit"
)

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		form       ixlist.Form
		want       string
		malformed  uint64
	}{
		{"answer of PeeringDB", `{"meta":{},"data":[
			{"id":1,"ix_id":1,"ixlan_id":1,"name":"Example-IX","asn":64496,"ipaddr4":"192.0.2.1","ipaddr6":null,"status":"ok"},
			{"id":2,"ix_id":1,"ixlan_id":1,"name":"Example-IX","asn":64497,"ipaddr4":null,"ipaddr6":"2001:db8::1","status":"ok"},
			{"id":3,"ix_id":1,"ixlan_id":1,"name":"Example-IX","asn":64498,"ipaddr4":"192.0.2.3","status":"pending"},
			{"id":4,"ix_id":1,"ixlan_id":1,"name":"","asn":64499,"status":"ok"},
			{"id":5,"ix_id":1,"ixlan_id":1,"name":"Example-IX","asn":"x","status":"ok"}]}`,
			ixlist.PeeringDB, "Example-IX AS64496 192.0.2.1|Example-IX AS64497 2001:db8::1", 2},
		{"dump of PeeringDB", `{"net":{"data":[{"asn":1,"name":"n"}]},"netixlan":{"data":[
			{"ixlan_id":1,"name":"Example-IX: LAN","asn":64496,"ipaddr4":"192.0.2.1","status":"ok"}]}}`,
			ixlist.PeeringDB, "Example-IX: LAN AS64496 192.0.2.1", 0},
		{"member export", `{"version":"1.0","ixp_list":[{"ixp_id":7,"shortname":"EX","name":"Example"}],"member_list":[
			{"asnum":64496,"connection_list":[{"ixp_id":7,"state":"active","vlan_list":[{"vlan_id":1,"ipv4":{"address":"192.0.2.1"}}]},
			{"ixp_id":7,"state":"inactive"}]},{"asnum":64497,"connection_list":[{"ixp_id":8}]},{"asnum":0}]}`,
			ixlist.EuroIX, "EX AS64496 192.0.2.1|exchange 8 AS64497 invalid IP", 1},
		{"rows", "0, !, 192.0.2.1, AS64496, EX, Example, DE, Berlin\n1, ?, 192.0.2.2, AS64497, EX, Example, a town, DE, Berlin\nsomething else\n",
			ixlist.Rows, "EX, Example, DE, Berlin AS64496 192.0.2.1 0+49|EX, Example, a town, DE, Berlin AS64497 192.0.2.2 doubtful 50+57", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ixlist.Detect([]byte(tt.text)); got != tt.form {
				t.Errorf("form: got %d, want %d", got, tt.form)
			}
			var got []string
			malformed, err := ixlist.Read(strings.NewReader(tt.text), tt.form, func(p ixlist.Port) error {
				line := fmt.Sprintf("%s AS%d %s", p.Exchange, p.ASN, p.Addr)
				if p.Doubtful {
					line += " doubtful"
				}
				if p.Offset >= 0 {
					line += fmt.Sprintf(" %d+%d", p.Offset, p.Length)
				}
				got = append(got, line)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "|")); diff != "" {
				t.Errorf("ports (-want +got):\n%s", diff)
			}
			if malformed != tt.malformed {
				t.Errorf("malformed: got %d, want %d", malformed, tt.malformed)
			}
		})
	}
}

// TestNone tells other files from lists.
func TestNone(t *testing.T) {
	for _, text := range []string{"", "{", `{"data": []}`, "0, !, 192.0.2.1, AS64496, EX, Example, DE, Berlin", "a,b,c,d,e,f,g,h\n"} {
		if form := ixlist.Detect([]byte(text)); form != ixlist.None {
			t.Errorf("%q is taken for form %d", text, form)
		}
	}
	_, err := ixlist.Read(strings.NewReader(`{"ixp_list":[]}`), ixlist.EuroIX, func(ixlist.Port) error { return nil })
	if !errors.Is(err, ixlist.ErrEmpty) {
		t.Errorf("error: got %v, want ErrEmpty", err)
	}
}

// TestRealRows reads the memberships of 2017, of which the reference counts three
// networks by hand.
func TestRealRows(t *testing.T) {
	ports := map[uint32]int{}
	exchanges := map[uint32]map[string]bool{}
	all := 0
	malformed, err := ixlist.Read(testkit.Gunzip(t, testkit.Data(t, "carrier/ixp/ixp_membership.txt.gz")), ixlist.Rows, func(p ixlist.Port) error {
		all++
		ports[p.ASN]++
		if exchanges[p.ASN] == nil {
			exchanges[p.ASN] = map[string]bool{}
		}
		exchanges[p.ASN][p.Exchange] = true
		return nil
	})
	if err != nil || malformed > 0 {
		t.Fatalf("%d malformed rows, error %v", malformed, err)
	}
	got := []int{all, ports[58453], len(exchanges[58453]), ports[4134], len(exchanges[4134]), ports[45102]}
	if diff := cmp.Diff([]int{17063, 16, 13, 4, 4, 12}, got); diff != "" {
		t.Errorf("rows, ports and exchanges (-want +got):\n%s", diff)
	}
}
