package policy

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/evidence"
)

func seen(attrs ...evidence.Attr) *evidence.Observation {
	slices.SortFunc(attrs, func(a, b evidence.Attr) int { return cmp.Compare(a.Key, b.Key) })
	return &evidence.Observation{Count: 1, Attrs: attrs}
}

func manyWords(key, prefix string) evidence.Attr {
	var words []string
	for i := range evidence.MaxSet + 1 {
		words = append(words, prefix+strings.Repeat("x", i))
	}
	return evidence.Words(key, words...)
}

func TestConcerns(t *testing.T) {
	e := mustCompile(t, document(since2020+`    uses: [public safety, government facilities]
`, "")).Entries[0]
	e.Select.Class = Class{Products: []string{"router"}, ProducedOutside: []string{"US"}}
	router, abroad := evidence.Words("product_class", "router", "box"), evidence.Words("produced_in", "CN")
	use := evidence.Words("uses", "public safety")
	for _, tc := range []struct {
		name    string
		o       *evidence.Observation
		want    Truth
		missing string
	}{
		{"all of it", seen(router, abroad, use), True, ""},
		{"another class", seen(evidence.Words("product_class", "drone"), abroad, use), False, ""},
		{"made at home", seen(router, evidence.Words("produced_in", "US"), use), False, ""},
		{"made at home and abroad", seen(router, evidence.Words("produced_in", "US", "CN"), use), True, ""},
		{"another use", seen(router, abroad, evidence.Words("uses", "a garden")), False, ""},
		{"another use decides, whatever is open", seen(evidence.Words("uses", "a garden")), False, ""},
		{"no use said", seen(router, abroad), Undecided, "only to the extent used for public safety, government facilities"},
		{"no country said", seen(router, use), Undecided, "produced outside US"},
		{"nothing said", seen(), Undecided, "of the class router"},
		{"too many uses to list", seen(router, abroad, manyWords("uses", "a")), Undecided, "extent used"},
		{"by a role", &evidence.Observation{Attrs: seen(router, use).Attrs, Subjects: []evidence.Subject{
			{Role: "produced_in", ID: mustID(t, "country:CN")}}}, True, ""},
	} {
		got, missing := e.Concerns(tc.o)
		if text := strings.Join(missing, "; "); got != tc.want || !strings.Contains(text, tc.missing) || (tc.missing == "") != (text == "") {
			t.Errorf("%s: got %s (%s), want %s (%s)", tc.name, got, text, tc.want, tc.missing)
		}
	}
}

func mustID(t testing.TB, text string) evidence.ID {
	t.Helper()
	id, err := evidence.ParseID(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestExcepts(t *testing.T) {
	e := mustCompile(t, document(since2020+`    except:
      - {id: list, title: The cleared list, where: {approvals: [cleared], grade: [a]}, until: 2021-01-01}
      - {id: toys, title: Toys, where: {product_class: [toy]}}
`, "")).Entries[0]
	cleared, toy := evidence.Words("approvals", "cleared"), evidence.Words("product_class", "toy")
	house := evidence.Words("product_class", "house")
	for _, tc := range []struct {
		name, on string
		o        *evidence.Observation
		want     Truth
		by       string
		missing  string
	}{
		{"covered", "2020-06-01", seen(cleared, evidence.Words("grade", "a"), house), True, "list", ""},
		{"on the day it ends", "2021-01-01", seen(cleared, evidence.Words("grade", "a"), house), False, "", ""},
		{"not covered", "2020-06-01", seen(cleared, evidence.Words("grade", "b"), house), False, "", ""},
		{"half of it said", "2020-06-01", seen(cleared, house), Undecided, "", "exception list (The cleared list) covers it: grade a"},
		{"the other one", "2020-06-01", seen(toy), True, "toys", ""},
		{"nothing said", "2022-06-01", seen(), Undecided, "", "toys"},
	} {
		x, got, missing := e.Excepts(tc.o, date(t, tc.on))
		by := ""
		if x != nil {
			by = x.ID
		}
		if got != tc.want || by != tc.by || !strings.Contains(strings.Join(missing, "; "), tc.missing) {
			t.Errorf("%s: got %s by %q (%v), want %s by %q (%s)", tc.name, got, by, missing, tc.want, tc.by, tc.missing)
		}
	}
}

func TestPhase(t *testing.T) {
	e := mustCompile(t, document(since2020+`    phases:
      - {id: new, title: Nothing new, due: 2022-10-13, where: {acquired: [new]}}
      - {id: core, title: Out of the core, due: 2023-12-31, where: {places: [core]}}
      - {id: access, title: At most 35 per cent of access, due: 2024-12-31, where: {places: [access]}, at_most: {share_percent: 35}}
`, "")).Entries[0]
	old, share := evidence.Words("acquired", "old"), func(n int64) evidence.Attr { return evidence.Max("share_percent", n) }
	place := func(words ...string) evidence.Attr { return evidence.Words("places", words...) }
	for _, tc := range []struct {
		name, on string
		o        *evidence.Observation
		want     Verdict
		says     string
	}{
		{"before the core is due", "2023-12-30", seen(old, place("core")), Pending, "core (Out of the core) falls due on 2023-12-31"},
		{"on the day", "2023-12-31", seen(old, place("core")), Violation, "core (Out of the core) is due since 2023-12-31"},
		{"elsewhere", "2025-01-01", seen(old, place("edge")), Clean, ""},
		{"within the cap", "2025-01-01", seen(old, place("access"), share(35)), Clean, ""},
		{"beyond the cap", "2025-01-01", seen(old, place("access"), share(36)), Violation, "access"},
		{"no share said", "2025-01-01", seen(old, place("access")), Unknown, "share_percent, of which at most 35 may stay"},
		{"no place said, due", "2023-12-31", seen(old), Unknown, "places core"},
		{"no place said, not due", "2023-01-01", seen(old), Pending, "not known yet"},
		{"one is broken, another open", "2025-01-01", seen(place("core")), Violation, "core"},
	} {
		got := e.Phase(tc.o, date(t, tc.on))
		text := strings.Join(append(got.Reasons, got.Missing...), "; ")
		if got.Verdict != tc.want || !strings.Contains(text, tc.says) {
			t.Errorf("%s: got %s (%s), want %s (%s)", tc.name, got.Verdict, text, tc.want, tc.says)
		}
	}
	if got := e.Due(date(t, "2023-12-31")); got != 2 {
		t.Errorf("Due: got %d, want 2", got)
	}
	if got := mustCompile(t, document(since2020, "")).Entries[0].Phase(seen(), date(t, "2020-02-01")); got.Verdict != Violation {
		t.Errorf("an entry without phases: got %s, want %s", got.Verdict, Violation)
	}
}

// TestDoubtful: what the registry does not know of a company is neither
// selected nor left out.
func TestDoubtful(t *testing.T) {
	reg := testEnv(t).Registry
	for _, tc := range []struct {
		name, company string
		sel           Selection
		want          string
	}{
		{"known", "delta", Selection{Headquarters: []string{"HK"}}, ""},
		{"known to be another", "delta", Selection{Headquarters: []string{"CN"}}, ""},
		{"not known", "acme", Selection{Headquarters: []string{"CN"}}, "its principal place of business"},
		{"not known, but selected anyway", "acme", Selection{Headquarters: []string{"HK"}, Countries: []string{"CN"}}, ""},
		{"not asked for", "acme", Selection{Countries: []string{"US"}}, ""},
	} {
		c, _ := reg.Company(tc.company)
		if got := tc.sel.Doubtful(c); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
	listed := Selection{Lists: []string{"bad-list"}}
	for on, want := range map[string]int{"2020-12-31": 0, "2021-01-01": 1} {
		if got := listed.Seeds(reg, date(t, on)); len(got) != want {
			t.Errorf("on the list on %s: got %v, want %d companies", on, got, want)
		}
	}
}
