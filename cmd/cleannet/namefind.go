package main

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/name"
)

// indexUpTo is the number of companies up to which their names are prepared and
// kept, about three kilobytes each, for any number of questions. Those of a
// larger registry are read anew for each batch of questions: nothing is kept,
// and a few questions among millions take seconds and not minutes.
const indexUpTo = 300_000

// nearName is a name of a company near one that was asked for.
type nearName struct {
	company *entity.Company
	as      *name.Name
	score   name.Score
	place   int // of the company in the registry
	nth     int // of its names
}

// find returns for each name those of companies near it, maxNear at most, the best
// first and equal ones in the order of the registry. The error is that of the
// context, or of company data that could not be read any more.
func (b *nameBook) find(ctx context.Context, asked []*name.Name) ([][]nearName, error) {
	if len(asked) == 1 || b.reg.Len() > indexUpTo {
		return b.sift(ctx, asked)
	}
	b.once.Do(b.prepare)
	out := make([][]nearName, len(asked))
	var next atomic.Int64
	err := parallel(func() {
		for i := int(next.Add(1)) - 1; i < len(asked) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
			found := b.index.Search(asked[i])
			for _, m := range found[:min(len(found), maxNear)] {
				out[i] = append(out[i], nearName{company: b.companies[m.At], as: b.names[m.At], score: m.Score})
			}
		}
	})
	return out, errors.Join(err, ctx.Err())
}

// parallel runs a function on each processor, and waits. The error is that of
// company data which could not be read any more.
func parallel(do func()) error {
	errs := make([]error, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			errs[i] = guardFaults(func() error { do(); return nil })
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// prepare makes the index of all names.
func (b *nameBook) prepare() {
	for c := range b.reg.Companies() {
		for _, n := range append([]string{c.Name}, c.Aliases...) {
			b.names = append(b.names, b.matcher.Prepare(n))
			b.companies = append(b.companies, c)
		}
	}
	b.index = name.NewIndex(b.names)
}

// sift reads all names of the registry once.
func (b *nameBook) sift(ctx context.Context, asked []*name.Name) ([][]nearName, error) {
	const block = 10_000 // companies that a processor takes at a time
	sieve := b.matcher.NewSieve(asked)
	out := make([][]nearName, len(asked))
	var mu sync.Mutex
	var next atomic.Int64
	err := parallel(func() {
		sifter := sieve.Sifter()
		for ctx.Err() == nil {
			from := int(next.Add(block)) - block
			if from >= b.reg.Len() {
				return
			}
			last, nth := -1, 0
			for place, text := range b.reg.Names(from, min(from+block, b.reg.Len())) {
				if nth++; place != last {
					last, nth = place, 0
				}
				as, found := sifter.Match(text)
				if len(found) == 0 {
					continue
				}
				company, known := b.reg.At(place)
				if !known {
					continue
				}
				mu.Lock()
				for _, m := range found {
					out[m.At] = append(out[m.At], nearName{company, as, m.Score, place, nth})
					if len(out[m.At]) == 2*maxNear {
						out[m.At] = nearest(out[m.At])
					}
				}
				mu.Unlock()
			}
		}
	})
	if err := errors.Join(err, ctx.Err()); err != nil {
		return nil, err
	}
	for i, list := range out {
		out[i] = nearest(list)
	}
	return out, nil
}

// maxNear is how many names near one that was asked for are kept. Where so many
// are as near, none of them can be told from the others.
const maxNear = 256

// nearest puts names in order and forgets those beyond maxNear. Which are kept
// does not depend on the order in which they were found.
func nearest(list []nearName) []nearName {
	slices.SortFunc(list, func(x, y nearName) int {
		return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(x.place, y.place), cmp.Compare(x.nth, y.nth))
	})
	return list[:min(len(list), maxNear)]
}
