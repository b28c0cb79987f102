package name

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// labelled is a pair of names and what people say of it.
type labelled struct {
	a, b    string
	match   bool // a screener should show it
	serial  bool // the names differ by a number, and are those of two firms
	quality string
}

// pairsOf returns the labelled pairs of the shared data.
func pairsOf(t testing.TB) []labelled {
	t.Helper()
	var out []labelled
	for _, r := range table(t, "registry/org_pairs.csv") {
		out = append(out, labelled{r["name1"], r["name2"], r["is_match"] == "true", r["serial"] == "yes", r["quality"]})
	}
	return out
}

// graded is a labelled pair with its explanation.
type graded struct {
	labelled
	Explanation
}

func grade(t testing.TB) []graded {
	t.Helper()
	m := New()
	var out []graded
	for _, p := range pairsOf(t) {
		out = append(out, graded{p, Explain(m.Prepare(p.a), m.Prepare(p.b))})
	}
	return out
}

// figures are the bars of a name matcher on pairs.
type figures struct {
	F1        float64 // of proposing, against match
	Precision float64 // of accepting; pairs that differ by a number are wrong
	Recall    float64 // of accepting
}

func measure(pairs []graded, propose Score) figures {
	var hit, wrong, missed, accepted, acceptedWrong, same float64
	for _, p := range pairs {
		switch {
		case p.Score >= propose && p.match:
			hit++
		case p.Score >= propose:
			wrong++
		case p.match:
			missed++
		}
		right := p.match && !p.serial
		if right {
			same++
		}
		if p.Score.Band() == Accept {
			accepted++
			if !right {
				acceptedWrong++
			}
		}
	}
	return figures{2 * hit / (2*hit + wrong + missed), 1 - acceptedWrong/accepted, (accepted - acceptedWrong) / same}
}

// TestQuality holds the matcher to its bars on the labelled pairs.
func TestQuality(t *testing.T) {
	got := measure(grade(t), ProposeFrom)
	t.Logf("F1 %.3f; accepted: precision %.3f, recall %.3f", got.F1, got.Precision, got.Recall)
	if got.F1 < 0.90 || got.Precision < 0.99 || got.Recall < 0.60 {
		t.Errorf("got %+v, want F1 ≥ 0.90, precision ≥ 0.99, recall ≥ 0.60", got)
	}
}

// folds cuts the pairs into five, each fold having every fifth pair.
const folds = 5

// crossValidate chooses the threshold on four fifths of the pairs and measures
// on the other, for each fifth.
func crossValidate(pairs []graded) (out []figures, chosen []Score) {
	for fold := range folds {
		var train, test []graded
		for i, p := range pairs {
			if i%folds == fold {
				test = append(test, p)
			} else {
				train = append(train, p)
			}
		}
		best, at := 0.0, Score(0)
		for s := Score(60); s <= 90; s++ {
			if f := measure(train, s); f.F1 > best {
				best, at = f.F1, s
			}
		}
		out = append(out, measure(test, at))
		chosen = append(chosen, at)
	}
	return out, chosen
}

// TestCrossValidation wants the bar to hold where the threshold was not chosen.
func TestCrossValidation(t *testing.T) {
	results, chosen := crossValidate(grade(t))
	sum := 0.0
	for i, f := range results {
		t.Logf("fold %d: threshold %v, F1 %.3f, precision %.3f, recall %.3f", i+1, chosen[i], f.F1, f.Precision, f.Recall)
		sum += f.F1
	}
	if mean := sum / folds; mean < 0.90 {
		t.Errorf("mean F1 %.3f, want at least 0.90", mean)
	}
}

// TestSymmetric wants one score whichever name comes first, and terms that add
// up to it.
func TestSymmetric(t *testing.T) {
	m := New()
	for _, p := range pairsOf(t) {
		a, b := m.Prepare(p.a), m.Prepare(p.b)
		there, back := Explain(a, b), Explain(b, a)
		sum := 0.0
		for _, term := range there.Terms {
			sum += term.Points
		}
		if math.Abs(float64(there.Score-back.Score)) > 1e-9 || math.Abs(float64(there.Score)-sum) > 1e-9 || there.Score != Compare(a, b) {
			t.Errorf("%q and %q: %v, turned round %v, by its terms %v, without terms %v", p.a, p.b, there.Score, back.Score, sum, Compare(a, b))
		}
	}
}

// TestDocs keeps the figures and confusions of the page equal to what the
// matcher does.
func TestDocs(t *testing.T) {
	const page = "../../docs/09-names.md"
	const begin, end = "<!-- measured: go test ./internal/name -run Docs -update -->\n", "<!-- end -->\n"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no part between %q and %q", page, begin, end)
	}
	want := before + begin + measured(t) + end + after
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(text), want); diff != "" {
		t.Errorf("%s is not what the matcher does (run go test ./internal/name -run Docs -update): (-got +want)\n%s", page, diff)
	}
}

// measured writes the part of the page that a test writes.
func measured(t *testing.T) string {
	pairs := grade(t)
	var b strings.Builder
	f := measure(pairs, ProposeFrom)
	fmt.Fprintf(&b, "On %d labelled pairs: F1 %.3f for what is proposed or accepted; of what is accepted,\nprecision %.3f and recall %.3f.\n\n", len(pairs), f.F1, f.Precision, f.Recall)
	results, chosen := crossValidate(pairs)
	b.WriteString("| fold | threshold chosen on the others | F1 | accepted: precision | recall |\n|---|---|---|---|---|\n")
	for i, f := range results {
		fmt.Fprintf(&b, "| %d | %v | %.3f | %.3f | %.3f |\n", i+1, chosen[i], f.F1, f.Precision, f.Recall)
	}
	b.WriteString("\nThe pairs that it gets wrong, and those within four points of a threshold:\n\n| score | label | names | why |\n|---|---|---|---|\n")
	slices.SortStableFunc(pairs, func(a, b graded) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return strings.Compare(a.a+a.b, b.a+b.b)
	})
	const near = 4
	last := ""
	for _, p := range pairs {
		wrong := p.Score >= ProposeFrom != p.match || p.Score.Band() == Accept && (!p.match || p.serial)
		borderline := math.Abs(float64(p.Score-ProposeFrom)) <= near || p.Score < AcceptFrom && p.Score >= AcceptFrom-near
		if !wrong && !borderline {
			continue
		}
		var why []string
		for _, term := range p.Terms[1:] {
			why = append(why, fmt.Sprintf("%.1f %s", term.Points, term.Reason))
		}
		label := "same"
		switch {
		case !p.match:
			label = "different"
		case p.serial:
			label = "same series"
		}
		if wrong {
			label = "**" + label + "**"
		}
		row := fmt.Sprintf("| %.1f | %s | %s / %s | %s |\n", p.Score, label, p.a, p.b, strings.ReplaceAll(strings.Join(why, "; "), "|", "/"))
		if row != last {
			b.WriteString(row)
		}
		last = row
	}
	return b.String()
}
