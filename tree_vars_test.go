package cleannet_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// checkVariables refuses package-level variables that can change. Constants
// that Go cannot write as const may stay: see immutable.
func checkVariables(tr *tree, out *result) {
	written := writtenNames(tr)
	for _, f := range tr.product() {
		for _, d := range f.file.Decls {
			gen, ok := d.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, s := range gen.Specs {
				spec := s.(*ast.ValueSpec)
				for i, name := range spec.Names {
					if !immutable(f, gen, spec, i) || written[f.dir()+"."+name.Name] {
						out.badf(tr.at(name), "package-level variable %s: use a const, a function that returns the value, or a switch", name.Name)
					}
				}
			}
		}
	}
}

// immutable tells whether the variable i of a declaration is one of those that
// stand for a constant: an assertion "var _ I = …", an error sentinel, the
// result of a constructor of something that never changes, embedded files, an
// unexported array (a value, of which checkVariables makes sure that nobody
// writes to it), and the version that the linker stamps into a command.
func immutable(f source, gen *ast.GenDecl, spec *ast.ValueSpec, i int) bool {
	name := spec.Names[i].Name
	var value ast.Expr
	if i < len(spec.Values) {
		value = spec.Values[i]
	}
	switch {
	case name == "_":
		return spec.Type != nil
	case embedded(gen, spec):
		return callee(spec.Type) == "embed.FS" || callee(spec.Type) == "string"
	case name == "version" && f.file.Name.Name == "main" && locate(f.dir()).row == "cmd":
		return true
	}
	switch v := value.(type) {
	case *ast.CallExpr:
		sentinel := strings.HasPrefix(name, "Err") || strings.HasPrefix(name, "err")
		fn := callee(v.Fun)
		return sentinel && (fn == "errors.New" || fn == "fmt.Errorf") || slices.Contains(constructors(), fn)
	case *ast.CompositeLit:
		array, ok := v.Type.(*ast.ArrayType)
		return ok && array.Len != nil && !ast.IsExported(name)
	}
	return false
}

// constructors lists functions whose result nobody can change afterwards, by
// their documentation.
func constructors() []string {
	return []string{
		"regexp.MustCompile", "strings.NewReplacer", "crc32.MakeTable", "crc64.MakeTable",
		"netip.MustParseAddr", "netip.MustParsePrefix", "language.MustParse",
		"base64.NewEncoding", "base32.NewEncoding",
	}
}

// embedded tells whether the declaration carries a go:embed directive.
func embedded(gen *ast.GenDecl, spec *ast.ValueSpec) bool {
	for _, doc := range []*ast.CommentGroup{gen.Doc, spec.Doc} {
		if doc == nil {
			continue
		}
		for _, c := range doc.List {
			if strings.HasPrefix(c.Text, "//go:embed ") {
				return true
			}
		}
	}
	return false
}

// callee writes an identifier or a selector "pkg.Name", else nothing.
func callee(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name + "." + e.Sel.Name
		}
	}
	return ""
}

// writtenNames lists, as "folder.name", the names to which some statement of a
// package assigns, or whose address or slice it takes. A local variable of the
// same name counts too; that errs on the safe side, and another name helps
// both the rule and the reader.
func writtenNames(tr *tree) map[string]bool {
	written := map[string]bool{}
	for _, f := range tr.product() {
		mark := func(exprs ...ast.Expr) {
			for _, e := range exprs {
				if name := rootName(e); name != "" && name != "_" {
					written[f.dir()+"."+name] = true
				}
			}
		}
		ast.Inspect(f.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				mark(n.Lhs...)
			case *ast.IncDecStmt:
				mark(n.X)
			case *ast.SliceExpr:
				mark(n.X)
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					mark(n.X)
				}
			case *ast.RangeStmt:
				mark(n.Key, n.Value)
			}
			return true
		})
	}
	return written
}

// rootName finds the variable that an expression reaches into: x for x[i].f.
func rootName(e ast.Expr) string {
	for {
		switch v := e.(type) {
		case *ast.Ident:
			return v.Name
		case *ast.IndexExpr:
			e = v.X
		case *ast.SelectorExpr:
			e = v.X
		case *ast.ParenExpr:
			e = v.X
		default:
			return ""
		}
	}
}
