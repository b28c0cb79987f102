package registry

import (
	"context"
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
)

// Intake is the sink of one loading with the book-keeping that every loader
// owes: the source comes first and once, every fact cites it, facts are
// counted, and nothing is given after a refusal. Make one with [NewIntake]; it
// is not safe for concurrent use.
type Intake struct {
	Report Report
	sink   entity.Sink
	source entity.Source
	begun  bool
	err    error
}

// NewIntake returns an intake of facts that are all from the source.
func NewIntake(about entity.Source, sink entity.Sink) *Intake {
	return &Intake{sink: sink, source: about}
}

// Company gives a company. Aliases that are empty, repeated or the name itself
// are left out.
func (t *Intake) Company(c entity.Company) error {
	aliases := make([]string, 0, len(c.Aliases))
	for _, alias := range c.Aliases {
		if alias != "" && alias != c.Name && !slices.Contains(aliases, alias) {
			aliases = append(aliases, alias)
		}
	}
	if c.Aliases = nil; len(aliases) > 0 {
		c.Aliases = aliases
	}
	c.Source = t.source.ID
	return t.give(func() error { return t.sink.Company(c) })
}

// Identifier gives an identifier.
func (t *Intake) Identifier(d entity.Identifier) error {
	d.Source = t.source.ID
	return t.give(func() error { return t.sink.Identifier(d) })
}

// Edge gives a holding.
func (t *Intake) Edge(e entity.Edge) error {
	e.Source = t.source.ID
	return t.give(func() error { return t.sink.Edge(e) })
}

// Listing gives a listing.
func (t *Intake) Listing(l entity.Listing) error {
	l.Source = t.source.ID
	return t.give(func() error { return t.sink.Listing(l) })
}

// give passes one fact on. The sink's refusal stays.
func (t *Intake) give(fact func() error) error {
	if t.err == nil && !t.begun {
		t.begun = true
		t.err = t.sink.Source(t.source)
	}
	if t.err != nil {
		return t.err
	}
	if t.err = fact(); t.err == nil {
		t.Report.Facts++
	}
	return t.err
}

// Record counts a record that was read. From time to time it asks the context,
// whose end is its error.
func (t *Intake) Record(ctx context.Context) error {
	t.Report.Records++
	if t.Report.Records%256 == 1 && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// End finishes a loading and returns its report. A file without a single
// record is an error: it is a download that failed, or of another form. The
// form is named in words for the user.
func (t *Intake) End(ctx context.Context, form string) (Report, error) {
	switch {
	case t.err != nil:
		return t.Report, t.err
	case ctx.Err() != nil:
		return t.Report, context.Cause(ctx)
	case t.Report.Records == 0:
		return t.Report, fmt.Errorf("no record of the form %q in the file: it is empty or of another form, fetch it again", form)
	}
	return t.Report, nil
}
