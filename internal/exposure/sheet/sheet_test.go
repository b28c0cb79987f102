package sheet_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/exposure"
	"github.com/cleannet/cleannet/internal/exposure/sheet"
	"github.com/cleannet/cleannet/internal/testkit"
)

var update = flag.Bool("update", false, "write the golden files again")

// report reads one that the tests of package exposure keep.
func report(t testing.TB, name string) *exposure.Report {
	t.Helper()
	f, err := os.Open("../testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	r, err := exposure.ReadReport(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestText(t *testing.T) {
	for _, name := range []string{"detail", "scorecard"} {
		var b bytes.Buffer
		if err := sheet.Text(&b, report(t, name)); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Errorf("%s: a name of the data reaches the terminal as it is", name)
		}
		testkit.Golden(t, "testdata/"+name+".txt", b.String(), *update)
	}
}

func TestCSV(t *testing.T) {
	var b bytes.Buffer
	if err := sheet.CSV(&b, report(t, "scorecard")); err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, "testdata/scorecard.csv", b.String(), *update)
	rows, err := csv.NewReader(&b).ReadAll() // which wants rows of one length
	if err != nil || len(rows) != 1+len(report(t, "scorecard").Countries) {
		t.Errorf("%d rows, error %v", len(rows), err)
	}
}

func TestDiff(t *testing.T) {
	a, b := report(t, "scorecard"), report(t, "scorecard")
	b.Countries[1].IPv4.Reached.Direct = 0.5
	b.Basis.Policy.Digest = "11"
	changes, caveats := exposure.Diff(a, b)
	var out bytes.Buffer
	if err := sheet.Diff(&out, changes, caveats); err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, "testdata/diff.txt", out.String(), *update)
}
