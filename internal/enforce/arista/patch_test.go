package arista_test

import (
	"path/filepath"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce/arista"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/testkit"
)

func TestPatch(t *testing.T) {
	patch := enforcetest.Patch(t, arista.Target{})
	testkit.Golden(t, filepath.Join("testdata", "patch"), string(patch.File.Data), *update)
}
