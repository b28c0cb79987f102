package all_test

import (
	"slices"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce/all"
)

func TestTargets(t *testing.T) {
	var names []string
	for _, target := range all.Targets() {
		names = append(names, target.Name())
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("names %q, want them different and in order", names)
	}
}
