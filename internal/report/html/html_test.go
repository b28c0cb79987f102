package html_test

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/report/html"
	"github.com/cleannet/cleannet/internal/testkit"
)

// page renders the saved run, or another one that emit sends.
func page(t *testing.T, emit func(finding.Handler) error) string {
	t.Helper()
	var b bytes.Buffer
	h := html.New(&b, html.Options{})
	if err := emit(h); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func savedPage(t *testing.T) string {
	t.Helper()
	in, err := os.Open(filepath.Join("..", "testdata", "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	return page(t, func(h finding.Handler) error { return finding.Read(in, h) })
}

// many sends a run of n findings.
func many(n int) func(finding.Handler) error {
	return func(h finding.Handler) error {
		if err := h.Run(&finding.Run{Tool: "cleannet"}); err != nil {
			return err
		}
		for i := range n {
			f := finding.Finding{
				ID: fmt.Sprintf("%016x", i), Domain: "carrier", Relation: "adjacency", Entry: "entry",
				Verdict: policy.Verdicts()[i%5], Effect: policy.Prohibit, Severity: policy.High,
				SubjectName: fmt.Sprintf("Network %d", i), CompanyName: fmt.Sprintf("Company %d", i%40),
				Reason: "It is connected.", Count: uint64(i),
				Chain: []finding.Step{
					{Kind: finding.StepBytes, Text: fmt.Sprintf("bytes at %d", i)},
					{Kind: finding.StepRule, Text: "the rule", File: "policy.yaml", Line: 3},
				},
			}
			if err := h.Finding(&f); err != nil {
				return err
			}
		}
		return h.Coverage(&finding.Coverage{})
	}
}

// TestWithoutScripts reads what stands in the page itself.
func TestWithoutScripts(t *testing.T) {
	text := savedPage(t)
	visible, _, _ := strings.Cut(text, `<script type="application/json"`)
	for _, want := range []string{
		"<h1>27 violations by 3 companies</h1>", "Examined 4 inputs (500.6 MB) against Example Network Order",
		"as of 5 August 2026", "Other answers: 1 unknown, 1 pending, 1 excepted by a waiver, 2 clean.",
		"<details>", `href="https://example.org/order-7"`, "section header table goes beyond the end of the file",
		"is a socket", "CC-BY-4.0", "It never says that anything is safe.", strings.Repeat("d1", 32),
	} {
		if !strings.Contains(visible, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if got, want := strings.Count(visible, `<tr class="row">`), 32; got != want {
		t.Errorf("got %d rows, want %d", got, want)
	}
}

// TestSelfContained: the page loads nothing, and its policy admits only its
// own style and script.
func TestSelfContained(t *testing.T) {
	text := savedPage(t)
	for _, bad := range []string{` src=`, `@import`, `url(`, `<link`, ` style="`, ` onclick=`, `unsafe-inline`} {
		page := strings.NewReplacer(`&lt;img src=`, "", `\u003cimg src=`, "").Replace(text)
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if n := strings.Count(text, "</script>"); n != 2 {
		t.Errorf("got %d ends of scripts, want 2", n)
	}
}

func TestManyWithoutScripts(t *testing.T) {
	text := page(t, many(1000))
	if got, want := strings.Count(text, `<tr class="row">`), 1000; got != want {
		t.Errorf("got %d rows, want %d", got, want)
	}
	if got, want := strings.Count(text, "<details>"), 200; got != want {
		t.Errorf("got %d proofs, want %d", got, want)
	}
}

func TestNoFindings(t *testing.T) {
	text := page(t, many(0))
	for _, want := range []string{"No violation found in what was examined", "The run has no findings.", "No company has a violation"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(text, "null") && strings.Contains(text, `"findings":null`) {
		t.Error("the data has null for a list")
	}
}

// browser opens a page in Chromium, lets its script run, and returns the
// document as it is then, and what was written to the console. The script
// writes nothing there, so that a line is an error of it or a breach of the
// page's policy.
func browser(t *testing.T, text, state string) (dom, console string) {
	t.Helper()
	tool := testkit.Tool(t, "chromium")
	dir := t.TempDir()
	file := filepath.Join(dir, "report.html")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	address := url.URL{Scheme: "file", Path: file}
	cmd := exec.CommandContext(ctx, tool, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--enable-logging=stderr",
		"--virtual-time-budget=5000", "--dump-dom", address.String()+"#"+state)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	for line := range strings.Lines(stderr.String()) {
		if strings.Contains(line, "CONSOLE") {
			console += line
		}
	}
	return stdout.String(), console
}

// drawn reads how many findings the script found and how many rows it drew,
// from the attributes in which it says so and from the rows themselves.
func drawn(t *testing.T, dom string) (found, rows string) {
	t.Helper()
	m := regexp.MustCompile(`data-found="(\d+)" data-rows="(\d+)"`).FindStringSubmatch(dom)
	if m == nil {
		t.Fatal("the script did not draw the table")
	}
	if n := strings.Count(dom, `<tr class="row" data-n=`); fmt.Sprint(n) != m[2] {
		t.Errorf("the script says that it drew %s rows, and there are %d", m[2], n)
	}
	return m[1], m[2]
}

// TestBrowser drives the real page: rows, and filters kept in the address.
func TestBrowser(t *testing.T) {
	saved, thousand := savedPage(t), page(t, many(1000))
	for _, tc := range []struct {
		name, page, state string
		found, rows       string
		shown             string // a part of the document
	}{
		{"all", saved, "", "32", "32", "32 findings"},
		{"filters", saved, "q=globex&verdict=violation", "2", "2", "2 of 32 findings"},
		{"company", saved, "company=company:acme-telecom&q=64497", "1", "1", "1 of 32 findings"},
		{"hostile search", saved, "domain=store&q=" + url.QueryEscape("</script><img"), "1", "1", "1 of 32 findings"},
		{"unknown values", saved, "verdict=safe&page=x&sort=y", "0", "0", "No finding matches the filter."},
		{"last page of a verdict", thousand, "verdict=unknown&page=9", "200", "200", "1–200 of 200"},
		{"sorted", thousand, "sort=-count&page=5", "1000", "200", `<th scope="col" data-key="count" class="num" aria-sort="descending">`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dom, console := browser(t, tc.page, tc.state)
			if console != "" {
				t.Errorf("the page writes to the console:\n%s", console)
			}
			found, rows := drawn(t, dom)
			if found != tc.found || rows != tc.rows {
				t.Errorf("got %s findings in %s rows, want %s in %s", found, rows, tc.found, tc.rows)
			}
			if !strings.Contains(dom, tc.shown) {
				t.Errorf("the page does not show %q", tc.shown)
			}
			if strings.Contains(dom, "<img") {
				t.Error("evidence became markup")
			}
		})
	}
}

// TestPolicyHolds: if escaping ever failed, the page's content security policy
// would still keep what got in from running.
func TestPolicyHolds(t *testing.T) {
	const attack = `<img src="x" onerror="document.title='pwned'"><script>document.title='pwned'</script></h1>`
	text := strings.Replace(savedPage(t), "</h1>", attack, 1)
	dom, console := browser(t, text, "")
	if strings.Contains(dom, "<title>pwned</title>") {
		t.Error("the attack ran")
	}
	if !strings.Contains(console, "Content Security Policy") {
		t.Errorf("the policy refused nothing; console:\n%s", console)
	}
	drawn(t, dom)
}

// TestBrowserLarge: the page stays usable with 20,000 findings, because only a
// page of rows is ever drawn.
func TestBrowserLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a page of 20,000 findings")
	}
	const n = 20_000
	text := page(t, many(n))
	start := time.Now()
	dom, console := browser(t, text, "q=network+19&verdict=clean&sort=-subject")
	t.Logf("page of %.1f MB: %v, with the browser's own start", float64(len(text))/1e6, time.Since(start))
	want := 0
	for i := range n {
		if fields := fmt.Sprintf("%016x %d %d", i, i, i%40); i%5 == 4 && strings.Contains(fields, "19") {
			want++
		}
	}
	found, rows := drawn(t, dom)
	if found != fmt.Sprint(want) || rows != "200" || console != "" {
		t.Errorf("got %s findings in %s rows, want %d in 200; console: %s", found, rows, want, console)
	}
}
