package gleif

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/registry"
)

// leiRecord is what is taken of a level 1 record.
type leiRecord struct {
	lei, name                  string
	names                      []string // other names and transliterations
	jurisdiction, headquarters string
	register, number           string // of the registration authority
	category                   string
	status, expired, expiry    string // of the entity
	successors                 []string
	registration, updated      string
}

// entities are the rules for level 1.
type entities struct {
	w *registry.Writer
}

// left says why a record of the given registration status is left out: it does
// not stand for an entity of its own. Empty: it does. (LEI-CDF 3.1,
// RegistrationStatusEnum.)
func left(status string) string {
	switch status {
	case "DUPLICATE":
		return "duplicate LEI"
	case "ANNULLED":
		return "annulled LEI"
	case "CANCELLED":
		return "cancelled LEI"
	case "PENDING_VALIDATION":
		return "LEI not issued yet"
	case "TRANSFERRED":
		return "transferred LEI record"
	}
	return ""
}

func (e *entities) take(r *record) error {
	l := &r.lei
	reason := left(l.registration)
	if l.category == "SOLE_PROPRIETOR" {
		reason = "natural person (sole proprietor)"
	}
	if reason != "" {
		e.w.Report.Drop(reason)
		return nil
	}
	slug, id, ok := company(l.lei)
	if !ok {
		e.problem(r, "", fmt.Sprintf("the LEI %q is none (ISO 17442): the record was left out", registry.Short(l.lei)))
		return nil
	}
	tags, known := category(l.category)
	if !known {
		e.problem(r, l.lei, fmt.Sprintf("unknown entity category %q: the record was left out, since it may be a person", registry.Short(l.category)))
		return nil
	}
	name, ok := registry.Clean(l.name)
	if !ok || name == "" {
		e.problem(r, l.lei, fmt.Sprintf("a legal name of %d bytes: the record was left out", len(l.name)))
		return nil
	}
	c := entity.Company{
		Slug: slug, Name: name, Aliases: e.aliases(name, l.names),
		Country: registry.Country(l.jurisdiction), Headquarters: registry.Country(l.headquarters),
		Tags: tags, StateOwned: l.category == "RESIDENT_GOVERNMENT_ENTITY",
		Note: l.note(), Record: key(id.Value()), Known: since(l.updated),
	}
	e.w.Company(c)
	e.w.Identifier(entity.Identifier{ID: id, Company: slug, Known: c.Known, Record: c.Record})
	e.number(l, c)
	return nil
}

func (e *entities) end() {}

func (e *entities) problem(r *record, lei, message string) {
	if lei != "" {
		lei = key(registry.Short(lei))
	}
	e.w.Report.Problem(registry.Problem{Line: r.line, Record: lei, Message: message})
}

// category returns the tags of an entity category, and whether the category is
// known to be one of organisations (LEI-CDF 3.1, EntityCategoryEnum). Records
// before 2.1 have none.
func category(text string) (tags []string, known bool) {
	switch text {
	case "", "GENERAL":
		return nil, true
	case "FUND":
		return []string{"fund"}, true
	case "BRANCH":
		return []string{"branch"}, true
	case "RESIDENT_GOVERNMENT_ENTITY":
		return []string{"government"}, true
	case "INTERNATIONAL_ORGANIZATION":
		return []string{"international-organisation"}, true
	}
	return nil, false
}

// aliases returns the other names of a company, each once.
func (e *entities) aliases(name string, names []string) []string {
	var out []string
	for _, n := range names {
		n, ok := registry.Clean(n)
		if !ok {
			e.w.Report.Drop("other name of absurd length")
			continue
		}
		if n != "" && n != name && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// number gives the number in the register, if the register is one of the list
// of registration authorities: RA999999 and RA888888 stand for none.
func (e *entities) number(l *leiRecord, c entity.Company) {
	if l.number == "" {
		return
	}
	if l.register == "" || l.register == "RA999999" || l.register == "RA888888" {
		e.w.Report.Drop("register number without a register")
		return
	}
	id, err := evidence.NewID(evidence.SchemeReg, l.register+"/"+l.number)
	if err != nil {
		e.w.Report.Drop("register number that is none")
		return
	}
	e.w.Identifier(entity.Identifier{ID: id, Company: c.Slug, Known: c.Known, Record: c.Record})
}

// note says in a sentence what became of the company.
func (l *leiRecord) note() string {
	var parts []string
	if l.status == "INACTIVE" {
		text := "no longer active"
		if d := registry.Day(l.expired); !d.IsZero() {
			text += " since " + d.String()
		}
		if reason := registry.Code(l.expiry); reason != "" && reason != "other" {
			text += " (" + reason + ")"
		}
		parts = append(parts, text)
	}
	if l.registration == "LAPSED" {
		parts = append(parts, "the LEI was not renewed")
	}
	for _, s := range l.successors {
		if _, id, ok := company(s); ok {
			parts = append(parts, "succeeded by LEI "+id.Value())
		}
	}
	return strings.Join(parts, "; ")
}
