package enforcetest

import (
	"net/netip"
	"testing"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/testkit/router"
)

// Interpreted starts a target's own interpreter as a device. Replayed on it,
// files are held against the definitions of the levels, and where the same
// replay also runs on a real daemon, the interpreter is held against that.
func Interpreted(target enforce.Interpreter) Start {
	return func(t testing.TB, p *enforce.Plan) Device {
		t.Helper()
		written, err := target.Files(p)
		if err != nil {
			t.Fatal(err)
		}
		program, err := target.Interpret(written)
		if err != nil {
			t.Fatal(err)
		}
		return &interpreter{program, make(map[netip.Prefix]bool)}
	}
}

type interpreter struct {
	program  *enforce.Program
	accepted map[netip.Prefix]bool
}

// Learn implements [Device].
func (d *interpreter) Learn(t testing.TB, peer netip.Addr, routes []router.Route) {
	t.Helper()
	for _, r := range routes {
		path, err := enforce.ParsePath(r.Path)
		if err != nil {
			t.Fatal(err)
		}
		if !d.program.Drops(peer, &enforce.Route{Prefix: r.Prefix, Path: path}) {
			d.accepted[r.Prefix] = true
		}
	}
}

// Accepted implements [Device].
func (d *interpreter) Accepted(testing.TB) map[netip.Prefix]bool { return d.accepted }
