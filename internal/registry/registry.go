// Package registry defines what loaders of company data have in common. A
// [Loader] turns one foreign form (a golden copy of the LEI system, a sanctions
// list, an ownership statement) into the facts of entity: companies, their
// identifiers, who owns them, on which lists they stand, each with its source.
//
// A loader streams: it holds a record, not the file. It judges nothing and
// merges nothing. It never passes on a natural person: a person's share becomes
// a bucket without a name (see entity.Edge). What it leaves out, it counts and
// says why in its [Report].
//
// To add one, write a folder of its own and name it in the list in all.
package registry

import (
	"context"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/source"
)

// Loader reads one foreign form of company data.
type Loader interface {
	// Name identifies the form, as in "gleif-lei2-csv".
	Name() string
	// Match reports whether the loader takes a file, from the first bytes of
	// its decompressed content (at least 4 KiB where it has them) and its
	// name, which may lie. It is cheap and has no side effects.
	Match(name string, head []byte) bool
	// Load reads the file to its end and gives its facts to the sink, all
	// under the source about, whose ID they cite. A record that cannot be
	// understood is a problem of the report, and loading goes on. An error
	// means that the file was not read to its end (it is cut off, no longer of
	// the form, or the sink refused): then nothing of it must be used.
	Load(ctx context.Context, f *source.File, about entity.Source, sink entity.Sink) (Report, error)
}

// Report says what a loader made of a file.
type Report struct {
	Records  uint64    // records of the form that were read
	Facts    uint64    // facts that were given to the sink
	Dropped  []Dropped // records or facts left out on purpose, by reason, in the order of their reasons
	Problems []Problem // at most MaxProblems
	More     uint64    // problems beyond those
}

// MaxProblems is how many problems a report lists; the rest is counted.
const MaxProblems = 100

// Dropped counts what was left out for one reason.
type Dropped struct {
	Reason string // "natural person", "inactive relation"
	Count  uint64
}

// Problem is a record that could not be understood.
type Problem struct {
	Line    int64  // of the file's text, from 1; 0 where the form has no lines
	Record  string // the record's key, if it was read
	Message string // what is wrong, and what was done about it
}

// Drop counts one record or fact left out for the reason.
func (r *Report) Drop(reason string) {
	for i := range r.Dropped {
		if r.Dropped[i].Reason == reason {
			r.Dropped[i].Count++
			return
		}
	}
	at := 0
	for at < len(r.Dropped) && r.Dropped[at].Reason < reason {
		at++
	}
	r.Dropped = append(r.Dropped, Dropped{})
	copy(r.Dropped[at+1:], r.Dropped[at:])
	r.Dropped[at] = Dropped{reason, 1}
}

// Problem notes a record that could not be understood.
func (r *Report) Problem(p Problem) {
	if len(r.Problems) < MaxProblems {
		r.Problems = append(r.Problems, p)
		return
	}
	r.More++
}
