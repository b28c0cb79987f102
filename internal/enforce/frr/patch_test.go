package frr_test

import (
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/enforce/frr"
	"github.com/cleannet/cleannet/internal/testkit"
	"github.com/cleannet/cleannet/internal/testkit/router"
)

func TestPatch(t *testing.T) {
	patch := enforcetest.Patch(t, frr.Target{})
	testkit.Golden(t, filepath.Join("testdata", "patch"), string(patch.File.Data), *update)
}

// TestPatchLoaded loads a patch into a running bgpd, which must then have what
// the files say, and nothing else of ours.
func TestPatchLoaded(t *testing.T) {
	r := router.FRR(t, write(t, enforcetest.Before(t)), func(netip.Addr) string { return "CLEANNET-IN" })
	files, err := frr.Target{}.Files(enforcetest.After(t))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false} { // whether there is something to change
		patch, err := frr.Target{}.Patch([]byte(r.Running(t)), files)
		if err != nil {
			t.Fatal(err)
		}
		if got := patch.Added+patch.Removed > 0; got != want || patch.Unchanged == 0 {
			t.Fatalf("patch %d: %d added, %d removed, %d unchanged:\n%s\n%s", i, patch.Added, patch.Removed, patch.Unchanged, patch.File.Data, r.Running(t))
		}
		r.Configure(t, string(patch.File.Data))
	}
}
