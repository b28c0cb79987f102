package policy

import (
	"testing"
)

func TestShippedPoliciesCompile(t *testing.T) {
	env := shippedEnv(t)
	for name, data := range shipped(t) {
		p, err := Compile(name, data, env)
		if err != nil {
			t.Errorf("%s:\n%v", name, err)
			continue
		}
		if len(p.Tests) == 0 {
			t.Errorf("%s: a shipped policy has tests of its own", name)
		}
		for _, e := range p.Entries {
			if e.Awaits == "" && len(e.Select.Seeds(env.Registry, date(t, "2026-11-24"))) == 0 {
				t.Errorf("%s: entry %q selects nobody", name, e.ID)
			}
		}
	}
}
