// Package all lists the loaders of the registry. The list is a function, so
// that nobody can change it and importing a loader has no effect by itself.
package all

import (
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/registry/asorg"
	"github.com/cleannet/cleannet/internal/registry/bods"
	"github.com/cleannet/cleannet/internal/registry/csl"
	"github.com/cleannet/cleannet/internal/registry/ftm"
	"github.com/cleannet/cleannet/internal/registry/gleif"
	"github.com/cleannet/cleannet/internal/registry/ofac"
	"github.com/cleannet/cleannet/internal/registry/peeringdb"
)

// Loaders returns every loader, one for each foreign form, in the order of
// their names. A file is of the form of the one whose Match takes it: no two
// take the same.
func Loaders() []registry.Loader {
	loaders := slices.Concat(
		[]registry.Loader{asorg.Loader{}, bods.Loader(), csl.CSV{}, csl.JSON{}, ftm.Loader(), peeringdb.Loader{}},
		[]registry.Loader{ofac.Advanced{}, ofac.Classic{}, ofac.CSV{}},
		gleif.Loaders(),
	)
	slices.SortFunc(loaders, func(a, b registry.Loader) int { return strings.Compare(a.Name(), b.Name()) })
	return loaders
}
