package csl

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/ofaclist"
	"github.com/cleannet/cleannet/internal/registry"
)

// row is one party, as the JSON form writes it.
type row struct {
	ID            string     `json:"id"`
	Source        string     `json:"source"`
	Number        word       `json:"entity_number"`
	Type          string     `json:"type"`
	Programs      []string   `json:"programs"`
	Name          string     `json:"name"`
	AltNames      []string   `json:"alt_names"`
	Addresses     []address  `json:"addresses"`
	Notice        string     `json:"federal_register_notice"`
	Start         string     `json:"start_date"`
	End           string     `json:"end_date"`
	Requirement   string     `json:"license_requirement"`
	Policy        string     `json:"license_policy"`
	IDs           []document `json:"ids"`
	Citizenships  []string   `json:"citizenships"`
	Births        []string   `json:"dates_of_birth"`
	Nationalities []string   `json:"nationalities"`
	Places        []string   `json:"places_of_birth"`
}

type address struct {
	Country string `json:"country"`
}

type document struct {
	Kind    string `json:"type"`
	Number  string `json:"number"`
	Country string `json:"country"`
}

// word is a text that some editions write as a number.
type word string

// UnmarshalJSON implements [json.Unmarshaler].
func (w *word) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		*w = word(strings.TrimSpace(v))
	case float64:
		*w = word(strings.TrimSpace(string(b)))
	}
	return nil
}

const (
	// maxHeld bounds the rows whose slugs are held: far above the list's own.
	maxHeld = 1 << 20
	// maxFacts bounds what one row may give.
	maxFacts = 1000
)

// loading is the state of one file.
type loading struct {
	*registry.Writer

	documents *ofaclist.Documents
	countries *ofaclist.Countries
	claims    registry.Claims
	given     map[string]bool // companies by slug
	listed    map[string]bool // listings by company and programme
}

func newLoading(about entity.Source, sink entity.Sink) *loading {
	return &loading{
		Writer: registry.NewWriter(about, sink), documents: ofaclist.NewDocuments(), countries: ofaclist.NewCountries(),
		given: map[string]bool{}, listed: map[string]bool{},
	}
}

// end gives what was held.
func (l *loading) end(ctx context.Context, form string) (registry.Report, error) {
	l.claims.Give(l.Writer)
	return l.End(ctx, "Consolidated Screening List, "+form)
}

func (l *loading) problem(line int64, record, message string) {
	l.Report.Problem(registry.Problem{Line: line, Record: record, Message: message})
}

// add takes one party.
func (l *loading) add(r row, line int64, record string) error {
	in := listOf(r.Source)
	name := registry.Line(properName(r.Name))
	if in.slug == "" || name == "" {
		l.problem(line, record, "has no source list or no name that can be used: it was left out")
		return nil
	}
	if why := in.refuse(r); why != "" {
		l.Report.Drop(why)
		return nil
	}
	slug := slugOf(r, in, name)
	if len(l.given) >= maxHeld {
		return fmt.Errorf("more than %d parties: the file is damaged or not of the Consolidated Screening List, fetch it again", maxHeld)
	}
	if l.given[slug] {
		l.Report.Drop("name repeated on its list")
	} else {
		l.given[slug] = true
		if err := l.company(r, slug, name, record); err != nil {
			return err
		}
	}
	l.listings(r, in, slug, line, record)
	return nil
}

// slugOf names the company of a row: by the number that its list or the file
// gives it, else by its name.
func slugOf(r row, in list, name string) string {
	if n := string(r.Number); n != "" && n != "0" && len(n) < 20 && strings.Trim(n, "0123456789") == "" {
		if in.treasury {
			return "csl-ofac-" + n // one number for all its lists
		}
		return "csl-" + in.code + "-" + n
	}
	sum := sha256.Sum256([]byte(strings.ToUpper(name)))
	return "csl-" + in.code + "-" + hex.EncodeToString(sum[:6])
}

func (l *loading) company(r row, slug, name, record string) error {
	c := entity.Company{Slug: slug, Name: name, Record: record}
	c.Aliases = registry.Aliases(name, aliases(r.AltNames[:min(len(r.AltNames), maxFacts)])...)
	c.Country, c.Note = l.country(r.Addresses)
	l.Company(c)
	for _, d := range r.IDs[:min(len(r.IDs), maxFacts)] {
		scheme, value, why := l.documents.Find(d.Kind, l.countries.Code(d.Country), d.Number)
		if why != ofaclist.Taken {
			l.Report.Drop(string(why))
			continue
		}
		id, err := evidence.NewID(evidence.Scheme(scheme), value)
		if err != nil {
			l.Report.Drop(string(ofaclist.Malformed))
			continue
		}
		if err := l.claims.Add(entity.Identifier{ID: id, Company: slug, Note: registry.Line(d.Kind), Record: record}); err != nil {
			return err
		}
	}
	return nil
}

// properName takes off the clause that the list of the Department of State adds
// to each name: "; and any successor, sub-unit, or subsidiary thereof". It says
// how far the sanction reaches, and no company bears it.
func properName(name string) string {
	if at := strings.Index(strings.ToLower(name), "; and any successor"); at > 0 {
		name = name[:at]
	}
	return strings.TrimSpace(name)
}

// aliases takes off the word that ends an enumeration of the Entity List: "A; B;
// and C" comes as three names, the last of them "and C".
func aliases(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.TrimPrefix(strings.TrimSpace(n), "and ")
	}
	return out
}

// country returns the country of all addresses, or, if they lie in several, a
// sentence that names them.
func (l *loading) country(addresses []address) (code, note string) {
	var codes []string
	for _, a := range addresses {
		if c := l.countries.Code(a.Country); c != "" && !slices.Contains(codes, c) {
			codes = append(codes, c)
		}
	}
	switch len(codes) {
	case 0:
		return "", ""
	case 1:
		return codes[0], ""
	}
	slices.Sort(codes)
	return "", "Addresses in " + strings.Join(codes, ", ") + "."
}

// listings gives the party's place on its list, once for each programme.
func (l *loading) listings(r row, in list, slug string, line int64, record string) {
	valid, err := interval(r)
	if err != nil {
		l.problem(line, record, err.Error())
	}
	programs := r.Programs[:min(len(r.Programs), maxFacts)]
	if len(programs) == 0 {
		programs = []string{""}
	}
	for _, program := range programs {
		program = registry.Line(strings.TrimSpace(program))
		key := slug + "|" + in.slug + "|" + program + "|" + valid.String()
		if l.listed[key] {
			continue
		}
		l.listed[key] = true
		l.Listing(entity.Listing{Company: slug, List: in.slug, Program: program, Valid: valid, Note: note(r), Record: record})
	}
}

// interval reads the dates. An end date is the last day that counts.
func interval(r row) (entity.Interval, error) {
	var iv entity.Interval
	var err error
	if r.Start != "" {
		if iv.From, err = entity.ParseDate(r.Start); err != nil {
			return entity.Interval{}, fmt.Errorf("start_date: %w: the listing has no dates", err)
		}
	}
	if r.End != "" {
		last, err := entity.ParseDate(r.End)
		if err != nil {
			return entity.Interval{}, fmt.Errorf("end_date: %w: the listing has no dates", err)
		}
		iv.To = entity.DateOf(last.Time().AddDate(0, 0, 1))
		if !iv.From.IsZero() && !iv.From.Before(iv.To) {
			return entity.Interval{}, fmt.Errorf("end_date %s is before start_date %s: the listing has no dates", r.End, r.Start)
		}
	}
	return iv, nil
}

// note says what the list says of a listing in words.
func note(r row) string {
	var parts []string
	for _, p := range []struct{ what, text string }{
		{"Federal Register: ", r.Notice}, {"Licence requirement: ", r.Requirement}, {"Licence policy: ", r.Policy},
	} {
		if t := registry.Line(strings.TrimSpace(p.text)); t != "" {
			parts = append(parts, p.what+strings.TrimSuffix(t, "."))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ". ") + "."
}
