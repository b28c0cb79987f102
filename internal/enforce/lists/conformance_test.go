package lists_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/enforce/lists"
	"github.com/cleannet/cleannet/internal/testkit"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestConformance(t *testing.T) {
	enforcetest.Run(t, enforcetest.Spec{Target: lists.Target{}, Expresses: enforcetest.InRoutes})
}

// TestInterpreted carries the files out by the grammar of the documentation.
func TestInterpreted(t *testing.T) {
	enforcetest.Replay(t, enforcetest.Interpreted(lists.Target{}), nil)
}

func TestGolden(t *testing.T) {
	for name, plan := range map[string]*enforce.Plan{"fixture": enforcetest.Plan(t, ""), "empty": {}} {
		files, err := lists.Target{}.Files(plan)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			testkit.Golden(t, filepath.Join("testdata", name+"-"+f.Name), string(f.Data), *update)
		}
	}
}
