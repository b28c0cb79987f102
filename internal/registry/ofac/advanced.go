package ofac

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/source"
)

// Advanced reads SDN_ADVANCED.XML and CONS_ADVANCED.XML. The zero Advanced is
// ready.
//
// The sections of a file come in a fixed order: values, places, documents,
// parties, relations, entries. Of the first three the loader holds what the
// parties refer to, a few MiB in practice; the numbers of documents that only
// people have are never held.
type Advanced struct{}

// Name implements [registry.Loader].
func (Advanced) Name() string { return "ofac-advanced-xml" }

// Match implements [registry.Loader].
func (Advanced) Match(_ string, head []byte) bool {
	return rootOf(head) == "Sanctions" && (bytes.Contains(head, []byte("DateOfIssue")) || bytes.Contains(head, []byte("ReferenceValueSets")))
}

// kind is what a profile is of.
type kind uint8

const (
	organisation kind = iota + 1
	person
	thing
)

// advanced is the state of one file.
type advanced struct {
	*loading

	values    map[string]value    // of the reference sets, by set and ID: "RelationType/15003"
	places    map[string]string   // countries of locations, by ID
	documents map[string][]docRef // of identities, by ID
	held      int                 // documents
	profiles  map[string]kind     // by ID
	edges     map[string]bool     // by owner, asset and interest
	parties   bool                // the first party has come
}

// value is one of a reference set.
type value struct{ text, country, parent string }

type docRef struct{ kind, country, number string }

// Load implements [registry.Loader].
func (Advanced) Load(ctx context.Context, f *source.File, about entity.Source, sink entity.Sink) (registry.Report, error) {
	l := &advanced{
		loading: newLoading(about, sink), values: map[string]value{}, places: map[string]string{},
		documents: map[string][]docRef{}, profiles: map[string]kind{}, edges: map[string]bool{},
	}
	err := newElements(f).walk("Sanctions", l.enter, func(path []string, n *node) error { return l.take(ctx, path, n) })
	if err != nil {
		return l.Report, err
	}
	return l.end(ctx, "OFAC Advanced Sanctions Data Model")
}

// enter opens the sections, so that their children are the records.
func (l *advanced) enter(path []string, start xml.StartElement) bool {
	switch len(path) {
	case 0:
		return start.Name.Local != "DateOfIssue"
	case 1:
		return path[0] == "ReferenceValueSets"
	}
	return false
}

var errOrder = errors.New("values, places or documents come after the parties that refer to them: the file is no list of OFAC as published, fetch it again")

// take is given every record.
func (l *advanced) take(ctx context.Context, path []string, n *node) error {
	if len(path) == 0 {
		return nil
	}
	switch path[0] {
	case "ReferenceValueSets", "Locations", "IDRegDocuments":
		if l.parties {
			return errOrder
		}
		if len(l.values) >= maxHeld || len(l.places) >= maxHeld || l.held >= maxHeld {
			return errMany
		}
	}
	switch path[0] {
	case "ReferenceValueSets":
		if len(path) == 2 {
			l.value(n)
		}
	case "Locations":
		l.places[n.get("ID")] = l.place(n)
	case "IDRegDocuments":
		l.document(n)
	case "DistinctParties":
		l.parties = true
		if err := l.Record(ctx); err != nil {
			return err
		}
		for _, profile := range n.of("Profile") {
			if err := l.profile(profile); err != nil {
				return err
			}
		}
	case "ProfileRelationships":
		if err := l.Record(ctx); err != nil {
			return err
		}
		return l.relation(n)
	case "SanctionsEntries":
		if err := l.Record(ctx); err != nil {
			return err
		}
		return l.entry(n)
	}
	return nil
}

// value holds one value of a reference set.
func (l *advanced) value(n *node) {
	v := value{text: strings.TrimRight(n.text, ": "), parent: n.get("PartyTypeID")}
	switch n.name {
	case "Country":
		if v.country = registry.Country(n.get("ISO2")); v.country == "" {
			v.country = l.countries.Code(n.text)
		}
	case "AreaCode":
		if v.country = l.countries.Code(n.get("Description")); v.country == "" {
			v.country = l.countries.Code(n.text)
		}
	}
	l.values[n.name+"/"+n.get("ID")] = v
}

// word returns the text of a value, in lower case.
func (l *advanced) word(set, id string) string { return strings.ToLower(l.values[set+"/"+id].text) }

// place returns the country of a location, empty if it names none.
func (l *advanced) place(n *node) string {
	for _, c := range n.of("LocationCountry") {
		if code := l.values["Country/"+c.get("CountryID")].country; code != "" {
			return code
		}
	}
	for _, a := range n.of("LocationAreaCode") {
		if code := l.values["AreaCode/"+a.get("AreaCodeID")].country; code != "" {
			return code
		}
	}
	for _, part := range n.of("LocationPart") { // "Venezuela" as a whole
		if l.word("LocPartType", part.get("LocPartTypeID")) == "unknown" {
			if code := l.countries.Code(part.first("LocationPartValue", "Value")); code != "" {
				return code
			}
		}
	}
	return ""
}

// document holds a document of an organisation's kind until its party comes.
func (l *advanced) document(n *node) {
	kind := l.values["IDRegDocType/"+n.get("IDRegDocTypeID")].text
	if l.word("Validity", n.get("ValidityID")) == "fraudulent" {
		l.Report.Drop("document known as fraudulent")
		return
	}
	d := docRef{kind, l.values["Country/"+n.get("IssuedBy-CountryID")].country, n.first("IDRegistrationNo")}
	if !l.loading.documents.Has(kind) {
		d.number = "" // of a kind that people have; it is counted with its party
	}
	id := n.get("IdentityID")
	if len(l.documents[id]) < maxFacts {
		l.held++
		l.documents[id] = append(l.documents[id], d)
	}
}

// profile gives the party that a profile describes.
func (l *advanced) profile(n *node) error {
	id := n.get("ID")
	record := recordOf("uid", id)
	sub := l.values["PartySubType/"+n.get("PartySubTypeID")]
	if len(l.profiles) >= maxHeld {
		return errMany
	}
	switch l.word("PartyType", sub.parent) {
	case "entity", "other entity":
		l.profiles[id] = organisation
	case "individual":
		l.profiles[id] = person
		l.Report.Drop("natural person")
		return nil
	case "":
		l.problem(0, record, "is of a type that the file does not explain: it was left out")
		return nil
	default:
		l.profiles[id] = thing
		reason := strings.ToLower(sub.text)
		if reason != "vessel" && reason != "aircraft" {
			reason = "type that is no organisation"
		}
		l.Report.Drop(reason)
		return nil
	}
	p := party{uid: id, record: record}
	for _, identity := range n.of("Identity") {
		if identity.get("False") == "true" {
			l.Report.Drop("identity known as false")
			continue
		}
		l.names(&p, identity)
		for _, d := range l.documents[identity.get("ID")] {
			p.documents = append(p.documents, document(d))
		}
	}
	for _, feature := range n.of("Feature") {
		l.feature(&p, feature)
	}
	ok, err := l.party(p)
	if !ok {
		delete(l.profiles, id)
	}
	return err
}

// names takes the primary name and the strong aliases of an identity.
func (l *advanced) names(p *party, identity *node) {
	for _, alias := range identity.of("Alias") {
		if alias.get("LowQuality") == "true" {
			l.Report.Drop("weak alias")
			continue
		}
		for _, name := range alias.of("DocumentedName") {
			var parts []string
			for _, part := range name.of("DocumentedNamePart", "NamePartValue") {
				parts = append(parts, part.text)
			}
			full := strings.TrimSpace(strings.Join(parts, " "))
			if p.name == "" && alias.get("Primary") == "true" {
				p.name = full
			} else {
				p.aliases = append(p.aliases, full)
			}
		}
	}
}

// feature takes a place or a number of a party.
func (l *advanced) feature(p *party, n *node) {
	kind := l.values["FeatureType/"+n.get("FeatureTypeID")].text
	for _, version := range n.of("FeatureVersion") {
		if l.word("Reliability", version.get("ReliabilityID")) == "false" {
			l.Report.Drop("feature known as false")
			continue
		}
		var codes []string
		for _, at := range version.of("VersionLocation") {
			codes = append(codes, l.places[at.get("LocationID")])
		}
		detail := version.first("VersionDetail")
		switch strings.ToLower(kind) {
		case "location":
			p.addresses = append(p.addresses, codes...)
		case "nationality of registration", "registration country", "nationality country":
			codes = append(codes, l.countries.Code(detail))
			if i := slices.IndexFunc(codes, func(c string) bool { return c != "" }); i >= 0 && p.registered == "" {
				p.registered = codes[i]
			}
		default:
			if l.loading.documents.Has(kind) {
				p.documents = append(p.documents, document{kind: kind, number: detail})
			}
		}
	}
}
