package bird_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/bird"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/testkit/router"
)

// TestReplay sends real routes through a real BIRD.
func TestReplay(t *testing.T) {
	enforcetest.Replay(t, func(t testing.TB, p *enforce.Plan) enforcetest.Device {
		files, err := bird.Target{}.Files(p)
		if err != nil {
			t.Fatal(err)
		}
		text := string(files[0].Data)
		return router.BIRD(t, text, func(peer netip.Addr) string {
			if name := "cleannet_reject_for_" + strings.ReplaceAll(peer.String(), ".", "_"); strings.Contains(text, "function "+name+"(") {
				return name + "();"
			}
			return "cleannet_reject();"
		})
	}, func(level enforce.Level, path string) bool {
		// A number before the set that is also in it, see the package comment.
		return level == enforce.Transit && path == "4134 {4134}"
	})
}
