// Package cleannet_test keeps the conventions of the whole repository: who may
// import whom (layers_test.go), which modules we depend on and why
// (dependencies_test.go), the shape of the code (tree_code_test.go,
// tree_vars_test.go), and the shape of the documents (tree_docs_test.go).
//
// Every convention is a rule: a function from a file tree to what breaks it.
// Rules read an fs.FS and nothing else, so that tree_proof_test.go can show
// each of them a small tree that breaks it. A rule that cannot fail keeps
// nothing. The module root holds no package of the product.
package cleannet_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestTree holds the repository against each rule. A failure names the place,
// what is wrong with it, and what to do.
func TestTree(t *testing.T) {
	tr := parseTree(t, os.DirFS("."))
	for _, r := range treeRules() {
		t.Run(r.name, func(t *testing.T) { r.run(tr).report(t) })
	}
}

// treeRules lists the conventions, those of the code and those of the
// documents.
func treeRules() []rule {
	return []rule{
		{"package comment", checkPackageComments},
		{"package name", checkPackageNames},
		{"no init", checkInit},
		{"no mutable package variable", checkVariables},
		{"family list complete", checkFamilyLists},
		{"exported names documented", checkExported},
		{"file length", checkFileLength},
		{"function length", checkFunctionLength},
		{"domain README", checkDomainReadmes},
		{"ADR sections", checkADRs},
		{"docs index", checkDocsIndex},
		{"changelog", checkChangelog},
		{"no name of a machine", checkMachineNames},
	}
}

// rule is one convention.
type rule struct {
	name  string
	check func(*tree, *result)
}

// run holds a tree against the rule.
func (r rule) run(tr *tree) *result {
	out := &result{}
	r.check(tr, out)
	slices.Sort(out.bad)
	return out
}

// result is what a rule found: what breaks it, and figures worth printing.
type result struct {
	bad, notes []string
}

// badf adds a breach of the rule at a place, "path" or "path:line".
func (r *result) badf(place, format string, args ...any) {
	r.bad = append(r.bad, place+": "+fmt.Sprintf(format, args...))
}

// notef adds a figure that is printed whether or not the rule holds.
func (r *result) notef(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// report prints the figures and fails the test for each breach.
func (r *result) report(t *testing.T) {
	t.Helper()
	for _, n := range r.notes {
		t.Log(n)
	}
	for _, b := range r.bad {
		t.Error(b)
	}
}

// tree is a repository read for the rules: its file system and the syntax of
// the Go files of its module. Nested modules, testdata, and folders whose name
// starts with a dot or an underscore hold no Go code of the module.
type tree struct {
	fsys  fs.FS
	fset  *token.FileSet
	files []source
}

// source is one Go file of the module.
type source struct {
	path string
	text []byte
	file *ast.File
}

// dir is the folder of the file, relative to the module, empty for its root.
func (s source) dir() string {
	if d := path.Dir(s.path); d != "." {
		return d
	}
	return ""
}

// test tells a test file from code of the product.
func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

// generated tells whether a program wrote the file.
func (s source) generated() bool { return ast.IsGenerated(s.file) }

// imports lists the import paths of the file.
func (s source) imports() []string {
	var out []string
	for _, spec := range s.file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// parseTree reads a repository. A file that does not parse fails the test, and
// the rules see the others.
func parseTree(t *testing.T, fsys fs.FS) *tree {
	t.Helper()
	tr := &tree{fsys: fsys, fset: token.NewFileSet()}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && (hidden(d.Name()) || d.Name() == "testdata" || exists(fsys, path.Join(name, "go.mod"))) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" || hidden(d.Name()) {
			return nil
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(tr.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s does not parse: %v", name, err)
			return nil
		}
		tr.files = append(tr.files, source{path: name, text: text, file: file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// hidden tells whether the go command ignores a file or folder of this name.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

// exists tells whether the file system has the file.
func exists(fsys fs.FS, name string) bool {
	_, err := fs.Stat(fsys, name)
	return err == nil
}

// product yields the files that are no tests.
func (tr *tree) product() []source {
	return slices.DeleteFunc(slices.Clone(tr.files), source.test)
}

// packages lists the folders that hold code of the product, sorted.
func (tr *tree) packages() []string {
	dirs := map[string]bool{}
	for _, f := range tr.product() {
		dirs[f.dir()] = true
	}
	return slices.Sorted(maps.Keys(dirs))
}

// at names the place of a node for a message.
func (tr *tree) at(n ast.Node) string {
	p := tr.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// lines counts the lines of a text.
func lines(text []byte) int { return bytes.Count(text, []byte("\n")) }
