package main

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/domain/all"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/judge"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/testkit"
)

// datedRule is what the shared evidence expects of a rule at dates.
type datedRule struct {
	ID     string `json:"id"`
	Expect []struct {
		AsOf    string `json:"as_of"`
		State   string `json:"state"`
		Due     *int   `json:"due"`
		Verdict string `json:"verdict_without_determination"`
	} `json:"expect"`
	Withdrawn  string `json:"withdrawn"`
	Exceptions []struct {
		Until      string `json:"until"`
		FirstUntil string `json:"first_until"`
	} `json:"exceptions"`
	Duties []struct {
		By string `json:"by"`
	} `json:"duties"`
}

// list1260H is the shape of a list that was published, withdrawn and published
// again. No policy of that list ships: its names were not read.
const list1260H = `policy: list-1260h
version: "1"
title: Section 1260H
issuer: Department of Defense
jurisdiction: US
published: 2026-02-01
authorities: [{id: list, title: Section 1260H list, date: 2026-02-01}]
defaults: {effect: restrict, severity: high, control: listed}
entries:
  - {id: february, title: List of February 2026, authority: list, citation: The list, domain: carrier, known: 2026-02-01,
     withdrawn: 2026-02-15, relations: [equips], in_force: [{from: 2026-02-01}], awaits: inventories}
  - {id: june, title: List of June 2026, authority: list, citation: The list, domain: carrier, known: 2026-06-08,
     relations: [equips], in_force: [{from: 2026-06-08}], awaits: inventories,
     phases: [{id: direct, title: no direct contract, due: 2026-06-30}, {id: indirect, title: no indirect procurement, due: 2027-06-30}]}
`

// TestDatedRules holds the shipped policies against every expectation of the
// shared evidence on states, phases, exceptions and withdrawals.
func TestDatedRules(t *testing.T) {
	raw, err := os.ReadFile(testkit.Data(t, "registry/dated_rules.json"))
	if err != nil {
		t.Fatal(err)
	}
	var rules []datedRule
	if err := json.Unmarshal(raw, &rules); err != nil {
		t.Fatal(err)
	}
	var k knowledge
	reg, err := k.registry()
	if err != nil {
		t.Fatal(err)
	}
	where := map[string][2]string{
		"us.bis.affiliates": {"us-bis-affiliates", "affiliates"}, "us.eo.13942": {"us-eo-2020", "tiktok"},
		"us.eo.13943": {"us-eo-2020", "wechat"}, "us.pafaca.tiktok": {"us-pafaca", "tiktok"},
		"uk.dvd.huawei": {"uk-5g-huawei", "removal"}, "us.dod.1260h": {"", "june"},
		"us.fcc.covered.12": {"us-fcc-covered-list", "foreign-uas"},
	}
	words := map[string]policy.EntryState{
		"not_in_force": policy.NotYet, "in_force": policy.InForce, "suspended": policy.Suspended, "revoked": policy.Ended,
	}
	expectations := 0
	for _, rule := range rules {
		at, ok := where[rule.ID]
		if !ok {
			t.Errorf("rule %q: no policy is held against it", rule.ID)
			continue
		}
		t.Run(rule.ID, func(t *testing.T) {
			p, e := datedEntry(t, reg, at[0], at[1])
			for _, x := range rule.Expect {
				expectations++
				on := testDate(t, x.AsOf)
				state, why := e.State(on)
				if want, ok := words[x.State]; ok && state != want {
					t.Errorf("%s: got %s (%s), want %s", x.AsOf, state, why, want)
				} else if !ok && x.State != "" {
					t.Errorf("%s: unknown state %q", x.AsOf, x.State)
				}
				if x.Due != nil && e.Due(on) != *x.Due {
					t.Errorf("%s: got %d phases due, want %d", x.AsOf, e.Due(on), *x.Due)
				}
				if x.Verdict != "" {
					checkSupposed(t, p, reg, e, on, x.Verdict)
				}
			}
			for _, x := range rule.Exceptions {
				checkMoved(t, p, e.ID, x.Until, x.FirstUntil)
			}
			if len(rule.Expect) == 0 && len(rule.Duties) > 0 {
				for i, duty := range rule.Duties {
					if got := e.Due(testDate(t, duty.By)); got != i+1 {
						t.Errorf("%s: got %d duties due, want %d", duty.By, got, i+1)
					}
				}
			}
			if rule.Withdrawn != "" {
				checkWithdrawn(t, p)
			}
		})
	}
	if expectations < 15 {
		t.Errorf("%d expectations were read, want all of them", expectations)
	}
}

func datedEntry(t *testing.T, reg *entity.Registry, id, entry string) (*policy.Policy, *policy.Entry) {
	t.Helper()
	var p *policy.Policy
	var err error
	if id == "" {
		p, err = policy.Compile("1260h.yaml", []byte(list1260H), policy.Env{Registry: reg, Kinds: domain.Kinds(all.Domains())})
	} else {
		p, err = compilePolicy(id, reg)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p, entryOf(t, p, entry)
}

func entryOf(t *testing.T, p *policy.Policy, id string) *policy.Entry {
	t.Helper()
	for _, e := range p.Entries {
		if e.ID == id {
			return e
		}
	}
	t.Fatalf("policy %q has no entry %q", p.ID, id)
	return nil
}

func testDate(t *testing.T, text string) entity.Date {
	t.Helper()
	d, err := entity.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// checkSupposed asks what the entry says of ByteDance's TikTok at a date.
func checkSupposed(t *testing.T, p *policy.Policy, reg *entity.Registry, e *policy.Entry, on entity.Date, verdict string) {
	t.Helper()
	want := policy.Expectation{Entry: e.ID, Company: "tiktok", Suppose: true, Judges: true}
	if err := want.Verdict.UnmarshalText([]byte(verdict)); err != nil {
		t.Fatal(err)
	}
	asked := *p
	asked.Tests = []policy.Test{{Name: "supposed", AsOf: on, Expect: []policy.Expectation{want}}}
	results, err := judge.RunTests(t.Context(), &asked, reg)
	if err != nil {
		t.Fatal(err)
	}
	for _, failure := range results[0].Failures {
		t.Errorf("%s: %s", on, failure)
	}
}

// checkMoved wants the end of an exception as known today, and as known first.
func checkMoved(t *testing.T, p *policy.Policy, entry, now, first string) {
	t.Helper()
	for known, want := range map[string]string{"": now, "2026-02-01": first} {
		at := p
		if known != "" {
			at = p.KnownAt(testDate(t, known))
		}
		for _, x := range entryOf(t, at, entry).Except {
			if x.ID == "blue-uas" && x.Term.To.String() != want {
				t.Errorf("known at %q: the exception ends on %s, want %s", known, x.Term.To, want)
			}
		}
	}
}

// checkWithdrawn: the list of February never was in force, as known today, and
// was before its withdrawal was known.
func checkWithdrawn(t *testing.T, p *policy.Policy) {
	t.Helper()
	on := testDate(t, "2026-02-10")
	if state, why := entryOf(t, p, "february").State(on); state != policy.Ended {
		t.Errorf("the withdrawn list: got %s (%s), want %s", state, why, policy.Ended)
	}
	if state, _ := entryOf(t, p.KnownAt(on), "february").State(on); state != policy.InForce {
		t.Errorf("the list before its withdrawal was known: got %s, want %s", state, policy.InForce)
	}
	if state, _ := entryOf(t, p.KnownAt(on), "june").State(on); state != policy.NotYet {
		t.Errorf("the list of June in February: got %s, want %s", state, policy.NotYet)
	}
}
