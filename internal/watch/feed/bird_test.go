package feed

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/testkit"
	"github.com/cleannet/cleannet/internal/testkit/router"
)

// TestBird takes routes from a real BGP daemon on loopback, which then withdraws
// them and goes.
func TestBird(t *testing.T) {
	bird, birdc := testkit.Tool(t, "bird"), testkit.Tool(t, "birdc")
	l := start(t, nil, bgpSpeaker(64499))
	dir := t.TempDir()
	config := fmt.Sprintf(`
log stderr all;
router id 192.0.2.7;
protocol device {}
protocol static clean { ipv4; route 203.0.113.0/24 blackhole; }
protocol static barred { ipv4; route 198.18.0.0/15 blackhole; }
protocol static six { ipv6; route 2001:db8::/32 blackhole; }
filter outbound {
	if proto = "barred" then bgp_path.prepend(64510);
	if proto = "clean" || proto = "six" then bgp_path.prepend(64501);
	accept;
}
protocol bgp watcher {
	local 127.0.0.1 port %d as 64500;
	neighbor 127.0.0.1 port %s as 64499;
	multihop 2;
	connect delay time 1;
	error wait time 1, 1;
	ipv4 { export filter outbound; import all; next hop address 192.0.2.7; };
	ipv6 { export filter outbound; import all; next hop address 2001:db8::1; };
}
`, freePort(t), portOf(t, l.addr))
	file := filepath.Join(dir, "bird.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "ctl")
	router.Run(t, dir, bird, "-f", "-c", file, "-s", socket, "-P", filepath.Join(dir, "pid"))
	control := func(words ...string) {
		t.Helper()
		if said, err := exec.Command(birdc, append([]string{"-s", socket}, words...)...).CombinedOutput(); err != nil {
			t.Fatalf("birdc %v: %v: %s", words, err, said)
		}
	}
	l.await("new adjacency 64510 64500")
	l.await("synced has sent its table: 3 routes")
	control("disable", "barred")
	l.await("cleared adjacency 64510 64500")
	control("enable", "barred")
	l.await("new adjacency 64510 64500")
	control("disable", "watcher")
	l.await("closed the peer ends the session: cease (6/2)")
	l.forget()
	control("enable", "watcher") // and nothing is told of again
	l.await("synced has sent its table: 3 routes")
	for _, line := range l.forget() {
		if strings.HasPrefix(line, "new") || strings.HasPrefix(line, "cleared") {
			t.Errorf("said %q, want nothing", line)
		}
	}
}
