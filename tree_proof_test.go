package cleannet_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// goodTree is a small repository that keeps every rule.
func goodTree() map[string]string {
	const comment = "// Package x is an example. It promises nothing.\n"
	domain := "# carrier\n\n" + strings.Join(domainSections(), "\n\ntext\n\n") + "\n"
	return map[string]string{
		"go.mod":                             "module " + modulePath + "\n\nrequire (\n\texample.org/direct v1.0.0\n\texample.org/far v1.0.0 // indirect\n)\n",
		"CHANGELOG.md":                       "# Changelog\n",
		"docs/README.md":                     "[a page](10-page.md#top)\n",
		"docs/10-page.md":                    "# A page, see https://example.org/home" + "/x\n",
		"docs/adr/0001-first.md":             "# First\n\n" + strings.Join(adrSections(), "\n\ntext\n\n") + "\n",
		"docs/adr/0002-dependencies.md":      "# Second\n\n" + strings.Join(adrSections(), "\n\n`example.org/direct`\n\n") + "\n",
		"internal/domain/carrier/README.md":  domain,
		"internal/domain/carrier/carrier.go": comment + "package carrier\n",
		"internal/domain/all/all.go":         comment + "package all\n\nimport _ \"" + modulePath + "/internal/domain/carrier\"\n",
		"internal/evidence/doc.go":           comment + "package evidence\n",
		"internal/evidence/set.go": `package evidence

import "example.org/direct/x"

// ErrLimit is a sentinel.
var ErrLimit = errors.New("limit")

var _ io.Reader = (*Set)(nil)

var pattern = regexp.MustCompile("a")

var table = [...]string{"a", "b"}

// Set is documented.
type Set struct{}

func (s Set) first() string {
	_ = s
	return table[0]
}
`,
		"internal/evidence/testdata/skipped.go": "package util\n\nfunc init() {}\n",
		"cmd/cleannet/main.go":                  "// Command cleannet is an example. It does nothing.\npackage main\n\nvar version string\n\nfunc main() {}\n",
		"bench/peers/go.mod":                    "module example.org/peers\n",
		"bench/peers/peer.go":                   "package util\n",
	}
}

// breach is a change to goodTree that breaks one rule.
type breach struct {
	rule string
	what string
	file string
	text string // empty: the file is removed
	want string // part of the message
}

// breaches has at least one for every rule.
func breaches() []breach {
	const x = "internal/evidence/x.go"
	long := "package evidence\n" + strings.Repeat("//\n", maxFileLines)
	deep := "package evidence\n\nfunc f() {\n" + strings.Repeat("\t_ = 0\n", maxFuncLines) + "}\n"
	return []breach{
		{"imports", "a layer reaches up", x, "package evidence\n\nimport _ \"" + modulePath + "/internal/judge\"\n", "internal/evidence/x.go: imports \"internal/judge\""},
		{"imports", "a test reaches up", "internal/evidence/x_test.go", "package evidence\n\nimport _ \"" + modulePath + "/internal/judge\"\n", "x_test.go: imports \"internal/judge\""},
		{"imports", "a second command", "internal/evidence/tool/main.go", "package main\n", "package main stands only in cmd"},
		{"dependencies", "a direct requirement without a reason", "go.mod", "require example.org/direct v1.0.0\nrequire example.org/more v1.0.0\n", "`example.org/more` (in backquotes), but go.mod requires it directly"},
		{"dependencies", "a tool without a reason", "go.mod", "require example.org/direct v1.0.0\nrequire example.org/more v1.0.0 // indirect\ntool example.org/more/cmd\n", "`example.org/more`"},
		{"dependencies", "an import without a reason", "docs/adr/0002-dependencies.md", "none", "`example.org/direct` (in backquotes), but internal/evidence/set.go imports it"},
		{"dependencies", "an indirect module imported", x, "package evidence\n\nimport _ \"example.org/far/y\"\n", "internal/evidence/x.go imports it"},
		{"dependencies", "a module that is not required", x, "package evidence\n\nimport _ \"example.org/farther\"\n", "of no module"},
		{"package comment", "none", "internal/evidence/doc.go", "package evidence\n", "no package comment"},
		{"package comment", "two", x, "// Package evidence is here twice.\npackage evidence\n", "keep one"},
		{"package comment", "one sentence", "internal/evidence/doc.go", "// Package evidence is short, e.g. this.\npackage evidence\n", "1 sentence"},
		{"package name", "a dump", "internal/util/x.go", "package util\n", "package util"},
		{"no init", "in code", x, "package evidence\n\nfunc init() {}\n", "internal/evidence/x.go:3: func init"},
		{"no init", "in a test", "internal/evidence/x_test.go", "package evidence\n\nfunc init() {}\n", "x_test.go:3"},
		{"no mutable package variable", "a map", x, "package evidence\n\nvar names = map[int]string{}\n", "internal/evidence/x.go:3: package-level variable names"},
		{"no mutable package variable", "a slice", x, "package evidence\n\nvar names = []string{}\n", "variable names"},
		{"no mutable package variable", "a counter", x, "package evidence\n\nvar (\n\ta, b int\n)\n", "x.go:4: package-level variable b"},
		{"no mutable package variable", "an error that is no sentinel", x, "package evidence\n\nvar last = errors.New(\"x\")\n", "variable last"},
		{"no mutable package variable", "an array that is written", x, "package evidence\n\nfunc f() { table[0] = \"\" }\n", "variable table"},
		{"no mutable package variable", "an exported array", x, "package evidence\n\n// T is one.\nvar T = [2]int{1, 2}\n", "variable T"},
		{"no mutable package variable", "embedded bytes", x, "package evidence\n\n//go:embed a\nvar raw []byte\n", "variable raw"},
		{"no mutable package variable", "a version outside a command", x, "package evidence\n\nvar version string\n", "variable version"},
		{"family list complete", "a member forgotten", "internal/domain/store/store.go", "package store\n", "internal/domain/store: not in the list"},
		{"exported names documented", "too many without", x, "package evidence\n\nfunc A() {}\n\nfunc (Set) B() {}\n", "2 of 4 exported names"},
		{"file length", "too long", x, long, "401 lines"},
		{"function length", "too long", x, deep, "f has 102 lines"},
		{"domain README", "none", "internal/domain/carrier/README.md", "", "no README.md"},
		{"domain README", "a section missing", "internal/domain/carrier/README.md", "# carrier\n\n## What is judged\n", `heading "## Evidence read"`},
		{"ADR sections", "a section missing", "docs/adr/0001-first.md", "# First\n\n## Status\n\n## Decision\n", `heading "## Context"`},
		{"docs index", "a page not linked", "docs/20-new.md", "# New\n", "docs/20-new.md: docs/README.md does not link it"},
		{"docs index", "no index", "docs/README.md", "", "1 pages and no docs/README.md"},
		{"changelog", "none", "CHANGELOG.md", "", "missing"},
		{"no name of a machine", "a path", "docs/10-page.md", "# A\n\nsee /ho" + "me/someone\n", "docs/10-page.md: line 3 names"},
		{"no name of a machine", "a registry", ".ci/run", "curl https://proxy." + "golang.org/x\n", ".ci/run: line 1 names"},
	}
}

// TestRulesCanFail shows every rule a tree that keeps it and one that breaks
// it.
func TestRulesCanFail(t *testing.T) {
	rules := append(treeRules(), layerRules()...)
	t.Run("good tree", func(t *testing.T) {
		tr := parseTree(t, mapFS(goodTree()))
		for _, r := range rules {
			for _, bad := range r.run(tr).bad {
				t.Errorf("rule %q refuses a good tree: %s", r.name, bad)
			}
		}
	})
	for _, r := range rules {
		if !slices.ContainsFunc(breaches(), func(b breach) bool { return b.rule == r.name }) {
			t.Errorf("rule %q has no breach to prove that it can fail: add one to breaches()", r.name)
		}
	}
	for i, b := range breaches() {
		t.Run(strconv.Itoa(i)+" "+b.rule+"/"+b.what, func(t *testing.T) {
			files := goodTree()
			files[b.file] = b.text
			if b.text == "" {
				delete(files, b.file)
			}
			tr := parseTree(t, mapFS(files))
			at := slices.IndexFunc(rules, func(r rule) bool { return r.name == b.rule })
			if at < 0 {
				t.Fatalf("no rule %q", b.rule)
			}
			got := rules[at].run(tr).bad
			if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, b.want) }) {
				t.Errorf("got %q, want a message with %q", got, b.want)
			}
		})
	}
}

// mapFS makes a file system of the texts.
func mapFS(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}
