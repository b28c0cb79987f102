package name

import (
	"encoding/csv"
	"os"
	"sort"
	"testing"

	"github.com/cleannet/cleannet/internal/testkit"
)

type labelled struct {
	a, b          string
	match, serial bool
	quality       string
}

func pairsOf(t testing.TB) []labelled {
	f, err := os.Open(testkit.Data(t, "registry/org_pairs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []labelled
	for _, r := range rows[1:] {
		out = append(out, labelled{r[1], r[2], r[3] == "true", r[5] == "yes", r[4]})
	}
	return out
}

func TestExplore(t *testing.T) {
	m := New()
	pairs := pairsOf(t)
	type res struct {
		labelled
		s Explanation
	}
	var rs []res
	for _, p := range pairs {
		a, b := m.Prepare(p.a), m.Prepare(p.b)
		e := Explain(a, b)
		if d := Compare(b, a) - e.Score; d > 1e-9 || d < -1e-9 {
			t.Errorf("asym %q %q %v %v", p.a, p.b, Compare(b, a), e.Score)
		}
		rs = append(rs, res{p, e})
	}
	for th := 60; th <= 90; th++ {
		tp, fp, fn := 0, 0, 0
		for _, r := range rs {
			got := r.s.Score >= Score(th)
			switch {
			case got && r.match:
				tp++
			case got:
				fp++
			case r.match:
				fn++
			}
		}
		t.Logf("th %d tp %d fp %d fn %d F1 %.3f", th, tp, fp, fn, 2*float64(tp)/float64(2*tp+fp+fn))
	}
	acc, bad, pos := 0, 0, 0
	for _, r := range rs {
		if r.match && !r.serial {
			pos++
		}
		if r.s.Score.Band() == Accept {
			if r.match && !r.serial {
				acc++
			} else {
				bad++
			}
		}
	}
	t.Logf("accept: %d right %d wrong of %d: recall %.3f", acc, bad, pos, float64(acc)/float64(pos))
	sort.Slice(rs, func(i, j int) bool { return rs[i].s.Score > rs[j].s.Score })
	for _, r := range rs {
		wrong := " "
		if (r.s.Score >= ProposeFrom) != r.match {
			wrong = "X"
		}
		t.Logf("%s %5.1f %v %v %q %q %v", wrong, r.s.Score, r.match, r.serial, r.a, r.b, r.s.Terms[1:])
	}
}
