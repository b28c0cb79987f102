// Package ftmfile writes entities of the FollowTheMoney model as OpenSanctions
// publishes them, with made-up companies and persons, in the flat and the
// nested form. Equal seeds give equal bytes.
package ftmfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
)

// Object is a JSON object.
type Object map[string]any

// Person returns the name of the person with the given number.
func Person(n int) string { return fmt.Sprintf("Nemo Nobody-%d", n) }

// People returns the names of the persons among n companies.
func People(n int) []string {
	var out []string
	for i := range n {
		out = append(out, Person(i))
	}
	return out
}

// maker makes entities. In the nested form it keeps them by id.
type maker struct {
	rng *rand.Rand
	out []Object
}

func (m *maker) pick(of ...string) string { return of[m.rng.IntN(len(of))] }

func (m *maker) add(id, schema string, properties map[string][]any) {
	o := Object{
		"id": id, "caption": id, "schema": schema, "referents": []string{}, "datasets": []string{m.pick("us_ofac_sdn", "eu_fsf", "ua_nsdc_sanctions")},
		"first_seen": "2023-01-02T03:04:05", "last_seen": "2026-01-02T03:04:05", "last_change": "2025-0" + m.pick("1", "2", "3") + "-11T00:00:00", "target": true,
		"properties": properties,
	}
	if names := properties["name"]; len(names) > 0 {
		o["caption"] = names[0]
	}
	m.out = append(m.out, o)
}

// Entities returns n companies in a tree of owners, as many persons who own a
// part of them, and the sanctions of some of both.
func Entities(seed uint64, n int) []Object {
	m := &maker{rng: rand.New(rand.NewPCG(seed, 9))}
	for i := range n {
		m.organisation(i)
		m.add(fmt.Sprintf("P%d", i), "Person", map[string][]any{"name": {Person(i)}, "birthDate": {"1970"}, "topics": {"role.pep"}, "country": {"zz"}})
		m.add(fmt.Sprintf("dir-%d", i), "Directorship", map[string][]any{"director": {fmt.Sprintf("P%d", i)}, "organization": {fmt.Sprintf("C%d", i)}})
		m.ownership(fmt.Sprintf("own-p%d", i), fmt.Sprintf("P%d", i), fmt.Sprintf("C%d", i))
		if i > 0 {
			m.ownership(fmt.Sprintf("own-c%d", i), fmt.Sprintf("C%d", i/2), fmt.Sprintf("C%d", i))
		}
		for _, who := range []string{"C", "P"} {
			if m.rng.IntN(3) == 0 {
				m.add(fmt.Sprintf("sanction-%s%d", who, i), "Sanction", map[string][]any{
					"entity": {fmt.Sprintf("%s%d", who, i)}, "authority": {"Example Office"}, "program": {"EX-" + m.pick("A", "B")},
					"startDate": {m.pick("2022-03-01", "2014", "2019-07")}, "reason": {"dealings with " + Person(i)},
				})
			}
		}
	}
	return m.out
}

func (m *maker) organisation(i int) {
	properties := map[string][]any{
		"name": {fmt.Sprintf("Example %s %d", m.pick("Holding", "Trading"), i), fmt.Sprintf("ООО Пример %d", i)}, "alias": {fmt.Sprintf("Primer %d", i)},
		"weakAlias": {"Primer"}, "jurisdiction": {m.pick("ru", "cn", "gb", "us-de")}, "registrationNumber": {fmt.Sprintf("%d", 5000+i)},
		"topics": {m.pick("sanction", "export.control", "gov.soe")}, "notes": {"founded by " + Person(i)}, "address": {Person(i) + ", 1 Example Street"},
	}
	schema := m.pick("Company", "Organization", "PublicBody", "LegalEntity")
	switch {
	case i%7 == 5:
		schema, properties["name"], properties["alias"] = "LegalEntity", []any{Person(i)}, []any{Person(i)}
	case schema == "LegalEntity":
		properties["legalForm"] = []any{"Limited company"}
	}
	switch country := properties["jurisdiction"][0]; {
	case i%7 == 5: // it may be a person: nothing shows a company
	case country == "ru":
		properties["innCode"], properties["ogrnCode"] = []any{fmt.Sprintf("77%08d", i)}, []any{fmt.Sprintf("1027%09d", i)}
	case country == "cn":
		properties["uscCode"] = []any{fmt.Sprintf("91%016d", i)}
	}
	m.add(fmt.Sprintf("C%d", i), schema, properties)
}

func (m *maker) ownership(id, owner, asset string) {
	properties := map[string][]any{"owner": {owner}, "asset": {asset}}
	if share := m.pick("", "25", "51.00 %", "25-50", ">50", "12,5"); share != "" {
		properties["percentage"] = []any{share}
	}
	if m.rng.IntN(2) == 0 {
		properties["startDate"] = []any{m.pick("2015-06-01", "2010")}
	}
	m.add(id, "Ownership", properties)
}

// Flat writes the entities as entities.ftm.json: one on each line.
func Flat(entities []Object) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, e := range entities {
		if err := enc.Encode(e); err != nil { // maps of texts can always be written
			panic(err)
		}
	}
	return b.Bytes()
}

// Nested writes them as targets.nested.json: companies and persons on a line
// each, with the links to them inside, and in those the entities at the other
// end.
func Nested(entities []Object) []byte {
	byID := map[any]Object{}
	for _, e := range entities {
		byID[e["id"]] = e
	}
	links := map[string][]string{"Ownership": {"owner", "asset"}, "Sanction": {"entity"}, "Directorship": {"director", "organization"}}
	within := map[any]map[string][]any{}
	var targets []Object
	for _, e := range entities {
		ends, link := links[e["schema"].(string)]
		if !link {
			targets = append(targets, e)
			continue
		}
		for _, end := range ends {
			copied := Object{}
			maps.Copy(copied, e)
			properties := map[string][]any{}
			for k, v := range e["properties"].(map[string][]any) {
				properties[k] = v
				if k != end && len(ends) > 1 && (k == ends[0] || k == ends[1]) {
					properties[k] = []any{byID[v[0]]}
				}
			}
			copied["properties"] = properties
			at := e["properties"].(map[string][]any)[end][0]
			if within[at] == nil {
				within[at] = map[string][]any{}
			}
			key := map[string]string{"Ownership": "ownership" + end, "Sanction": "sanctions", "Directorship": "directorship" + end}[e["schema"].(string)]
			within[at][key] = append(within[at][key], copied)
		}
	}
	var out []Object
	for _, e := range targets {
		whole := Object{}
		maps.Copy(whole, e)
		properties := map[string][]any{}
		maps.Copy(properties, e["properties"].(map[string][]any))
		maps.Copy(properties, within[e["id"]])
		whole["properties"] = properties
		out = append(out, whole)
	}
	return Flat(out)
}
