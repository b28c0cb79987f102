// Package asorg loads the organisations behind AS numbers in the form of
// CAIDA's AS-to-organisation data set: text with fields between bars under
// lines that begin "# format:", or JSON lines.
//
// Form: the README of the data set, https://publicdata.caida.org/datasets/as-organizations/.
// Licence: CAIDA's acceptable use agreement, which forbids to pass the data on
// and asks for a citation. Nothing of it ships; users bring their own file.
//
// Taken: an organisation is a company "as2org-" and its id, with its name and
// country; an AS number is an identifier that it holds, with the AS name and the
// register that told of it as a note. A record's date of change is not taken:
// it says when the register was edited, not since when the fact holds.
//
// Dropped and counted: AS numbers without an organisation. An AS number of an
// organisation that the file does not describe is a problem.
//
// The form does not tell organisations from natural persons, and the registers
// hold some: a sole trader stands here under his name. Nothing can filter them
// by what the file says; use it to name networks, not to screen.
package asorg

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/stream"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/source"
)

// Loader reads both writings of the form. The zero Loader is ready.
type Loader struct{}

// Name implements [registry.Loader].
func (Loader) Name() string { return "as2org" }

// Match implements [registry.Loader].
func (Loader) Match(_ string, head []byte) bool {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	if bytes.HasPrefix(head, []byte("{")) {
		line, _, _ := bytes.Cut(head, []byte("\n"))
		return bytes.Contains(line, []byte(`"organizationId"`)) && bytes.Contains(line, []byte(`"type"`))
	}
	for line := range bytes.Lines(head) {
		if len(line) == 0 || line[0] != '#' {
			return false
		}
		if fields, ok := format(string(line)); ok {
			return kindOf(fields) != none
		}
	}
	return false
}

const (
	// maxRecord is how many bytes a record may take.
	maxRecord = 64 << 10
	// maxKey is how many bytes the key of an organisation may take.
	maxKey = 200
	// maxHeld bounds the organisations, and the AS numbers that wait for
	// theirs: each some ten times what the Internet had in 2026.
	maxHeld = 1 << 20
)

var errMany = fmt.Errorf("more than %d organisations or AS numbers: the file is damaged or not of the whole Internet, fetch it again", maxHeld)

// Load implements [registry.Loader].
func (Loader) Load(ctx context.Context, f *source.File, about entity.Source, sink entity.Sink) (registry.Report, error) {
	l := &loading{
		Writer: registry.NewWriter(about, sink),
		orgs:   map[string]bool{},
		asns:   map[uint32]bool{},
		lines:  newLines(stream.NewReader(f)),
	}
	if err := l.read(ctx); err != nil {
		return l.Report, err
	}
	if err := l.settle(ctx); err != nil {
		return l.Report, err
	}
	return l.End(ctx, "CAIDA as2org")
}

// loading is the state of one file.
type loading struct {
	*registry.Writer

	lines   *lines
	layout  layout
	orgs    map[string]bool // by slug
	asns    map[uint32]bool // given or waiting
	waiting []network       // whose organisation has not come yet
}

// network is one AS number.
type network struct {
	asn    uint32
	org    string // slug
	note   string
	line   int64
	record string
}

// entry is a record in either writing.
type entry struct {
	kind                            kind
	asn, org, name, country, origin string
}

// add takes one record.
func (l *loading) add(e entry) error {
	if e.kind == organisation {
		return l.addOrganisation(e)
	}
	record := registry.Line("aut " + e.asn)
	n, err := strconv.ParseUint(e.asn, 10, 32)
	switch {
	case err != nil:
		l.Problem(record, "is no AS number: the record was left out")
		return nil //nolint:nilerr // the report has it
	case e.org == "":
		l.Report.Drop("AS number without an organisation")
		return nil
	}
	if l.asns[uint32(n)] {
		l.Problem(record, "stands twice: only the first record was used")
		return nil
	}
	net := network{asn: uint32(n), org: slugOf(e.org), note: note(e.name, e.origin), line: int64(l.lines.line), record: record}
	if net.org == "" {
		l.Problem(record, "names an organisation with a key too long: the record was left out")
		return nil
	}
	if len(l.asns) >= maxHeld {
		return errMany
	}
	l.asns[net.asn] = true
	if l.orgs[net.org] {
		l.hold(net)
		return nil
	}
	l.waiting = append(l.waiting, net)
	return nil
}

func (l *loading) addOrganisation(e entry) error {
	record := registry.Line("org " + e.org)
	slug, name := slugOf(e.org), registry.Line(e.name)
	switch {
	case slug == "" || name == "":
		l.Problem(record, "has no key or no name that can be used: the record was left out")
		return nil
	case l.orgs[slug]:
		l.Problem(record, "stands twice: only the first record was used")
		return nil
	case len(l.orgs) >= maxHeld:
		return errMany
	}
	l.orgs[slug] = true
	c := entity.Company{Slug: slug, Name: name, Country: country(e.country), Record: record}
	if origin := registry.Line(e.origin); origin != "" {
		c.Note = "Registered at " + origin + "."
	}
	l.Company(c)
	return nil
}

// hold gives an AS number to its organisation.
func (l *loading) hold(n network) {
	l.Identifier(entity.Identifier{ID: evidence.ASN(n.asn), Company: n.org, Note: n.note, Record: n.record})
}

// settle gives the AS numbers that stood before their organisation.
func (l *loading) settle(ctx context.Context) error {
	for i, n := range l.waiting {
		if i%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !l.orgs[n.org] {
			l.Report.Problem(registry.Problem{Line: n.line, Record: n.record,
				Message: "belongs to an organisation that the file does not describe: it was left out"})
			continue
		}
		l.hold(n)
	}
	return nil
}

// Problem notes what is wrong with the record on the current line.
func (l *loading) Problem(record, message string) {
	l.Report.Problem(registry.Problem{Line: int64(l.lines.line), Record: record, Message: message})
}

// slugOf names the company of an organisation, empty if its key cannot be one.
func slugOf(org string) string {
	if org == "" || len(org) > maxKey {
		return ""
	}
	return registry.Slug("as2org", strings.ToLower(org))
}

// country reads a country as registers of numbers write it: AP, EU and ZZ are
// regions or nothing.
func country(code string) string {
	switch code = registry.Country(code); code {
	case "AP", "EU", "ZZ":
		return ""
	}
	return code
}

// note joins the AS name and the register.
func note(name, origin string) string {
	parts := []string{registry.Line(name), registry.Line(origin)}
	return strings.Trim(strings.Join(parts, ", "), ", ")
}
