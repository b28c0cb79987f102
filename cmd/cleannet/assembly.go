package main

import (
	"errors"
	"fmt"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/registry/all"
)

// This file is where the commands meet what makes and keeps registries.

// loaders lists the loaders of company data.
func loaders() []registry.Loader { return all.Loaders() }

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
