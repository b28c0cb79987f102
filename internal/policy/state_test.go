package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/evidence"
)

// TestEntryState has the dates of real acts: the Affiliates Rule of BIS, in
// force 2025-09-29, suspended for a year, and back; and a gap between spans.
func TestEntryState(t *testing.T) {
	p := mustCompile(t, document(`    in_force: [{from: 2025-09-29, to: 2028-01-01}, {from: 2029-01-01}]
    suspended: [{from: 2025-11-10, to: 2026-11-10, reason: suspended for a year}]
`, ""))
	for _, tc := range []struct {
		on     string
		want   EntryState
		reason string
	}{
		{"2025-09-28", NotYet, "in force from 2025-09-29"},
		{"2025-09-29", InForce, "in force since 2025-09-29"},
		{"2025-11-09", InForce, "in force since 2025-09-29"},
		{"2025-11-10", Suspended, "suspended 2025-11-10..2026-11-10: suspended for a year"},
		{"2026-11-09", Suspended, "suspended 2025-11-10..2026-11-10: suspended for a year"},
		{"2026-11-10", InForce, "in force since 2025-09-29"},
		{"2027-12-31", InForce, "in force since 2025-09-29"},
		{"2028-01-01", Ended, "ended on 2028-01-01, again from 2029-01-01"},
		{"2029-01-01", InForce, "in force since 2029-01-01"},
	} {
		got, reason := p.Entries[0].State(date(t, tc.on))
		if got != tc.want || reason != tc.reason {
			t.Errorf("State(%s): got %s (%s), want %s (%s)", tc.on, got, reason, tc.want, tc.reason)
		}
	}
}

// TestWithdrawn: a withdrawn publication never was in force, as with the
// section 1260H list that was posted and withdrawn in February 2026.
func TestWithdrawn(t *testing.T) {
	p := mustCompile(t, append([]byte("withdrawn: 2020-03-01\n"), document(since2020, "")...))
	for _, on := range []string{"2019-01-01", "2020-02-01", "2026-01-01"} {
		if got, reason := p.Entries[0].State(date(t, on)); got != Ended {
			t.Errorf("State(%s): got %s (%s), want %s", on, got, reason, Ended)
		}
	}
}

func TestUnlessStatus(t *testing.T) {
	const deadline = "    unless:\n      event: divested\n      by: 2020-09-15\n"
	decided := func(outcome string) string {
		return deadline + "      determinations: {outcome: " + outcome + ", date: 2020-09-20, by: Test office}\n"
	}
	for _, tc := range []struct {
		name, unless, on string
		want             UnlessState
	}{
		{"before the deadline", deadline, "2020-09-14", UnlessPending},
		{"on its day", deadline, "2020-09-15", UnlessPending},
		{"after it", deadline, "2020-09-16", UnlessUnknown},
		{"determined later, asked before", decided("satisfied"), "2020-09-19", UnlessUnknown},
		{"satisfied", decided("satisfied"), "2020-09-20", UnlessSatisfied},
		{"lapsed", decided("lapsed"), "2026-01-01", UnlessLapsed},
		{"lapsed, asked before the deadline", decided("lapsed"), "2020-09-01", UnlessPending},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := mustCompile(t, document(since2020+tc.unless, "")).Entries[0].Unless
			if got, reason := u.Status(date(t, tc.on)); got != tc.want || reason == "" {
				t.Errorf("Status(%s): got %s (%q), want %s", tc.on, got, reason, tc.want)
			}
		})
	}
}

func TestException(t *testing.T) {
	p := mustCompile(t, document(since2020, `exceptions:
  - {id: x, who: Unit A, approved_by: Board, authority: section 9, reason: contract, from: 2020-02-01,
     expires: 2020-08-01, entries: [one], identifiers: ["asn:64496", "asn:64497"]}
  - {id: y, who: Unit A, approved_by: Board, authority: section 9, reason: contract, from: 2020-02-01,
     expires: 2020-08-01, companies: [acme]}
`))
	x, y := p.Exceptions[0], p.Exceptions[1]
	for on, want := range map[string]bool{
		"2020-01-31": false, "2020-02-01": true, "2020-07-31": true, "2020-08-01": false,
	} {
		if got := x.InForce(date(t, on)); got != want {
			t.Errorf("InForce(%s): got %t, want %t", on, got, want)
		}
	}
	for _, tc := range []struct {
		name           string
		x              *Exception
		entry, company string
		ids            []evidence.ID
		want           bool
	}{
		{"one of the identifiers", x, "one", "bolt", []evidence.ID{evidence.ASN(1), evidence.ASN(64497)}, true},
		{"another identifier", x, "one", "bolt", []evidence.ID{evidence.ASN(1)}, false},
		{"no identifier", x, "one", "bolt", nil, false},
		{"another entry", x, "two", "bolt", []evidence.ID{evidence.ASN(64497)}, false},
		{"the company", y, "any", "acme", nil, true},
		{"another company", y, "any", "bolt", nil, false},
	} {
		if got := tc.x.Covers(tc.entry, tc.company, tc.ids...); got != tc.want {
			t.Errorf("Covers, %s: got %t, want %t", tc.name, got, tc.want)
		}
	}
}

func TestSeeds(t *testing.T) {
	reg := testEnv(t).Registry
	for _, tc := range []struct {
		name string
		sel  Selection
		want []string
	}{
		{"nobody", Selection{}, nil},
		{"companies", Selection{Companies: []string{"delta", "acme"}}, []string{"acme", "delta"}},
		{"country", Selection{Countries: []string{"CN"}}, []string{"acme", "bolt"}},
		{"state-owned anywhere", Selection{StateOwned: true}, []string{"acme", "crown"}},
		{"state-owned in a country", Selection{StateOwned: true, Countries: []string{"GB", "US"}}, []string{"crown"}},
		{"tag or country", Selection{Tags: []string{"carrier"}, Countries: []string{"US"}}, []string{"acme", "crown", "delta"}},
		{"all in one", Selection{Companies: []string{"delta"}, Tags: []string{"cloud"}}, []string{"bolt", "delta"}},
		{"the trusted ones", Selection{Companies: []string{"delta"}, AllBut: true}, []string{"delta"}},
	} {
		if diff := cmp.Diff(tc.want, tc.sel.Seeds(reg, date(t, "2020-08-05"))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// TestStatesHaveWords: every state prints as its own word.
func TestStatesHaveWords(t *testing.T) {
	seen := map[string]bool{}
	for _, word := range []string{
		NotYet.String(), InForce.String(), Suspended.String(), Ended.String(),
		UnlessPending.String(), UnlessSatisfied.String(), UnlessLapsed.String(), UnlessUnknown.String(),
		True.String(), False.String(), Undecided.String(),
	} {
		if word == "" || seen[word] {
			t.Errorf("word %q is empty or stands for two states", word)
		}
		seen[word] = true
	}
}
