package name

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// vendorNames makes n names that look like those of companies: words of the
// OFAC names and made ones, with places, numbers and legal forms.
func vendorNames(t testing.TB, n int, seed uint64) []string {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	var words []string
	for _, o := range ofac(t) {
		words = append(words, strings.Fields(o.Name)...)
	}
	forms := []string{"Ltd", "LLC", "Co., Ltd.", "GmbH", "S.A.", "Inc.", "", "Corporation", "OOO"}
	syllables := strings.Fields("ba ko ri ten sul mo nar dex vi lum ter gra phi xo zan del mir kas tho wen qua jin hao bel")
	out := make([]string, 0, n)
	for range n {
		var parts []string
		for range 1 + r.IntN(3) {
			parts = append(parts, words[r.IntN(len(words))])
		}
		var made strings.Builder
		for range 2 + r.IntN(3) {
			made.WriteString(syllables[r.IntN(len(syllables))])
		}
		parts[0] = made.String()
		if r.IntN(20) == 0 {
			parts = append(parts, fmt.Sprint(1+r.IntN(9)))
		}
		parts = append(parts, forms[r.IntN(len(forms))])
		out = append(out, strings.Join(parts, " "))
	}
	return out
}

// misspell changes a name as a clerk would: a letter swapped, dropped or
// doubled, words joined or exchanged, the form dropped.
func misspell(r *rand.Rand, name string) string {
	b := []rune(name)
	i := r.IntN(max(len(b)-1, 1))
	switch r.IntN(7) {
	case 0:
		b[i], b[min(i+1, len(b)-1)] = b[min(i+1, len(b)-1)], b[i]
	case 1:
		b = slices.Delete(b, i, i+1)
	case 2:
		b = slices.Insert(b, i, b[i])
	case 3:
		return strings.Replace(name, " ", "", 1)
	case 4:
		words := strings.Fields(name)
		slices.Reverse(words)
		return strings.Join(words, " ")
	case 5:
		words := strings.Fields(name)
		return strings.Join(words[:max(len(words)-1, 1)], " ")
	}
	return string(b)
}

// bruteForce is what Search promises, in the obvious way.
func bruteForce(names []*Name, n *Name) []Match {
	var out []Match
	for i, other := range names {
		if s := Compare(n, other); s.Band() != Different {
			out = append(out, Match{i, s})
		}
	}
	slices.SortStableFunc(out, func(a, b Match) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return out
}

// TestIndex wants the index to find what comparing with every name finds.
func TestIndex(t *testing.T) {
	m := New()
	texts := vendorNames(t, 3000, 1)
	for _, p := range pairsOf(t) {
		texts = append(texts, p.a)
	}
	for _, o := range ofac(t)[:1500] {
		texts = append(texts, o.Name)
	}
	texts = append(texts, "华为技术有限公司", "ООО Ромашка", "شركة النفط الوطنية", "삼성전자 주식회사", "3M", "")
	var names []*Name
	for _, s := range texts {
		names = append(names, m.Prepare(s))
	}
	x := NewIndex(names)
	r := rand.New(rand.NewPCG(7, 7))
	var queries []string
	for _, p := range pairsOf(t) {
		queries = append(queries, p.b)
	}
	for range 400 {
		queries = append(queries, misspell(r, texts[r.IntN(len(texts)-1)]))
	}
	queries = append(queries, "Huawei Technology Co Ltd", "Romashka LLC", "Samsung Electronics", "3M", "NIOC")
	found := 0
	for _, q := range queries {
		n := m.Prepare(q)
		got, want := x.Search(n), bruteForce(names, n)
		found += len(want)
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("Search(%q): (-got +want)\n%s", q, diff)
		}
	}
	t.Logf("%d names found by %d queries among %d names", found, len(queries), len(names))
	if found < len(queries)/2 {
		t.Errorf("%d names found by %d queries: the test compares next to nothing", found, len(queries))
	}
}

func BenchmarkIndex(b *testing.B) {
	m := New()
	texts := vendorNames(b, 100_000, 3)
	names := make([]*Name, len(texts))
	for i, s := range texts {
		names[i] = m.Prepare(s)
	}
	b.Run("make/100000", func(b *testing.B) {
		for b.Loop() {
			NewIndex(names)
		}
	})
	x := NewIndex(names)
	r := rand.New(rand.NewPCG(5, 5))
	fresh := vendorNames(b, 10_000, 9)
	queries := make([]string, 10_000)
	for i := range queries {
		queries[i] = misspell(r, texts[r.IntN(len(texts))])
		if i%2 == 0 {
			queries[i] = fresh[i]
		}
	}
	b.Run("screen/10000", func(b *testing.B) {
		for b.Loop() {
			for _, q := range queries {
				x.Search(m.Prepare(q))
			}
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	m := New()
	var pairs [][2]*Name
	for _, p := range pairsOf(b) {
		pairs = append(pairs, [2]*Name{m.Prepare(p.a), m.Prepare(p.b)})
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p := pairs[i%len(pairs)]
		Compare(p[0], p[1])
	}
}

func BenchmarkPrepare(b *testing.B) {
	m := New()
	pairs := pairsOf(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Prepare(pairs[i%len(pairs)].a)
	}
}
