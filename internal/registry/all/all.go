// Package all lists the loaders of the registry. The list is a function, so
// that nobody can change it and importing a loader has no effect by itself.
package all

import (
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/registry/asorg"
	"github.com/cleannet/cleannet/internal/registry/csl"
	"github.com/cleannet/cleannet/internal/registry/ofac"
	"github.com/cleannet/cleannet/internal/registry/peeringdb"
)

// Loaders returns every loader, one for each foreign form, in the order of
// their names. A file is of the form of the first whose Match takes it.
func Loaders() []registry.Loader {
	return []registry.Loader{
		asorg.Loader{},
		ofac.Advanced{},
		ofac.CSV{},
		ofac.Classic{},
		peeringdb.Loader{},
		csl.CSV{},
		csl.JSON{},
	}
}
