package leifile

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// element is an XML element as GLEIF writes it in JSON.
type element map[string]any

func text(v string) element { return element{"$": v} }

// records writes an object with an array of n records.
func (w writer) records(key string, n int, record func(i int) element) {
	w.WriteString("{\n  \"" + key + "\": [\n")
	for i := range n {
		if i > 0 {
			w.WriteString(",\n")
		}
		b, err := json.Marshal(record(i))
		if err != nil { // maps of texts can always be written
			panic(err)
		}
		w.Write(b)
	}
	w.WriteString("\n  ]\n}\n")
}

// numbered returns names with the numbers 1 to 5 in place of the verb: every
// group of columns is repeated so often.
func numbered(format ...string) []string {
	var out []string
	for i := range 5 {
		for _, f := range format {
			out = append(out, fmt.Sprintf(f, i+1))
		}
	}
	return out
}

// address returns the columns of an address below the given path.
func address(path string) []string {
	var out []string
	for _, part := range []string{
		"xmllang", "FirstAddressLine", "AddressNumber", "AddressNumberWithinBuilding", "MailRouting",
		"AdditionalAddressLine.1", "AdditionalAddressLine.2", "AdditionalAddressLine.3", "City", "Region", "Country", "PostalCode",
	} {
		out = append(out, path+"."+part)
	}
	return out
}

// leiHeader returns the columns of level 1.
func leiHeader() []string {
	other, latin := "Entity.OtherEntityNames.OtherEntityName.%d", "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName.%d"
	cols := slices.Concat(
		[]string{"LEI", "Entity.LegalName", "Entity.LegalName.xmllang"},
		numbered(other, other+".xmllang", other+".type"), numbered(latin, latin+".xmllang", latin+".type"),
		address("Entity.LegalAddress"), address("Entity.HeadquartersAddress"),
	)
	for _, kind := range []string{"Entity.OtherAddresses.OtherAddress", "Entity.TransliteratedOtherAddresses.TransliteratedOtherAddress"} {
		for n := range 5 {
			path := fmt.Sprintf("%s.%d", kind, n+1)
			cols = append(append(cols, path+".type"), address(path)...)
		}
	}
	event := "Entity.LegalEntityEvents.LegalEntityEvent.%d."
	validator := "Registration.OtherValidationAuthorities.OtherValidationAuthority.%d."
	return slices.Concat(cols,
		[]string{
			"Entity.RegistrationAuthority.RegistrationAuthorityID", "Entity.RegistrationAuthority.OtherRegistrationAuthorityID",
			"Entity.RegistrationAuthority.RegistrationAuthorityEntityID", "Entity.LegalJurisdiction", "Entity.EntityCategory",
			"Entity.EntitySubCategory", "Entity.LegalForm.EntityLegalFormCode", "Entity.LegalForm.OtherLegalForm",
			"Entity.AssociatedEntity.type", "Entity.AssociatedEntity.AssociatedLEI", "Entity.AssociatedEntity.AssociatedEntityName",
			"Entity.EntityStatus", "Entity.EntityCreationDate", "Entity.EntityExpirationDate", "Entity.EntityExpirationReason",
		},
		numbered("Entity.SuccessorEntity.%d.SuccessorLEI", "Entity.SuccessorEntity.%d.SuccessorEntityName", "Entity.SuccessorEntity.%d.SuccessorEntityName.xmllang"),
		numbered(event+"group_type", event+"event_status", event+"LegalEntityEventType", event+"LegalEntityEventEffectiveDate",
			event+"LegalEntityEventRecordedDate", event+"ValidationDocuments", event+"ValidationReference", event+"AffectedFields"),
		[]string{
			"Registration.InitialRegistrationDate", "Registration.LastUpdateDate", "Registration.RegistrationStatus",
			"Registration.NextRenewalDate", "Registration.ManagingLOU", "Registration.ValidationSources",
			"Registration.ValidationAuthority.ValidationAuthorityID", "Registration.ValidationAuthority.OtherValidationAuthorityID",
			"Registration.ValidationAuthority.ValidationAuthorityEntityID",
		},
		numbered(validator+"ValidationAuthorityID", validator+"OtherValidationAuthorityID", validator+"ValidationAuthorityEntityID"),
		[]string{"ConformityFlag"},
	)
}

// WriteLEI writes level 1: the companies 0 to Companies.
func WriteLEI(out io.Writer, form Form, c Config) error {
	if form == JSON {
		return write(out, func(w writer) {
			w.records("records", c.Companies, func(n int) element { return c.Company(n).element() })
		})
	}
	return write(out, func(w writer) {
		header := leiHeader()
		place := make(map[string]int, len(header))
		for i, name := range header {
			place[name] = i
		}
		w.row(header...)
		row := make([]string, len(header))
		for n := range c.Companies {
			clear(row)
			for name, v := range c.Company(n).columns() {
				row[place[name]] = v
			}
			w.row(row...)
		}
	})
}

// columns returns the columns that have a value.
func (r Company) columns() map[string]string {
	return map[string]string{
		"LEI": r.LEI, "Entity.LegalName": r.Name, "Entity.LegalName.xmllang": r.Language,
		"Entity.OtherEntityNames.OtherEntityName.1":                             r.Other,
		"Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName.1": r.ASCII,
		"Entity.LegalAddress.FirstAddressLine":                                  "1 Example Street",
		"Entity.LegalAddress.City":                                              "Exampleton",
		"Entity.LegalAddress.Country":                                           r.Headquarters,
		"Entity.HeadquartersAddress.FirstAddressLine":                           "1 Example Street",
		"Entity.HeadquartersAddress.City":                                       "Exampleton",
		"Entity.HeadquartersAddress.Country":                                    r.Headquarters,
		"Entity.RegistrationAuthority.RegistrationAuthorityID":                  r.Register,
		"Entity.RegistrationAuthority.RegistrationAuthorityEntityID":            r.Number,
		"Entity.LegalJurisdiction":                                              r.Jurisdiction,
		"Entity.EntityCategory":                                                 r.Category,
		"Entity.LegalForm.EntityLegalFormCode":                                  "8888",
		"Entity.EntityStatus":                                                   r.Status,
		"Entity.EntityCreationDate":                                             r.Created,
		"Entity.EntityExpirationDate":                                           r.Expired,
		"Entity.EntityExpirationReason":                                         r.Expiry,
		"Entity.SuccessorEntity.1.SuccessorLEI":                                 r.Successor,
		"Registration.InitialRegistrationDate":                                  r.First,
		"Registration.LastUpdateDate":                                           r.Updated,
		"Registration.RegistrationStatus":                                       r.Registration,
		"Registration.ManagingLOU":                                              LEI(1),
		"Registration.ValidationSources":                                        "FULLY_CORROBORATED",
		"Registration.ValidationAuthority.ValidationAuthorityID":                r.Register,
		"Registration.ValidationAuthority.ValidationAuthorityEntityID":          r.Number,
		"ConformityFlag":                                                        "CONFORMING",
	}
}

// element returns the record in JSON. An element that may be repeated is an
// array only where there are two, and one without a value is left out.
func (r Company) element() element {
	entity := element{
		"LegalName":           element{"@xml:lang": r.Language, "$": r.Name},
		"LegalAddress":        element{"@xml:lang": "en", "City": text("Exampleton"), "Country": text(r.Headquarters)},
		"HeadquartersAddress": element{"@xml:lang": "en", "City": text("Exampleton"), "Country": text(r.Headquarters)},
		"RegistrationAuthority": element{
			"RegistrationAuthorityID": text(r.Register), "RegistrationAuthorityEntityID": text(r.Number),
		},
		"LegalJurisdiction": text(r.Jurisdiction), "EntityCategory": text(r.Category),
		"EntityStatus": text(r.Status), "EntityCreationDate": text(r.Created),
	}
	if r.Other != "" {
		entity["OtherEntityNames"] = element{"OtherEntityName": []any{element{"@type": "PREVIOUS_LEGAL_NAME", "@xml:lang": "en", "$": r.Other}}}
	}
	if r.ASCII != "" {
		entity["TransliteratedOtherEntityNames"] = element{"TransliteratedOtherEntityName": element{"@type": "AUTO_ASCII_TRANSLITERATED_LEGAL_NAME", "$": r.ASCII}}
	}
	if r.Expired != "" {
		entity["EntityExpirationDate"], entity["EntityExpirationReason"] = text(r.Expired), text(r.Expiry)
		entity["SuccessorEntity"] = element{"SuccessorLEI": text(r.Successor)}
	}
	return element{
		"LEI": text(r.LEI), "Entity": entity,
		"Registration": element{
			"InitialRegistrationDate": text(r.First), "LastUpdateDate": text(r.Updated),
			"RegistrationStatus": text(r.Registration), "ManagingLOU": text(LEI(1)),
		},
		"Extension": element{"gleif:Geocoding": element{"gleif:lat": text("51.5"), "gleif:lng": text("-0.1")}},
	}
}

// WriteRelations writes level 2: the relations 0 to Relations.
func WriteRelations(out io.Writer, form Form, c Config) error {
	if form == JSON {
		return write(out, func(w writer) {
			w.records("relations", c.Relations, func(i int) element { return c.Relation(i).element() })
		})
	}
	return write(out, func(w writer) {
		header := slices.Concat(
			[]string{
				"Relationship.StartNode.NodeID", "Relationship.StartNode.NodeIDType", "Relationship.EndNode.NodeID", "Relationship.EndNode.NodeIDType",
				"Relationship.RelationshipType", "Relationship.RelationshipStatus",
			},
			numbered("Relationship.Period.%d.startDate", "Relationship.Period.%d.endDate", "Relationship.Period.%d.periodType"),
			numbered("Relationship.Qualifiers.%d.QualifierDimension", "Relationship.Qualifiers.%d.QualifierCategory"),
			numbered("Relationship.Quantifiers.%d.MeasurementMethod", "Relationship.Quantifiers.%d.QuantifierAmount", "Relationship.Quantifiers.%d.QuantifierUnits"),
			[]string{
				"Registration.InitialRegistrationDate", "Registration.LastUpdateDate", "Registration.RegistrationStatus",
				"Registration.NextRenewalDate", "Registration.ManagingLOU", "Registration.ValidationSources",
				"Registration.ValidationDocuments", "Registration.ValidationReference",
			})
		w.row(header...)
		row := make([]string, len(header))
		for i := range c.Relations {
			r := c.Relation(i)
			clear(row)
			copy(row, []string{r.Start, "LEI", r.End, "LEI", r.Kind, r.Status,
				"2024-01-01T00:00:00.000Z", "2024-12-31T00:00:00.000Z", "ACCOUNTING_PERIOD", r.From, r.To, "RELATIONSHIP_PERIOD"})
			if r.Amount != "" {
				copy(row[31:], []string{"ACCOUNTING_CONSOLIDATION", r.Amount, "PERCENTAGE"})
			}
			copy(row[len(row)-8:], []string{"2018-01-01T00:00:00.000Z", r.Updated, r.Registration, "2026-06-30T00:00:00.000Z", LEI(1), "FULLY_CORROBORATED"})
			w.row(row...)
		}
	})
}

func (r Relation) element() element {
	period := element{"StartDate": text(r.From), "PeriodType": text("RELATIONSHIP_PERIOD")}
	if r.To != "" {
		period["EndDate"] = text(r.To)
	}
	relation := element{
		"StartNode":        element{"NodeID": text(r.Start), "NodeIDType": text("LEI")},
		"EndNode":          element{"NodeID": text(r.End), "NodeIDType": text("LEI")},
		"RelationshipType": text(r.Kind), "RelationshipStatus": text(r.Status),
		"RelationshipPeriods": element{"RelationshipPeriod": []any{
			element{"StartDate": text("2024-01-01T00:00:00.000Z"), "EndDate": text("2024-12-31T00:00:00.000Z"), "PeriodType": text("ACCOUNTING_PERIOD")},
			period,
		}},
	}
	if r.Amount != "" {
		relation["RelationshipQuantifiers"] = element{"RelationshipQuantifier": element{
			"MeasurementMethod": text("ACCOUNTING_CONSOLIDATION"), "QuantifierAmount": text(r.Amount), "QuantifierUnits": text("PERCENTAGE"),
		}}
	}
	return element{"RelationshipRecord": element{
		"Relationship": relation,
		"Registration": element{"LastUpdateDate": text(r.Updated), "RegistrationStatus": text(r.Registration)},
	}}
}

// WriteExceptions writes two reporting exceptions for each of the first n
// companies.
func WriteExceptions(out io.Writer, form Form, c Config, n int) error {
	if form == JSON {
		return write(out, func(w writer) {
			w.records("exceptions", 2*n, func(i int) element {
				r := c.Exception(i)
				e := element{"LEI": text(r.LEI), "ExceptionCategory": text(r.Category), "ExceptionReason": []any{text(r.Reason)}}
				if r.Reference != "" {
					e["ExceptionReference"] = []any{text(r.Reference)}
				}
				return e
			})
		})
	}
	return write(out, func(w writer) {
		w.row(slices.Concat([]string{"LEI", "Exception.Category"}, numbered("Exception.Reason.%d"), numbered("Exception.Reference.%d"))...)
		for i := range 2 * n {
			r := c.Exception(i)
			w.row(r.LEI, r.Category, r.Reason, "", "", "", "", r.Reference, "", "", "", "")
		}
	})
}
