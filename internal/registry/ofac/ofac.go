// Package ofac loads the sanctions lists of the United States Treasury's Office
// of Foreign Assets Control: the SDN list and the consolidated list of parties
// that are not SDNs.
//
// Forms, all from https://sanctionslist.ofac.treas.gov:
//
//   - [Advanced]: SDN_ADVANCED.XML and CONS_ADVANCED.XML, in the Advanced
//     Sanctions Data Model. The best one: it alone has relations and dates.
//   - [CSV]: a zip or tar of SDN.CSV, ALT.CSV, ADD.CSV and SDN_COMMENTS.CSV (or
//     their CONS_ siblings), or SDN.CSV or CONS_PRIM.CSV alone, which then lacks
//     aliases and addresses. They have no header, "-0-" is nothing, and a
//     character 0x1A ends them.
//   - [Classic]: SDN.XML and CONSOLIDATED.XML.
//
// Licence: works of the United States Government are in the public domain
// (17 USC 105).
//
// Taken: a listed organisation is a company "ofac-" and its uid, with its names
// and strong aliases in all scripts. Its country is the one of its registration,
// else the one of all its addresses; where they lie in several, the note names
// them. Numbers under a register are identifiers (see package ofaclist), a
// website that is a whole site is a domain. An identifier that several parties
// of a file name is left out and counted: it decides nothing. Every programme is a listing on
// "ofac-sdn" or "ofac-nonsdn"; a list within the latter (SSI, NS-CMIC, NS-MBS,
// CAPTA and so on) is a listing with its short name as programme. A listing
// begins with the first event of its entry: the file does not date programmes.
//
// "Owned or Controlled By", "Owns, controls, or operates", "Property in the
// interest of" and "Acting for or on behalf of" between two listed organisations
// are holdings with a share from 0 to 100 %: the list states no figure, "or"
// leaves open which of the two it is, and an asset may have several such owners,
// so that more than half of each would be false. Their interest is
// "other-influence-or-control" for the first two, "unknown-interest" else.
//
// Dropped and counted: individuals, vessels and aircraft with all that belongs
// to them; weak aliases, which OFAC itself says may give false hits and which a
// company's aliases cannot mark; relations to people; relations without
// ownership or control; former relations; documents that only people have, or
// whose register is not named; remarks that link to a name. Remarks, titles and
// addresses are not taken: they name people.
package ofac

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/ofaclist"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/source"
)

// The lists, as entity.Listing names them.
const (
	listSDN    = "ofac-sdn"
	listNonSDN = "ofac-nonsdn"
)

const (
	// maxHeld bounds what is held of one sort (places, documents, parties,
	// listings): some thirty times what the lists had in 2026.
	maxHeld = 1 << 20
	// maxFacts bounds the names, documents and so on of one party.
	maxFacts = 2000
)

var errMany = fmt.Errorf("more than %d records of one sort: the file is damaged or no list of OFAC, fetch it again", maxHeld)

// loading is the state of one file.
type loading struct {
	*registry.Writer

	documents *ofaclist.Documents
	countries *ofaclist.Countries
	claims    registry.Claims
	given     map[string]bool // companies by slug
	listed    map[string]bool // listings by company, list and programme
}

func newLoading(about entity.Source, sink entity.Sink) *loading {
	return &loading{
		Writer: registry.NewWriter(about, sink), documents: ofaclist.NewDocuments(), countries: ofaclist.NewCountries(),
		given: map[string]bool{}, listed: map[string]bool{},
	}
}

// party is a listed organisation, as any of the forms tells of it.
type party struct {
	uid        string
	name       string
	aliases    []string
	registered string   // code of the country of registration
	addresses  []string // codes of the countries of addresses
	documents  []document
	record     string
	line       int64
}

// document is a number by which a party is known.
type document struct{ kind, country, number string }

// slug names the company of a party; empty if the uid cannot be one.
func slug(uid string) string {
	if uid == "" || len(uid) > 20 || strings.Trim(uid, "0123456789") != "" {
		return ""
	}
	return registry.Slug("ofac", uid)
}

// end gives what was held.
func (l *loading) end(ctx context.Context, form string) (registry.Report, error) {
	l.claims.Give(l.Writer)
	return l.End(ctx, form)
}

func (l *loading) problem(line int64, record, message string) {
	l.Report.Problem(registry.Problem{Line: line, Record: record, Message: message})
}

// party gives an organisation and its identifiers. It reports whether it is
// given now or was before.
func (l *loading) party(p party) (bool, error) {
	name, key := registry.Line(p.name), slug(p.uid)
	switch {
	case key == "" || name == "":
		l.problem(p.line, p.record, "has no uid or no name that can be used: it was left out")
		return false, nil
	case l.given[key]:
		l.Report.Drop("party repeated in the file")
		return true, nil
	case len(l.given) >= maxHeld:
		return false, errMany
	}
	l.given[key] = true
	c := entity.Company{Slug: key, Name: name, Record: p.record}
	c.Aliases = registry.Aliases(name, p.aliases[:min(len(p.aliases), maxFacts)]...)
	c.Country, c.Note = country(p)
	l.Company(c)
	for _, d := range p.documents[:min(len(p.documents), maxFacts)] {
		scheme, value, why := l.documents.Find(d.kind, d.country, d.number)
		if why != ofaclist.Taken {
			l.Report.Drop(string(why))
			continue
		}
		id, err := evidence.NewID(evidence.Scheme(scheme), value)
		if err != nil {
			l.Report.Drop(string(ofaclist.Malformed))
			continue
		}
		if err := l.claims.Add(entity.Identifier{ID: id, Company: key, Note: registry.Line(d.kind), Record: p.record}); err != nil {
			return false, err
		}
	}
	return true, nil
}

// country returns the country of a party's registration, else of all its
// addresses; and a sentence that names the countries of these where they are
// several.
func country(p party) (code, note string) {
	places := slices.Compact(slices.Sorted(slices.Values(p.addresses)))
	places = slices.DeleteFunc(places, func(c string) bool { return c == "" })
	if len(places) > 1 {
		note = "Addresses in " + strings.Join(places, ", ") + "."
	}
	switch {
	case p.registered != "":
		return p.registered, note
	case len(places) == 1:
		return places[0], ""
	}
	return "", note
}

// listing gives a party's place on a list, once.
func (l *loading) listing(uid, list, program string, valid entity.Interval, note, record string) error {
	program = registry.Line(strings.TrimSpace(program))
	key := uid + "|" + list + "|" + program
	switch {
	case l.listed[key]:
		return nil
	case len(l.listed) >= maxHeld:
		return errMany
	}
	l.listed[key] = true
	l.Listing(entity.Listing{Company: slug(uid), List: list, Program: program, Valid: valid, Note: note, Record: record})
	return nil
}

// listOf finds out which list a file without dates and list names holds: the
// name of the file, or the address and the id of its source, say it. Where none
// does, it is taken for the SDN list, and the report tells the user. Member is
// the name of a member of f, if the list lies in one.
func (l *loading) listOf(f *source.File, about entity.Source, member string) string {
	for _, name := range []string{member, f.Path(), f.Name(), about.URL, about.ID, about.Title} {
		name = strings.ToLower(name[strings.LastIndex(name, "/")+1:])
		switch {
		case strings.Contains(name, "cons"), strings.Contains(name, "nonsdn"), strings.Contains(name, "non-sdn"):
			return listNonSDN
		case strings.Contains(name, "sdn"):
			return listSDN
		}
	}
	l.problem(0, "", "neither the file's name nor its source says which list it is: it was taken for the SDN list; name it sdn or consolidated")
	return listSDN
}

// recordOf says where in a file a fact stands.
func recordOf(kind, id string) string { return strings.TrimSpace(kind + " " + clip(id)) }

// clip makes a key fit for a message or a record.
func clip(s string) string {
	s = registry.Line(s[:min(len(s), 200)])
	if len(s) > 40 {
		s = strings.ToValidUTF8(s[:40], "")
	}
	return strings.TrimSpace(s)
}
