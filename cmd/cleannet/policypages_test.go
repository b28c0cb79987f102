package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/judge"
)

//go:generate go test -run ^TestPolicyPages$ . -update-pages

var updatePages = flag.Bool("update-pages", false, "write docs/policies again")

// TestPolicyPages keeps docs/policies equal to what the program writes.
func TestPolicyPages(t *testing.T) {
	const dir = "../../docs/policies"
	pages := map[string]string{}
	var index strings.Builder
	index.WriteString("# The policies that ship\n\nWritten by `cleannet policy show ID --format md`; do not edit.\n\n" +
		"| policy | title | by | rules |\n|---|---|---|---|\n")
	var k knowledge
	reg, err := k.registry()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range shippedPolicies() {
		var out bytes.Buffer
		cmd := newPolicyShow(streams{out: &out, err: &out})
		cmd.SetArgs([]string{id, "--format", "md"})
		if err := cmd.ExecuteContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		pages[id+".md"] = out.String()
		p, err := compilePolicy(id, reg)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&index, "| [%s](%s.md) | %s | %s | %d |\n", id, id, p.Title, p.Issuer, len(p.Entries))
	}
	pages["README.md"] = index.String()
	if *updatePages {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range pages {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("docs/policies/%s is not what the program writes (run go generate ./cmd/cleannet): (-want +got)\n%s", name, diff)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil || len(files) != len(pages) {
		t.Errorf("docs/policies holds %d pages, want %d: remove those of policies that are gone", len(files), len(pages))
	}
}

// TestShippedPolicyTests runs the examples of every policy that ships, against
// the registry that ships. A policy without examples proves nothing.
func TestShippedPolicyTests(t *testing.T) {
	var k knowledge
	reg, err := k.registry()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range shippedPolicies() {
		p, err := compilePolicy(id, reg)
		if err != nil {
			t.Fatal(err)
		}
		results, err := judge.RunTests(t.Context(), p, reg)
		if err != nil {
			t.Fatal(err)
		}
		asked := map[string]bool{}
		for _, r := range results {
			for _, failure := range r.Failures {
				t.Errorf("%s, %s: %s", id, r.Test.Name, failure)
			}
			for _, x := range r.Test.Expect {
				asked[x.Entry] = true
			}
		}
		for _, e := range p.Entries {
			if !asked[e.ID] {
				t.Errorf("%s: no example asks the entry %q", id, e.ID)
			}
		}
	}
}
