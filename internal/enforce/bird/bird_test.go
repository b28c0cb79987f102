package bird_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/bird"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/testkit"
)

// plan is a plan of single items: AS numbers with their levels. China Telecom
// is AS4134 and AS4809, as its look-alikes below make the test sharp.
func plan(items ...enforce.Item) *enforce.Plan {
	p := &enforce.Plan{Policy: enforce.Policy{ID: "test", Title: "Test"}}
	for i, it := range items {
		it.Entry, it.Domain = "e", "carrier"
		it.ID = fmt.Sprintf("id-%d", i)
		p.Items = append(p.Items, it)
	}
	p.Entries = []enforce.Entry{{ID: "e", Domain: "carrier", Level: enforce.Any}}
	return p
}

func as(n uint32, company string, level enforce.Level) enforce.Item {
	return enforce.Item{Identifier: evidence.ASN(n), Company: company, CompanyName: company, Level: level}
}

func block(t testing.TB, id, company string) enforce.Item {
	return enforce.Item{Identifier: enforcetest.ID(t, id), Company: company, Level: enforce.Any}
}

// allowPlan permits two neighbours and denies the rest.
func allowPlan(permitted ...uint32) *enforce.Plan {
	var items []enforce.Item
	for _, n := range permitted {
		it := as(n, "trusted", enforce.Direct)
		it.Allow = true
		items = append(items, it)
	}
	p := plan(items...)
	p.Entries[0].AllBut, p.Entries[0].Level = true, enforce.Direct
	return p
}

func TestBirdAccepts(t *testing.T) {
	program := testkit.Tool(t, "bird")
	many := make([]enforce.Item, 20_000)
	for i := range many {
		many[i] = as(uint32(i+1), fmt.Sprintf("company-%d", i%200), enforce.Level(i%7+1))
	}
	plans := map[string]*enforce.Plan{
		"fixture":          enforcetest.Plan(t, ""),
		"empty":            {},
		"allow-list":       allowPlan(64496, 64497),
		"empty allow-list": allowPlan(),
		"20,000 numbers":   plan(many...),
		"names that collide": plan(as(1, "a-b", enforce.Any), as(2, "a.b", enforce.Any), as(3, "a_b", enforce.Any),
			as(4, strings.Repeat("long", 200)+"1", enforce.Any), as(5, strings.Repeat("long", 200)+"2", enforce.Any),
			as(6, "", enforce.Any), as(4294967295, "\n]; define X = [ \"", enforce.Any)),
		"mapped block": plan(block(t, "prefix:::ffff:192.0.2.0/120", "a"), block(t, "prefix:192.0.2.0/24", "b"),
			block(t, "ip:2001:db8::1", "c")),
	}
	for i, text := range enforcetest.Hostile() {
		plans[fmt.Sprintf("hostile %d", i)] = enforcetest.Plan(t, text)
	}
	for name, p := range plans {
		t.Run(name, func(t *testing.T) {
			// All filters are in use, so that BIRD cannot pass over any.
			config := writeConfig(t, p, `
protocol bgp a { local as 64496; neighbor 192.0.2.1 as 64511; ipv4 { import filter { cleannet_reject(); accept; }; export none; }; }
protocol bgp b { local as 64496; neighbor 2001:db8::1 as 64511; ipv6 { import filter { cleannet_reject_logged(); accept; }; export none; }; }
`)
			if out, err := exec.Command(program, "-p", "-c", config).CombinedOutput(); err != nil {
				t.Errorf("bird -p: %v: %s", err, out)
			}
		})
	}
}

func TestLevels(t *testing.T) {
	const e = enforce.Any
	deny := plan(
		as(4134, "china-telecom", e), as(4809, "china-telecom", e),
		as(64501, "direct-only", enforce.Direct),
		as(64502, "origin-only", enforce.Origin),
		as(64503, "transit-only", enforce.Transit),
		block(t, "prefix:192.0.2.0/24", "china-telecom"), block(t, "prefix:2001:db8::/32", "china-telecom"),
	)
	type row struct {
		path                                string
		direct, transit, origin, forbidding bool
	}
	d := start(t, writeConfig(t, deny, ""))
	for _, want := range []row{
		{"", false, false, false, false},
		{"4134", true, false, true, true},
		{"4134 4134 4134", true, false, true, true},
		{"4134 64496", true, true, false, true},
		{"64496 4134", false, false, true, true},
		{"64496 4134 4134 4134", false, false, true, true},
		{"64496 4134 64497", false, true, false, true},
		{"64496 4134 4134 64497", false, true, false, true},
		{"64496 4809 4134", false, true, true, true},
		{"4134 4809", true, true, true, true},
		{"4134 64496 4134", true, false, true, true},
		{"64496 64497", false, false, false, false},
		// Numbers that a careless pattern takes for 4134 or 4809.
		{"41340 134 34", false, false, false, false},
		{"134 41340 14134 41341", false, false, false, false},
		{"64496 41 34 64497", false, false, false, false},
		{"270946 4294967295", false, false, false, false},
		{"48090 809 64809", false, false, false, false},
		// Each level catches only the numbers meant for it.
		{"64501 64496", true, false, false, true},
		{"64496 64501 64497", false, false, false, false},
		{"64496 64501", false, false, false, false},
		{"64502 64496", false, false, false, false},
		{"64496 64502", false, false, true, true},
		{"64496 64502 64497", false, false, false, false},
		{"64502", false, false, true, true},
		{"64503", false, false, false, false},
		{"64503 64496", false, true, false, true},
		{"64496 64503 64503", false, false, false, false},
		{"64496 64503 64497", false, true, false, true},
	} {
		path := pathExpression(want.path)
		got := row{
			want.path,
			d.eval(t, "cleannet_is_direct("+path+")"), d.eval(t, "cleannet_is_transit("+path+")"),
			d.eval(t, "cleannet_is_origin("+path+")"), d.eval(t, "cleannet_is_forbidden("+path+")"),
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
			t.Errorf("path %q (-want +got):\n%s", want.path, diff)
		}
	}
	for prefix, want := range map[string]bool{
		"192.0.2.0/24": true, "192.0.2.128/25": true, "192.0.0.0/16": false, "192.0.3.0/24": false,
		"2001:db8:1::/48": true, "2001:db9::/32": false, "2001::/16": false,
	} {
		if got := d.eval(t, "cleannet_is_prefix("+prefix+")"); got != want {
			t.Errorf("prefix %s: got %v, want %v", prefix, got, want)
		}
	}
}

func TestAllowList(t *testing.T) {
	for _, c := range []struct {
		name      string
		permitted []uint32
		want      map[string]bool // path to forbidden
	}{
		{"two", []uint32{64496, 64497}, map[string]bool{
			"": false, "64496": false, "64497 4134": false, "4134 64496": true, "6449 64496": true, "644960": true,
		}},
		{"nobody", nil, map[string]bool{"": false, "64496": true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := start(t, writeConfig(t, allowPlan(c.permitted...), ""))
			for path, want := range c.want {
				if got := d.eval(t, "cleannet_is_forbidden("+pathExpression(path)+")"); got != want {
					t.Errorf("path %q forbidden: got %v, want %v", path, got, want)
				}
			}
		})
	}
}

// pathExpression builds a path from its origin on.
func pathExpression(path string) string {
	expression := "+empty+"
	numbers := strings.Fields(path)
	for i := len(numbers) - 1; i >= 0; i-- {
		expression = "prepend(" + expression + ", " + numbers[i] + ")"
	}
	return expression
}

func TestRefuses(t *testing.T) {
	tooMany := make([]enforce.Item, enforce.MaxRouteItems+1)
	for i := range tooMany {
		tooMany[i] = as(uint32(i), "a", enforce.Any)
	}
	for name, p := range map[string]*enforce.Plan{
		"too many numbers": plan(tooMany...),
		"all of IPv4":      plan(block(t, "prefix:0.0.0.0/0", "a")),
		"half of IPv4":     plan(block(t, "prefix:128.0.0.0/1", "a")),
		"all of IPv6":      plan(block(t, "prefix:::/0", "a")),
		"an RIR's block":   plan(block(t, "prefix:2400::/12", "a")),
		"IPv4, as mapped":  plan(block(t, "prefix:::ffff:0.0.0.0/96", "a")),
	} {
		t.Run(name, func(t *testing.T) {
			if files, err := (bird.Target{}).Files(p); err == nil {
				t.Errorf("got %d files, want an error", len(files))
			}
		})
	}
}

// TestOtherDomains makes sure that app stores do not end up in routers.
func TestOtherDomains(t *testing.T) {
	it := as(4134, "a", enforce.Any)
	p := plan(it)
	p.Items[0].Domain = "cloud"
	p.Items[0].Effect = policy.Prohibit
	files, err := bird.Target{}.Files(p)
	if err != nil {
		t.Fatal(err)
	}
	if lines, err := readBack(files); err != nil || len(lines) != 0 {
		t.Errorf("got %v, %v, want nothing", lines, err)
	}
}
