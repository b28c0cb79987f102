package name

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestSieve wants of a sieve what comparing each name with each query finds.
func TestSieve(t *testing.T) {
	m := New()
	texts := vendorNames(t, 1000, 1)
	for _, p := range pairsOf(t) {
		texts = append(texts, p.a)
	}
	for _, o := range ofac(t)[:1000] {
		texts = append(texts, o.Name)
	}
	texts = append(texts, "华为技术有限公司", "ООО Ромашка", "شركة النفط الوطنية", "삼성전자 주식회사", "3M", "3M Company", "", "I. B. M. Ltd",
		"International Business Machines, S. A.", "Hua Wei Technologies", "Limited Liability Company", "The Bank of New York", "Studio 54",
		"United States Steel Corporation", "Acme (USA) Inc.", "54", "A&B Holdings", "SiemensAG", "X-Y Z Systems")
	var queries []string
	for _, p := range pairsOf(t) {
		queries = append(queries, p.b)
	}
	r := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		queries = append(queries, misspell(r, texts[r.IntN(len(texts)-1)]))
	}
	queries = append(queries, "Huawei Technology Co Ltd", "Romashka LLC", "Samsung Electronics", "3M", "NIOC", "IBM", "Huaweitechnologies",
		"International Business Machines", "LLC", "Studio Fifty-Four", "US Steel", "AcmeUS", "fifty four", "XYZ Systems", "54", "Siemens")
	var names []*Name
	for _, text := range texts {
		names = append(names, m.Prepare(text))
	}
	found, compared := 0, 0
	for len(queries) > 0 {
		few := min(1+r.IntN(25), len(queries)) // of many, one would hide what another passes over
		var asked []*Name
		for _, q := range queries[:few] {
			asked = append(asked, m.Prepare(q))
		}
		sifter := m.NewSieve(asked).Sifter()
		for i, n := range names {
			var want []Match
			for at, q := range asked {
				if s := Compare(n, q); s.Band() != Different {
					want = append(want, Match{at, s})
				}
			}
			slices.SortStableFunc(want, func(a, b Match) int { return cmp.Compare(b.Score, a.Score) })
			if sifter.may([]byte(texts[i])) {
				compared++
			}
			_, got := sifter.Match([]byte(texts[i]))
			if diff := gocmp.Diff(got, want); diff != "" {
				t.Errorf("%q of %q: (-got +want)\n%s", texts[i], queries[:few], diff)
			}
			found += len(want)
		}
		queries = queries[few:]
	}
	t.Logf("%d names found, %d compared", found, compared)
	if found < 300 {
		t.Errorf("%d names found: the test compares next to nothing", found)
	}
}

func BenchmarkSieve(b *testing.B) {
	m := New()
	texts := vendorNames(b, 100_000, 3)
	sieve := m.NewSieve([]*Name{m.Prepare("Fjord Logistics Holding GmbH")})
	sifter := sieve.Sifter()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		sifter.Match([]byte(texts[i%len(texts)]))
	}
}
