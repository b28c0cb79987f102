package name

import (
	"cmp"
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/cleannet/cleannet/internal/testkit"
)

// listed is a name of an organisation on a list. Two of one list with different
// ids are different organisations.
type listed struct {
	list, id, name string
	countries      []string
}

// listedNames returns the names of the OFAC lists, of the consolidated list, and
// of the statutes and the covered list.
func listedNames(t testing.TB) []listed {
	t.Helper()
	var out []listed
	for _, o := range ofac(t) {
		for _, n := range slices.Concat([]string{o.Name}, o.Aka, o.Fka) {
			out = append(out, listed{"ofac", o.ID, n, o.Countries})
		}
	}
	for _, r := range table(t, "registry/csl_orgs.csv") {
		out = append(out, listed{"csl " + r["source"], r["name"], r["name"], []string{""}})
	}
	for _, r := range table(t, "registry/us_statutory_lists.csv") {
		out = append(out, listed{r["list"], r["name"], r["name"], []string{r["country"]}})
	}
	// A year's list names each institution once; another year may spell it in
	// another way.
	for _, r := range table(t, "registry/ndaa_1286.csv") {
		out = append(out, listed{"ndaa 1286 of " + r["list_year"], r["name"], r["name"], []string{""}})
	}
	return out
}

// table reads a CSV file of the shared data by its header.
func table(t testing.TB, rel string) []map[string]string {
	t.Helper()
	f, err := os.Open(testkit.Data(t, rel))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, key := range rows[0] {
			m[key] = row[i]
		}
		out = append(out, m)
	}
	return out
}

// tokenSort is the rule of the peer: words in lower case without punctuation,
// without co, corp, inc and ltd, sorted.
func tokenSort(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains([]string{"co", "corp", "inc", "ltd"}, w) })
	slices.Sort(words)
	return strings.Join(words, " ")
}

// ratio is the similarity that the rule compares with 92: 200 times the longest
// common subsequence by the sum of the lengths.
func ratio(a, b string) float64 {
	row := make([]int, len(b)+1)
	for i := range len(a) {
		diagonal := 0
		for j := range len(b) {
			above := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	return 200 * float64(row[len(b)]) / float64(len(a)+len(b))
}

// histogram counts the bytes of a text, so that most pairs need no ratio.
type histogram struct {
	counts [256]int
	length int
}

func histogramOf(text string) histogram {
	h := histogram{length: len(text)}
	for i := range len(text) {
		h.counts[text[i]]++
	}
	return h
}

// bound returns a ratio that that of the two texts does not exceed.
func (h *histogram) bound(o *histogram) float64 {
	common := 0
	for b := range h.counts {
		common += min(h.counts[b], o.counts[b])
	}
	return 200 * float64(common) / float64(h.length+o.length)
}

// plainName is a name without case and punctuation. Names that are equal so
// cannot be told apart by anybody, and are no pairs of the baseline.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// falseMerges returns pairs of names of different organisations of one list and
// country that the rule merges, one pair for each two organisations.
func falseMerges(t testing.TB) [][2]listed {
	t.Helper()
	names := listedNames(t)
	groups := map[string][]int{}
	for i, n := range names {
		for _, c := range n.countries {
			groups[n.list+"/"+c] = append(groups[n.list+"/"+c], i)
		}
	}
	sorted := make([]string, len(names))
	letters := make([]histogram, len(names))
	for i, n := range names {
		sorted[i] = tokenSort(n.name)
		letters[i] = histogramOf(sorted[i])
	}
	seen := map[[2]string]bool{}
	var out [][2]listed
	for _, group := range groups {
		slices.SortFunc(group, func(a, b int) int {
			return cmp.Or(len(sorted[a])-len(sorted[b]), strings.Compare(names[a].name, names[b].name))
		})
		for k, i := range group {
			for _, j := range group[k+1:] {
				if float64(len(sorted[j]))*92 > float64(len(sorted[i]))*108 {
					break // the ratio is less than 92 by the lengths alone
				}
				a, b := names[i], names[j]
				key := [2]string{min(plainName(a.name), plainName(b.name)), max(plainName(a.name), plainName(b.name))}
				if a.id == b.id || seen[key] || plainName(a.name) == plainName(b.name) ||
					letters[i].bound(&letters[j]) < 92 || ratio(sorted[i], sorted[j]) < 92 {
					continue
				}
				seen[key] = true
				out = append(out, [2]listed{a, b})
			}
		}
	}
	slices.SortFunc(out, func(a, b [2]listed) int {
		return cmp.Or(strings.Compare(a[0].list, b[0].list), strings.Compare(a[0].name, b[0].name), strings.Compare(a[1].name, b[1].name))
	})
	return out
}

// madeMerges returns pairs of names as sister companies have them, made of the
// listed names: another number in the series, another legal form that the rule
// deletes with its words, one letter of a longer name. Each is a pair that the
// rule merges.
func madeMerges(t testing.TB, n int) [][2]listed {
	t.Helper()
	sisters := [][2]string{
		{"%s Fund II Ltd", "%s Fund III Ltd"}, {"%s Factory No. 1 Co", "%s Factory No. 2 Co"},
		{"%s Holdings Inc", "%s Holdings Ltd"}, {"%s (Macau) Ltd", "%s (Macao) Trade Ltd"},
		{"%s Trading East Ltd", "%s Trading West Ltd"}, {"%s Capital Trust V", "%s Capital Trust IV"},
	}
	var out [][2]listed
	for i, l := range listedNames(t) {
		s := sisters[i%len(sisters)]
		a, b := strings.ReplaceAll(s[0], "%s", l.name), strings.ReplaceAll(s[1], "%s", l.name)
		if len(out) < n && i%7 == 0 && ratio(tokenSort(a), tokenSort(b)) >= 92 {
			out = append(out, [2]listed{{l.list, a, a, l.countries}, {l.list, b, b, l.countries}})
		}
	}
	return out
}

// TestFalseMerges wants none of 200 pairs of different organisations accepted
// that the peer's rule merges.
func TestFalseMerges(t *testing.T) {
	const want = 200
	pairs := falseMerges(t)
	fromLists := len(pairs)
	pairs = append(pairs, madeMerges(t, max(want-fromLists, 0))...)
	if len(pairs) < want {
		t.Fatalf("%d pairs, want %d", len(pairs), want)
	}
	m := New()
	bands := map[Band]int{}
	for _, p := range pairs {
		e := Explain(m.Prepare(p[0].name), m.Prepare(p[1].name))
		bands[e.Score.Band()]++
		if e.Score.Band() == Accept {
			t.Errorf("accepted %q as %q: %v", p[0].name, p[1].name, e.Terms)
		}
	}
	t.Logf("%d pairs of the lists and %d made of their names: %v", fromLists, len(pairs)-fromLists, bands)
}
