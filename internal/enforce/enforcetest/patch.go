package enforcetest

import (
	"bytes"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/evidence"
)

// Patch examines a target's patches: none between equal files; from nothing
// the whole; and there and back again the counts are turned round. It returns a
// patch with something of everything for the target's own test to look at.
func Patch(t *testing.T, target enforce.Patcher) *enforce.Patch {
	t.Helper()
	write := func(p *enforce.Plan) []enforce.File { return files(t, Spec{Target: target}, p) }
	before := write(Before(t))
	after := write(After(t))
	diff := func(running, wanted []enforce.File) *enforce.Patch {
		p, err := target.Patch(running[0].Data, wanted)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := diff(before, before); p.Added+p.Removed != 0 || p.Unchanged == 0 || bytes.Count(p.File.Data, []byte("\n")) != 1 {
		t.Errorf("equal files differ: %d added, %d removed:\n%s", p.Added, p.Removed, p.File.Data)
	}
	if p := diff([]enforce.File{{}}, before); p.Removed+p.Unchanged != 0 || p.Added == 0 {
		t.Errorf("from nothing: %d removed, %d unchanged", p.Removed, p.Unchanged)
	}
	there, back := diff(before, after), diff(after, before)
	type counts struct{ Added, Removed, Unchanged int }
	if d := gocmp.Diff(counts{there.Added, there.Removed, there.Unchanged}, counts{back.Removed, back.Added, back.Unchanged}); d != "" {
		t.Errorf("there and back (-there +back):\n%s", d)
	}
	if there.Added == 0 || there.Removed == 0 || there.Unchanged == 0 {
		t.Errorf("got %d added, %d removed, %d unchanged: want some of each", there.Added, there.Removed, there.Unchanged)
	}
	return there
}

// Before and After are two plans that have something of everything in common,
// and something not.
func Before(t testing.TB) *enforce.Plan {
	return withOrigin(Deny(t, enforce.Any, []uint32{4134, 4809}, "192.0.2.0/24", "2001:db8::/32"))
}

// After is what [Before] becomes.
func After(t testing.TB) *enforce.Plan {
	return withOrigin(Deny(t, enforce.Any, []uint32{4134, 9808}, "192.0.2.0/24", "198.51.100.0/24"))
}

func withOrigin(p *enforce.Plan) *enforce.Plan {
	p.Items = append(p.Items, enforce.Item{
		ID: "id-o", Entry: "e", Domain: "carrier", Company: "o", Identifier: evidence.ASN(64496), Level: enforce.Origin,
	})
	return p
}
