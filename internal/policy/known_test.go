package policy

import (
	"strings"
	"testing"
)

// TestKnownAt: what was published later is not known, and what has been
// superseded is known again.
func TestKnownAt(t *testing.T) {
	p := mustCompile(t, document(`    known: 2020-02-01
    withdrawn: 2020-10-01
    in_force: [{from: 2020-03-01, known: {to: 2020-08-01}}, {from: 2020-03-01, to: 2020-09-01, end: revoked, known: 2020-08-01}]
    suspended: [{from: 2020-05-01, to: 2020-06-01, reason: enjoined, known: 2020-05-01}]
    except:
      - {id: list, title: The list, where: {approvals: [a]}, until: 2021-01-01, known: {to: 2020-08-01}}
      - {id: list, title: The list, where: {approvals: [a]}, until: 2022-01-01, known: 2020-08-01}
    phases: [{id: late, title: Later, due: 2020-03-01, known: 2020-08-01}]
    unless:
      event: sold
      by: 2020-04-01
      determinations: [{outcome: lapsed, date: 2020-04-02, by: Office, known: 2020-07-01}]
`, `exceptions:
  - {id: x, who: A, approved_by: B, authority: law, reason: need, from: 2020-01-01, expires: 2020-06-01, companies: [acme], known: {from: 2020-02-01, to: 2020-05-01}}
  - {id: x, who: A, approved_by: B, authority: law, reason: need, from: 2020-01-01, expires: 2020-12-01, companies: [acme], known: 2020-05-01}
`))
	for _, tc := range []struct {
		known, on string
		state     EntryState
		why       string
	}{
		{"", "2020-03-01", Ended, "its publication was withdrawn on 2020-10-01"},
		{"2020-09-30", "2020-03-01", InForce, "in force since 2020-03-01"},
		{"2020-09-30", "2020-09-01", Ended, "ended on 2020-09-01: revoked"},
		{"2020-07-31", "2020-09-01", InForce, "in force since 2020-03-01"},
		{"2020-07-31", "2020-05-15", Suspended, "enjoined"},
		{"2020-04-30", "2020-05-15", InForce, "in force since"},
		{"2020-01-31", "2020-05-15", NotYet, "published on 2020-02-01"},
	} {
		at := p
		if tc.known != "" {
			at = p.KnownAt(date(t, tc.known))
		}
		got, why := at.Entries[0].State(date(t, tc.on))
		if got != tc.state || !strings.Contains(why, tc.why) {
			t.Errorf("known at %q, on %s: got %s (%s), want %s (%s)", tc.known, tc.on, got, why, tc.state, tc.why)
		}
	}
	for known, want := range map[string]string{"2020-03-01": "2021-01-01 0 0 2020-06-01", "2020-08-01": "2022-01-01 1 1 2020-12-01"} {
		at := p.KnownAt(date(t, known))
		e := at.Entries[0]
		got := e.Except[0].Term.To.String() + " " + string(rune('0'+len(e.Phases))) + " " +
			string(rune('0'+len(e.Unless.Determinations))) + " " + at.Exceptions[0].Term.To.String()
		if len(e.Except) != 1 || len(at.Exceptions) != 1 || got != want {
			t.Errorf("known at %s: got %q, want %q", known, got, want)
		}
	}
	if got := p.KnownAt(date(t, "2020-03-01")).KnownAt(date(t, "2020-08-01")).Entries[0].Phases; len(got) != 1 {
		t.Errorf("knowledge that was narrowed does not widen again: %v", got)
	}
	if p.Entries[0].Phases == nil || p.Entries[0].Withdrawn.IsZero() {
		t.Error("KnownAt changed the policy that it was asked of")
	}
}

// TestDeterminations has several, an extension and a reversal.
func TestDeterminations(t *testing.T) {
	u := mustCompile(t, document(since2020+`    unless:
      event: sold
      by: 2020-03-01
      determinations:
        - {outcome: extended, date: 2020-02-20, until: 2020-04-01, by: Office}
        - {outcome: satisfied, date: 2020-03-20, by: Office}
        - {outcome: reversed, date: 2020-03-25, by: Court}
        - {outcome: lapsed, date: 2020-05-01, by: Office}
        - {outcome: satisfied, date: 2020-05-01, by: President}
`, "")).Entries[0].Unless
	for on, want := range map[string]UnlessState{
		"2020-02-19": UnlessPending, "2020-03-15": UnlessPending, "2020-03-20": UnlessSatisfied,
		"2020-03-25": UnlessPending, "2020-04-01": UnlessPending, "2020-04-02": UnlessUnknown,
		"2020-05-01": UnlessSatisfied,
	} {
		got, why := u.Status(date(t, on))
		if got != want {
			t.Errorf("Status(%s): got %s (%s), want %s", on, got, why, want)
		}
		if on == "2020-04-02" && (!strings.Contains(why, "reversed by Court") || !strings.Contains(why, "2020-04-01, extended by Office")) {
			t.Errorf("Status(%s): the reason %q names neither reversal nor extension", on, why)
		}
	}
}
