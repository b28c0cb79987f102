package carrier

import (
	"context"
	"fmt"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/rpki"
	"github.com/cleannet/cleannet/internal/source"
)

// ASPA reads what RPKI validators write: of which networks a network has signed
// that they are its providers.
type ASPA struct{}

// Name implements domain.Reader.
func (ASPA) Name() string { return "aspa/1" }

// Match implements domain.Reader; the file's name does not matter.
func (ASPA) Match(_ string, head []byte) bool { return rpki.Plausible(head) }

// Read implements domain.Reader.
func (a ASPA) Read(ctx context.Context, f *source.File, _ domain.Env, out *evidence.Shard) error {
	seen := 0
	counts, err := rpki.Read(f, func(x rpki.ASPA) error {
		if seen++; seen%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for _, provider := range x.Providers {
			if provider != 0 { // which says that it has none
				out.Observe(authorised(f.Path(), x, provider))
			}
		}
		return nil
	})
	out.Count("aspa: provider authorisations", counts.ASPAs)
	if counts.VRPs > 0 {
		out.Count("aspa: route origin authorisations passed over", counts.VRPs)
	}
	if counts.Malformed > 0 {
		out.Problem(evidence.Problem{
			Path: f.Path(), Offset: -1, Reader: a.Name(),
			Message: fmt.Sprintf("%d provider authorisations could not be understood", counts.Malformed),
			Next:    "the others were read; let the validator write the file again",
		})
	}
	return err
}

// authorised returns the observation of one customer and one provider.
func authorised(path string, x rpki.ASPA, provider uint32) evidence.Observation {
	note := fmt.Sprintf("ASPA of AS%d: AS%d is its provider", x.Customer, provider)
	if x.Anchor != "" {
		note += ", under trust anchor " + x.Anchor
	}
	o := evidence.Observation{
		Domain: Name, Kind: KindASPA, Count: 1,
		Subjects: []evidence.Subject{
			{Role: roleCustomer, ID: evidence.ASN(x.Customer)}, {Role: roleProvider, ID: evidence.ASN(provider)},
		},
		Refs: []evidence.Ref{{Path: path, Note: note}},
	}
	if !x.Expires.IsZero() {
		o.Attrs = []evidence.Attr{evidence.Max(attrExpires, x.Expires.Unix())}
	}
	return o
}
