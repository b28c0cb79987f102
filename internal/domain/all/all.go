// Package all lists the domains. The list is a function, so that nobody can
// change it and importing a domain has no effect by itself.
package all

import (
	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/domain/carrier"
)

// Domains returns the five domains in the order of the programme. Those whose
// readers are still to come have none, so that a policy's entries about them
// are answered with unknown and never passed over.
func Domains() []domain.Domain {
	return []domain.Domain{
		carrier.Domain(),
		{
			Name:  "store",
			Doc:   "Untrusted apps must not be in protected app stores, nor apps that carry untrusted code.",
			Needs: "app packages or store catalogues",
		},
		{
			Name:  "apps",
			Doc:   "Trusted publishers' apps must not be pre-installed by, or offered in the stores of, untrusted phone makers.",
			Needs: "firmware images, package lists or makers' store catalogues",
		},
		{
			Name:  "cloud",
			Doc:   "Sensitive data must not be stored on, or reachable from, untrusted clouds.",
			Needs: "infrastructure code, inventories, flow or DNS logs",
		},
		{
			Name:  "cable",
			Doc:   "Undersea cables must not be open to untrusted owners, suppliers or landing parties.",
			Needs: "cable and landing data, traceroutes",
		},
	}
}
