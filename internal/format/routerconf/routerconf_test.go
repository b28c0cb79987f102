package routerconf_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/routerconf"
)

// lines returns neighbours as text.
func lines(list []routerconf.Neighbour) string {
	var b strings.Builder
	for _, n := range list {
		fmt.Fprintf(&b, "%s AS%d to %s AS%d", n.Name, n.Local, n.Addr, n.Remote)
		if n.Instance != "" {
			fmt.Fprintf(&b, " in %s", n.Instance)
		}
		if n.Description != "" {
			fmt.Fprintf(&b, " %q", n.Description)
		}
		if n.Off {
			b.WriteString(" off")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestDialects reads the configuration of one router in every dialect: three
// neighbours in a group, among them one that is switched off, and one in a VRF.
func TestDialects(t *testing.T) {
	const want = `192.0.2.1 AS64500 to 192.0.2.1 AS4134 "transit, China Telecom"
192.0.2.5 AS64500 to 192.0.2.5 AS64496 "peer" off
2001:db8::9 AS65551 to 2001:db8::9 AS64497
198.51.100.1 AS64500 to 198.51.100.1 AS64500 in RED
`
	for _, tt := range []struct {
		file    string
		dialect routerconf.Dialect
	}{
		{"frr.conf", routerconf.IOS},
		{"eos.conf", routerconf.IOS},
		{"iosxr.conf", routerconf.IOS},
		{"junos.conf", routerconf.Junos},
		{"junos.set", routerconf.Junos},
		{"sros-classic.conf", routerconf.Classic},
		{"sros-md.conf", routerconf.ModelDriven},
		{"sros-flat.conf", routerconf.ModelDriven},
		{"bird.conf", routerconf.BIRD},
	} {
		t.Run(tt.file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			dialect, ok := routerconf.Detect(text)
			if !ok || dialect != tt.dialect {
				t.Errorf("dialect: got %q, want %q", dialect, tt.dialect)
			}
			list, err := routerconf.Read(strings.NewReader(string(text)), tt.dialect)
			if err != nil {
				t.Fatal(err)
			}
			for i, n := range list {
				place := string(text[n.Offset : n.Offset+n.Length])
				if !strings.Contains(place, n.Name) {
					t.Errorf("neighbour %d: at its place stands %q", i, place)
				}
				if tt.dialect == routerconf.BIRD { // whose neighbours have names, and VRFs are another thing
					list[i].Name = n.Addr.String()
					if n.Name == "red" {
						list[i].Instance = "RED"
					}
				}
			}
			if diff := cmp.Diff(want, lines(list)); diff != "" {
				t.Errorf("neighbours (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDetectNothing tells other texts from configurations.
func TestDetectNothing(t *testing.T) {
	for _, text := range []string{
		"", "hello", "router\n", "{\"bgp\": 1}", "TABLE_DUMP2|1|B|192.0.2.1|64500|", "bgp\x00router bgp 1\n",
		"package main\n\nfunc main() {\n}\n", "protocols:\n  bgp: yes\n",
	} {
		if d, ok := routerconf.Detect([]byte(text)); ok {
			t.Errorf("%q is taken for %s", text, d)
		}
	}
}

// TestDamage reads what is there before the damage.
func TestDamage(t *testing.T) {
	const bird = "protocol bgp one { local as 64500; neighbor 192.0.2.1 as 64496; }\n"
	for _, tt := range []struct{ name, text string }{
		{"open block", bird + "protocol bgp two {"},
		{"brace too many", bird + "}"},
		{"open quote", bird + "protocol bgp two { description \"x; }"},
		{"deep", bird + strings.Repeat("a {", 100)},
	} {
		list, err := routerconf.Read(strings.NewReader(tt.text), routerconf.BIRD)
		if !errors.Is(err, routerconf.ErrSyntax) {
			t.Errorf("%s: error %v", tt.name, err)
		}
		if got := lines(list[:min(len(list), 1)]); got != "one AS64500 to 192.0.2.1 AS64496\n" {
			t.Errorf("%s: got %q", tt.name, got)
		}
	}
}

// TestIOSDetails covers what only some of the kin of IOS write.
func TestIOSDetails(t *testing.T) {
	const text = `router bgp 1.10
 neighbor eth0 interface remote-as external
 neighbor eth1 interface v6only remote-as 64496
 neighbor 192.0.2.1 remote-as 64497
 neighbor 192.0.2.1 local-as 64499 no-prepend
 address-family ipv4 vrf BLUE
  neighbor 192.0.2.2 remote-as 64498
  neighbor 192.0.2.2 description "in quotes"
 exit-address-family
 neighbor 192.0.2.3 remote-as 64495
exit
router ospf
 neighbor 192.0.2.4 remote-as 1
`
	list, err := routerconf.Read(strings.NewReader(text), routerconf.IOS)
	if err != nil {
		t.Fatal(err)
	}
	const want = `eth0 AS65546 to invalid IP AS0
eth1 AS65546 to invalid IP AS64496
192.0.2.1 AS64499 to 192.0.2.1 AS64497
192.0.2.2 AS65546 to 192.0.2.2 AS64498 in BLUE "in quotes"
192.0.2.3 AS65546 to 192.0.2.3 AS64495
`
	if diff := cmp.Diff(want, lines(list)); diff != "" {
		t.Errorf("neighbours (-want +got):\n%s", diff)
	}
}

// FuzzRead reads hostile configurations in every dialect. Whatever is found lies
// within the text, and the same text gives the same.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		routerconf.Detect([]byte(text))
		for _, d := range []routerconf.Dialect{
			routerconf.IOS, routerconf.Junos, routerconf.BIRD, routerconf.Classic, routerconf.ModelDriven,
		} {
			list, _ := routerconf.Read(strings.NewReader(text), d)
			again, _ := routerconf.Read(strings.NewReader(text), d)
			if lines(list) != lines(again) {
				t.Errorf("%s: two readings differ", d)
			}
			for _, n := range list {
				if n.Offset < 0 || n.Length < 0 || n.Offset+n.Length > int64(len(text)) {
					t.Errorf("%s: %q lies at %d+%d of %d", d, n.Name, n.Offset, n.Length, len(text))
				}
			}
		}
	})
}
