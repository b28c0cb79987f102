// Command counts reads the stream of "go test -json" and tells what became of
// the tests: a line for each package, the output of what failed, the skips with
// their reasons, and the totals. It exits 1 if anything failed, if no test ran,
// or, with -require-data, if a test was skipped for want of shared evidence.
//
// A test is a top-level test, example or fuzz target, or a subtest of one at
// any depth; each counts once, so a test with three subtests counts four. A
// package that fails without a failing test (it does not build, or its TestMain
// exits) counts as one failure.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// event is a line of "go doc test2json" and of "go help buildjson".
type event struct {
	Action      string
	Package     string
	ImportPath  string // of build-output and build-fail
	Test        string
	Elapsed     float64
	Output      string
	FailedBuild string
}

// tally is the number of tests that ended in each way.
type tally struct{ passed, failed, skipped int }

func (t tally) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", t.passed, t.failed, t.skipped)
}

// counter reads events and writes what a person wants to know of them.
type counter struct {
	out      io.Writer
	total    tally
	packages map[string]*tally
	coverage map[string]string
	output   map[[2]string]*strings.Builder // by package and test, until it ends
	skips    []string
	noData   []string // tests skipped for want of shared evidence
}

func newCounter(out io.Writer) *counter {
	return &counter{
		out:      out,
		packages: map[string]*tally{},
		coverage: map[string]string{},
		output:   map[[2]string]*strings.Builder{},
	}
}

// read takes the whole stream. A line that is no event, such as what make
// prints, is passed on.
func (c *counter) read(r io.Reader) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		if len(line) > 0 && (line[0] != '{' || json.Unmarshal(line, &e) != nil) {
			fmt.Fprintf(c.out, "%s\n", strings.TrimSuffix(string(line), "\n"))
		} else if len(line) > 0 {
			c.take(e)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (c *counter) take(e event) {
	if e.Action == "build-output" {
		fmt.Fprint(c.out, e.Output)
		return
	}
	if e.Package == "" {
		return
	}
	p := c.packages[e.Package]
	if p == nil {
		p = &tally{}
		c.packages[e.Package] = p
	}
	switch {
	case e.Action == "output":
		c.keep(e)
	case e.Test == "" && slices.Contains([]string{"pass", "fail", "skip"}, e.Action):
		c.endPackage(e, p)
	case e.Action == "pass":
		p.passed++
		c.forget(e)
	case e.Action == "fail":
		p.failed++
		fmt.Fprintf(c.out, "FAIL %s %s\n%s", e.Package, e.Test, c.forget(e))
	case e.Action == "skip":
		p.skipped++
		c.skip(e, c.forget(e))
	}
}

// coverLine is what go test prints of a package with -cover.
var coverLine = regexp.MustCompile(`coverage: ([0-9.]+%) of statements`)

// keep holds the output of a test until it is known how the test ends.
func (c *counter) keep(e event) {
	if m := coverLine.FindStringSubmatch(e.Output); m != nil && e.Test == "" {
		c.coverage[e.Package] = m[1]
	}
	key := [2]string{e.Package, e.Test}
	if c.output[key] == nil {
		c.output[key] = &strings.Builder{}
	}
	c.output[key].WriteString(e.Output)
}

// forget returns the output of a test and drops it.
func (c *counter) forget(e event) string {
	key := [2]string{e.Package, e.Test}
	b := c.output[key]
	delete(c.output, key)
	if b == nil {
		return ""
	}
	return b.String()
}

// skip notes a skipped test. The words of a missing file of evidence are those
// of testkit.Data.
func (c *counter) skip(e event, output string) {
	name := e.Package + " " + e.Test
	reason := output
	for line := range strings.Lines(output) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "===") && !strings.HasPrefix(line, "---") {
			reason = line
			break
		}
	}
	c.skips = append(c.skips, name+": "+strings.TrimSpace(reason))
	if strings.Contains(output, "shared evidence") {
		c.noData = append(c.noData, name)
	}
}

// endPackage prints the line of a package.
func (c *counter) endPackage(e event, p *tally) {
	output := c.forget(e)
	if e.Action == "fail" && p.failed == 0 {
		p.failed = 1
		fmt.Fprintf(c.out, "FAIL %s\n%s", e.Package, output)
	}
	c.total.passed += p.passed
	c.total.failed += p.failed
	c.total.skipped += p.skipped
	if *p == (tally{}) && e.Action != "fail" {
		fmt.Fprintf(c.out, "none  %7.1fs  coverage %6s  %s: no test\n", e.Elapsed, c.coverage[e.Package], e.Package)
		return
	}
	word := "ok  "
	if e.Action == "fail" {
		word = "FAIL"
	}
	fmt.Fprintf(c.out, "%s  %7.1fs  coverage %6s  %s: %s\n", word, e.Elapsed, c.coverage[e.Package], e.Package, p)
}

// verdict prints the skips and returns what is wrong with the run, or nothing.
func (c *counter) verdict(requireData bool) string {
	if len(c.skips) > 0 {
		fmt.Fprintf(c.out, "skipped:\n  %s\n", strings.Join(c.skips, "\n  "))
	}
	switch {
	case c.total.failed > 0:
		return fmt.Sprintf("%d failed", c.total.failed)
	case c.total.passed == 0:
		return "no test passed"
	case requireData && len(c.noData) > 0:
		return fmt.Sprintf("%d tests skipped for want of shared evidence: %q", len(c.noData), c.noData)
	}
	return ""
}

func main() {
	requireData := flag.Bool("require-data", false, "fail if a test is skipped for want of shared evidence")
	totals := flag.String("totals", "", "file to write the line of totals to")
	flag.Parse()
	c := newCounter(os.Stdout)
	if err := c.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "counts:", err)
		os.Exit(1)
	}
	wrong := c.verdict(*requireData)
	if *totals != "" {
		if err := os.WriteFile(*totals, []byte(c.total.String()+"\n"), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "counts:", err)
			os.Exit(1)
		}
	}
	fmt.Println(c.total)
	if wrong != "" {
		fmt.Fprintln(os.Stderr, "counts:", wrong)
		os.Exit(1)
	}
}
