package registrytest

import (
	"testing"

	"github.com/cleannet/cleannet/internal/registry"
)

// Any loads content of any kind, as fuzz targets make it, and checks what must
// hold whatever it is: no panic, an honest report, well-formed facts.
func Any(t *testing.T, loader registry.Loader, content []byte) {
	t.Helper()
	if len(content) == 0 {
		return // no loader sees it, source refuses it
	}
	loader.Match("input", head(content))
	Honest(t, "input", Load(t, loader, "input", content))
}
