package judge

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
)

func TestBothDirectionsAreOneFinding(t *testing.T) {
	reg := world(t, "CN", "US", exactly(60))
	p := compile(t, reg, standard+"    protects: {companies: [home]}\n    requires: {peers: 2}\n", "")
	one := judgeAll(t, read(meet(childAS, homeChildAS, "a")), reg, p, "2020-08-05").findings[0]
	all := judgeAll(t, read(meet(childAS, homeChildAS, "a"), meet(homeChildAS, childAS, "a", "b")), reg, p, "2020-08-05").findings
	if got := brief(all); got != "violation 64497>64499" {
		t.Fatalf("got %q", got)
	}
	f := all[0]
	if one.ID != f.ID || one.Verdict == f.Verdict {
		t.Errorf("got id %s and %s: more evidence must change the verdict and not the id", one.ID, f.ID)
	}
	if !strings.Contains(f.Reason, "in 4 records of at least 2 peers.") || f.Count != 4 {
		t.Errorf("got %q, count %d", f.Reason, f.Count)
	}
	var steps []string
	for _, s := range f.Chain {
		steps = append(steps, string(s.Kind)+" "+s.Text)
	}
	want := []string{"bytes", "observation", "bytes", "observation", "identifier AS64499", "identifier AS64497",
		"ownership Company home owns 80%", "ownership Company maker owns 60%", "rule"}
	if !slices.EqualFunc(steps, want, strings.HasPrefix) {
		t.Errorf("got chain %q, want one that begins %q", steps, want)
	}
	if rule := f.Chain[len(f.Chain)-1]; rule.File != "small.yaml" || rule.Line == 0 {
		t.Errorf("got rule at %s:%d, want file and line", rule.File, rule.Line)
	}
}

// TestConfirmingKind judges an entry whose relations prove one fact by other
// means: corroboration is asked of the kind that can have it, and evidence of
// the confirming kind may be missing, but not of the kind that it confirms.
func TestConfirmingKind(t *testing.T) {
	reg := world(t, "CN", "US", exactly(60))
	session := func(local, remote uint32) evidence.Observation {
		return evidence.Observation{Domain: "carrier", Kind: "session", Count: 1, Subjects: []evidence.Subject{
			{Role: "local", ID: evidence.ASN(local)}, {Role: "remote", ID: evidence.ASN(remote)},
		}}
	}
	const both, alone = "[adjacency, session]\n    requires: {peers: 2}\n", "[session]\n"
	for _, tc := range []struct {
		name, relations string
		seen            []evidence.Observation
		want            string
	}{
		{"paths alone", both, []evidence.Observation{meet(homeAS, abroadAS, "a", "b")}, "clean"},
		{"no session where it is all that is asked", alone, []evidence.Observation{meet(homeAS, abroadAS)}, "unknown"},
		{"a session needs no peers", both, []evidence.Observation{meet(homeAS, abroadAS), session(homeAS, makerAS)}, "clean, violation 64496>64498"},
		{"and does not corroborate paths", both, []evidence.Observation{meet(homeAS, makerAS, "a"), session(homeAS, makerAS)},
			"unknown 64496>64498, violation 64496>64498"},
		{"a session alone leaves paths open", both, []evidence.Observation{session(homeAS, makerAS)}, "unknown, violation 64496>64498"},
		{"sessions of nobody barred leave paths open", both, []evidence.Observation{session(homeAS, abroadAS)}, "clean, unknown"},
		{"nothing", both, nil, "unknown"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := compile(t, reg, selectMaker+always+"    relations: "+tc.relations, "")
			got := strings.Split(brief(judgeAll(t, read(tc.seen...), reg, p, "2020-08-05").findings), ", ")
			slices.Sort(got)
			if got := strings.Join(got, ", "); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestStreamOrderAndCancel(t *testing.T) {
	reg := world(t, "CN", "US", exactly(60))
	set := read(meet(makerAS, homeAS))
	set.Unopened(evidence.Problem{Name: "gone", Message: "no such file"})
	p := compile(t, reg, standard, "")
	s := judgeAll(t, set, reg, p, "2020-08-05")
	if diff := cmp.Diff([]string{"run", "finding", "finding", "problem", "coverage"}, s.order); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := Judge(ctx, Case{Set: set, Registry: reg, Policy: p, AsOf: on(t, "2020-08-05")}, &script{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// TestOtherLexicon judges evidence of which a reader took only what a registry
// knew: with that registry it is clean, with another one nobody can say.
func TestOtherLexicon(t *testing.T) {
	reg := world(t, "CN", "US", exactly(60))
	p := compile(t, reg, standard, "")
	for _, tc := range []struct{ name, lexicon, want, note string }{
		{"all was taken", "", "clean", ""},
		{"by this registry", reg.Lexicon().Digest(), "clean", ""},
		{"by another", strings.Repeat("ab", 32), "unknown",
			"rib was collected with other identifiers than this registry has (lexicon abababab) by a reader that looks " +
				"for those only (of mrt/1): what the registry has learned since cannot show in it; collect it again"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := input("rib", evidence.StatusRead, "carrier")
			in.Lexicon, in.Readers = tc.lexicon, []string{"mrt/1"}
			s := judgeAll(t, setOf(shard(in, meet(homeAS, abroadAS))), reg, p, "2020-08-05")
			if got := brief(s.findings); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if got := strings.Join(s.coverage.Notes, "\n"); got != tc.note {
				t.Errorf("got notes %q, want %q", got, tc.note)
			}
		})
	}
}

// TestNeutral judges the same evidence with the countries exchanged.
func TestNeutral(t *testing.T) {
	reports := map[string]string{}
	for _, c := range [][2]string{{"CN", "US"}, {"US", "CN"}} {
		reg := world(t, c[0], c[1], exactly(60))
		entry := "    select: {countries: [" + c[0] + "]}\n" + adjacency + always + "    protects: {countries: [" + c[1] + "]}\n"
		set := read(meet(makerAS, homeAS), meet(registeredAS, childAS), meet(spaceAS, childAS), meet(makerAS, spaceAbroadAS))
		text := asJSON(t, judgeAll(t, set, reg, compile(t, reg, entry, ""), "2020-08-05").findings)
		reports[c[0]] = strings.NewReplacer(c[0], "BARRED", c[1], "HOME").Replace(text)
	}
	if diff := cmp.Diff(reports["CN"], reports["US"]); diff != "" {
		t.Errorf("exchanged countries change more than their names (-CN +US)\n%s", diff)
	}
}

// TestProperties judges small random cases in several ways.
func TestProperties(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	networks := []uint32{makerAS, childAS, homeAS, homeChildAS, abroadAS, registeredAS, spaceAS, spaceAbroadAS, nobodyAS}
	verdicts := func(list []*finding.Finding) map[string]string {
		out := map[string]string{}
		for _, f := range list {
			out[f.ID] = f.Verdict.String()
		}
		return out
	}
	for range 150 {
		entry := standard + []string{"", "    protects: {countries: [US]}\n", "    protects: {companies: [home]}\n"}[rnd.IntN(3)]
		lo, hi := entity.Share(rnd.IntN(1_000_000)), entity.Share(rnd.IntN(1_000_000))
		lo, hi = min(lo, hi), max(lo, hi)
		reg := world(t, "CN", "US", entity.Range{Lo: lo, Hi: hi})
		p := compile(t, reg, entry, "")
		var shards []func() *evidence.Shard
		status := []evidence.Status{evidence.StatusRead, evidence.StatusRead, evidence.StatusPartial}[rnd.IntN(3)]
		for i := range 1 + rnd.IntN(4) {
			o := meet(networks[rnd.IntN(len(networks))], networks[rnd.IntN(len(networks))], "a")
			shards = append(shards, func() *evidence.Shard {
				return shard(input(string(rune('a'+i)), status, "carrier"), o)
			})
		}
		set, back := setOf(), setOf()
		for i := range shards {
			set.Add(shards[i]())
			back.Merge(setOf(shards[len(shards)-1-i]()))
		}
		got := judgeAll(t, set, reg, p, "2020-08-05").findings
		if diff := cmp.Diff(asJSON(t, got), asJSON(t, judgeAll(t, back, reg, p, "2020-08-05").findings)); diff != "" {
			t.Fatalf("the order of shards matters (-want +got)\n%s", diff)
		}
		wide := world(t, "CN", "US", entity.Range{Lo: lo / 2, Hi: hi + (entity.Whole-hi)/2})
		before, after := verdicts(got), verdicts(judgeAll(t, set, wide, compile(t, wide, entry, ""), "2020-08-05").findings)
		for id, v := range before {
			if w := after[id]; v == "unknown" && (w == "violation" || w == "clean") {
				t.Fatalf("a wider range turned unknown into %s: %s", w, asJSON(t, got))
			}
		}
	}
}
