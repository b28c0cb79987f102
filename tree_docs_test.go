package cleannet_test

import (
	"bytes"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// domainSections are the headings of the README of a domain, in their order,
// below the title, which is the domain's name.
func domainSections() []string {
	return []string{
		"## What is judged", "## Evidence read", "## Observations",
		"## Relations and rules", "## Limits", "## Sources",
	}
}

// adrSections are the headings of a record of a decision, in their order.
func adrSections() []string {
	return []string{"## Status", "## Context", "## Decision", "## Consequences"}
}

// checkDomainReadmes wants a README of fixed sections in every domain, so that
// a reader who knows one finds his way in all.
func checkDomainReadmes(tr *tree, out *result) {
	for _, dir := range tr.packages() {
		at := locate(dir)
		if at.row != "domain/*" || dir != "internal/"+at.unit {
			continue
		}
		name := dir + "/README.md"
		text, err := fs.ReadFile(tr.fsys, name)
		if err != nil {
			out.badf(dir, "no README.md: write one with the sections %q", domainSections())
			continue
		}
		want := append([]string{"# " + path.Base(dir)}, domainSections()...)
		if missing := missingHeading(string(text), want); missing != "" {
			out.badf(name, "the heading %q is missing or out of order; the order is %q", missing, want)
		}
	}
}

// checkADRs wants the four sections in every record of a decision.
func checkADRs(tr *tree, out *result) {
	names, _ := fs.Glob(tr.fsys, "docs/adr/*.md") // the pattern is well formed
	for _, name := range names {
		if path.Base(name) == "README.md" {
			continue
		}
		text, err := fs.ReadFile(tr.fsys, name)
		if err != nil {
			out.badf(name, "%v", err)
			continue
		}
		if missing := missingHeading(string(text), adrSections()); missing != "" {
			out.badf(name, "the heading %q is missing or out of order; the order is %q", missing, adrSections())
		}
	}
}

// missingHeading returns the first heading that a document lacks, other
// headings between them being allowed, or nothing.
func missingHeading(text string, want []string) string {
	for line := range strings.Lines(text) {
		if len(want) > 0 && strings.TrimSpace(line) == want[0] {
			want = want[1:]
		}
	}
	if len(want) > 0 {
		return want[0]
	}
	return ""
}

// checkDocsIndex wants a link in docs/README.md to every numbered page.
func checkDocsIndex(tr *tree, out *result) {
	pages, _ := fs.Glob(tr.fsys, "docs/[0-9][0-9]-*.md") // the pattern is well formed
	index, err := fs.ReadFile(tr.fsys, "docs/README.md")
	if err != nil && len(pages) > 0 {
		out.badf("docs", "%d pages and no docs/README.md: write one that links each", len(pages))
		return
	}
	for _, p := range pages {
		link := regexp.MustCompile(`\]\((\./)?` + regexp.QuoteMeta(path.Base(p)) + `[)#]`)
		if !link.Match(index) {
			out.badf(p, "docs/README.md does not link it")
		}
	}
}

// checkChangelog wants a changelog.
func checkChangelog(tr *tree, out *result) {
	if !exists(tr.fsys, "CHANGELOG.md") {
		out.badf("CHANGELOG.md", "missing: say in it what changes for a user")
	}
}

// checkMachineNames refuses the paths of the machine that a file was written
// on, and the hosts of package registries: both differ from place to place,
// and the ordinary clients know them. Every file counts, of whatever format.
func checkMachineNames(tr *tree, out *result) {
	err := fs.WalkDir(tr.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "bin"}, name) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || name == ".git" { // the latter is a file in a linked worktree
			return nil
		}
		text, err := fs.ReadFile(tr.fsys, name)
		if err != nil {
			return err
		}
		for _, needle := range machineNames() {
			if at := indexName(text, needle); at >= 0 {
				out.badf(name, "line %d names %q, which is a path of one machine or the host of a registry", lines(text[:at])+1, needle)
			}
		}
		return nil
	})
	if err != nil {
		out.badf("tree", "%v", err)
	}
}

// machineNames lists what no file may hold. Each is written in two parts, so
// that this file does not hold it either.
func machineNames() []string {
	return []string{
		"/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/tmp/" + "team",
		"proxy." + "golang.org", "registry." + "npmjs.org", "py" + "pi.org",
		"files.python" + "hosted.org", "deb." + "debian.org", "security." + "debian.org",
		"static." + "crates.io", "index." + "crates.io", "repo." + "maven.apache.org", "repo1." + "maven.org",
	}
}

// indexName finds a needle that does not continue a longer word, so that the
// path of a web page, "example.org/ho…me/", is no machine's.
func indexName(text []byte, needle string) int {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte(needle))
		if i < 0 {
			return -1
		}
		i += from
		if i == 0 || !wordByte(text[i-1]) {
			return i
		}
		from = i + len(needle)
	}
}

// wordByte tells whether a byte can end a word of a path or a host's name.
func wordByte(b byte) bool {
	return b == '_' || b == '.' || b == '-' || b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z'
}
