package bods

import (
	"cmp"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/jsonstream"
	"github.com/cleannet/cleannet/internal/registry"
)

// entity takes in a statement about an entity. The latest one counts; of the
// earlier ones the names stay.
func (b *book) entity(s statement, line int64) error {
	var d entityDetails
	if len(s.RecordDetails) > 0 {
		if sound, err := jsonstream.Decode(s.RecordDetails, line, &d); !sound {
			b.problem(line, s.StatementID, "the entity is not of the form, and was left out")
			return err
		}
	}
	day := registry.Day(s.StatementDate)
	e, known := b.byID[s.RecordID]
	if !known {
		e = &entityRecord{first: day}
		e.facts.Slug = registry.Slug(b.source, s.RecordID)
		e.facts.Record = "record " + registry.Short(s.RecordID)
		b.byID[s.RecordID] = e
		b.entities = append(b.entities, e)
	}
	if day.Before(e.first) {
		e.first = day
	}
	e.names = append(e.names, d.Name)
	e.names = append(e.names, d.AlternateNames...)
	if known && (day.Before(e.last) || s.RecordStatus == "closed" && d.EntityType.Type == "") {
		e.closed = e.closed || s.RecordStatus == "closed"
		return nil // an older statement, or the end of the record without details
	}
	e.last, e.closed = day, s.RecordStatus == "closed"
	b.describe(e, d, line)
	return nil
}

// describe fills the record with what a statement says now.
func (b *book) describe(e *entityRecord, d entityDetails, line int64) {
	c := entity.Company{Slug: e.facts.Slug, Record: e.facts.Record}
	e.reason = ""
	switch d.EntityType.Type {
	case "registeredEntity", "legalEntity":
	case "arrangement":
		c.Tags = []string{"arrangement"}
	case "state", "stateBody":
		c.Tags, c.StateOwned = []string{"government"}, true
	case "anonymousEntity", "unknownEntity":
		e.reason = cmp.Or(registry.Code(d.Unspecified.Reason), registry.Code(d.EntityType.Type))
	default:
		b.w.Report.Problem(registry.Problem{Line: line, Record: e.facts.Record, Message: "the entity type is none of BODS 0.4: it is taken as a legal entity"})
	}
	name, ok := registry.Clean(d.Name)
	if !ok || name == "" {
		name = "unnamed " + cmp.Or(registry.Code(d.EntityType.Type), "entity") // the register need not give a name
	}
	c.Name = name
	c.Country = registry.Country(d.Jurisdiction.Code)
	for _, a := range d.Addresses {
		if a.Type == "business" && c.Headquarters == "" {
			c.Headquarters = registry.Country(a.Country.Code)
		}
	}
	if day := registry.Day(d.DissolutionDate); !day.IsZero() {
		c.Note = "dissolved on " + day.String()
	}
	e.facts = c
	e.ids = e.ids[:0]
	for _, i := range d.Identifiers {
		id, reason := identifier(i.Scheme, i.ID)
		switch {
		case reason != "":
			b.w.Report.Drop(reason)
		case !slices.ContainsFunc(e.ids, func(o entity.Identifier) bool { return o.ID == id }):
			e.ids = append(e.ids, entity.Identifier{ID: id, Company: c.Slug, Record: c.Record})
		}
	}
}

// identifier reads an identifier by its scheme, a code of org-id.guide. It
// returns the reason for leaving it out, if there is one.
func identifier(scheme, number string) (id evidence.ID, reason string) {
	if scheme == "" || number == "" {
		return id, "identifier without a scheme"
	}
	var err error
	switch scheme {
	case "XI-LEI":
		id, err = evidence.NewID(evidence.SchemeLEI, number)
	default:
		id, err = evidence.NewID(evidence.SchemeReg, scheme+"/"+number)
	}
	if err != nil {
		return evidence.ID{}, "identifier that is none of its scheme"
	}
	return id, ""
}

// give passes the company and its identifiers on.
func (e *entityRecord) give(w *registry.Writer) {
	c := e.facts
	c.Known = entity.Interval{From: e.first}
	for _, n := range e.names {
		n, ok := registry.Clean(n)
		if !ok {
			w.Report.Drop("other name of absurd length")
			continue
		}
		if n != "" && n != c.Name && !slices.Contains(c.Aliases, n) {
			c.Aliases = append(c.Aliases, n)
		}
	}
	if e.closed && c.Note == "" {
		c.Note = "the record was closed"
		if !e.last.IsZero() {
			c.Note += " on " + e.last.String()
		}
	}
	w.Company(c)
	for _, d := range e.ids {
		d.Known = c.Known
		w.Identifier(d)
	}
}
