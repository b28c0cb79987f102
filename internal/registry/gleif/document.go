package gleif

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/jsonstream"
	"github.com/cleannet/cleannet/internal/format/text"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/source"
)

// document is the loader of a golden copy as JSON: {"records": […]},
// {"relations": […]} or {"exceptions": […]}, in which an XML element is an
// object with its text under "$", and one that may be repeated is either an
// object or an array of them.
type document struct {
	kind kind
}

// Name implements [registry.Loader].
func (d document) Name() string { return "gleif-" + d.kind.String() + "-json" }

// array returns the key of the records and a key that each of them has.
func (d document) array() (key, mark string) {
	switch d.kind {
	case kindLEI:
		return "records", `"LEI"`
	case kindRelation:
		return "relations", `"Relationship"`
	}
	return "exceptions", `"ExceptionCategory"`
}

// Match implements [registry.Loader].
func (d document) Match(_ string, head []byte) bool {
	head = text.Head(head)
	key, mark := d.array()
	rest := head
	for _, token := range []string{"{", `"` + key + `"`, ":", "["} {
		var ok bool
		if rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(token)); !ok {
			return false
		}
	}
	return bytes.Contains(rest, []byte(mark))
}

// Load implements [registry.Loader].
func (d document) Load(ctx context.Context, f *source.File, about entity.Source, sink entity.Sink) (registry.Report, error) {
	key, _ := d.array()
	records := &objects{json: jsonstream.NewReader(f, key), kind: d.kind}
	return load(ctx, d.Name(), d.kind, records, about, sink)
}

// objects reads the records of a document.
type objects struct {
	json *jsonstream.Reader
	kind kind
}

func (o *objects) next(r *record) error {
	b, err := o.json.Next()
	if err != nil {
		return err
	}
	if o.json.Lines() {
		return fmt.Errorf("line %d: the file is not one object with an array of records: take the JSON form of the %s golden copy as GLEIF publishes it", o.json.Line(), o.kind)
	}
	r.line = o.json.Line()
	var sound bool
	switch o.kind {
	case kindLEI:
		var j leiJSON
		sound, err = jsonstream.Decode(b, r.line, &j)
		j.fill(&r.lei)
	case kindRelation:
		var j relationJSON
		sound, err = jsonstream.Decode(b, r.line, &j)
		j.fill(&r.rel)
	default:
		var j exceptionJSON
		sound, err = jsonstream.Decode(b, r.line, &j)
		j.fill(&r.exc)
	}
	if err == nil && !sound {
		err = &oddRecord{registry.Problem{Line: r.line, Message: "the record is not of the form, and was left out"}}
	}
	return err
}

// value is the text of an element: {"$": "text", "@type": …}, or plain.
type value string

// UnmarshalJSON implements [json.Unmarshaler].
func (v *value) UnmarshalJSON(b []byte) error {
	var element struct {
		Text string `json:"$"`
	}
	if len(b) > 0 && b[0] == '{' {
		err := json.Unmarshal(b, &element)
		*v = value(element.Text)
		return err
	}
	return json.Unmarshal(b, (*string)(v))
}

// list is an element that may be repeated: one alone is no array.
type list[T any] []T

// UnmarshalJSON implements [json.Unmarshaler].
func (l *list[T]) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]T)(l))
	}
	var one T
	if string(b) == "null" {
		return nil
	}
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	*l = list[T]{one}
	return nil
}

type leiJSON struct {
	LEI    value
	Entity struct {
		LegalName        value
		OtherEntityNames struct {
			OtherEntityName list[value]
		}
		TransliteratedOtherEntityNames struct {
			TransliteratedOtherEntityName list[value]
		}
		HeadquartersAddress struct {
			Country value
		}
		RegistrationAuthority struct {
			RegistrationAuthorityID       value
			RegistrationAuthorityEntityID value
		}
		LegalJurisdiction, EntityCategory, EntityStatus value
		EntityExpirationDate, EntityExpirationReason    value
		SuccessorEntity                                 list[struct{ SuccessorLEI value }]
	}
	Registration struct {
		LastUpdateDate, RegistrationStatus value
	}
}

func (j *leiJSON) fill(r *leiRecord) {
	*r = leiRecord{
		lei: string(j.LEI), name: string(j.Entity.LegalName),
		jurisdiction: string(j.Entity.LegalJurisdiction), headquarters: string(j.Entity.HeadquartersAddress.Country),
		register: string(j.Entity.RegistrationAuthority.RegistrationAuthorityID),
		number:   string(j.Entity.RegistrationAuthority.RegistrationAuthorityEntityID),
		category: string(j.Entity.EntityCategory), status: string(j.Entity.EntityStatus),
		expired: string(j.Entity.EntityExpirationDate), expiry: string(j.Entity.EntityExpirationReason),
		registration: string(j.Registration.RegistrationStatus), updated: string(j.Registration.LastUpdateDate),
	}
	for _, n := range j.Entity.OtherEntityNames.OtherEntityName {
		r.names = append(r.names, string(n))
	}
	for _, n := range j.Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName {
		r.names = append(r.names, string(n))
	}
	for _, s := range j.Entity.SuccessorEntity {
		if s.SuccessorLEI != "" {
			r.successors = append(r.successors, string(s.SuccessorLEI))
		}
	}
}

// relationJSON stands either by itself or within "RelationshipRecord", which is
// the element's name in the XML form.
type relationJSON struct {
	relationBody
	RelationshipRecord *relationBody
}

type relationBody struct {
	Relationship struct {
		StartNode, EndNode struct {
			NodeID, NodeIDType value
		}
		RelationshipType, RelationshipStatus value
		RelationshipPeriods                  struct {
			RelationshipPeriod list[struct{ StartDate, EndDate, PeriodType value }]
		}
		RelationshipQuantifiers struct {
			RelationshipQuantifier list[struct{ MeasurementMethod, QuantifierAmount, QuantifierUnits value }]
		}
	}
	Registration struct {
		LastUpdateDate, RegistrationStatus value
	}
}

func (j *relationJSON) fill(r *relationRecord) {
	b := &j.relationBody
	if j.RelationshipRecord != nil {
		b = j.RelationshipRecord
	}
	rel := &b.Relationship
	*r = relationRecord{
		start: string(rel.StartNode.NodeID), startType: string(rel.StartNode.NodeIDType),
		end: string(rel.EndNode.NodeID), endType: string(rel.EndNode.NodeIDType),
		kind: string(rel.RelationshipType), status: string(rel.RelationshipStatus),
		registration: string(b.Registration.RegistrationStatus), updated: string(b.Registration.LastUpdateDate),
	}
	for _, p := range rel.RelationshipPeriods.RelationshipPeriod {
		r.periods = append(r.periods, period{string(p.StartDate), string(p.EndDate), string(p.PeriodType)})
	}
	for _, q := range rel.RelationshipQuantifiers.RelationshipQuantifier {
		r.quantifiers = append(r.quantifiers, quantifier{string(q.MeasurementMethod), string(q.QuantifierAmount), string(q.QuantifierUnits)})
	}
}

type exceptionJSON struct {
	LEI, ExceptionCategory              value
	ExceptionReason, ExceptionReference list[value]
	Extension                           struct {
		// A delta file marks so what was removed. In full files the key stands
		// on some records with null, which marks nothing.
		Deletion json.RawMessage `json:"gleif:Deletion"`
	}
}

func (j *exceptionJSON) fill(r *exceptionRecord) {
	*r = exceptionRecord{
		lei: string(j.LEI), category: string(j.ExceptionCategory),
		deleted: len(j.Extension.Deletion) > 0 && string(j.Extension.Deletion) != "null",
	}
	for _, v := range j.ExceptionReason {
		r.reasons = append(r.reasons, string(v))
	}
	for _, v := range j.ExceptionReference {
		r.referenced = r.referenced || v != ""
	}
}

// markup refuses the XML form, so that whoever has it is told what to take.
type markup struct{}

// Name implements [registry.Loader].
func (markup) Name() string { return "gleif-xml" }

// Match implements [registry.Loader].
func (markup) Match(_ string, head []byte) bool {
	head = bytes.TrimLeft(text.Head(head), " \t\r\n")
	return bytes.HasPrefix(head, []byte("<")) && strings.Contains(string(head), "www.gleif.org/data/schema/")
}

// Load implements [registry.Loader].
func (m markup) Load(ctx context.Context, f *source.File, about entity.Source, sink entity.Sink) (registry.Report, error) {
	if err := ctx.Err(); err != nil {
		return registry.Report{}, err
	}
	return registry.Report{}, fmt.Errorf("%s: %q is the XML form of a golden copy, which is not read: fetch the CSV or the JSON form of the same publication", m.Name(), f.Name())
}
