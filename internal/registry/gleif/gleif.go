// Package gleif loads the golden copies of the Global Legal Entity Identifier
// Foundation: level 1, who is who (LEI-CDF 3.1); level 2, who owns whom (RR-CDF
// 2.1); and the reasons given instead of an owner (reporting exceptions, 2.1).
// Each is read as CSV and as JSON; the XML form is refused with a word.
//
// Source: www.gleif.org, "GLEIF Golden Copy and Delta Files". The data is
// published free of charge under GLEIF's terms of use, which whoever fetches it
// should read.
//
// Taken of level 1: the LEI, the legal name and all other names, the country of
// the legal jurisdiction, the country of the headquarters, the number in the
// register that the record names, the successor and the end as a note. The slug
// of a company is "lei-" and its LEI in lower case.
//
// Left out and counted: sole proprietors, who are natural persons; records that
// never stood for an entity of their own (DUPLICATE, ANNULLED, CANCELLED,
// PENDING_VALIDATION, TRANSFERRED). Lapsed and retired ones stay: the company
// is or was there, and the note says so.
//
// Level 2 states accounting consolidation, not shares, so a parent is read as
// holding more than half, (50,100]. A quantifier of a record says how much of
// the accounts is consolidated, which is 100 % of a subsidiary held at 51 %; it
// goes to the note and never becomes a share. How the ultimate parent is kept
// from being counted beside the chain of direct ones: see [relations].
//
// An exception gives an [entity.Gap] with its reason in lower case. The reason
// NATURAL_PERSONS for a direct parent gives a holding of more than half without
// a name. The free text of an exception may name anybody and is dropped.
package gleif

import (
	"context"
	"errors"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry"
)

// Loaders returns the loaders of the six files and the one that refuses XML, in
// the order of their names.
func Loaders() []registry.Loader {
	return []registry.Loader{
		table{kindLEI}, document{kindLEI},
		table{kindException}, document{kindException},
		table{kindRelation}, document{kindRelation},
		markup{},
	}
}

// kind is one of the three golden copies.
type kind uint8

const (
	kindLEI kind = iota
	kindRelation
	kindException
)

// String returns what GLEIF calls the copy in its file names.
func (k kind) String() string {
	switch k {
	case kindLEI:
		return "lei2"
	case kindRelation:
		return "rr"
	}
	return "repex"
}

// fetch is the next step wherever a file is not what it should be.
const fetch = "fetch the golden copy again from www.gleif.org and compare its size"

// record is one record of any kind, as the CSV and the JSON forms both fill it.
// It is used again for the next one.
type record struct {
	line int64
	lei  leiRecord
	rel  relationRecord
	exc  exceptionRecord
}

// reader reads the records of a file one after another.
type reader interface {
	// next fills the record. The error is io.EOF at the regular end; an
	// [*oddRecord], after which reading goes on; or says why the file cannot be
	// read to its end.
	next(r *record) error
}

// oddRecord is a record that is not understood while the file is.
type oddRecord struct {
	problem registry.Problem
}

// Error returns the message.
func (e *oddRecord) Error() string { return e.problem.Message }

// load runs the records of a file through the rules for its kind.
func load(ctx context.Context, name string, k kind, records reader, about entity.Source, sink entity.Sink) (registry.Report, error) {
	if err := ctx.Err(); err != nil {
		return registry.Report{}, err
	}
	w := registry.NewWriter(about, sink)
	rules := newRules(k, w)
	var r record
	return w.Read(ctx, name, func() error {
		r = record{}
		err := records.next(&r)
		odd, isOdd := errors.AsType[*oddRecord](err)
		if err != nil && !isOdd {
			return err
		}
		w.Report.Records++
		if isOdd {
			w.Report.Problem(odd.problem)
			return nil
		}
		return rules.take(&r)
	}, rules.end)
}

// rules turn the records of one kind into facts.
type rules interface {
	// take gives the facts of a record to the writer. An error ends the file.
	take(r *record) error
	// end gives the facts that could not be told before the last record.
	end()
}

func newRules(k kind, w *registry.Writer) rules {
	switch k {
	case kindLEI:
		return &entities{w: w}
	case kindRelation:
		return newRelations(w)
	}
	return &exceptions{w: w}
}
