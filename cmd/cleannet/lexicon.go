package main

import (
	"sync"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
)

// lexicon gives the identifiers of a registry to readers that ask for them.
type lexicon = func() (*evidence.Lexicon, error)

func lexiconOf(reg *entity.Registry) lexicon {
	return sync.OnceValues(func() (*evidence.Lexicon, error) { return reg.Lexicon(), nil })
}

// lexicon loads the registry when a reader asks. What the user named is loaded
// at once, because it may be wrong.
func (k *knowledge) lexicon() (lexicon, error) {
	if k.named() {
		reg, err := k.registry()
		return lexiconOf(reg), err
	}
	return sync.OnceValues(func() (*evidence.Lexicon, error) {
		reg, err := k.registry()
		if err != nil {
			return nil, err
		}
		return reg.Lexicon(), nil
	}), nil
}

// named reports whether any flag says what to know.
func (k *knowledge) named() bool {
	return len(k.registries) > 0 || k.numbersDB != "" || k.data != (dataFolder{}) || k.asOf != "" || k.asKnownAt != ""
}
