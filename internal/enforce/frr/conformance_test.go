package frr_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/enforce/frr"
	"github.com/cleannet/cleannet/internal/testkit"
	"github.com/cleannet/cleannet/internal/testkit/router"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestConformance(t *testing.T) {
	enforcetest.Run(t, enforcetest.Spec{Target: frr.Target{}, Expresses: enforcetest.InRoutes})
}

func TestInterpreted(t *testing.T) { enforcetest.Replay(t, enforcetest.Interpreted(frr.Target{}), nil) }

func TestGolden(t *testing.T) {
	for name, plan := range map[string]*enforce.Plan{"fixture.conf": enforcetest.Plan(t, ""), "empty.conf": {}} {
		testkit.Golden(t, filepath.Join("testdata", name), write(t, plan), *update)
	}
}

// TestAccepted holds files against the parser of the real daemon.
func TestAccepted(t *testing.T) {
	plans := []*enforce.Plan{enforcetest.Plan(t, ""), {}, enforcetest.Many(t, 20_000)}
	for _, text := range enforcetest.Hostile()[:4] {
		plans = append(plans, enforcetest.Plan(t, text))
	}
	for _, plan := range plans {
		router.Check(t, "frr", write(t, plan))
	}
}
