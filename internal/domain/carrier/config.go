package carrier

import (
	"context"
	"fmt"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/routerconf"
	"github.com/cleannet/cleannet/internal/source"
)

// Config reads router configurations: the neighbours with which a network has
// agreed on a session.
type Config struct{}

// Name implements domain.Reader.
func (Config) Name() string { return "routerconf/1" }

// Match implements domain.Reader; the file's name does not matter.
func (Config) Match(_ string, head []byte) bool {
	_, ok := routerconf.Detect(head)
	return ok
}

// Read implements domain.Reader.
func (c Config) Read(ctx context.Context, f *source.File, _ domain.Env, out *evidence.Shard) error {
	head, err := f.Head(source.HeadMax)
	if err != nil {
		return err
	}
	dialect, ok := routerconf.Detect(head)
	if !ok {
		return fmt.Errorf("no router configuration that is known: give one of BIRD, FRR, IOS-XR, EOS, Junos or SR OS")
	}
	neighbours, readErr := routerconf.Read(f, dialect)
	if err := ctx.Err(); err != nil {
		return err
	}
	out.Count("routerconf: neighbours", uint64(len(neighbours)))
	unnamed, internal := uint64(0), uint64(0)
	for _, n := range neighbours {
		switch {
		case n.Off:
			out.Count("routerconf: neighbours switched off", 1)
		case n.Local == 0 || n.Remote == 0:
			unnamed++
		case n.Local == n.Remote:
			internal++
		default:
			out.Observe(configured(f.Path(), dialect, n))
		}
	}
	if internal > 0 {
		out.Count("routerconf: neighbours inside the own network", internal)
	}
	if unnamed > 0 {
		out.Problem(evidence.Problem{
			Path: f.Path(), Offset: -1, Reader: c.Name(),
			Message: fmt.Sprintf("%d neighbours without an AS number of their own or of the router: the configuration leaves it to a group or file that is not here", unnamed),
			Next:    "give the configuration as the router shows it running, with what it inherits",
		})
	}
	if readErr != nil {
		return fmt.Errorf("%s configuration: %w: save it from the router again", dialect, readErr)
	}
	return nil
}

// configured returns the observation of a configured neighbour.
func configured(path string, dialect routerconf.Dialect, n routerconf.Neighbour) evidence.Observation {
	o := evidence.Observation{
		Domain: Name, Kind: KindSession, Count: 1,
		Subjects: []evidence.Subject{
			{Role: roleLocal, ID: evidence.ASN(n.Local)}, {Role: roleRemote, ID: evidence.ASN(n.Remote)},
		},
		Attrs: []evidence.Attr{evidence.Words(attrProof, proofConfig)},
	}
	if n.Addr.IsValid() {
		o.Attrs = append(o.Attrs, evidence.Words(attrAddresses, n.Addr.String()))
	}
	if n.Description != "" {
		o.Attrs = append(o.Attrs, evidence.Words(attrDescriptions, n.Description))
	}
	note := fmt.Sprintf("%s configuration: neighbour %s of AS%d is AS%d", dialect, n.Name, n.Local, n.Remote)
	if n.Instance != "" {
		note += " in " + n.Instance
	}
	if n.Description != "" {
		note += fmt.Sprintf(": %q", n.Description)
	}
	o.Refs = []evidence.Ref{{Path: path, Offset: n.Offset, Length: n.Length, Note: note}}
	return o
}
