// Package all lists the enforcement targets. The list is a function, so that
// nobody can change it and importing a target has no effect by itself.
package all

import (
	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/arista"
	"github.com/cleannet/cleannet/internal/enforce/bird"
	"github.com/cleannet/cleannet/internal/enforce/frr"
	"github.com/cleannet/cleannet/internal/enforce/gobgp"
	"github.com/cleannet/cleannet/internal/enforce/iosxr"
	"github.com/cleannet/cleannet/internal/enforce/junos"
	"github.com/cleannet/cleannet/internal/enforce/lists"
	"github.com/cleannet/cleannet/internal/enforce/sros"
)

// Targets returns every target, in the order of their names.
func Targets() []enforce.Target {
	return []enforce.Target{
		arista.Target{},
		bird.Target{},
		frr.Target{},
		gobgp.Target{},
		iosxr.Target{},
		junos.Target{},
		lists.Target{},
		sros.Target{},
	}
}
