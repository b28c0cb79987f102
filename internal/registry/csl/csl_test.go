package csl_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/registry/csl"
	"github.com/cleannet/cleannet/internal/registry/registrytest"
	"github.com/cleannet/cleannet/internal/testkit"
)

const asJSON = `{"total":7,"sources":[{"value":"EL","count":2}],"results":[
{"id":"a1","source":"Entity List (EL) - Bureau of Industry and Security","entity_number":null,"type":null,"programs":[],
 "name":"Example Avionics Research Institute; and any successor, sub-unit, or subsidiary thereof","title":null,
 "addresses":[{"address":"1 Example Road","city":"Beijing","state":null,"postal_code":null,"country":"CN"}],
 "federal_register_notice":"81 FR 61595","start_date":"2016-09-07","end_date":null,"standard_order":null,
 "license_requirement":"For all items subject to the EAR.","license_policy":"Presumption of denial.",
 "alt_names":["EARI"," EARI ","and Example Institute"],"source_list_url":"http://bit.ly/1L47xrV","ids":[]},
{"id":"a2","source":"Entity List (EL) - Bureau of Industry and Security","type":null,"programs":[],"name":"Max Mustermann",
 "addresses":[{"country":"DE"}],"alt_names":["M. Mustermann"],"remarks":"","ids":null},
{"id":"a3","source":"Specially Designated Nationals (SDN) - Treasury Department","entity_number":9647,"type":"Entity",
 "programs":["IRAN","IFSR"],"name":"EXAMPLE BANK","addresses":[{"country":"IR"},{"country":"DE"}],
 "remarks":"(Linked To: MUSTERMANN, Erika)","start_date":null,"alt_names":[],
 "ids":[{"type":"Tax ID No.","number":"7702 070139","country":"RU"},{"type":"SWIFT/BIC","number":"EXAMDEFF","country":null},
  {"type":"Website","number":"www.bank.example","country":null},{"type":"Passport","number":"X1","country":"DE"},
  {"type":"Registration Number","number":"123","country":null}]},
{"id":"a4","source":"Specially Designated Nationals (SDN) - Treasury Department","entity_number":"10","type":"Individual",
 "programs":["IRAN"],"name":"MUSTERMANN, Erika","alt_names":[],"addresses":[]},
{"id":"a5","source":"Specially Designated Nationals (SDN) - Treasury Department","entity_number":"11","type":"Vessel",
 "programs":["IRAN"],"name":"EXAMPLE STAR","alt_names":[],"addresses":[]},
{"id":"a6","source":"Denied Persons List (DPL) - Bureau of Industry and Security","type":null,"programs":[],"name":"Example Trading Co., Ltd.",
 "addresses":[{"country":"US"}],"start_date":"2020-01-02","end_date":"2030-01-02","alt_names":[]},
{"id":"a7","source":"Unverified List (UVL) - Bureau of Industry and Security","type":null,"programs":[],"name":"Dr. Max Mustermann Institute",
 "addresses":[],"alt_names":[],"start_date":"yesterday"}
]}`

const asCSV = "_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,standard_order," +
	"license_requirement,license_policy,call_sign,remarks,source_list_url,alt_names,citizenships,dates_of_birth,nationalities,places_of_birth,source_information_url,ids\n" +
	`a1,Entity List (EL) - Bureau of Industry and Security,,,,Example Avionics Research Institute,,"1 Example Road, Beijing, CN",81 FR 61595,2016-09-07,,,` +
	`For all items subject to the EAR.,Presumption of denial.,,,http://bit.ly/1L47xrV,EARI; Example Institute,,,,,,` + "\n" +
	`a3,Specially Designated Nationals (SDN) - Treasury Department,9647,Entity,IRAN; IFSR,EXAMPLE BANK,,"Tehran, IR; Hamburg, DE",,,,,,,,` +
	`"(Linked To: MUSTERMANN, Erika)",http://bit.ly/1I7ipyR,,,,,,,"Tax ID No., 7702 070139, RU; SWIFT/BIC, EXAMDEFF; Website, www.bank.example"` + "\n" +
	`a4,Specially Designated Nationals (SDN) - Treasury Department,10,Individual,IRAN,"MUSTERMANN, Erika",,,,,,,,,,,http://bit.ly/1I7ipyR,,,1970-01-01,,,,` + "\n"

func TestConformance(t *testing.T) {
	people := []string{"Mustermann", "Erika"}
	t.Run("json", func(t *testing.T) {
		registrytest.Run(t, csl.JSON{},
			registrytest.Sample{Name: "consolidated.json", Content: []byte(asJSON), Ends: true, People: people})
	})
	t.Run("csv", func(t *testing.T) {
		registrytest.Run(t, csl.CSV{},
			registrytest.Sample{Name: "consolidated.csv", Content: []byte(asCSV), People: []string{"MUSTERMANN, Erika"}})
	})
}

func day(t *testing.T, text string) entity.Date {
	t.Helper()
	d, err := entity.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func id(t *testing.T, text string) evidence.ID {
	t.Helper()
	out, err := evidence.ParseID(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestJSONFacts(t *testing.T) {
	got := registrytest.Load(t, csl.JSON{}, "x.json", []byte(asJSON))
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	const bank, denied = "csl-ofac-9647", "csl-dpl-"
	held := func(text, note string) entity.Identifier {
		return entity.Identifier{ID: id(t, text), Company: bank, Note: note, Source: "sample", Record: "result 3"}
	}
	el, dpl := got.Records.Companies[0].Slug, got.Records.Companies[2].Slug
	if !strings.HasPrefix(el, "csl-el-") || !strings.HasPrefix(dpl, denied) {
		t.Errorf("slugs %q and %q", el, dpl)
	}
	want := entity.Records{
		Sources: []entity.Source{registrytest.About()},
		Companies: []entity.Company{
			{Slug: el, Name: "Example Avionics Research Institute", Aliases: []string{"EARI", "Example Institute"}, Country: "CN", Source: "sample", Record: "result 1"},
			{Slug: bank, Name: "EXAMPLE BANK", Note: "Addresses in DE, IR.", Source: "sample", Record: "result 3"},
			{Slug: dpl, Name: "Example Trading Co., Ltd.", Country: "US", Source: "sample", Record: "result 6"},
		},
		Identifiers: []entity.Identifier{
			held("reg:ru-tax-id/7702070139", "Tax ID No."), held("reg:bic/EXAMDEFF", "SWIFT/BIC"), held("domain:bank.example", "Website"),
		},
		Listings: []entity.Listing{
			{Company: el, List: "us-csl-entity-list", Valid: entity.Interval{From: day(t, "2016-09-07")},
				Note:   "Federal Register: 81 FR 61595. Licence requirement: For all items subject to the EAR. Licence policy: Presumption of denial.",
				Source: "sample", Record: "result 1"},
			{Company: bank, List: "us-csl-sdn", Program: "IRAN", Source: "sample", Record: "result 3"},
			{Company: bank, List: "us-csl-sdn", Program: "IFSR", Source: "sample", Record: "result 3"},
			{Company: dpl, List: "us-csl-denied-persons", Valid: entity.Interval{From: day(t, "2020-01-02"), To: day(t, "2030-01-03")},
				Source: "sample", Record: "result 6"},
		},
	}
	if diff := cmp.Diff(want, got.Records, cmp.AllowUnexported(evidence.ID{}, entity.Date{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantReport := registry.Report{Records: 7, Facts: 10, Dropped: []registry.Dropped{
		{Reason: "document of another kind", Count: 1}, {Reason: "document without a country of issue", Count: 1},
		{Reason: "natural person", Count: 1}, {Reason: "type not stated, may be a natural person", Count: 2}, {Reason: "vessel", Count: 1},
	}}
	if diff := cmp.Diff(wantReport, got.Report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if _, err := entity.New(got.Records, nil); err != nil {
		t.Errorf("the registry refuses the facts: %v", err)
	}
}

// TestForms has the same parties in both forms: the same facts but for the
// records' names and the parties that the CSV sample lacks.
func TestForms(t *testing.T) {
	fromJSON := registrytest.Load(t, csl.JSON{}, "x.json", []byte(asJSON))
	fromCSV := registrytest.Load(t, csl.CSV{}, "x.csv", []byte(asCSV))
	if fromJSON.Err != nil || fromCSV.Err != nil {
		t.Fatal(fromJSON.Err, fromCSV.Err)
	}
	for i := range fromCSV.Records.Companies {
		got, want := fromCSV.Records.Companies[i], fromJSON.Records.Companies[i]
		got.Record, want.Record = "", ""
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(entity.Date{})); diff != "" {
			t.Errorf("company %d (-JSON +CSV):\n%s", i, diff)
		}
	}
	var got, want []string
	for _, d := range fromCSV.Records.Identifiers {
		got = append(got, d.Company+" "+d.ID.String())
	}
	for _, d := range fromJSON.Records.Identifiers {
		want = append(want, d.Company+" "+d.ID.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("identifiers (-JSON +CSV):\n%s", diff)
	}
}

// shared reads the shared sample of the list.
func shared(t *testing.T) [][]string {
	t.Helper()
	f, err := os.Open(testkit.Data(t, "registry/csl_orgs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestShared loads real rows, all of organisations. The names that the loader
// cannot tell from a person's are listed: the list may only become shorter.
func TestShared(t *testing.T) {
	rows := shared(t)
	content, err := os.ReadFile(testkit.Data(t, "registry/csl_orgs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	loader := csl.CSV{}
	if !loader.Match("csl_orgs.csv", content[:4096]) {
		t.Error("Match refuses the shared sample")
	}
	got := registrytest.Load(t, loader, "csl_orgs.csv", content)
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	names := map[string]entity.Company{}
	for _, c := range got.Records.Companies {
		names[c.Name] = c
	}
	var lost []string
	for _, row := range rows[1:] {
		c, ok := names[registry.Line(row[3])]
		if !ok {
			lost = append(lost, row[3])
			continue
		}
		var want []string
		for alias := range strings.SplitSeq(row[4], ";") {
			alias = strings.TrimPrefix(strings.Join(strings.Fields(alias), " "), "and ") // of the last in an enumeration
			if alias != "" && alias != c.Name && !slices.Contains(want, alias) {
				want = append(want, alias)
			}
		}
		if diff := cmp.Diff(want, c.Aliases); diff != "" {
			t.Errorf("%s: aliases (-want +got):\n%s", c.Name, diff)
		}
	}
	t.Logf("%d of %d taken; lists %v; dropped %v", len(got.Records.Companies), len(rows)-1, len(got.Records.Listings), got.Report.Dropped)
	// The sample has no column of types; with one, those of the Treasury pass.
	want := []string{"7 KARNES", "ADP, S.C.", "AJNAD MISR", "GBNTT", "GE Plan"}
	if diff := cmp.Diff(want, lost); diff != "" {
		t.Errorf("organisations not taken (-want +got):\n%s", diff)
	}
}

func TestRefused(t *testing.T) {
	for _, tc := range []struct {
		name   string
		loader registry.Loader
		text   string
		want   string
	}{
		{"columns", csl.CSV{}, "source,name\nx,y\n", `header: no column "source_list_url" among "source,name"`},
		{"cut CSV", csl.CSV{}, asCSV[:len(asCSV)-30], "cut off, fetch it again"},
		{"cut JSON", csl.JSON{}, asJSON[:len(asJSON)-3], "cut off, fetch it again"},
		{"no results", csl.JSON{}, `{"results":[]}`, `no record of the form "Consolidated Screening List, JSON"`},
		{"no JSON", csl.JSON{}, `{"results":[{]}`, "byte 12: invalid character"},
		{"text after", csl.JSON{}, asJSON + "{}", "text after the end"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := registrytest.Load(t, tc.loader, "x", []byte(tc.text))
			if got.Err == nil || !strings.Contains(got.Err.Error(), tc.want) {
				t.Errorf("got error %v, want one with %q", got.Err, tc.want)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	row := func(more string) string {
		return `{"results":[{"source":"Entity List (EL) - BIS","name":"Example Institute"` + more + `}]}`
	}
	for _, tc := range []struct{ name, text, want string }{
		{"date", row(`,"start_date":"2020-1-2"`), `result 1: start_date: date "2020-1-2": want YYYY-MM-DD, for example 2020-08-05: the listing has no dates`},
		{"dates", row(`,"start_date":"2020-01-02","end_date":"2019-01-02"`), `result 1: end_date 2019-01-02 is before start_date 2020-01-02: the listing has no dates`},
		{"type", row(`,"alt_names":7`), `result 1: its "alt_names" is of another type: the result was left out`},
		{"no name", `[{"source":"Entity List (EL)","name":" "}]`, `result 1: has no source list or no name that can be used: it was left out`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := registrytest.Load(t, csl.JSON{}, "x", []byte(tc.text))
			if res.Err != nil {
				t.Fatal(res.Err)
			}
			var got []string
			for _, p := range res.Report.Problems {
				got = append(got, p.Record+": "+p.Message)
			}
			if diff := cmp.Diff([]string{tc.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(asJSON))
	f.Add([]byte(`[{"source":"SDN","name":"X Ltd","entity_number":1}]`))
	f.Fuzz(func(t *testing.T, content []byte) { registrytest.Any(t, csl.JSON{}, content) })
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte(asCSV))
	f.Fuzz(func(t *testing.T, content []byte) { registrytest.Any(t, csl.CSV{}, content) })
}

func BenchmarkLoad(b *testing.B) {
	var rows []map[string]any
	for i := range 5000 {
		rows = append(rows, map[string]any{
			"id": fmt.Sprint(i), "source": "Specially Designated Nationals (SDN) - Treasury Department", "type": "Entity",
			"entity_number": fmt.Sprint(i + 1), "name": fmt.Sprintf("EXAMPLE TRADING COMPANY %d", i), "programs": []string{"IRAN"},
			"alt_names": []string{"ONE", "TWO"}, "addresses": []map[string]string{{"address": "1 Road", "city": "Tehran", "country": "IR"}},
			"ids": []map[string]string{{"type": "Registration Number", "number": fmt.Sprint(100000 + i), "country": "IR"}},
		})
	}
	content, err := json.Marshal(map[string]any{"results": rows})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if res := registrytest.Load(b, csl.JSON{}, "x", content); res.Err != nil || res.Report.Facts != 15_000 {
			b.Fatal(res.Err, res.Report)
		}
	}
}
