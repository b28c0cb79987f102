// Package domain defines what the five domains of the programme have in
// common: each is a value with its kinds of observation and its readers.
//
// A [Reader] turns bytes of one format into observations. It knows no policy.
// To add one, write a file in its domain's folder and name it in the domain's
// list; the conformance suite in domaintest then runs it.
package domain

import (
	"context"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/source"
)

// Domain is one of the five lines: carrier, store, apps, cloud, cable.
type Domain struct {
	Name    string
	Doc     string // what must not be, in one sentence
	Needs   string // evidence that it reads, for "nothing was examined"
	Kinds   []*evidence.Kind
	Readers []Reader
}

// Reader turns the bytes of a format into observations.
type Reader interface {
	// Name identifies the reader and the version of what it emits, as in
	// "mrt/1". The version rises when the same bytes give other observations.
	Name() string
	// Match reports whether the reader takes a file, from the first bytes of
	// its decompressed content (at least 4 KiB where it has them) and its
	// name, which may lie. It is cheap and has no side effects.
	Match(name string, head []byte) bool
	// Read takes the file in and fills the shard, from the calling goroutine.
	// Records that cannot be understood are problems of the shard, and reading
	// goes on. A non-nil error means that the file was not read to its end;
	// what the shard then holds is still used, as a partial reading. The reader
	// leaves the refs' input empty: the engine knows it at the end.
	Read(ctx context.Context, f *source.File, env Env, out *evidence.Shard) error
}

// Selective is a reader that emits only what the lexicon knows, because what it
// meets cannot be enumerated. No other reader is given the lexicon: so the
// evidence says truly whether it depends on what a registry knew when it was
// collected, and judging it later with another one can say what that
// collection could not have known.
type Selective interface {
	Reader
	// Selects says in some words what is looked for only as far as the
	// lexicon has it: "class names".
	Selects() string
}

// Env is what a reader may use beside the file.
type Env struct {
	Lexicon *evidence.Lexicon // for a Selective reader, identifiers the registry knows; else nil
	Workers int               // goroutines the reader may use, at least 1
}

// Kinds returns the kinds of observation of all the domains, in their order.
func Kinds(domains []Domain) []*evidence.Kind {
	var kinds []*evidence.Kind
	for _, d := range domains {
		kinds = append(kinds, d.Kinds...)
	}
	return kinds
}
