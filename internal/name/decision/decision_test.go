package decision

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// good is a decision that nothing is wrong with.
func good() Decision {
	return Decision{"Hua Wei Trading Ltd", "huawei", Rejected, "Procurement, Example Corp", "2026-11-24", "a shop for tea"}
}

func TestParse(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // of the error; empty: none
	}{
		{"empty", "", ""},
		{"none", "decisions: []\n", ""},
		{"one", "decisions:\n- {name: A, company: b, outcome: rejected, by: c, when: 2026-01-02, why: d}\n", ""},
		{"not YAML", "decisions: [", `"d.yaml": yaml: line 1`},
		{"other key", "decision: []\n", "field decision not found"},
		{"other key of a decision", "decisions:\n- {nme: A}\n", `d.yaml:2: unknown key "nme"`},
		{"a text", "decisions:\n- A\n", "d.yaml:2: want a decision"},
		{"no name", "decisions:\n- {company: b, outcome: rejected, by: c, when: 2026-01-02, why: d}\n", "d.yaml:2: name is empty"},
		{"no reason", "decisions:\n- {name: A, company: b, outcome: rejected, by: c, when: 2026-01-02}\n", "why is empty"},
		{"bad date", "decisions:\n- {name: A, company: b, outcome: rejected, by: c, when: 2026-02-30, why: d}\n", `when "2026-02-30": want YYYY-MM-DD`},
		{"bad outcome", "decisions:\n- {name: A, company: b, outcome: perhaps, by: c, when: 2026-02-20, why: d}\n", `outcome "perhaps"`},
		{"bad slug", "decisions:\n- {name: A, company: B C, outcome: rejected, by: c, when: 2026-02-20, why: d}\n", `company "B C": want a slug`},
		{"long", "decisions:\n- {name: " + strings.Repeat("x", 3000) + ", company: b, outcome: rejected, by: c, when: 2026-02-20, why: d}\n", "name is longer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("d.yaml", []byte(tt.text), strings.ToLower)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if tt.want == "" && err != nil || !strings.Contains(got, tt.want) {
				t.Errorf("error %q, want one with %q", got, tt.want)
			}
		})
	}
}

// TestLatest wants the last decision on a pair to hold, whatever the spelling.
func TestLatest(t *testing.T) {
	r := New(strings.ToLower)
	add := func(name string, o Outcome) {
		t.Helper()
		d := good()
		d.Name, d.Outcome = name, o
		if err := r.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	outcomes := func(name string) []Outcome {
		var out []Outcome
		for _, d := range r.About(strings.ToLower(name)) {
			out = append(out, d.Outcome)
		}
		return out
	}
	add("Acme", Rejected)
	if got := outcomes("ACME"); !slices.Equal(got, []Outcome{Rejected}) {
		t.Errorf("after a rejection: %v", got)
	}
	add("acme", Confirmed)
	add("Other", Rejected)
	if got := outcomes("Acme"); !slices.Equal(got, []Outcome{Confirmed}) {
		t.Errorf("after a confirmation: %v", got)
	}
	var got []string
	for d := range r.InForce() {
		got = append(got, d.Name)
	}
	if want := []string{"acme", "Other"}; !slices.Equal(got, want) {
		t.Errorf("in force %q, want %q", got, want)
	}
	add("ACME", Withdrawn)
	if got := outcomes("Acme"); got != nil {
		t.Errorf("after a withdrawal: %v", got)
	}
}

func FuzzParse(f *testing.F) {
	r := New(strings.ToLower)
	if err := r.Add(good()); err != nil {
		f.Fatal(err)
	}
	seed, err := r.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte("decisions:\n- {name: A, company: b, outcome: rejected, by: c, when: 2026-01-02, why: d}\n"))
	f.Add([]byte("decisions: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Parse("d.yaml", data, strings.ToLower)
		if err != nil {
			return
		}
		text, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("again.yaml", text, strings.ToLower)
		if err != nil {
			t.Fatalf("what Encode wrote cannot be read: %v\n%s", err, text)
		}
		if diff := cmp.Diff(again.decisions, r.decisions); diff != "" {
			t.Errorf("written and read: (-got +want)\n%s", diff)
		}
	})
}
