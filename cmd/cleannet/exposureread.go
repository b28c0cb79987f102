package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/exposure"
	"github.com/cleannet/cleannet/internal/exposure/relationship"
	"github.com/cleannet/cleannet/internal/exposure/rib"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/registry/numbers"
	"github.com/cleannet/cleannet/internal/source"
)

// mostPeers bounds the peers of the tables of one run: each has figures for every
// country. The largest collectors have a hundred.
const mostPeers = 4096

// tables reads the routing tables that the flags name.
func (e *exposing) tables(ctx context.Context, s streams, basis *exposure.Basis) (*rib.Table, error) {
	var progress source.Progress
	stop := showProgress(s.err, &progress, e.quiet)
	defer stop()
	b := rib.NewBuilder(e.workers, rib.Limits{Peers: mostPeers})
	options := source.Options{Limits: e.limits, Stdin: s.in, Progress: &progress}
	for in, err := range source.Walk(ctx, e.ribs, options) {
		if err != nil {
			return nil, ribError(ctx, in.Name, err)
		}
		read, err := readTable(ctx, b, in)
		if err != nil {
			return nil, ribError(ctx, in.Name, err)
		}
		basis.Inputs = append(basis.Inputs, read)
	}
	slices.SortFunc(basis.Inputs, func(x, y exposure.Input) int { return strings.Compare(x.Name+x.Digest, y.Name+y.Digest) })
	t := b.Table()
	basis.Read = t.Counts
	if t.Counts.Routes == 0 {
		return nil, usagef("no route in %s: give a routing table (TABLE_DUMP or TABLE_DUMP_V2), not updates", strings.Join(e.ribs, ", "))
	}
	return t, nil
}

func readTable(ctx context.Context, b *rib.Builder, in source.Input) (exposure.Input, error) {
	f, err := in.Open(ctx)
	if err != nil {
		return exposure.Input{}, err
	}
	defer f.Close() //nolint:errcheck // reading is over, and what it said counts
	head, err := f.Head(4096)
	if err != nil {
		return exposure.Input{}, err
	}
	if !mrt.Plausible(head) {
		return exposure.Input{}, errors.New("it is no routing table in MRT format: unpack archives first")
	}
	if err := b.Read(ctx, f); err != nil {
		return exposure.Input{}, err
	}
	digest, err := f.Digest()
	if err != nil {
		return exposure.Input{}, err
	}
	return exposure.Input{Name: in.Name, Digest: digest.String(), Size: digest.Size}, nil
}

// ribError says of which table an error is. A table that was read in part would
// give figures that look whole, so it is an error.
func ribError(ctx context.Context, name string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if p, ok := errors.AsType[*source.Problem](err); ok {
		return usagef("%q: %w: %s", p.Name, p.Err, p.Next)
	}
	return usagef("%q: %w", name, err)
}

// book returns who buys transit from whom: from the user's file, else inferred.
func (e *exposing) book(t *rib.Table, basis *exposure.Basis) (*relationship.Book, error) {
	if e.relationships == "" {
		basis.Relationships = "inferred from the paths"
		return relationship.Infer(t, e.workers), nil
	}
	raw, err := readUserFile(e.relationships, maxNumbers)
	if err != nil {
		return nil, err
	}
	book, err := relationship.Read(strings.NewReader(string(raw)))
	if err != nil {
		return nil, usagef("%q: %w", e.relationships, err)
	}
	basis.Relationships = e.relationships + ", sha256:" + digestOf(raw)
	return book, nil
}

// placesOf returns in which countries addresses are registered.
func placesOf(reg *entity.Registry) (*exposure.Places, error) {
	table, ok := reg.Numbers().(*numbers.Table)
	if !ok {
		return nil, errors.New("the registry has no table of numbers")
	}
	return exposure.NewPlaces(func(yield func(exposure.Space) bool) {
		for s := range table.Spaces() {
			if !yield(exposure.Space(s)) {
				return
			}
		}
	}), nil
}

// viewpoints reads the countries and AS numbers whose views count.
func viewpoints(words []string) ([]string, error) {
	var out []string
	for _, word := range words {
		asn, isNetwork := networkOf(word)
		switch {
		case isNetwork:
			out = append(out, fmt.Sprintf("AS%d", asn))
		case len(word) == 2 && strings.ToUpper(word) == word:
			out = append(out, word)
		default:
			return nil, usagef("--from: %q is neither a country of two capital letters nor an AS number, as in US,AS3356", word)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// networkOf reads AS7018 or asn:7018.
func networkOf(text string) (uint32, bool) {
	if number, ok := strings.CutPrefix(strings.ToUpper(text), "AS"); ok && number != "" && number[0] >= '0' && number[0] <= '9' {
		text = "asn:" + number
	}
	id, err := evidence.ParseID(text)
	if err != nil {
		return 0, false
	}
	return id.AS()
}

// notesOf says what of the input is not in the figures.
func notesOf(r *exposure.Report) []string {
	var notes []string
	add := func(n uint64, text string) {
		if n > 0 {
			notes = append(notes, fmt.Sprintf("%d %s", n, text))
		}
	}
	c := &r.Basis.Read
	add(c.Bad+c.BadPaths+c.Gaps, "routes, paths or stretches of the input could not be read: "+c.Problem)
	add(c.Default, "default routes were left out: they name no destination")
	add(c.Other, "records are no routing table and were not used")
	if r.Views.Full4+r.Views.Full6 == 0 {
		notes = append(notes, "no accepted peer has a full table: how space is reached is not known")
	}
	return notes
}

// readReport opens a report that was saved.
func readReport(name string) (*exposure.Report, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, inputError(name, err)
	}
	defer f.Close() //nolint:errcheck // opened for reading
	r, err := exposure.ReadReport(f)
	if err != nil {
		return nil, usagef("%q: %w", name, err)
	}
	return r, nil
}
