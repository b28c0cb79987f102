package name

import "testing"

func TestOFACExplore(t *testing.T) {
	m := New()
	orgs := ofac(t)
	var ns []*Name
	for _, o := range orgs {
		ns = append(ns, m.Prepare(o.Name))
	}
	acc, prop := 0, 0
	hist := map[int]int{}
	for i := range ns {
		for j := i + 1; j < len(ns); j++ {
			s := Compare(ns[i], ns[j])
			if s >= 72 {
				hist[int(s)]++
			}
			if s.Band() == Accept {
				acc++
				t.Logf("ACCEPT %q %q %v", ns[i].Text, ns[j].Text, Explain(ns[i], ns[j]).Terms[1:])
			} else if s.Band() == Propose {
				prop++
				if s >= 89 {
					t.Logf("near %q %q %v", ns[i].Text, ns[j].Text, Explain(ns[i], ns[j]).Terms[1:])
				}
			}
		}
	}
	t.Log(acc, prop, hist)
	// positives: name against aka
	bands := map[string]int{}
	for i, o := range orgs {
		for _, a := range o.Aka {
			e := Explain(ns[i], m.Prepare(a))
			bands[e.Score.Band().String()]++
			if e.Score >= 88 && e.Score < 95 {
				t.Logf("aka %q %q %v", o.Name, a, e.Terms[1:])
			}
		}
	}
	t.Log(bands)
}
