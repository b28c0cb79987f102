package bird_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/bird"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
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
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, files[0].Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v: make it with: go test ./internal/enforce/bird -run TestGolden -update", err)
			}
			if diff := cmp.Diff(string(want), string(files[0].Data)); diff != "" {
				t.Errorf("file (-want +got):\n%s", diff)
			}
		})
	}
}
