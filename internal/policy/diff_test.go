package policy

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiff(t *testing.T) {
	before := mustCompile(t, document(since2020+"    control: half\n    protects: {countries: [US, GB], companies: [delta]}\n", `groups: {some: [acme], gone: [bolt]}
exceptions:
  - {id: x, who: A, approved_by: B, authority: law, reason: need, from: 2020-01-01, expires: 2020-06-01, companies: [acme]}
`))
	after := mustCompile(t, []byte(`policy: small
version: "2"
title: Small policy
issuer: Test office
published: 2020-01-01
authorities: {id: act, title: The act, date: 2020-01-01}
control:
  - {id: half, method: cascade, threshold: 20}
groups: {some: [acme, delta], new: [bolt]}
entries:
  - id: one
    title: First rule
    authority: act
    citation: section 1
    domain: carrier
    select: {companies: [acme]}
    control: half
    relations: [adjacency]
    protects: {countries: [GB, CH], companies: [delta]}
    in_force: [{from: 2020-01-01, to: 2021-01-01}]
  - id: two
    title: Second
    authority: act
    citation: section 2
    domain: carrier
    select: {groups: [some]}
    relations: [adjacency]
    in_force: [{from: 2020-01-01}]
`))
	want := []Change{
		{Section: "policy", Kind: Changed, Fields: []FieldChange{{Field: "version", Before: "1", After: "2"}}},
		{Section: "control", ID: "half", Kind: Changed, Fields: []FieldChange{{Field: "threshold", Before: "50", After: "20"}}, Affects: []string{"one"}},
		{Section: "groups", ID: "gone", Kind: Removed},
		{Section: "groups", ID: "new", Kind: Added},
		{Section: "groups", ID: "some", Kind: Changed, Fields: []FieldChange{{Field: "members", Added: []string{"delta"}}}, Affects: []string{"two"}},
		{Section: "entries", ID: "one", Kind: Changed, Fields: []FieldChange{
			{Field: "in_force", Before: "[{from: 2020-01-01}]", After: "[{from: 2020-01-01, to: 2021-01-01}]"},
			{Field: "protects.countries", Removed: []string{"US"}, Added: []string{"CH"}}}},
		{Section: "entries", ID: "two", Kind: Added},
		{Section: "exceptions", ID: "x", Kind: Removed},
	}
	got := Diff(before, after)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Diff(after, after); got != nil {
		t.Errorf("a document compared with itself: %v", got)
	}
	back, err := json.Marshal(Diff(after, before))
	if err != nil || len(Diff(after, before)) != len(want) {
		t.Errorf("the other way round: %s, %v", back, err)
	}
}

// TestDiffSeesEverything: whatever changes the digest is in the difference.
func TestDiffSeesEverything(t *testing.T) {
	env := testEnv(t)
	full, err := Compile("full.yaml", readFile(t, "testdata/full.yaml"), env)
	if err != nil {
		t.Fatal(err)
	}
	plain := mustCompile(t, document(since2020, ""))
	sections := map[string]bool{}
	for _, c := range Diff(plain, full) {
		sections[c.Section] = true
	}
	for _, section := range []string{"policy", "authorities", "control", "groups", "entries", "exceptions", "tests"} {
		if !sections[section] {
			t.Errorf("section %q: no change found between two documents that share nothing in it", section)
		}
	}
}
