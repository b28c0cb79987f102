package bird_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/bird"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/testkit"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	for name, plan := range map[string]*enforce.Plan{
		"fixture.conf":    enforcetest.Plan(t, ""),
		"empty.conf":      {},
		"allow-list.conf": allowPlan(64496, 64497),
	} {
		t.Run(name, func(t *testing.T) {
			files, err := bird.Target{}.Files(plan)
			if err != nil {
				t.Fatal(err)
			}
			testkit.Golden(t, filepath.Join("testdata", name), string(files[0].Data), *update)
		})
	}
}
