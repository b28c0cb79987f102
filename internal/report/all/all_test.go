package all_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/report/all"
	"github.com/cleannet/cleannet/internal/testkit"
)

var update = flag.Bool("update", false, "write report/testdata/run.json, which the siblings are tested with")

// saved is the run that all reports are tested with.
const saved = "run.json"

func savedPath() string { return filepath.Join("..", "testdata", saved) }

// format finds a format by its name.
func format(t *testing.T, name string) all.Format {
	t.Helper()
	list := all.Formats()
	i := slices.IndexFunc(list, func(f all.Format) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("no format %q", name)
	}
	return list[i]
}

// TestSavedRun keeps the saved run equal to what the generator makes.
func TestSavedRun(t *testing.T) {
	var b bytes.Buffer
	newFixture(t).emit(format(t, "json").New(&b, false))
	testkit.Golden(t, savedPath(), b.String(), *update)
}

// render replays the saved run into a format.
func render(t *testing.T, f all.Format, tty bool) string {
	t.Helper()
	in, err := os.Open(savedPath())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var b bytes.Buffer
	h := f.New(&b, tty)
	if err := finding.Read(in, h); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// ids are the findings of a run that a report shows, by their short ids and
// sorted.
type ids func(t *testing.T, report string) []string

// TestSameFindings feeds one run to every format: each shows the same set.
func TestSameFindings(t *testing.T) {
	var want []string
	for _, f := range newFixture(t).findings {
		want = append(want, f.ID[:finding.ShortID])
	}
	slices.Sort(want)
	shown := map[string]ids{
		"text":  textIDs,
		"json":  jsonIDs,
		"html":  htmlIDs,
		"sarif": sarifIDs,
	}
	for _, f := range all.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			if f.Doc == "" || shown[f.Name] == nil {
				t.Fatalf("format %q has no documentation, or no reader of its ids in this test", f.Name)
			}
			report := render(t, f, false)
			if again := render(t, f, false); again != report {
				t.Error("the same run gives different bytes")
			}
			got := shown[f.Name](t, report)
			slices.Sort(got)
			if f.Name == "text" { // cuts long lists, and says by how much
				for _, id := range got {
					if !slices.Contains(want, id) {
						t.Errorf("shows id %q, which the run has not", id)
					}
				}
				if left := len(want) - len(got); !strings.Contains(report, "… and "+jsonNumber(left)+" more (--format json") {
					t.Errorf("shows %d of %d findings and does not say that %d are left out", len(got), len(want), left)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
		})
	}
}

func jsonNumber(n int) string {
	b, _ := json.Marshal(n)
	return string(b)
}

func textIDs(_ *testing.T, report string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^    ([0-9a-f]{8})  `).FindAllStringSubmatch(report, -1) {
		out = append(out, m[1])
	}
	return out
}

func jsonIDs(t *testing.T, report string) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(report) {
		var m finding.Message
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		if m.Finding != nil {
			out = append(out, m.Finding.ID[:finding.ShortID])
		}
	}
	return out
}

// htmlIDs reads the rows that stand there without scripts, and compares them
// with the data of the script.
func htmlIDs(t *testing.T, report string) []string {
	t.Helper()
	var rows []string
	for _, m := range regexp.MustCompile(`<td><code>([0-9a-f]{8})</code></td></tr>`).FindAllStringSubmatch(report, -1) {
		rows = append(rows, m[1])
	}
	_, rest, _ := strings.Cut(report, `<script type="application/json" id="data">`)
	text, _, _ := strings.Cut(rest, "</script>")
	var data struct {
		Findings []struct{ Short string }
	}
	if err := json.Unmarshal([]byte(text), &data); err != nil {
		t.Fatal(err)
	}
	var script []string
	for _, f := range data.Findings {
		script = append(script, f.Short)
	}
	if diff := cmp.Diff(rows, script); diff != "" {
		t.Errorf("rows without and with scripts (-without +with):\n%s", diff)
	}
	return rows
}

func sarifIDs(t *testing.T, report string) []string {
	t.Helper()
	var log struct {
		Runs []struct {
			Results []struct{ PartialFingerprints map[string]string }
		}
	}
	if err := json.Unmarshal([]byte(report), &log); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range log.Runs[0].Results {
		out = append(out, r.PartialFingerprints["cleannetFinding/v1"][:finding.ShortID])
	}
	return out
}

// TestHostileText looks for what evidence could do to a terminal or a page.
func TestHostileText(t *testing.T) {
	text := render(t, format(t, "text"), true)
	for _, bad := range []string{"\x1b[2J", "\u202e", "\x00", "\x07", "\r"} {
		if strings.Contains(text, bad) {
			t.Errorf("the text holds %q", bad)
		}
	}
	page := render(t, format(t, "html"), false)
	for _, bad := range []string{"<img", "</script><", "javascript:alert", "\u202e", "\x00", "</textarea>"} {
		if strings.Contains(strings.ReplaceAll(page, `[link](javascript:alert(1))`, ""), bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}
