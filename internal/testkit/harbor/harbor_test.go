package harbor

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

//go:generate go run ./gen ../../../examples/harbor

func TestCommittedFilesAreGenerated(t *testing.T) {
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("../../../examples/harbor", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("examples/harbor/%s differs from what package harbor makes: run go generate ./internal/testkit/harbor", name)
		}
	}
}
