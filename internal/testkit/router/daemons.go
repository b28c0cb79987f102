package router

import (
	"fmt"
	"net/netip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/testkit"
)

// tool finds a program as testkit.Tool does, and in the folder of FRR.
func tool(t testing.TB, name string) string {
	t.Helper()
	if name == "bgpd" {
		name = "/usr/lib/frr/bgpd"
	}
	return testkit.Tool(t, name)
}

// BIRD starts BIRD 2 with filters and, for each neighbour, the body of its
// import filter.
func BIRD(t testing.TB, filters string, body func(peer netip.Addr) string) *Router {
	t.Helper()
	program, client := tool(t, "bird"), tool(t, "birdc")
	r := &Router{dir: folder(t), port: freePort(t)}
	socket := filepath.Join(r.dir, "ctl")
	var b strings.Builder
	fmt.Fprintf(&b, "router id 192.0.2.254;\nlog stderr all;\ninclude %q;\nprotocol device { }\n", write(t, r.dir, "filters", filters))
	for i, peer := range Peers() {
		fmt.Fprintf(&b, "protocol bgp p%d { local 127.0.0.1 port %s as 65551; neighbor %s as %d; multihop; passive; hold time 0;\n",
			i, r.port, peer, speakerAS)
		for _, family := range []string{"ipv4", "ipv6"} {
			fmt.Fprintf(&b, " %s { import filter { %s accept; }; export none; };\n", family, body(peer))
		}
		fmt.Fprintln(&b, "}")
	}
	exited := Run(t, r.dir, program, "-f", "-c", write(t, r.dir, "conf", b.String()), "-s", socket, "-P", filepath.Join(r.dir, "pid"))
	Ready(t, exited, client, "-s", socket, "show", "status")
	r.has = func(t testing.TB, p netip.Prefix) bool {
		// birdc also fails where there is no such route.
		out, _ := exec.CommandContext(t.Context(), client, "-s", socket, "show", "route", p.String()).CombinedOutput()
		return strings.Contains(string(out), p.String())
	}
	r.table = func(t testing.TB) []netip.Prefix { return firstPrefixes(ask(t, client, "-s", socket, "show", "route")) }
	return r
}

// FRR starts FRR's bgpd, without zebra, with a configuration and the name of
// the route-map that each neighbour has.
func FRR(t testing.TB, config string, routeMap func(peer netip.Addr) string) *Router {
	t.Helper()
	program, client := tool(t, "bgpd"), tool(t, "vtysh")
	r := &Router{dir: folder(t), port: freePort(t)}
	var b strings.Builder
	b.WriteString(config)
	b.WriteString("router bgp 65551\n bgp router-id 192.0.2.254\n no bgp ebgp-requires-policy\n no bgp default ipv4-unicast\n")
	for _, peer := range Peers() {
		fmt.Fprintf(&b, " neighbor %[1]s remote-as %[2]d\n neighbor %[1]s passive\n neighbor %[1]s ebgp-multihop\n"+
			" neighbor %[1]s disable-connected-check\n neighbor %[1]s timers 0 0\n", peer, speakerAS)
		for _, family := range []string{"ipv4", "ipv6"} {
			fmt.Fprintf(&b, " address-family %s unicast\n  neighbor %[2]s activate\n  neighbor %[2]s route-map %[3]s in\n exit-address-family\n",
				family, peer, routeMap(peer))
		}
	}
	b.WriteString("exit\n")
	exited := Run(t, r.dir, program, "-S", "-Z", "-f", write(t, r.dir, "conf", b.String()), "-p", r.port, "-l", "127.0.0.1",
		"-i", filepath.Join(r.dir, "pid"), "--vty_socket", r.dir, "-P", "0", "--log", "stdout")
	vty := func(t testing.TB, command string) string { return ask(t, client, "--vty_socket", r.dir, "-c", command) }
	Ready(t, exited, client, "--vty_socket", r.dir, "-c", "show bgp summary")
	r.Running = func(t testing.TB) string { return vty(t, "show running-config") }
	r.Configure = func(t testing.TB, commands string) {
		if out := ask(t, client, "--vty_socket", r.dir, "-f", write(t, r.dir, "commands", commands)); strings.Contains(out, "%") {
			t.Errorf("vtysh -f: %s", out)
		}
	}
	r.has = func(t testing.TB, p netip.Prefix) bool {
		return strings.Contains(vty(t, "show bgp ipv4 unicast "+p.String()), "BGP routing table entry for")
	}
	r.table = func(t testing.TB) []netip.Prefix {
		return append(firstPrefixes(vty(t, "show bgp ipv4 unicast")), firstPrefixes(vty(t, "show bgp ipv6 unicast"))...)
	}
	return r
}

// GoBGP starts gobgpd with a configuration in TOML and the names of the import
// policies that it applies.
func GoBGP(t testing.TB, config string, policies ...string) *Router {
	t.Helper()
	program, client := tool(t, "gobgpd"), tool(t, "gobgp")
	r := &Router{dir: folder(t), port: freePort(t)}
	var b strings.Builder
	fmt.Fprintf(&b, "[global.config]\nas = 65551\nrouter-id = \"192.0.2.254\"\nport = %s\nlocal-address-list = [\"127.0.0.1\"]\n", r.port)
	fmt.Fprintf(&b, "[global.apply-policy.config]\nimport-policy-list = [%q]\ndefault-import-policy = \"accept-route\"\n", strings.Join(policies, `","`))
	for _, peer := range Peers() {
		fmt.Fprintf(&b, "[[neighbors]]\n[neighbors.config]\nneighbor-address = %q\npeer-as = %d\n[neighbors.transport.config]\npassive-mode = true\n"+
			"[neighbors.ebgp-multihop.config]\nenabled = true\n", peer, speakerAS)
		for _, family := range []string{"ipv4-unicast", "ipv6-unicast"} {
			fmt.Fprintf(&b, "[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = %q\n", family)
		}
	}
	b.WriteString(config)
	port := freePort(t)
	exited := Run(t, r.dir, program, "-t", "toml", "-f", write(t, r.dir, "conf", b.String()), "--api-hosts", "127.0.0.1:"+port, "--pprof-disable")
	Ready(t, exited, client, "-p", port, "global")
	r.has = func(t testing.TB, p netip.Prefix) bool {
		return strings.Contains(ask(t, client, "-p", port, "global", "rib", p.String()), p.String())
	}
	r.table = func(t testing.TB) []netip.Prefix {
		return append(firstPrefixes(ask(t, client, "-p", port, "global", "rib", "-a", "ipv4")),
			firstPrefixes(ask(t, client, "-p", port, "global", "rib", "-a", "ipv6"))...)
	}
	return r
}

// firstPrefixes returns the first prefix of each line that has one among its
// first words.
func firstPrefixes(text string) []netip.Prefix {
	var out []netip.Prefix
	for line := range strings.Lines(text) {
		for i, word := range strings.Fields(line) {
			if i == 3 {
				break
			}
			word = strings.TrimLeft(word, "*>=idhSRu")
			if p, err := netip.ParsePrefix(word); err == nil {
				out = append(out, p)
				break
			}
		}
	}
	return out
}
