package cleannet_test

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
)

// The bounds on length. The style asks for the first of each pair, which the
// tests count, and the second is where they fail.
const (
	styleFileLines, maxFileLines = 300, 400
	styleFuncLines, maxFuncLines = 80, 100
	minDocumentedPercent         = 95
)

// sentenceEnd finds where a sentence of a comment ends: a stop before a space
// and a capital, or before the end of a paragraph. Abbreviations such as
// "e.g. a" are no end.
var sentenceEnd = regexp.MustCompile(`[.!?]["')\]]*(\s+["'(\[]?[A-Z0-9]|\s*\n\n|\s*$)`)

// checkPackageComments wants one comment for each package, in one file, of at
// least two sentences: what it is, and what it promises or what to use first.
func checkPackageComments(tr *tree, out *result) {
	where := map[string][]string{}
	sentences := map[string]int{}
	for _, f := range tr.product() {
		if doc := f.file.Doc.Text(); strings.TrimSpace(doc) != "" {
			where[f.dir()] = append(where[f.dir()], f.path)
			sentences[f.dir()] = len(sentenceEnd.FindAllString(doc, -1))
		}
	}
	for _, dir := range tr.packages() {
		switch files := where[dir]; {
		case len(files) == 0:
			out.badf(dir, "no package comment: say what it is, what it promises, what to use first")
		case len(files) > 1:
			out.badf(dir, "package comments in %q: keep one", files)
		case sentences[dir] < 2:
			out.badf(files[0], "the package comment has %d sentence: say also what it promises or what to use first", sentences[dir])
		}
	}
}

// checkPackageNames refuses the names that become a dump.
func checkPackageNames(tr *tree, out *result) {
	dumps := []string{"util", "utils", "common", "types", "core", "helper", "helpers", "misc", "base", "cleannet"}
	for _, f := range tr.product() {
		if name := f.file.Name.Name; slices.Contains(dumps, name) {
			out.badf(f.path, "package %s: name it by the one noun that it is about", name)
		}
	}
}

// checkInit refuses init functions, in tests too: order would matter.
func checkInit(tr *tree, out *result) {
	for _, f := range tr.files {
		for _, d := range f.file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				out.badf(tr.at(fn), "func init: make it a function that returns a value, and call it where it is needed")
			}
		}
	}
}

// checkFamilyLists wants every member of a family in the family's list, when
// the family has one, so that no reader, loader, output or target is written
// and then forgotten.
func checkFamilyLists(tr *tree, out *result) {
	listed := map[string]bool{}
	for _, f := range tr.product() {
		if path.Base(f.dir()) != "all" {
			continue
		}
		for _, imp := range f.imports() {
			listed[strings.TrimPrefix(imp, modulePath+"/")] = true
		}
	}
	packages := tr.packages()
	for _, family := range []string{"domain", "registry", "report", "enforce"} {
		list := "internal/" + family + "/all"
		if !slices.Contains(packages, list) {
			continue
		}
		for _, dir := range packages {
			at := locate(dir)
			member := at.row == family+"/*" && path.Dir(dir) == "internal/"+family && !slices.Contains(apart(), at.unit)
			if member && !listed[dir] {
				out.badf(dir, "not in the list of its family: import it in %s and return it there", list)
			}
		}
	}
}

// checkExported counts the exported names that carry a comment: types,
// functions, methods of exported types, constants and variables. A comment on
// a group of constants or variables speaks for each of them.
func checkExported(tr *tree, out *result) {
	var names, documented int
	var missing []string
	count := func(id *ast.Ident, docs ...*ast.CommentGroup) {
		if !id.IsExported() {
			return
		}
		names++
		for _, d := range docs {
			if strings.TrimSpace(d.Text()) != "" {
				documented++
				return
			}
		}
		missing = append(missing, tr.at(id)+" "+id.Name)
	}
	for _, f := range tr.product() {
		for _, d := range f.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil || ast.IsExported(receiver(d)) {
					count(d.Name, d.Doc)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						count(s.Name, d.Doc, s.Doc)
					case *ast.ValueSpec:
						for _, id := range s.Names {
							count(id, d.Doc, s.Doc, s.Comment)
						}
					}
				}
			}
		}
	}
	if names == 0 {
		return
	}
	out.notef("%d of %d exported names documented (%.1f %%)", documented, names, 100*float64(documented)/float64(names))
	for _, m := range missing {
		out.notef("no comment: %s", m)
	}
	if 100*documented < minDocumentedPercent*names {
		out.badf("module", "%d of %d exported names documented, want %d %% (run with -v for the list)", documented, names, minDocumentedPercent)
	}
}

// receiver names the type that a method belongs to.
func receiver(fn *ast.FuncDecl) string {
	t := fn.Recv.List[0].Type
	for {
		switch v := t.(type) {
		case *ast.StarExpr:
			t = v.X
		case *ast.IndexExpr:
			t = v.X
		case *ast.IndexListExpr:
			t = v.X
		case *ast.Ident:
			return v.Name
		default:
			return ""
		}
	}
}

// checkFileLength bounds the files of the product that a person wrote.
func checkFileLength(tr *tree, out *result) {
	var files, long int
	for _, f := range tr.product() {
		if f.generated() {
			continue
		}
		files++
		n := lines(f.text)
		if n > styleFileLines {
			long++
			out.notef("%s has %d lines", f.path, n)
		}
		if n > maxFileLines {
			out.badf(f.path, "%d lines, at most %d: split the file by noun", n, maxFileLines)
		}
	}
	out.notef("%d of %d files have more than %d lines", long, files, styleFileLines)
}

// checkFunctionLength bounds the functions of the product that a person wrote.
func checkFunctionLength(tr *tree, out *result) {
	var funcs, long int
	for _, f := range tr.product() {
		if f.generated() {
			continue
		}
		for _, d := range f.file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			funcs++
			n := tr.fset.Position(fn.End()).Line - tr.fset.Position(fn.Pos()).Line + 1
			if n > styleFuncLines {
				long++
				out.notef("%s %s has %d lines", tr.at(fn), fn.Name.Name, n)
			}
			if n > maxFuncLines {
				out.badf(tr.at(fn), "%s has %d lines, at most %d: split it into steps with names", fn.Name.Name, n, maxFuncLines)
			}
		}
	}
	out.notef("%d of %d functions have more than %d lines", long, funcs, styleFuncLines)
}
