package entity_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
)

func TestParseAssumption(t *testing.T) {
	for text, want := range map[string]entity.Assumption{
		"acme owns tiktok-us: 80%":                     {Verb: entity.VerbOwns, Object: "tiktok-us", Share: entity.Range{Lo: 800_000, Hi: 800_000}, Interest: "shareholding"},
		"  acme  owns beta :[20,50] (voting-rights) ":  {Verb: entity.VerbOwns, Object: "beta", Share: entity.Range{Lo: 200_000, Hi: 500_000}, Interest: "voting-rights"},
		"acme owns beta: (50,100]":                     {Verb: entity.VerbOwns, Object: "beta", Share: entity.Range{Lo: 500_001, Hi: 1_000_000}, Interest: "shareholding"},
		"acme owns beta: [0,50) (control-by-contract)": {Verb: entity.VerbOwns, Object: "beta", Share: entity.Range{Hi: 499_999}, Interest: "control-by-contract"},
		"acme sells beta":                              {Verb: entity.VerbSells, Object: "beta"},
		"acme sells beta (voting-rights)":              {Verb: entity.VerbSells, Object: "beta", Interest: "voting-rights"},
		"acme is on ofac-sdn":                          {Verb: entity.VerbOn, Object: "ofac-sdn"},
		"acme is in CN":                                {Verb: entity.VerbIn, Object: "CN"},
	} {
		want.Subject, want.Text = "acme", strings.Join(strings.Fields(text), " ")
		got, err := entity.ParseAssumption(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", text, err, diff)
		}
	}
	for text, want := range map[string]string{
		"":                              "cannot be read",
		"acme":                          "cannot be read",
		"acme buys beta":                "cannot be read",
		"acme owns beta":                "a share stands after",
		"acme sells beta: 20":           "a share stands after",
		"acme owns beta: 120":           "between 0 and 100",
		"acme owns beta: much":          "want percent",
		"acme owns beta: 20 (love)":     `unknown interest "love"`,
		"acme owns beta: 20 (voting)":   `unknown interest "voting"`,
		"acme owns b: 2 (share-holding": "want percent",
		"acme owns b: 2 (shareholdin)":  `did you mean "shareholding"?`,
		"acme owns acme: 20":            "the same",
		"acme is in China":              "no code of two capitals",
		"acme is on sdn (nominee)":      "belongs to a holding",
		strings.Repeat("a", 2000):       "2000 bytes",
	} {
		if got, err := entity.ParseAssumption(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v, want %q in the error", text, got, err, want)
		}
	}
}

func assume(t *testing.T, r *entity.Registry, texts ...string) *entity.Registry {
	t.Helper()
	var list []entity.Assumption
	for _, text := range texts {
		a, err := entity.ParseAssumption(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	out, err := r.Assume(list...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAssume(t *testing.T) {
	records := sample(t) // acme owns 60 % of beta, and beta 50–100 % of gamma
	records.Companies = append(records.Companies, entity.Company{Slug: "fund", Source: "s"})
	records.Edges = append(records.Edges, owns("fund", "beta", 400_000, 400_000))
	records.Companies[1].OwnersComplete = true
	base, err := entity.New(records, nil)
	if err != nil {
		t.Fatal(err)
	}
	rule := entity.ControlRule{Method: entity.MethodCascade, Threshold: entity.Whole / 2}
	state := func(r *entity.Registry, seed, slug string) entity.State {
		return r.Control(rule, []string{seed}, entity.Date{}).State(slug)
	}
	for _, test := range []struct {
		name        string
		assumptions []string
		seed, slug  string
		want        entity.State
	}{
		{"as recorded", nil, "acme", "gamma", entity.In},
		{"less", []string{"acme owns beta: 19.9%"}, "acme", "gamma", entity.Out},
		{"perhaps less, were there anybody else", []string{"acme owns beta: [20,60]"}, "acme", "gamma", entity.In},
		{"perhaps less", []string{"beta owns gamma: [20,60]"}, "acme", "gamma", entity.Unknown},
		{"sold", []string{"acme sells beta"}, "acme", "beta", entity.Out},
		{"sold to the other owner", []string{"acme sells beta", "fund owns beta: 100"}, "fund", "gamma", entity.In},
		{"bought, nobody says from whom", []string{"gamma owns beta: 80"}, "gamma", "beta", entity.In},
		{"what is left of the sellers", []string{"gamma owns beta: 80"}, "acme", "beta", entity.Out},
		{"bought a little of someone", []string{"gamma owns beta: 20"}, "acme", "beta", entity.Unknown},
		{"other interest", []string{"fund owns gamma: 60 (voting-rights)"}, "fund", "gamma", entity.In},
		{"assumed again", []string{"acme owns beta: 10", "acme owns beta: 70"}, "acme", "beta", entity.In},
	} {
		if got := state(assume(t, base, test.assumptions...), test.seed, test.slug); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}

	more := assume(t, base, "fund owns acme: 55%", "gamma is on ofac-sdn", "acme is in CN")
	proof := more.Control(rule, []string{"fund"}, entity.Date{}).Chain("acme")[0]
	if e := proof.Edges[0]; e.Source != entity.AssumptionSource || e.Note != "fund owns acme: 55%" || !strings.Contains(more.Source(e.Source).Title, "assumption") {
		t.Errorf("the chain does not show the assumption: %+v", e)
	}
	if got := more.OnList("ofac-sdn", entity.Date{}); len(got) != 1 || got[0] != "gamma" {
		t.Errorf("on the list: %v", got)
	}
	if c, _ := more.Company("acme"); c.Country != "CN" || c.Also[0] != entity.AssumptionSource {
		t.Errorf("acme is %+v, want an assumed domicile in CN", c)
	}
	if c, _ := base.Company("acme"); c.Country != "DE" || more.Digest() == base.Digest() {
		t.Error("the assumption changed the registry itself, or not its digest")
	}
	again := assume(t, more, "fund sells acme")
	if state(again, "fund", "acme") != entity.Out || len(again.OnList("ofac-sdn", entity.Date{})) != 1 {
		t.Error("a second assumption does not build on the first")
	}

	for text, want := range map[string]string{
		"acmee owns beta: 20": `unknown company "acmee"; did you mean "acme"?`,
		"acme sells cloud":    `unknown company "cloud"; did you mean "beta"?`,
		"fund sells gamma":    "knows of no holding",
	} {
		a, err := entity.ParseAssumption(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := base.Assume(a); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q in it", text, err, want)
		}
	}
}

// FuzzParseAssumption wants that what is read can be written and read again,
// and that a registry takes it or says why not.
func FuzzParseAssumption(f *testing.F) {
	for _, text := range []string{
		"acme owns beta: 80%", "acme owns beta: (20,50] (voting-rights)", "acme sells beta", "acme is on ofac-sdn", "acme is in CN", "a is in", "acme owns",
	} {
		f.Add(text)
	}
	records := sample(f)
	base, err := entity.New(records, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := entity.ParseAssumption(text)
		if err != nil {
			return
		}
		if again, err := entity.ParseAssumption(a.Text); err != nil || again != a {
			t.Errorf("%q is read as %+v, and then as %+v, %v", text, a, again, err)
		}
		if r, err := base.Assume(a); err == nil && r.Digest() == base.Digest() {
			t.Errorf("%q changes nothing", text)
		}
	})
}
