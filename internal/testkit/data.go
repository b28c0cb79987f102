// Package testkit is support for tests and for the generators of example
// evidence: where the shared data lies, and writers of real foreign formats.
//
// Nothing of the product imports it.
package testkit

import (
	"os"
	"path/filepath"
	"testing"
)

// Data returns the path of a file of the shared evidence, rel being
// slash-separated and relative to its root, for example
// "carrier/mrt/rib2010.gz". The root is the environment variable
// CLEANNET_DATA, else ../shared/data beside the checkout.
//
// Where there is no such root the test is skipped. With CLEANNET_REQUIRE_DATA
// set, as in CI, it fails instead, so that evidence can never go missing
// unseen. A root that exists but lacks the file is always a failure.
func Data(t testing.TB, rel string) string {
	t.Helper()
	root := os.Getenv("CLEANNET_DATA")
	if root == "" {
		root = filepath.Join(moduleRoot(t), "..", "shared", "data")
	}
	if _, err := os.Stat(root); err != nil {
		if os.Getenv("CLEANNET_REQUIRE_DATA") != "" {
			t.Fatalf("shared evidence is required but missing at %q: set CLEANNET_DATA", root)
		}
		t.Skipf("no shared evidence at %q: set CLEANNET_DATA to run this test", root)
	}
	path := filepath.Join(root, filepath.FromSlash(rel))
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("shared evidence is incomplete: %v", err)
	}
	return path
}

// moduleRoot returns the folder of go.mod above the test's working directory.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = parent
	}
}
