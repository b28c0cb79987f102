package iosxr_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/enforce/iosxr"
	"github.com/cleannet/cleannet/internal/testkit"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestConformance(t *testing.T) {
	enforcetest.Run(t, enforcetest.Spec{Target: iosxr.Target{}, Expresses: enforcetest.InRoutes})
}

// TestInterpreted carries the files out by the grammar of the documentation.
func TestInterpreted(t *testing.T) {
	enforcetest.Replay(t, enforcetest.Interpreted(iosxr.Target{}), nil)
}

func TestGolden(t *testing.T) {
	for name, plan := range map[string]*enforce.Plan{"fixture.conf": enforcetest.Plan(t, ""), "empty.conf": {}} {
		files, err := iosxr.Target{}.Files(plan)
		if err != nil {
			t.Fatal(err)
		}
		testkit.Golden(t, filepath.Join("testdata", name), string(files[0].Data), *update)
	}
}
