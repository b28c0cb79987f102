package ftm

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry/registrytest"
	"github.com/cleannet/cleannet/internal/testkit/ftmfile"
)

func TestConformance(t *testing.T) {
	entities := ftmfile.Entities(1, 12)
	registrytest.Run(t, Loader(),
		registrytest.Sample{Name: "entities.ftm.json", Content: ftmfile.Flat(entities), People: ftmfile.People(12)},
		registrytest.Sample{Name: "targets.nested.json", Content: ftmfile.Nested(entities), People: ftmfile.People(12)},
	)
}

// TestFlatAndNested reads the same entities in both forms. The nested form
// repeats the links, which must not give other facts.
func TestFlatAndNested(t *testing.T) {
	for seed := range uint64(20) {
		entities := ftmfile.Entities(seed, 30)
		flat := registrytest.Load(t, Loader(), "flat", ftmfile.Flat(entities))
		nested := registrytest.Load(t, Loader(), "nested", ftmfile.Nested(entities))
		for _, r := range []*registrytest.Result{&flat, &nested} {
			if r.Err != nil || len(r.Report.Problems) > 0 {
				t.Fatal(r.Err, r.Report.Problems)
			}
			if _, err := entity.New(r.Records, nil); err != nil && !strings.Contains(err.Error(), "more than the whole") {
				t.Fatalf("seed %d: the facts make no registry: %v", seed, err)
			}
		}
		if diff := cmp.Diff(facts(&flat), facts(&nested)); diff != "" {
			t.Errorf("seed %d: nested differs from flat (-flat +nested):\n%s", seed, diff)
		}
	}
}

// facts returns the facts as sorted lines.
func facts(r *registrytest.Result) []string {
	var out []string
	for line := range strings.Lines(r.Text()) {
		if kind, _, _ := strings.Cut(line, "  "); slices.Contains([]string{"company", "identifier", "edge", "listing", "gap"}, kind) {
			out = append(out, strings.TrimSpace(line))
		}
	}
	slices.Sort(out)
	return out
}

func TestRules(t *testing.T) {
	const companies = `{"id": "a", "schema": "Company", "properties": {"name": ["A"], "jurisdiction": ["ru"]}}
{"id": "b", "schema": "Organization", "properties": {"name": ["B"]}}
{"id": "p", "schema": "Person", "properties": {"name": ["Nemo Nobody"]}}
`
	for _, tc := range []struct {
		name, lines string
		want, not   []string
	}{
		{"names", `{"id": "c", "caption": "Second", "schema": "Company", "properties": {"name": ["First", "Second"], "alias": ["First", "Third"], "weakAlias": ["F"], "previousName": ["Old"]}}`,
			[]string{`company  sample-c  "Second"  aliases="First","Third","Old"  valid always  [id c]`, "dropped 1: weak alias"}, nil},
		{"identifiers", `{"id": "c", "schema": "Company", "properties": {"name": ["C"], "jurisdiction": ["ru"], "innCode": ["7707083893"], "ogrnCode": ["1027700132195"], "leiCode": ["529900T8BM49AURSDO55", "bad"], "registrationNumber": ["12 34"]}}`,
			[]string{
				"identifier  sample-c  lei:529900T8BM49AURSDO55  valid always  [id c]", "identifier  sample-c  reg:ru-registration/1234  valid always  [id c]",
				"identifier  sample-c  reg:ru-inn/7707083893  valid always  [id c]", "identifier  sample-c  reg:ru-ogrn/1027700132195  valid always  [id c]",
				"dropped 1: identifier that is none of its scheme",
			}, nil},
		{"legal entities", `{"id": "c", "schema": "LegalEntity", "properties": {"name": ["Perhaps Nobody"]}}
{"id": "d", "schema": "LegalEntity", "properties": {"name": ["D"], "incorporationDate": ["2001"]}}
{"id": "e", "schema": "LegalEntity", "properties": {"name": ["E Nobody"], "legalForm": ["Individual entrepreneur"]}}
{"id": "f", "schema": "Company", "properties": {"name": ["F Nobody"], "innCode": ["770708389312"]}}`,
			[]string{`company  sample-d  "D"  valid always  [id d]`, "dropped 1: entity that may be a natural person", "dropped 2: natural person (sole trader)"},
			[]string{"sample-c", "sample-e", "sample-f", "Nobody"}},
		{"an owner who comes later", `{"id": "o", "schema": "Ownership", "properties": {"owner": ["z"], "asset": ["a"], "percentage": ["30"]}}
{"id": "z", "schema": "Company", "properties": {"name": ["Z"]}}`,
			[]string{"edge  sample-z → sample-a  30%  shareholding  valid always  [id o]"}, nil},
		{"persons who own", `{"id": "o", "schema": "Ownership", "properties": {"owner": ["p"], "asset": ["a"], "percentage": ["30"], "startDate": ["2014"], "endDate": ["2015"]}}`,
			[]string{"edge  (a person) → sample-a  30%  shareholding  valid 2014-01-01..2016-01-01  [id o]"}, []string{"Nemo"}},
		{"two sources of one holding", `{"id": "o", "schema": "Ownership", "properties": {"owner": ["b"], "asset": ["a"], "percentage": ["30"], "startDate": ["2014-05-01"]}}
{"id": "q", "schema": "Ownership", "properties": {"owner": ["b"], "asset": ["a"], "percentage": [">50"]}}`,
			[]string{"edge  sample-b → sample-a  30%–100%  shareholding  note=joined from several records  valid always  [id q]"}, nil},
		{"owner that the file lacks", `{"id": "o", "schema": "Ownership", "properties": {"owner": ["Nemo"], "asset": ["a"]}}`,
			[]string{"problem, line 4, id o: the owner is no entity of the file that can own: the holding was left out"}, []string{"Nemo", "edge"}},
		{"a percentage that is none", `{"id": "o", "schema": "Ownership", "properties": {"owner": ["b"], "asset": ["a"], "percentage": ["most"]}}`,
			[]string{"edge  sample-b → sample-a  0%–100%  shareholding  valid always  [id o]", "problem, line 4, id o: the percentage is none: the share is taken as unknown"}, nil},
		{"sanctions", `{"id": "s", "schema": "Sanction", "datasets": ["us_ofac_sdn"], "properties": {"entity": ["a"], "authority": ["OFAC"], "program": ["EX-1", "EX-2"], "listingDate": ["2020-02-01"]}}
{"id": "t", "schema": "Sanction", "datasets": ["eu_fsf"], "properties": {"entity": ["p"], "reason": ["Nemo did it"]}}`,
			[]string{"listing  sample-a  us-ofac-sdn  program=EX-1; EX-2  note=OFAC  valid 2020-02-01..  [id s]", "dropped 1: listing of a natural person"}, []string{"Nemo"}},
		{"identification", `{"id": "i", "schema": "Identification", "properties": {"holder": ["a", "p"], "number": ["77"], "type": ["Tax number"], "country": ["by"]}}`,
			[]string{"identifier  sample-a  reg:by-tax-number/77  valid always  [id i]", "dropped 1: identifier of what is no company"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := registrytest.Load(t, Loader(), "x", []byte(companies+tc.lines+"\n"))
			if res.Err != nil {
				t.Fatal(res.Err)
			}
			got := res.Text()
			for _, want := range tc.want {
				if !strings.Contains(got, want+"\n") {
					t.Errorf("got\n%swant a line %q", got, want)
				}
			}
			for _, not := range tc.not {
				if strings.Contains(got, not) {
					t.Errorf("got\n%swant no %q", got, not)
				}
			}
		})
	}
}

func TestPercentage(t *testing.T) {
	for in, want := range map[string]string{
		"25": "25%", "25.5 %": "25.5%", "25,5": "25.5%", "25-50": "25%–50%", "25 – 50%": "25%–50%", "> 50": "50.0001%–100%", "≥50%": "50%–100%",
		"<25": "0%–24.9999%", "<=25": "0%–25%", "100.00": "100%",
	} {
		if got, ok := percentage(in); !ok || got.String() != want {
			t.Errorf("percentage(%q) = %s, %v, want %s", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "most", "-5", "101", "50-25", "1e2", "25-50-75", ">"} {
		if got, ok := percentage(in); ok {
			t.Errorf("percentage(%q) = %s, want none", in, got)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"not JSON", `{"id": "a", "schema": tru, "properties": {}}`, "line 1: invalid character"},
		{"cut off", "{\"id\": \"a\", \"schema\": \"Company\", \"properties\": {}}\n{\"id\": \"b\", \"sch", "line 2: the file ends too soon"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := registrytest.Load(t, Loader(), "x", []byte(tc.in))
			if res.Err == nil || !strings.Contains(res.Err.Error(), tc.want) {
				t.Errorf("got error %v, want one with %q", res.Err, tc.want)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	entities := ftmfile.Entities(1, 3)
	f.Add(ftmfile.Flat(entities))
	f.Add(ftmfile.Nested(entities))
	f.Fuzz(func(t *testing.T, content []byte) {
		registrytest.Honest(t, "fuzz", registrytest.Load(t, Loader(), "fuzz", content))
	})
}
