package name

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/testkit"
)

var update = flag.Bool("update", false, "write the table of weights and the page of docs again")

// organisation is a row of the OFAC lists.
type organisation struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Aka       []string `json:"aka"`
	Fka       []string `json:"fka"`
	Countries []string `json:"countries"`
}

// ofac reads the organisations of the OFAC lists.
func ofac(t testing.TB) []organisation {
	t.Helper()
	var out []organisation
	for _, file := range []string{"registry/ofac_sdn_orgs.jsonl", "registry/ofac_nonsdn_orgs.jsonl"} {
		text, err := os.ReadFile(testkit.Data(t, file))
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			var o organisation
			if err := json.Unmarshal(line, &o); err != nil {
				t.Fatal(err)
			}
			out = append(out, o)
		}
	}
	return out
}

// TestWeights keeps the table of words equal to what the names of the OFAC
// lists say.
func TestWeights(t *testing.T) {
	const file = "tables/weights.txt"
	want := weightsOf(ofac(t))
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), want); diff != "" {
		t.Errorf("%s is not what the lists say (run go test -run Weights -update): (-got +want)\n%s", file, diff)
	}
}

func weightsOf(orgs []organisation) string {
	m := New()
	counts := map[string]int{}
	for _, o := range orgs {
		seen := map[string]bool{}
		for _, it := range m.Prepare(o.Name).core {
			seen[it.text] = true
		}
		for w := range seen {
			counts[w]++
		}
	}
	byCount := map[int][]string{}
	for w, n := range counts {
		if n >= knownFrom {
			byCount[n] = append(byCount[n], w)
		}
	}
	var b strings.Builder
	b.WriteString("# In how many names of the organisations on the OFAC lists (public domain) a word\n")
	b.WriteString("# stands, for words of three names or more. Written by TestWeights -update.\n")
	fmt.Fprintf(&b, "%d names\n", len(orgs))
	var sizes []int
	for n := range byCount {
		sizes = append(sizes, n)
	}
	slices.Sort(sizes)
	slices.Reverse(sizes)
	for _, n := range sizes {
		slices.Sort(byCount[n])
		fmt.Fprintf(&b, "%d %s\n", n, strings.Join(byCount[n], " "))
	}
	return b.String()
}
