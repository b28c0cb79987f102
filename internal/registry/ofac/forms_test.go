package ofac_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/testkit"
)

// org is a listed organisation of the shared data, or one of a test.
type org struct {
	ID        string              `json:"id"` // "ofac:36"
	Name      string              `json:"name"`
	Programs  []string            `json:"programs"`
	AKA       []string            `json:"aka"`
	FKA       []string            `json:"fka"`
	Countries []string            `json:"countries"`
	IDs       map[string][]string `json:"ids"`
}

func (o org) uid() string { return strings.TrimPrefix(o.ID, "ofac:") }

// issuer is the country that the writers name with each document.
func (o org) issuer() string {
	if len(o.Countries) == 0 {
		return ""
	}
	return o.Countries[0]
}

// kinds has the words of OFAC for the keys of [org.IDs].
func kinds() map[string]string {
	return map[string]string{
		"reg_id": "Registration Number", "tax_id": "Tax ID No.", "bic": "SWIFT/BIC", "uscc": "Unified Social Credit Code (USCC)",
		"website": "Website", "established": "Organization Established Date",
	}
}

// documents yields kind and number of an organisation's documents, in order.
func (o org) documents() [][2]string {
	var out [][2]string
	for _, key := range []string{"reg_id", "tax_id", "bic", "uscc", "website", "established"} {
		for _, n := range o.IDs[key] {
			out = append(out, [2]string{kinds()[key], n})
		}
	}
	return out
}

// shared reads the organisations of a list of the shared data.
func shared(t testing.TB, file string) []org {
	t.Helper()
	content, err := os.ReadFile(testkit.Data(t, "registry/"+file))
	if err != nil {
		t.Fatal(err)
	}
	var out []org
	for line := range bytes.Lines(content) {
		var o org
		if err := json.Unmarshal(line, &o); err != nil {
			t.Fatal(err)
		}
		out = append(out, o)
	}
	return out
}

// link is a relation, by the indices of its ends among the organisations.
type link struct {
	from, to int
	kind     string // of relationTypes
	former   bool
}

// relationTypes are those of the real file, by their ids.
func relationTypes() map[string]string {
	return map[string]string{
		"1555": "Associate Of", "15001": "Providing support to", "15002": "Acting for or on behalf of", "15003": "Owned or Controlled By",
		"15004": "Family member of", "91422": "playing a significant role in", "91725": "Leader or official of",
		"91900": "Principal Executive Officer", "92019": "Owns, controls, or operates", "92122": "Property in the interest of",
	}
}

func esc(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err)
	}
	return b.String()
}

// advancedXML writes a file of the Advanced Sanctions Data Model with the
// organisations, their links, and between them a person, a vessel and an
// aircraft that must not get through.
func advancedXML(orgs []org, links []link, list string) []byte {
	var b bytes.Buffer
	w := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	countries := map[string]int{}
	var names []string
	for _, o := range orgs {
		for _, c := range o.Countries {
			if _, ok := countries[c]; !ok {
				countries[c] = 11000 + len(countries)
				names = append(names, c)
			}
		}
	}
	w(`<?xml version="1.0" encoding="utf-8"?>`)
	w(`<Sanctions xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://www.un.org/sanctions/1.0">`)
	w(`<DateOfIssue CalendarTypeID="1"><Year>2026</Year><Month>7</Month><Day>1</Day></DateOfIssue><ReferenceValueSets>`)
	set := func(name string, values ...string) {
		w("<%sValues>", name)
		for _, v := range values {
			id, text, _ := strings.Cut(v, "|")
			extra := ""
			if name == "PartySubType" {
				text, extra, _ = strings.Cut(text, "|")
				extra = ` PartyTypeID="` + extra + `"`
			}
			w(`<%s ID="%s"%s>%s</%s>`, name, id, extra, esc(text), name)
		}
		w("</%sValues>", name)
	}
	set("AliasType", "1400|A.K.A.", "1401|F.K.A.", "1403|Name")
	w("<CountryValues>")
	for _, c := range names {
		w(`<Country ID="%d">%s</Country>`, countries[c], esc(c))
	}
	w("</CountryValues>")
	set("FeatureType", "25|Location", "13|SWIFT/BIC", "14|Website", "646|Organization Established Date", "8|Birthdate", "365|Nationality of Registration")
	set("IDRegDocType", "1571|Passport", "1591|Registration Number", "1596|Tax ID No.", "92800|Unified Social Credit Code (USCC)")
	set("List", "1550|SDN List", "91507|Sectoral Sanctions Identifications List", "91512|Consolidated List",
		"92500|Non-SDN Menu-Based Sanctions List", "92600|Non-SDN Chinese Military-Industrial Complex Companies List")
	set("LocPartType", "1|Unknown", "1454|CITY")
	set("PartySubType", "1|Vessel|4", "2|Aircraft|4", "3|Unknown|2", "4|Unknown|1")
	set("PartyType", "1|Individual", "2|Entity", "3|Location", "4|Transport")
	var relations []string
	for id, text := range relationTypes() {
		relations = append(relations, id+"|"+text)
	}
	slices.Sort(relations)
	set("RelationType", relations...)
	set("SanctionsType", "1|Program", "1705|Block")
	set("Validity", "1|Valid", "2|Fraudulent")
	w("</ReferenceValueSets><Locations>")
	for _, c := range names {
		w(`<Location ID="%d"><LocationAreaCode AreaCodeID="1"/><LocationCountry CountryID="%d" CountryRelevanceID="1413"/>`+
			`<LocationPart LocPartTypeID="1454"><LocationPartValue Primary="true"><Comment/><Value>Musterstadt</Value></LocationPartValue></LocationPart></Location>`,
			countries[c], countries[c])
	}
	w("</Locations><IDRegDocuments>")
	docTypes := map[string]int{"Registration Number": 1591, "Tax ID No.": 1596, "Unified Social Credit Code (USCC)": 92800}
	w(`<IDRegDocument ID="1" IDRegDocTypeID="1571" IdentityID="9000001" ValidityID="1"><Comment/><IDRegistrationNo>X0123456</IDRegistrationNo></IDRegDocument>`)
	for i, o := range orgs {
		for _, d := range o.documents() {
			if kind, ok := docTypes[d[0]]; ok {
				issued := ""
				if c := o.issuer(); c != "" {
					issued = fmt.Sprintf(` IssuedBy-CountryID="%d"`, countries[c])
				}
				w(`<IDRegDocument ID="%d" IDRegDocTypeID="%d" IdentityID="%d"%s ValidityID="1"><Comment/><IDRegistrationNo>%s</IDRegistrationNo></IDRegDocument>`,
					i+2, kind, i+1, issued, esc(d[1]))
			}
		}
	}
	w("</IDRegDocuments><DistinctParties>")
	alias := func(name, kind string, primary, weak bool) {
		w(`<Alias AliasTypeID="%s" Primary="%t" LowQuality="%t"><DocumentedName ID="1"><DocumentedNamePart><NamePartValue NamePartGroupID="1" ScriptID="215">%s</NamePartValue></DocumentedNamePart></DocumentedName></Alias>`,
			kind, primary, weak, esc(name))
	}
	other := func(id, subtype int, name string) {
		w(`<DistinctParty FixedRef="%d"><Comment/><Profile ID="%d" PartySubTypeID="%d"><Identity ID="%d" Primary="true" False="false">`, id, id, subtype, id)
		alias(name, "1403", true, false)
		w(`</Identity></Profile></DistinctParty>`)
	}
	other(9000001, 4, "MUSTERMANN Erika")
	other(9000002, 1, "EXAMPLE STAR")
	other(9000003, 2, "EP-EXA")
	for i, o := range orgs {
		w(`<DistinctParty FixedRef="%s"><Comment/><Profile ID="%s" PartySubTypeID="3"><Identity ID="%d" FixedRef="%s" Primary="true" False="false">`,
			o.uid(), o.uid(), i+1, o.uid())
		alias(o.Name, "1403", true, false)
		for _, a := range o.AKA {
			alias(a, "1400", false, false)
		}
		for _, a := range o.FKA {
			alias(a, "1401", false, false)
		}
		alias("WEAK", "1400", false, true)
		w(`</Identity>`)
		for _, c := range o.Countries {
			w(`<Feature ID="1" FeatureTypeID="25"><FeatureVersion ID="1" ReliabilityID="1"><Comment/><VersionLocation LocationID="%d"/></FeatureVersion></Feature>`, countries[c])
		}
		for _, d := range o.documents() {
			if kind := map[string]int{"SWIFT/BIC": 13, "Website": 14, "Organization Established Date": 646}[d[0]]; kind != 0 {
				w(`<Feature ID="2" FeatureTypeID="%d"><FeatureVersion ID="2" ReliabilityID="1"><Comment/><VersionDetail DetailTypeID="1432">%s</VersionDetail></FeatureVersion></Feature>`, kind, esc(d[1]))
			}
		}
		w(`</Profile></DistinctParty>`)
	}
	w("</DistinctParties><ProfileRelationships>")
	w(`<ProfileRelationship ID="1" From-ProfileID="%s" To-ProfileID="9000001" RelationTypeID="15003" Former="false"><Comment>MUSTERMANN Erika</Comment></ProfileRelationship>`, orgs[0].uid())
	w(`<ProfileRelationship ID="2" From-ProfileID="9000002" To-ProfileID="%s" RelationTypeID="15003" Former="false"/>`, orgs[0].uid())
	for i, l := range links {
		w(`<ProfileRelationship ID="%d" From-ProfileID="%s" To-ProfileID="%s" RelationTypeID="%s" RelationQualityID="1" Former="%t"/>`,
			i+3, orgs[l.from].uid(), orgs[l.to].uid(), l.kind, l.former)
	}
	w("</ProfileRelationships><SanctionsEntries>")
	for i, o := range append([]org{{ID: "9000001", Programs: []string{"SDGT"}}}, orgs...) {
		w(`<SanctionsEntry ID="%d" ProfileID="%s" ListID="%s"><EntryEvent ID="1" EntryEventTypeID="1" LegalBasisID="1"><Comment/><Date CalendarTypeID="1"><Year>%d</Year><Month>%d</Month><Day>9</Day></Date></EntryEvent>`,
			i, o.uid(), list, 1990+i%30, 1+i%12)
		w(`<SanctionsMeasure ID="1" SanctionsTypeID="1705"><Comment/></SanctionsMeasure>`)
		for _, p := range o.Programs {
			w(`<SanctionsMeasure ID="2" SanctionsTypeID="1"><Comment>%s</Comment></SanctionsMeasure>`, esc(p))
		}
		w(`</SanctionsEntry>`)
	}
	w("</SanctionsEntries></Sanctions>")
	return b.Bytes()
}

// classicXML writes the older XML form.
func classicXML(orgs []org) []byte {
	var b bytes.Buffer
	w := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	w(`<?xml version="1.0" standalone="yes"?><sdnList xmlns="http://tempuri.org/sdnList.xsd"><publshInformation><Publish_Date>07/01/2026</Publish_Date></publshInformation>`)
	w(`<sdnEntry><uid>9000001</uid><firstName>Erika</firstName><lastName>MUSTERMANN</lastName><sdnType>Individual</sdnType></sdnEntry>`)
	for _, o := range orgs {
		w(`<sdnEntry><uid>%s</uid><lastName>%s</lastName><sdnType>Entity</sdnType><remarks>(Linked To: MUSTERMANN, Erika)</remarks><programList>`, o.uid(), esc(o.Name))
		for _, p := range o.Programs {
			w(`<program>%s</program>`, esc(p))
		}
		w(`</programList><idList>`)
		for _, d := range o.documents() {
			w(`<id><uid>1</uid><idType>%s</idType><idNumber>%s</idNumber><idCountry>%s</idCountry></id>`, esc(d[0]), esc(d[1]), esc(o.issuer()))
		}
		w(`</idList><akaList>`)
		for _, a := range append(slices.Clone(o.AKA), o.FKA...) {
			w(`<aka><uid>2</uid><type>a.k.a.</type><category>strong</category><lastName>%s</lastName></aka>`, esc(a))
		}
		w(`<aka><uid>3</uid><type>a.k.a.</type><category>weak</category><lastName>WEAK</lastName></aka></akaList><addressList>`)
		for _, c := range o.Countries {
			w(`<address><uid>4</uid><city>Musterstadt</city><country>%s</country></address>`, esc(c))
		}
		w(`</addressList></sdnEntry>`)
	}
	w(`</sdnList>`)
	return b.Bytes()
}

// tables has the files of delimited text by name.
func tables(orgs []org) map[string][]byte {
	out := map[string]*bytes.Buffer{"alt.csv": {}, "add.csv": {}, "sdn.csv": {}, "sdn_comments.csv": {}}
	put := func(file string, fields ...string) {
		for i, f := range fields {
			if f == "" {
				fields[i] = "-0- "
			}
		}
		w := csv.NewWriter(out[file])
		if err := w.Write(fields); err != nil {
			panic(err)
		}
		w.Flush()
	}
	put("sdn.csv", "9000001", "MUSTERMANN, Erika", "individual", "SDGT", "", "", "", "", "", "", "", "DOB 01 Jan 1970; Passport X0123456 (Germany).")
	put("sdn.csv", "9000002", "EXAMPLE STAR", "vessel", "SDGT", "", "", "", "", "", "", "", "")
	put("alt.csv", "9000001", "1", "aka", "MUSTERMANN, E.", "")
	put("add.csv", "9000001", "1", "", "Berlin", "Germany", "")
	for i, o := range orgs {
		var remarks []string
		for _, d := range o.documents() {
			remark := d[0] + " " + d[1]
			if c := o.issuer(); c != "" && d[0] != "Website" && d[0] != "SWIFT/BIC" && d[0] != "Organization Established Date" {
				remark += " (" + c + ")"
			}
			remarks = append(remarks, remark)
		}
		remarks = append(remarks, "a.k.a. 'WEAK'", "Linked To: MUSTERMANN, Erika")
		text := strings.Join(remarks, "; ") + "."
		if i%10 == 0 { // long remarks run over into a file of their own
			put("sdn_comments.csv", o.uid(), "; "+strings.Join(remarks[1:], "; ")+".")
			text = remarks[0]
		}
		put("sdn.csv", o.uid(), o.Name, "", strings.Join(o.Programs, "] ["), "", "", "", "", "", "", "", text)
		for _, a := range o.AKA {
			put("alt.csv", o.uid(), "1", "aka", a, "")
		}
		for _, a := range o.FKA {
			put("alt.csv", o.uid(), "2", "fka", a, "")
		}
		for _, c := range o.Countries {
			put("add.csv", o.uid(), "3", "", "Musterstadt", c, "")
		}
	}
	files := map[string][]byte{}
	for name, b := range out {
		files[name] = append(b.Bytes(), '\x1a', '\r', '\n')
	}
	return files
}

// zipped packs the files under the names that OFAC gives those of a list.
func zipped(t testing.TB, files map[string][]byte, cons bool) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		as := name
		if cons {
			as = "cons_" + strings.TrimPrefix(strings.ReplaceAll(name, "sdn.csv", "prim.csv"), "sdn_")
		}
		w, err := z.Create(strings.ToUpper(as))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
