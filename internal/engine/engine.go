// Package engine defines how evidence is collected: inputs in, evidence set
// out. An engine decides where and in what order readers run; the result is
// the same for every engine and any number of workers.
package engine

import (
	"context"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/source"
)

// Request is what to collect.
type Request struct {
	Args    []string // files, directories, or "-" for standard input
	Domains []domain.Domain
	// Lexicon returns the identifiers that the registry knows. It is called for
	// inputs of a [domain.Selective] reader only, since loading them takes time;
	// several goroutines may call it at once. Nil stands for no lexicon.
	Lexicon func() (*evidence.Lexicon, error)
	Options source.Options
	Workers int // at least 1
}

// Engine collects evidence. An input that cannot be read is part of the set's
// coverage and no error; the error is the context's.
type Engine interface {
	Collect(ctx context.Context, r Request) (*evidence.Set, error)
}
