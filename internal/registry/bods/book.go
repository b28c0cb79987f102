package bods

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/jsonstream"
	"github.com/cleannet/cleannet/internal/registry"
)

// book holds the statements of a file until its end.
type book struct {
	w         *registry.Writer
	source    string
	held      int
	interests int

	entities  []*entityRecord
	byID      map[string]*entityRecord
	people    map[string]struct{}
	relations []*relation
	byRecord  map[string]*relation

	edges []edge
	gaps  []entity.Gap
}

// entityRecord is the history of an entity: what it is by the last statement,
// and what it was called before.
type entityRecord struct {
	facts  entity.Company
	ids    []entity.Identifier
	names  []string
	first  entity.Date
	last   entity.Date
	closed bool
	reason string // why it is no company to name; empty for one
}

// relation is the history of a relationship.
type relation struct {
	record string
	states []state
}

// state is a relationship as one statement has it.
type state struct {
	date    entity.Date
	closed  bool
	details relationshipDetails
	line    int64
}

func newBook(w *registry.Writer, source string) *book {
	return &book{
		w: w, source: source,
		byID: map[string]*entityRecord{}, people: map[string]struct{}{}, byRecord: map[string]*relation{},
	}
}

// read takes in one statement. An error ends the file.
func (b *book) read(record []byte, line int64) error {
	var s statement
	sound, err := jsonstream.Decode(record, line, &s)
	if err != nil {
		return err
	}
	if b.held++; b.held > maxHeld {
		return fmt.Errorf("line %d: the file holds more than %d statements: split it by declarationSubject", line, maxHeld)
	}
	if !sound {
		b.problem(line, "", "the statement is not of the form, and was left out")
		return nil
	}
	if s.StatementType != "" && s.RecordType == "" {
		return fmt.Errorf("line %d: the statements are of a version before 0.4 (they have a statementType): convert them to BODS 0.4 first", line)
	}
	if s.RecordID == "" {
		b.problem(line, "", "a statement without a recordId was left out")
		return nil
	}
	switch s.RecordStatus {
	case "new", "updated", "closed":
	default:
		b.problem(line, s.StatementID, fmt.Sprintf("record status %q is none of new, updated, closed: the statement was left out", registry.Short(s.RecordStatus)))
		return nil
	}
	switch s.RecordType {
	case "person":
		b.people[s.RecordID] = struct{}{}
		b.w.Report.Drop("natural person")
		return nil
	case "entity":
		return b.entity(s, line)
	case "relationship":
		return b.relationship(s, line)
	}
	b.problem(line, s.StatementID, fmt.Sprintf("record type %q is none of entity, person, relationship: the statement was left out", registry.Short(s.RecordType)))
	return nil
}

func (b *book) problem(line int64, id, message string) {
	if id != "" {
		id = "statement " + registry.Short(id)
	}
	b.w.Report.Problem(registry.Problem{Line: line, Record: id, Message: message})
}

// relationship keeps a statement about a relationship.
func (b *book) relationship(s statement, line int64) error {
	st := state{date: registry.Day(s.StatementDate), closed: s.RecordStatus == "closed", line: line}
	if len(s.RecordDetails) > 0 {
		if sound, err := jsonstream.Decode(s.RecordDetails, line, &st.details); !sound {
			b.problem(line, s.StatementID, "the relationship is not of the form, and was left out")
			return err
		}
	}
	if b.interests += len(st.details.Interests) + 1; b.interests > maxInterests {
		return fmt.Errorf("line %d: the file states more than %d interests: split it by declarationSubject", line, maxInterests)
	}
	r, ok := b.byRecord[s.RecordID]
	if !ok {
		r = &relation{record: "record " + registry.Short(s.RecordID)}
		b.byRecord[s.RecordID] = r
		b.relations = append(b.relations, r)
	}
	r.states = append(r.states, st)
	return nil
}

// give passes everything on: companies in the order of the file, then what they
// hold, then gaps and holdings.
func (b *book) give() {
	for _, e := range b.entities {
		if e.reason != "" {
			b.w.Report.Drop("entity that is not named")
			continue
		}
		e.give(b.w)
	}
	for _, r := range b.relations {
		b.relation(r)
	}
	for _, g := range b.gaps {
		b.w.Gap(g)
	}
	b.giveEdges()
}

// relation follows the states of a relationship through time.
func (b *book) relation(r *relation) {
	slices.SortStableFunc(r.states, func(x, y state) int { return x.date.Compare(y.date) })
	for i := range r.states {
		st := &r.states[i]
		var span entity.Interval
		if i > 0 {
			span.From = st.date
		}
		if i+1 < len(r.states) {
			span.To = r.states[i+1].date
		}
		switch {
		case st.closed:
			// What ends is said by the state before. A relationship of which only
			// the end is known held until then.
			if i > 0 {
				continue
			}
			span.To = st.date
		case !span.To.IsZero() && span.From == span.To:
			b.w.Report.Drop("statement replaced on its day")
			continue
		}
		b.state(r, st, span)
	}
}

// state turns a relationship during a span into holdings or a gap.
func (b *book) state(r *relation, st *state, span entity.Interval) {
	known := entity.Interval{From: st.date}
	subject, ok := b.byID[st.details.Subject.record]
	switch {
	case st.details.Subject.record == "":
		b.w.Report.Drop("relationship without a subject")
		return
	case !ok:
		b.w.Report.Problem(registry.Problem{Line: st.line, Record: r.record, Message: "the subject is no entity of the file: the relationship was left out"})
		return
	case subject.reason != "":
		b.w.Report.Drop("relationship with an entity that is not named")
		return
	}
	owner, reason, ok := b.holder(st.details.InterestedParty)
	if !ok {
		b.w.Report.Problem(registry.Problem{Line: st.line, Record: r.record, Message: "the interested party is no record of the file: the relationship was left out"})
		return
	}
	if reason != "" {
		b.gaps = append(b.gaps, entity.Gap{Company: subject.facts.Slug, Reason: reason, Valid: span, Known: known, Record: r.record})
		return
	}
	interests := st.details.Interests
	if len(interests) == 0 { // a relationship is stated, but not its nature
		interests = []interest{{Type: "unknownInterest"}}
	}
	for _, in := range interests {
		e := edge{fact: entity.Edge{Owner: owner, Asset: subject.facts.Slug, Valid: span, Known: known, Record: r.record}, line: st.line}
		b.holding(&e, in, len(st.details.ComponentRecords) > 0)
	}
}

// holder returns the slug of a party, which is empty for a person, or the code
// of the reason for there being none.
func (b *book) holder(p party) (slug, reason string, ok bool) {
	if p.record == "" {
		return "", cmp.Or(registry.Code(p.reason), "unknown"), true
	}
	if _, person := b.people[p.record]; person {
		return "", "", true
	}
	e, ok := b.byID[p.record]
	if !ok {
		return "", "", false
	}
	return e.facts.Slug, e.reason, true
}
