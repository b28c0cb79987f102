package gobgp_test

import (
	"testing"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/enforce/gobgp"
	"github.com/cleannet/cleannet/internal/testkit/router"
)

// TestReplay sends real routes through a real gobgpd.
func TestReplay(t *testing.T) {
	enforcetest.Replay(t, func(t testing.TB, p *enforce.Plan) enforcetest.Device {
		return router.GoBGP(t, write(t, p), gobgp.Policy)
	}, nil)
}

func write(t testing.TB, p *enforce.Plan) string {
	t.Helper()
	files, err := gobgp.Target{}.Files(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(files[0].Data)
}
