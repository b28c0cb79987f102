//go:build unix

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGuardFaults reads a mapped file that another program has cut off, which
// without a guard ends the process.
func TestGuardFaults(t *testing.T) {
	const size = 1 << 20
	name := filepath.Join(t.TempDir(), "registry.cnr")
	if err := os.WriteFile(name, make([]byte, size), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	raw, err := mapped(f, size)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 0); err != nil {
		t.Fatal(err)
	}
	sum := 0
	err = guardFaults(func() error {
		for _, b := range raw {
			sum += int(b)
		}
		return nil
	})
	var code exitCode
	if !errors.As(err, &code) || code.code != exitStale || !strings.Contains(err.Error(), "became shorter while it was read") {
		t.Errorf("error %v, sum %d, want one with exit code %d", err, sum, exitStale)
	}
}

// TestGuardFaultsLetsOthersPass makes sure that a mistake of ours is not taken
// for a fault of the file, and that what a command returns comes through.
func TestGuardFaultsLetsOthersPass(t *testing.T) {
	if err := guardFaults(func() error { return errNoData }); !errors.Is(err, errNoData) {
		t.Errorf("error %v, want %v", err, errNoData)
	}
	defer func() {
		if recover() == nil {
			t.Error("a panic that is no fault was swallowed")
		}
	}()
	var none map[string]int
	_ = guardFaults(func() error { none["x"] = 1; return nil })
}
