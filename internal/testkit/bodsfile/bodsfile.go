// Package bodsfile writes statements of the Beneficial Ownership Data Standard
// 0.4 with made-up companies and persons, valid by its schema. Equal seeds give
// equal bytes.
package bodsfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// Object is a JSON object.
type Object map[string]any

// Person returns the name of the person with the given number.
func Person(n int) string { return fmt.Sprintf("Nemo Nobody-%d", n) }

// People returns the names of all persons among n companies.
func People(n int) []string {
	var out []string
	for i := range n {
		out = append(out, Person(i))
	}
	return out
}

// interestTypes are all of the standard's.
func interestTypes() []string {
	return []string{
		"shareholding", "votingRights", "appointmentOfBoard", "otherInfluenceOrControl", "seniorManagingOfficial",
		"settlor", "trustee", "protector", "beneficiaryOfLegalArrangement", "rightsToSurplusAssetsOnDissolution",
		"rightsToProfitOrIncome", "rightsGrantedByContract", "conditionalRightsGrantedByContract",
		"controlViaCompanyRulesOrArticles", "controlByLegalFramework", "boardMember", "boardChair", "unknownInterest",
		"unpublishedInterest", "enjoymentAndUseOfAssets", "rightToProfitOrIncomeFromAssets", "nominee", "nominator",
	}
}

// maker makes statements.
type maker struct {
	rng  *rand.Rand
	next int
	out  []Object
}

// Statements returns the statements about n companies and their owners: one
// company in the tree above, one person, and at times a reason for none.
func Statements(seed uint64, n int) []Object {
	m := &maker{rng: rand.New(rand.NewPCG(seed, 4))}
	for i := range n {
		m.company(i)
		m.person(i)
		if i > 0 {
			m.relationship(fmt.Sprintf("up-%d", i), i, fmt.Sprintf("company-%d", i/2))
		}
		m.relationship(fmt.Sprintf("by-%d", i), i, fmt.Sprintf("person-%d", i))
		if i%5 == 2 {
			m.relationship(fmt.Sprintf("none-%d", i), i, Object{"reason": m.pick("noBeneficialOwners", "unknown", "subjectExemptFromDisclosure"), "description": Person(i) + " asked not to be named"})
		}
	}
	return m.out
}

func (m *maker) pick(of ...string) string { return of[m.rng.IntN(len(of))] }

func (m *maker) day(from int) string {
	return fmt.Sprintf("%d-%02d-%02d", from+m.rng.IntN(5), 1+m.rng.IntN(12), 1+m.rng.IntN(28))
}

// state adds a statement about a record.
func (m *maker) state(record, kind, status, day string, subject int, details Object) {
	m.next++
	m.out = append(m.out, Object{
		"statementId": fmt.Sprintf("example-statement-%032d", m.next), "declarationSubject": fmt.Sprintf("company-%d", subject),
		"statementDate": day, "recordId": record, "recordType": kind, "recordStatus": status,
		"publicationDetails": Object{"publicationDate": "2026-01-01", "bodsVersion": "0.4", "publisher": Object{"name": "Example Register"}},
		"recordDetails":      details,
	})
}

func (m *maker) company(i int) {
	details := Object{
		"isComponent": false, "entityType": Object{"type": m.pick("registeredEntity", "legalEntity", "registeredEntity", "arrangement", "stateBody")},
		"name": fmt.Sprintf("Example %s %d", m.pick("Holding", "Trading", "Éclair"), i), "alternateNames": []string{fmt.Sprintf("Exempel %d", i)},
		"jurisdiction": Object{"name": "Somewhere", "code": m.pick("GB", "DK", "US-DE")},
		"identifiers":  []Object{{"scheme": "GB-COH", "id": fmt.Sprintf("%08d", i), "schemeName": "Companies House"}},
		"addresses":    []Object{{"type": "business", "address": "1 Example Street, c/o " + Person(i), "country": Object{"name": "Denmark", "code": "DK"}}},
	}
	m.state(fmt.Sprintf("company-%d", i), "entity", "new", m.day(2010), i, details)
	if i%4 == 1 {
		details["name"] = fmt.Sprintf("Example Renamed %d", i)
		m.state(fmt.Sprintf("company-%d", i), "entity", m.pick("updated", "closed"), m.day(2016), i, details)
	}
}

func (m *maker) person(i int) {
	m.state(fmt.Sprintf("person-%d", i), "person", "new", m.day(2010), i, Object{
		"isComponent": false, "personType": "knownPerson", "names": []Object{{"type": "legal", "fullName": Person(i)}},
	})
}

func (m *maker) relationship(record string, subject int, party any) {
	details := Object{
		"isComponent": false, "subject": fmt.Sprintf("company-%d", subject), "interestedParty": party,
		"interests": []Object{m.interest(), m.interest()},
	}
	if m.rng.IntN(6) == 0 {
		details["componentRecords"] = []string{"company-0"}
	}
	m.state(record, "relationship", "new", m.day(2010), subject, details)
	switch m.rng.IntN(4) {
	case 0:
		details["interests"] = []Object{m.interest()}
		m.state(record, "relationship", "updated", m.day(2015), subject, details)
	case 1:
		m.state(record, "relationship", "closed", m.day(2020), subject, details)
	}
}

func (m *maker) interest() Object {
	o := Object{
		"type": interestTypes()[m.rng.IntN(len(interestTypes()))], "directOrIndirect": m.pick("direct", "direct", "indirect", "unknown"),
		"startDate": m.day(2010), "details": "held by " + Person(0),
	}
	if m.rng.IntN(5) == 0 {
		o["type"] = "shareholding"
	}
	if m.rng.IntN(5) == 0 {
		o["endDate"] = m.day(2014)
	}
	switch m.rng.IntN(4) {
	case 0:
		o["share"] = Object{"exact": float64(m.rng.IntN(200)) / 4}
	case 1:
		o["share"] = Object{"minimum": 25, "exclusiveMaximum": 50}
	case 2:
		o["share"] = Object{"exclusiveMinimum": 0, "maximum": 33.3333}
	}
	return o
}

// Array writes the statements as one array, Lines as one on each line.
func Array(statements []Object) []byte {
	b, err := json.MarshalIndent(statements, "", " ")
	if err != nil { // maps of texts and numbers can always be written
		panic(err)
	}
	return append(b, '\n')
}

// Lines writes each statement on a line of its own.
func Lines(statements []Object) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, s := range statements {
		if err := enc.Encode(s); err != nil { // as above
			panic(err)
		}
	}
	return b.Bytes()
}
