package cleannet_test

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// modulePath is the first part of every import path of ours.
const modulePath = "github.com/cleannet/cleannet"

// layer is one row of the table "who may import whom" in the design.
type layer struct {
	// from names the packages that the row is about, relative to internal/:
	// "judge" is a package with its subfolders, "domain/*" every member of the
	// family domain, "domain/all" one folder of it. "cmd" and "data" stand
	// beside internal/.
	from string
	// may lists what they may import, in the same words. A member of a family
	// may be named singly, as in "format/yamldoc".
	may []string
}

// layers is the table. What it does not list is forbidden; a package that it
// does not list is forbidden too. Extend it only with an ADR in docs/adr.
//
// A format may import a format below it (an APK holds binary XML). "Below"
// needs no list of its own, because the compiler refuses the way back. The list
// of a family may import its members and the package of the interface that
// they all satisfy, which for the reports is finding.Handler.
func layers() []layer {
	nouns := []string{"evidence", "source", "entity", "name", "registry", "domain", "policy", "finding", "judge", "exposure", "enforce", "engine"}
	return []layer{
		{"format/*", []string{"format/*"}},
		{"evidence", nil},
		{"source", nil},
		{"entity", []string{"evidence", "source"}},
		{"name", nil},
		{"trust", nil},
		{"policy", []string{"evidence", "entity", "format/yamldoc"}},
		{"finding", []string{"evidence", "entity", "policy"}},
		{"judge", []string{"evidence", "entity", "policy", "finding"}},

		{"exposure", []string{"evidence", "entity", "policy", "format/mrt"}},

		{"domain", []string{"evidence", "source"}},
		{"domain/*", []string{"evidence", "source", "domain", "format/*"}},
		{"domain/all", []string{"domain", "domain/*"}},
		{"domain/domaintest", []string{"evidence", "source", "domain", "testkit"}},

		{"registry", []string{"source", "entity"}},
		{"registry/*", []string{"evidence", "source", "entity", "registry", "format/*"}},
		{"registry/all", []string{"registry", "registry/*"}},
		{"registry/registrytest", []string{"evidence", "source", "entity", "registry", "testkit"}},

		{"report/*", []string{"evidence", "entity", "policy", "finding"}},
		{"report/all", []string{"finding", "report/*"}},

		{"enforce", []string{"evidence", "entity", "policy"}},
		{"enforce/*", []string{"evidence", "entity", "policy", "enforce"}},
		{"enforce/all", []string{"enforce", "enforce/*"}},
		{"enforce/enforcetest", []string{"evidence", "entity", "policy", "enforce", "testkit"}},

		{"engine", []string{"evidence", "source", "domain"}},
		{"engine/*", []string{"evidence", "source", "domain", "engine"}},

		// Live watch measures and judges what comes in; see docs/adr/0014.
		{"watch", []string{"evidence", "entity", "policy", "finding", "judge", "domain/carrier", "format/*"}},

		{"server", nouns},
		{"data", nil},
		{"cmd", slices.Concat(nouns, []string{
			"server", "watch", "data", "trust", "format/*", "engine/*",
			"domain/*", "registry/*", "report/*", "enforce/*",
			"domain/all", "registry/all", "report/all", "enforce/all",
		})},
		// Test support and the generators of example evidence are no part of
		// the product: they may use all of it, and it may not use them.
		{"testkit", []string{anything}},
		{"generator", []string{anything}},
	}
}

// anything in a row allows every import.
const anything = "**"

// families are the folders of internal/ whose members are siblings.
func families() []string {
	return []string{"format", "domain", "registry", "report", "enforce", "engine"}
}

// apart are folders of a family that are no members of it in the sense of its
// list: registry/yaml and registry/numbers read a folder and a table, not a file
// into a sink, so they are no loaders. The command takes them singly.
func apart() []string { return []string{"registry/yaml", "registry/numbers"} }

// place is where a package stands in the table.
type place struct {
	row    string // its row, "domain/*"
	unit   string // its folder relative to internal/ up to the member, "domain/carrier"
	family string // "domain", empty outside a family and for its root
}

// locate finds the place of a package by its folder, relative to the module.
func locate(dir string) place {
	top, rest, _ := strings.Cut(dir, "/")
	switch top {
	case "cmd", "data":
		return place{row: top, unit: top}
	case "examples", "bench":
		return place{row: "generator", unit: top}
	case "internal":
	default:
		return place{row: dir, unit: dir}
	}
	noun, below, nested := strings.Cut(rest, "/")
	if !nested || !slices.Contains(families(), noun) {
		return place{row: noun, unit: noun}
	}
	member, _, _ := strings.Cut(below, "/")
	at := place{row: noun + "/*", unit: noun + "/" + member, family: noun}
	if member == "all" || member == noun+"test" {
		at.row = at.unit
	}
	return at
}

// listed tells whether one of the entries of a row covers the place.
func (p place) listed(entries []string) bool {
	return slices.Contains(entries, anything) || slices.Contains(entries, p.row) || slices.Contains(entries, p.unit)
}

// layerTable answers questions about the table for one tree.
type layerTable struct {
	rows map[string][]string
	// lists has the families of the tree that have a list, "domain" for
	// internal/domain/all.
	lists map[string]bool
}

// newLayerTable reads the table, and from the tree which families have a list.
func newLayerTable(packages []string) layerTable {
	t := layerTable{rows: map[string][]string{}, lists: map[string]bool{}}
	for _, l := range layers() {
		t.rows[l.from] = l.may
	}
	for _, f := range families() {
		t.lists[f] = slices.Contains(packages, "internal/"+f+"/all")
	}
	return t
}

// judge says why a package may not import another, both given by their
// folders, or says nothing. A test file may import more: everything at or
// below its package, test support, the data that ships, and the conformance
// suite of its family; but not a sibling.
func (t layerTable) judge(from, to string, test bool) string {
	f, o := locate(from), locate(to)
	may, known := t.rows[f.row]
	if !known && from != "" {
		return fmt.Sprintf("no row of the table lists %q", from)
	}
	switch {
	case f.unit == o.unit || slices.Contains(may, anything):
		return ""
	case f.family != "" && f.row == f.family+"/*" && o.row == f.row && f.family != "format":
		return fmt.Sprintf("siblings of %q never import each other: what both need belongs in a format or in internal/%s", f.row, f.family)
	case f.row == "cmd" && !test && o.row == o.family+"/*" && t.lists[o.family] && !slices.Contains(apart(), o.unit):
		return fmt.Sprintf("cmd takes the members of a family from its list: import internal/%s/all", o.family)
	case o.listed(may):
		return ""
	case test && (from == "" || o.row == "testkit" || o.row == "data"):
		return "" // the tests at the root are about the whole repository
	case test && (o.row == f.family+"/"+f.family+"test" || o.row == f.row+"/"+f.row+"test"):
		return ""
	case test && (f.row == "cmd" || o.listed(t.below(f.row))):
		return ""
	case o.row == "testkit" || o.row == o.family+"/"+o.family+"test":
		return fmt.Sprintf("%q is test support: only test files and generators import it", to)
	}
	return fmt.Sprintf("the row %q allows only %q", f.row, may)
}

// below lists the entries that a row allows, directly or through others.
func (t layerTable) below(row string) []string {
	out := slices.Clone(t.rows[row])
	for i := 0; i < len(out); i++ {
		for _, e := range t.rows[out[i]] {
			if !slices.Contains(out, e) {
				out = append(out, e)
			}
		}
	}
	return out
}

// checkLayers judges every import of ours in the tree.
func checkLayers(tr *tree, out *result) {
	table := newLayerTable(tr.packages())
	for _, f := range tr.files {
		from := f.dir()
		if f.file.Name.Name == "main" && locate(from).row != "cmd" {
			if !generatorPlace(from) {
				out.badf(f.path, "package main stands only in cmd; a generator lives in a folder \"gen\", or under examples, bench or internal/testkit")
			}
			continue
		}
		for _, imp := range f.imports() {
			to, ours := strings.CutPrefix(imp, modulePath+"/")
			if !ours {
				continue
			}
			if why := table.judge(from, to, f.test()); why != "" {
				out.badf(f.path, "imports %q: %s; move the code to where the table allows it, or write an ADR in docs/adr and extend layers() in layers_test.go", to, why)
			}
		}
	}
}

// generatorPlace tells whether a program that writes files of the repository
// may live there: examples, tables, evidence for tests.
func generatorPlace(dir string) bool {
	row := locate(dir).row
	return row == "generator" || row == "testkit" || path.Base(dir) == "gen"
}

// layerRules lists the rules about imports.
func layerRules() []rule {
	return []rule{
		{"imports", checkLayers},
		{"dependencies", checkModules},
	}
}

// TestLayers keeps "who may import whom" and the list of dependencies.
func TestLayers(t *testing.T) {
	tr := parseTree(t, os.DirFS("."))
	for _, r := range layerRules() {
		t.Run(r.name, func(t *testing.T) { r.run(tr).report(t) })
	}
}

// TestLayersTable proves that the table can say no: pairs that must pass and
// pairs that must not, with the words of the refusal.
func TestLayersTable(t *testing.T) {
	const carrier, store = "internal/domain/carrier", "internal/domain/store"
	table := newLayerTable([]string{"internal/domain/all", "internal/registry/all"})
	for _, tc := range []struct {
		from, to string
		test     bool
		want     string // part of the refusal; empty for none
	}{
		{"internal/format/apk", "internal/format/axml", false, ""},
		{"internal/format/apk", "internal/evidence", false, "allows only"},
		{"internal/format/apk", "internal/format/apk/sign", false, ""},
		{"internal/evidence", "internal/source", false, "allows only"},
		{"internal/entity", "internal/evidence", false, ""},
		{"internal/entity", "internal/policy", false, "allows only"},
		{"internal/policy", "internal/format/yamldoc", false, ""},
		{"internal/policy", "internal/format/mrt", false, "allows only"},
		{"internal/policy/test", "internal/policy", false, ""},
		{"internal/finding", "internal/judge", false, "allows only"},
		{"internal/judge", "internal/finding", false, ""},
		{"internal/judge", carrier, false, "allows only"},
		{"internal/judge", carrier, true, "allows only"},
		{carrier, "internal/format/mrt", false, ""},
		{carrier, "internal/policy", false, "allows only"},
		{carrier, store, false, "siblings"},
		{carrier, store, true, "siblings"},
		{carrier, "internal/domain/domaintest", true, ""},
		{carrier, "internal/domain/domaintest", false, "test support"},
		{carrier, "internal/testkit/mrtfile", true, ""},
		{carrier, "internal/testkit", false, "test support"},
		{carrier, "data", true, ""},
		{carrier, "data", false, "allows only"},
		{"internal/domain", carrier, false, "allows only"},
		{"internal/domain/all", carrier, false, ""},
		{"internal/domain/all", "internal/evidence", false, "allows only"},
		{"internal/domain/all", "internal/format/mrt", true, ""},
		{"internal/registry/gleif", "internal/entity", false, ""},
		{"internal/registry/gleif", "internal/registry/rir", false, "siblings"},
		{"internal/registry/gleif", "internal/registry/registrytest", true, ""},
		{"internal/registry/gleif", "internal/domain", false, "allows only"},
		{"internal/report/text", "internal/finding", false, ""},
		{"internal/report/text", "internal/judge", false, "allows only"},
		{"internal/report/all", "internal/finding", false, ""},
		{"internal/report/all", "internal/policy", false, "allows only"},
		{"internal/report/text", "internal/report/json", false, "siblings"},
		{"internal/enforce", "internal/finding", false, "allows only"},
		{"internal/enforce/bgp", "internal/enforce", false, ""},
		{"internal/enforce/bgp", "internal/format/mrt", false, "allows only"},
		{"internal/enforce/enforcetest", "internal/testkit", false, ""},
		{"internal/engine/local", "internal/judge", false, "allows only"},
		{"internal/server", "internal/judge", false, ""},
		{"internal/server", "internal/domain/all", false, "allows only"},
		{"internal/server", carrier, false, "allows only"},
		{"cmd/cleannet", "internal/domain/all", false, ""},
		{"cmd/cleannet", carrier, false, "internal/domain/all"},
		{"cmd/cleannet", "internal/registry/gleif", false, "internal/registry/all"},
		{"cmd/cleannet", "internal/registry/yaml", false, ""},
		{"cmd/cleannet", "internal/report/text", false, ""},
		{"cmd/cleannet", "data", false, ""},
		{"cmd/cleannet", "internal/testkit", false, "test support"},
		{"cmd/cleannet", carrier, true, ""},
		{"internal/judge", "cmd/cleannet", false, "allows only"},
		{"internal/watch/rib", carrier, false, ""},
		{"internal/watch", "internal/domain/all", false, "allows only"},
		{"internal/judge", "internal/watch", false, "allows only"},
		{"cmd/cleannet", "internal/watch/rib", false, ""},
		{"data", "internal/policy", false, "allows only"},
		{"examples/gen", "internal/testkit", false, ""},
		{"internal/newcomer", "internal/evidence", false, "no row"},
		{"pkg", "internal/evidence", false, "no row"},
	} {
		name := fmt.Sprintf("%s imports %s, test %t", path.Base(tc.from), path.Base(tc.to), tc.test)
		t.Run(name, func(t *testing.T) {
			got := table.judge(tc.from, tc.to, tc.test)
			if (got == "") != (tc.want == "") || !strings.Contains(got, tc.want) {
				t.Errorf("%s imports %s: got refusal %q, want one with %q", tc.from, tc.to, got, tc.want)
			}
		})
	}
}
