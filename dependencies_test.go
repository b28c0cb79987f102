package cleannet_test

import (
	"io/fs"
	"strings"
)

// checkModules holds the modules that we use against the ADR that gives the
// reason for each: every direct requirement of go.mod, every tool, and every
// module that product code imports, whatever go.mod says of it.
func checkModules(tr *tree, out *result) {
	mod, err := fs.ReadFile(tr.fsys, "go.mod")
	if err != nil {
		out.badf("go.mod", "%v", err)
		return
	}
	adrs, _ := fs.Glob(tr.fsys, "docs/adr/*dependencies*.md") // the pattern is well formed
	var reasons strings.Builder
	for _, name := range adrs {
		b, err := fs.ReadFile(tr.fsys, name)
		if err != nil {
			out.badf(name, "%v", err)
		}
		reasons.Write(b)
	}
	all, direct := requirements(string(mod))
	needed := map[string]string{}
	for _, m := range direct {
		needed[m] = "go.mod requires it directly"
	}
	for _, f := range tr.files {
		for _, imp := range f.imports() {
			host, _, _ := strings.Cut(imp, "/")
			if !strings.Contains(host, ".") || imp == modulePath || strings.HasPrefix(imp, modulePath+"/") {
				continue
			}
			m := moduleOf(imp, all)
			if m == "" {
				out.badf(f.path, "imports %q, of no module that go.mod requires", imp)
				continue
			}
			needed[m] = f.path + " imports it"
		}
	}
	for m, why := range needed {
		if !strings.Contains(reasons.String(), "`"+m+"`") {
			out.badf("docs/adr", "no ADR of dependencies names `%s` (in backquotes), but %s: write a line that says what it does for us and what we would do without", m, why)
		}
	}
}

// requirements reads the modules that a go.mod file requires, and those of
// them that are not marked indirect, with the tools.
func requirements(mod string) (all, direct []string) {
	block := ""
	for line := range strings.Lines(mod) {
		code, comment, _ := strings.Cut(line, "//")
		words := strings.Fields(code)
		switch {
		case len(words) == 2 && words[1] == "(":
			block = words[0]
			continue
		case len(words) == 1 && words[0] == ")":
			block = ""
			continue
		case block != "":
			words = append([]string{block}, words...)
		}
		switch {
		case len(words) == 3 && words[0] == "require":
			all = append(all, words[1])
			if strings.TrimSpace(comment) != "indirect" {
				direct = append(direct, words[1])
			}
		case len(words) == 2 && words[0] == "tool":
			if m := moduleOf(words[1], all); m != "" {
				direct = append(direct, m)
			}
		}
	}
	return all, direct
}

// moduleOf finds the module that an import path belongs to: the longest of
// those that are a prefix of it.
func moduleOf(imp string, modules []string) string {
	best := ""
	for _, m := range modules {
		if (imp == m || strings.HasPrefix(imp, m+"/")) && len(m) > len(best) {
			best = m
		}
	}
	return best
}
