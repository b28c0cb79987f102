package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/registry"
)

// This file is where the command meets what makes and keeps registries. Each
// function is one call of theirs.

// loaders lists the loaders of company data.
func loaders() []registry.Loader { return nil }

// assembly takes the facts of several files, each file a layer.
type assembly struct{ entity.Records }

// layer begins the facts of another file.
func (a *assembly) layer() error { return nil }

// snapshotMagic begins a built registry.
const snapshotMagic = "\x89CNR\r\n\x1a\n"

// isSnapshot reports whether a file is a built registry, by its first bytes.
func isSnapshot(head []byte) bool { return bytes.HasPrefix(head, []byte(snapshotMagic)) }

// snapshot checks the facts against one another and returns them in the form
// that openSnapshot reads.
func (a *assembly) snapshot() ([]byte, error) {
	if _, err := entity.New(a.Records, nil); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(snapshotMagic)
	err := json.NewEncoder(&b).Encode(a.Records)
	return b.Bytes(), err
}

// openSnapshot opens a built registry, with further records as a layer above.
func openSnapshot(raw []byte, table entity.Numbers, more entity.Records) (*entity.Registry, error) {
	var records entity.Records
	if !isSnapshot(raw) {
		return nil, errors.New("not a registry that cleannet db build made")
	}
	if err := json.NewDecoder(bytes.NewReader(raw[len(snapshotMagic):])).Decode(&records); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("damaged registry: %w: build it again", err)
	}
	records.Append(more)
	return entity.New(records, table)
}

// assume returns the registry under assumptions.
func assume(reg *entity.Registry, assumptions []string) (*entity.Registry, error) {
	if len(assumptions) == 0 {
		return reg, nil
	}
	return nil, usagef("--assume: not available in this version: leave it out")
}

// knownAt returns the registry as it was known at a date.
func knownAt(reg *entity.Registry, date entity.Date) (*entity.Registry, error) {
	if date.IsZero() {
		return reg, nil
	}
	return nil, usagef("--as-known-at: not available in this version: leave it out")
}

// policyKnownAt returns the policy as it was known at a date.
func policyKnownAt(p *policy.Policy, _ entity.Date) *policy.Policy { return p }
