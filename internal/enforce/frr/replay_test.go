package frr_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/enforce/frr"
	"github.com/cleannet/cleannet/internal/testkit/router"
)

// TestReplay sends real routes through a real bgpd.
func TestReplay(t *testing.T) {
	enforcetest.Replay(t, func(t testing.TB, p *enforce.Plan) enforcetest.Device {
		text := write(t, p)
		return router.FRR(t, text, func(peer netip.Addr) string {
			if name := "CLEANNET-IN-" + strings.ReplaceAll(peer.String(), ".", "_"); strings.Contains(text, "route-map "+name+" ") {
				return name
			}
			return "CLEANNET-IN"
		})
	}, nil)
}

func write(t testing.TB, p *enforce.Plan) string {
	t.Helper()
	files, err := frr.Target{}.Files(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(files[0].Data)
}
