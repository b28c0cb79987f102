// Package all lists the loaders of the registry. The list is a function, so
// that nobody can change it and importing a loader has no effect by itself.
package all

import (
	"github.com/cleannet/cleannet/internal/registry"
)

// Loaders returns every loader, one for each foreign form, in the order of
// their names. A file is of the form of the first whose Match takes it.
func Loaders() []registry.Loader {
	return []registry.Loader{}
}
