package enforce_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/enforce/enforcetest"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// carrierPolicy is the fixture's policy with its first entry alone.
func carrierPolicy(t *testing.T, change func(*policy.Policy, *policy.Entry)) *policy.Policy {
	p := enforcetest.Policy(t, "")
	p.Entries = p.Entries[:1]
	if change != nil {
		change(p, p.Entries[0])
	}
	return p
}

// asNumbers returns the AS numbers of the items as a line.
func asNumbers(p *enforce.Plan) string {
	var out []string
	for it := range p.In("carrier") {
		if it.Identifier.Scheme() == evidence.SchemeASN {
			out = append(out, it.Identifier.Value())
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestNewPlan(t *testing.T) {
	day := func(text string) entity.Date { return enforcetest.Date(t, text) }
	for _, c := range []struct {
		name    string
		on      string
		change  func(*policy.Policy, *policy.Entry)
		found   []enforce.Found
		want    string // AS numbers
		until   string
		leftOut string // part of the reason
		note    string
	}{
		{name: "as it is", on: "2026-01-01", want: "64496 64497 64498", until: "2027-06-30"},
		{name: "before it is in force", on: "2020-08-04", until: "2020-08-05", leftOut: "in force from 2020-08-05"},
		{name: "the exception has expired", on: "2027-06-30", want: "64496 64497 64498 64500"},
		{name: "review only", on: "2026-01-01", leftOut: "review", change: func(_ *policy.Policy, e *policy.Entry) {
			e.Effect = policy.Review
		}},
		{name: "suspended", on: "2026-01-01", until: "2026-02-01", leftOut: "court", change: func(_ *policy.Policy, e *policy.Entry) {
			e.Suspended = []policy.Suspension{{Interval: entity.Interval{From: day("2025-01-01"), To: day("2026-02-01")}, Reason: "court"}}
		}},
		{name: "not yet determined", on: "2026-01-01", until: "2026-03-01", leftOut: "pending", change: func(_ *policy.Policy, e *policy.Entry) {
			e.Unless = &policy.Unless{Event: "it is sold", By: day("2026-03-01")}
		}},
		{name: "listed alone", on: "2026-01-01", want: "64496 64497", until: "2027-06-30", change: func(_ *policy.Policy, e *policy.Entry) {
			e.Control.Method = entity.MethodListed
		}},
		{name: "the exception is for another entry", on: "2026-01-01", want: "64496 64497 64498 64500", change: func(p *policy.Policy, _ *policy.Entry) {
			p.Exceptions[0].Entries = []string{"another"}
		}},
		{name: "the exception is for the protected side", on: "2026-01-01", want: "64496 64497 64498 64500", change: func(p *policy.Policy, _ *policy.Entry) {
			p.Exceptions[0].IDs = []evidence.ID{evidence.ASN(64505)}
		}, until: "2027-06-30", note: "names nothing that this plan cuts"},
		{name: "condition without findings", on: "2026-01-01", change: func(_ *policy.Policy, e *policy.Entry) {
			e.When = new(policy.Condition)
		}, until: "2027-06-30", note: "has a condition"},
		{name: "condition with a finding", on: "2026-01-01", want: "64497", change: func(p *policy.Policy, e *policy.Entry) {
			e.When = new(policy.Condition)
			p.Exceptions = nil
		}, found: []enforce.Found{{ID: "f", Entry: enforcetest.EntryAny, Party: evidence.ASN(64497)}}},
		{name: "a party that the registry does not list", on: "2026-01-01", want: "64496 64497 64498 64503", until: "2027-06-30",
			found: []enforce.Found{{ID: "f", Entry: enforcetest.EntryAny, Party: evidence.ASN(64503), Company: enforcetest.Listed}}},
		{name: "a finding of another policy", on: "2026-01-01", want: "64496 64497 64498", until: "2027-06-30", note: "do not belong",
			found: []enforce.Found{{ID: "f", Entry: "strange", Party: evidence.ASN(64503)}}},
		{name: "excepts a part of its class without findings", on: "2026-01-01", until: "2026-05-01", change: func(_ *policy.Policy, e *policy.Entry) {
			e.Except = []policy.Carve{{ID: "x", Term: entity.Interval{To: day("2026-05-01")}}}
		}, note: "only observations can meet"},
		{name: "phases without findings", on: "2026-01-01", until: "2026-04-01", change: func(_ *policy.Policy, e *policy.Entry) {
			e.Phases = []policy.Phase{{ID: "core", Due: day("2026-04-01")}}
		}, note: "only observations can meet"},
		{name: "allow-list", on: "2026-01-01", want: "64500 64510", until: "2027-06-30", change: func(_ *policy.Policy, e *policy.Entry) {
			e.Select = policy.Selection{Companies: []string{enforcetest.Trusted}, AllBut: true}
		}},
		{name: "allow-list lifted", on: "2026-01-01", until: "2027-06-30", leftOut: "lifts it", change: func(p *policy.Policy, e *policy.Entry) {
			e.Select = policy.Selection{Companies: []string{enforcetest.Trusted}, AllBut: true}
			p.Exceptions[0].Companies = nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			reg := enforcetest.Registry(t, enforcetest.Records(t, ""))
			plan := enforce.NewPlan(carrierPolicy(t, c.change), reg, day(c.on), c.found...)
			if got := asNumbers(plan); got != c.want {
				t.Errorf("cuts %q, want %q", got, c.want)
			}
			if got := plan.Until.String(); got != c.until {
				t.Errorf("until %q, want %q", got, c.until)
			}
			var reasons strings.Builder
			for _, l := range plan.LeftOut {
				reasons.WriteString(l.Reason)
			}
			if !strings.Contains(reasons.String(), c.leftOut) || c.leftOut == "" && reasons.String() != "" {
				t.Errorf("left out because %q, want %q", reasons.String(), c.leftOut)
			}
			if notes := strings.Join(plan.Notes, "\n"); !strings.Contains(notes, c.note) || c.note == "" && notes != "" {
				t.Errorf("notes %q, want %q", notes, c.note)
			}
		})
	}
}

// TestItem looks at one item whole, and at what the plan says beside it.
func TestItem(t *testing.T) {
	reg := enforcetest.Registry(t, enforcetest.Records(t, ""))
	found := enforce.Found{ID: "00112233aabbccdd", Entry: enforcetest.EntryAny, Party: evidence.ASN(64498)}
	plan := enforce.NewPlan(carrierPolicy(t, nil), reg, enforcetest.Date(t, "2026-01-01"), found)
	i := slices.IndexFunc(plan.Items, func(it enforce.Item) bool { return it.Company == enforcetest.Owned })
	want := enforce.Item{
		ID: found.ID, Entry: enforcetest.EntryAny, Domain: "carrier", Authority: "Example Act, section 2",
		URL: "https://example.org/act", Company: enforcetest.Owned, CompanyName: "Owned Carrier",
		Identifier: evidence.ASN(64498), Level: enforce.Any, Effect: policy.Prohibit,
		Reason: "controlled: listed-carrier holds 100% of owned-carrier (shareholding)",
	}
	same := cmp.Options{
		cmp.Comparer(func(a, b evidence.ID) bool { return a == b }),
		cmp.Comparer(func(a, b entity.Date) bool { return a == b }),
	}
	if diff := cmp.Diff(want, plan.Items[i], same); diff != "" {
		t.Errorf("item (-want +got):\n%s", diff)
	}
	if len(plan.Undecided) != 1 || plan.Undecided[0].Company != enforcetest.Doubtful {
		t.Errorf("undecided %v, want %s alone", plan.Undecided, enforcetest.Doubtful)
	}
	if len(plan.Excepted) != 2 || plan.Excepted[0].Exception != enforcetest.Waiver {
		t.Errorf("excepted %v, want the two identifiers of %s", plan.Excepted, enforcetest.Waived)
	}
}

// TestLevelOfRelations asks at what level the kinds of the carrier domain are cut.
func TestLevelOfRelations(t *testing.T) {
	reg := enforcetest.Registry(t, enforcetest.Records(t, ""))
	for relations, want := range map[string]enforce.Level{
		"adjacency":                    enforce.Direct,
		"session":                      enforce.Direct,
		"aspa":                         enforce.Direct,
		"adjacency session aspa":       enforce.Direct,
		"session transit":              enforce.Direct | enforce.Transit,
		"meeting":                      0,
		"meeting origin":               enforce.Origin,
		"session transit origin equip": enforce.Any,
	} {
		p := carrierPolicy(t, func(_ *policy.Policy, e *policy.Entry) {
			e.Relations = nil
			for name := range strings.FieldsSeq(relations) {
				e.Relations = append(e.Relations, policy.Relation{Name: name})
			}
		})
		plan := enforce.NewPlan(p, reg, enforcetest.Date(t, "2026-01-01"))
		routes, err := enforce.NewRoutes(plan, "carrier")
		if err != nil {
			t.Fatal(err)
		}
		if got := plan.Items[0].Level; got != want {
			t.Errorf("%s: level %s, want %s", relations, got, want)
		}
		if cut := len(routes.Denied) > 0; cut != (want != 0) {
			t.Errorf("%s: AS numbers are denied: %t, want %t", relations, cut, want != 0)
		}
	}
}

func TestLevelString(t *testing.T) {
	for level, want := range map[enforce.Level]string{
		0: "none", enforce.Direct: "direct", enforce.Transit | enforce.Origin: "transit+origin", enforce.Any: "any",
	} {
		if got := level.String(); got != want {
			t.Errorf("level %d: got %q, want %q", uint8(level), got, want)
		}
	}
}

func FuzzComment(f *testing.F) {
	for _, text := range enforcetest.Hostile() {
		f.Add(text, 160)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = 3 + max(limit, -limit, 0)%1000
		got := enforce.Comment(text, limit)
		if len(got) > limit {
			t.Errorf("%d bytes, the limit is %d", len(got), limit)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r > '~' }) || strings.Contains(got, "*/") ||
			strings.ContainsAny(got, "\"`\\<>${}") {
			t.Errorf("%q is not fit for a comment", got)
		}
	})
}
