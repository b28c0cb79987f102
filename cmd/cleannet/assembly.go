package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/registry/all"
)

// This file is where the commands meet what makes and keeps registries.

// loaders lists the loaders of company data.
func loaders() []registry.Loader { return all.Loaders() }

// assembly takes the facts of several files, each file a layer.
type assembly struct{ entity.Builder }

// snapshot checks the facts against one another and returns them in the form
// that openSnapshot reads.
func (a *assembly) snapshot() ([]byte, error) {
	reg, err := a.Registry(nil)
	if err != nil {
		return nil, err
	}
	// A buffer that grows would take up to three times what it holds at the end.
	size, err := reg.WriteTo(io.Discard)
	if err != nil {
		return nil, err
	}
	b := bytes.NewBuffer(make([]byte, 0, size))
	_, err = reg.WriteTo(b)
	return b.Bytes(), err
}

// openSnapshot opens a built registry, with further records as a layer above.
func openSnapshot(raw []byte, table entity.Numbers, more entity.Records) (*entity.Registry, error) {
	reg, err := entity.Open(raw, table)
	if err != nil {
		return nil, err
	}
	if len(more.Sources) == 0 { // and so no fact, since each has a source
		return reg, nil
	}
	return reg.With(more)
}

// assume returns the registry under assumptions.
func assume(reg *entity.Registry, texts []string) (*entity.Registry, error) {
	var assumptions []entity.Assumption
	var errs []error
	for _, text := range texts {
		a, err := entity.ParseAssumption(text)
		assumptions, errs = append(assumptions, a), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, usage(fmt.Errorf("--assume: %w", err))
	}
	reg, err := reg.Assume(assumptions...)
	if err != nil {
		return nil, usage(fmt.Errorf("--assume: %w", err))
	}
	return reg, nil
}

// policyKnownAt returns the policy as it was known at a date.
func policyKnownAt(p *policy.Policy, known entity.Date) *policy.Policy {
	if known.IsZero() {
		return p
	}
	return p.KnownAt(known)
}
