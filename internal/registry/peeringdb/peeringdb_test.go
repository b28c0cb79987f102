package peeringdb_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/registry/peeringdb"
	"github.com/cleannet/cleannet/internal/registry/registrytest"
)

// dump has the networks before the organisations, as keys come in any order.
const dump = `{
 "meta": {"generated": 1735689600.5, "lists": [[1], {"a": 2}]},
 "net": {"data": [
  {"id": 20, "org_id": 2, "name": "Example Backbone", "aka": "", "asn": 64496, "info_prefixes4": 10, "status": "ok"},
  {"id": 21, "org_id": 2, "name": "Example Access", "aka": "", "asn": 4200000000, "status": "ok"},
  {"id": 22, "org_id": 3, "name": "Closed", "asn": 64498, "status": "ok"},
  {"id": 23, "org_id": 2, "name": "Gone", "asn": 64499, "status": "deleted"}], "meta": {}},
 "ix": {"data": [{"id": 1, "org_id": 2, "name": "Example Exchange", "status": "ok"}]},
 "netixlan": {"data": [{"id": 1, "net_id": 20, "ixlan_id": 1, "asn": 64496, "ipaddr4": "192.0.2.1", "status": "ok"}]},
 "netfac": {"data": [{"id": 1, "net_id": 20, "fac_id": 7, "status": "ok"}]},
 "poc": {"data": [{"id": 1, "net_id": 20, "role": "NOC", "name": "Erika Mustermann", "email": "erika@example.org"}]},
 "org": {"data": [
  {"id": 2, "name": "Example Networks, Inc.", "aka": "ExaNet", "name_long": "Example Networks, Inc.", "website": "https://example.org",
   "notes": "", "address1": "1 Example Way", "city": "Springfield", "country": "US", "status": "ok", "created": "2010-07-29T00:00:00Z"},
  {"id": 3, "name": "Closed Org", "country": "DE", "status": "deleted"}]}
}`

const nets = `{"meta":{},"data":[{"id":20,"org_id":2,"name":"Example Backbone","aka":"","name_long":"","asn":64496,"irr_as_set":"AS-EXA","status":"ok"}]}`

const orgs = `{"data":[{"id":2,"name":"Example Networks, Inc.","aka":"","name_long":"","address1":"1 Example Way","country":"US","status":"ok"}],"meta":{}}`

func TestConformance(t *testing.T) {
	registrytest.Run(t, peeringdb.Loader{},
		registrytest.Sample{Name: "peeringdb_2_dump.json", Content: []byte(dump), Ends: true, People: []string{"Erika Mustermann", "erika@example.org"}},
		registrytest.Sample{Name: "net.json", Content: []byte(nets), Ends: true},
		registrytest.Sample{Name: "org.json", Content: []byte(orgs), Ends: true})
}

func TestFacts(t *testing.T) {
	got := registrytest.Load(t, peeringdb.Loader{}, "dump.json", []byte(dump))
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	want := entity.Records{
		Sources: []entity.Source{registrytest.About()},
		Companies: []entity.Company{{
			Slug: "pdb-org-2", Name: "Example Networks, Inc.", Aliases: []string{"ExaNet"}, Country: "US", Source: "sample", Record: "org 2",
		}},
		Identifiers: []entity.Identifier{
			{ID: evidence.ASN(64496), Company: "pdb-org-2", Note: "Example Backbone", Source: "sample", Record: "net 20"},
			{ID: evidence.ASN(4200000000), Company: "pdb-org-2", Note: "Example Access", Source: "sample", Record: "net 21"},
		},
	}
	if diff := cmp.Diff(want, got.Records, cmp.AllowUnexported(evidence.ID{}, entity.Date{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantReport := registry.Report{
		Records: 10, Facts: 3,
		Dropped: []registry.Dropped{
			{Reason: "contact of a natural person", Count: 1}, {Reason: "exchange data", Count: 2},
			{Reason: "facility data", Count: 1}, {Reason: "not in service", Count: 2},
		},
		Problems: []registry.Problem{{Record: "net 22",
			Message: "belongs to the organisation 3, which the file does not have in service: it was left out"}},
	}
	if diff := cmp.Diff(wantReport, got.Report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if _, err := entity.New(got.Records, nil); err != nil {
		t.Errorf("the registry refuses the facts: %v", err)
	}
}

// TestAnswers loads answers for one type, which do not name it.
func TestAnswers(t *testing.T) {
	for _, tc := range []struct{ name, object, want string }{
		{"org", orgs, "1 companies, 0 identifiers, []"},
		{"org, with a depth", `{"data":[{"id":2,"name":"Example Networks, Inc.","net_set":[{"id":20,"name":"Example Backbone","asn":64496,"status":"ok"},` +
			`{"id":21,"asn":64497,"status":"deleted"},22],"fac_set":[],"address1":"","country":"US","status":"ok"}],"meta":{}}`,
			"1 companies, 1 identifiers, [{network of which only the id is given 1} {not in service 1}]"},
		{"net", nets, "0 companies, 1 identifiers, []"},
		{"ix", `{"data":[{"id":1,"org_id":2,"name":"X","status":"ok"}]}`, "0 companies, 0 identifiers, [{exchange data 1}]"},
		{"netixlan", `{"data":[{"id":1,"net_id":2,"ixlan_id":3,"asn":64496,"status":"ok"}]}`, "0 companies, 0 identifiers, [{exchange data 1}]"},
		{"ixpfx", `{"data":[{"id":1,"ixlan_id":3,"prefix":"192.0.2.0/24","status":"ok"}]}`, "0 companies, 0 identifiers, [{exchange data 1}]"},
		{"fac", `{"data":[{"id":1,"org_id":2,"clli":"","name":"X","status":"ok"}]}`, "0 companies, 0 identifiers, [{facility data 1}]"},
		{"netfac", `{"data":[{"id":1,"net_id":2,"fac_id":3,"status":"ok"}]}`, "0 companies, 0 identifiers, [{facility data 1}]"},
		{"poc", `{"data":[{"id":1,"net_id":2,"role":"NOC","name":"Erika Mustermann","status":"ok"}]}`,
			"0 companies, 0 identifiers, [{contact of a natural person 1}]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := registrytest.Load(t, peeringdb.Loader{}, "x.json", []byte(tc.object))
			if res.Err != nil {
				t.Fatal(res.Err)
			}
			got := fmt.Sprintf("%d companies, %d identifiers, %v", len(res.Records.Companies), len(res.Records.Identifiers), res.Report.Dropped)
			if got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	for _, tc := range []struct{ name, net, want string }{
		{"type", `{"id":1,"org_id":2,"asn":"64496","status":"ok"}`, `net 1: its "asn" is of another type: the object was left out`},
		{"number", `{"id":1,"org_id":2,"asn":4294967296,"status":"ok"}`, `net 1: has no AS number from 1 to 4294967295: it was left out`},
		{"no organisation", `{"id":1,"asn":64496,"status":"ok"}`, `net 1: has no id or no organisation: it was left out`},
		{"twice", `{"id":1,"org_id":2,"asn":64496,"status":"ok"},{"id":2,"org_id":2,"asn":64496,"status":"ok"}`,
			`net 2: AS64496 stands twice: only the first network was used`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := registrytest.Load(t, peeringdb.Loader{}, "x.json", []byte(`{"net":{"data":[`+tc.net+`]}}`))
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

func FuzzLoad(f *testing.F) {
	for _, seed := range []string{dump, nets, orgs} {
		f.Add([]byte(seed))
	}
	f.Add([]byte(`{"org":{"data":[]},,}`)) // the error had two lines
	f.Fuzz(func(t *testing.T, content []byte) { registrytest.Any(t, peeringdb.Loader{}, content) })
}

func BenchmarkLoad(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"org":{"data":[`)
	for i := range 5000 {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"id":%d,"name":"Example Networks %d","aka":"","name_long":"","website":"https://example.org/","social_media":[],`+
			`"notes":"","address1":"","city":"","country":"US","zipcode":"","created":"2010-07-29T00:00:00Z","status":"ok"}`, i+1, i)
	}
	text.WriteString(`]},"net":{"data":[`)
	for i := range 5000 {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"id":%d,"org_id":%d,"name":"Network %d","aka":"","asn":%d,"irr_as_set":"","info_type":"NSP","info_prefixes4":100,`+
			`"notes":"","policy_general":"Open","created":"2010-07-29T00:00:00Z","status":"ok"}`, i+1, i+1, i, 4200000000+i)
	}
	text.WriteString(`]}}`)
	content := []byte(text.String())
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if res := registrytest.Load(b, peeringdb.Loader{}, "x", content); res.Err != nil || res.Report.Facts != 10_000 {
			b.Fatal(res.Err, res.Report)
		}
	}
}
