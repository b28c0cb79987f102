package gleif

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry/registrytest"
	"github.com/cleannet/cleannet/internal/testkit/leifile"
)

// TestFormsAgree reads the same copies as CSV and as JSON.
func TestFormsAgree(t *testing.T) {
	for seed := range uint64(5) {
		c := leifile.Config{Seed: seed, Companies: 500, Relations: 900}
		csv, json := copies(t, leifile.CSV, c), copies(t, leifile.JSON, c)
		for _, k := range []kind{kindLEI, kindRelation, kindException} {
			a := registrytest.Load(t, table{k}, "csv", csv[k])
			b := registrytest.Load(t, document{k}, "json", json[k])
			if a.Err != nil || len(a.Report.Problems) > 0 || a.Facts() == 0 {
				t.Fatalf("%s: %d facts, %v, %v", k, a.Facts(), a.Err, a.Report.Problems)
			}
			if diff := cmp.Diff(a.Text(), b.Text()); diff != "" {
				t.Errorf("%s: JSON differs from CSV (-csv +json):\n%s", k, diff)
			}
		}
	}
}

// TestRegistry makes a registry of a whole publication: nothing may be held
// twice. Edges to companies that were left out are taken away first, as whoever
// builds a registry of several files has to.
func TestRegistry(t *testing.T) {
	c := leifile.Config{Seed: 3, Companies: 2000, Relations: 3900}
	files := copies(t, leifile.CSV, c)
	var all entity.Records
	for _, k := range []kind{kindLEI, kindRelation, kindException} {
		res := registrytest.Load(t, table{k}, "csv", files[k])
		if res.Err != nil {
			t.Fatal(res.Err)
		}
		all.Append(res.Records)
	}
	there := map[string]bool{"": true}
	for _, c := range all.Companies {
		there[c.Slug] = true
	}
	edges, gaps := all.Edges[:0], all.Gaps[:0]
	for _, e := range all.Edges {
		if there[e.Owner] && there[e.Asset] {
			edges = append(edges, e)
		}
	}
	for _, g := range all.Gaps {
		if there[g.Company] {
			gaps = append(gaps, g)
		}
	}
	all.Edges, all.Gaps = edges, gaps
	if _, err := entity.New(all, nil); err != nil {
		t.Errorf("the facts make no registry: %v", err)
	}
}

// sheet writes a table of the columns that the rows name, as "column=value",
// beside those that every file has.
func sheet(k kind, rows ...string) []byte {
	needed, _ := columns(k)
	place := map[string]int{}
	var header []string
	add := func(name string) {
		if _, ok := place[name]; !ok {
			place[name] = len(header)
			header = append(header, name)
		}
	}
	for _, c := range needed {
		add(c.name)
	}
	var parsed [][][2]string
	for _, r := range rows {
		var pairs [][2]string
		for pair := range strings.SplitSeq(r, "|") {
			name, value, _ := strings.Cut(pair, "=")
			add(name)
			pairs = append(pairs, [2]string{name, value})
		}
		parsed = append(parsed, pairs)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", strings.Join(header, ","))
	for _, pairs := range parsed {
		row := make([]string, len(header))
		for _, p := range pairs {
			row[place[p[0]]] = p[1]
		}
		fmt.Fprintf(&b, "\"%s\"\n", strings.Join(row, `","`))
	}
	return []byte(b.String())
}

// lei returns the slug of a made-up company.
func leiSlug(n int) string { return "lei-" + strings.ToLower(leifile.LEI(n)) }

func TestLevelOne(t *testing.T) {
	base := "LEI=" + leifile.LEI(1) + "|Entity.LegalName=Example|Registration.RegistrationStatus=ISSUED|Entity.EntityStatus=ACTIVE|Entity.EntityCategory=GENERAL"
	head := "company  " + leiSlug(1) + `  "Example"`
	tail := "  valid always  [LEI " + leifile.LEI(1) + "]\n"
	for _, tc := range []struct{ name, row, want string }{
		{"plain", base, head + tail},
		{"names", base + "|Entity.OtherEntityNames.OtherEntityName.1=Former|Entity.OtherEntityNames.OtherEntityName.2=Example|Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName.1=Latin",
			head + `  aliases="Former","Latin"` + tail},
		{"countries", base + "|Entity.LegalJurisdiction=US-DE|Entity.HeadquartersAddress.Country=HK", head + "  country=US  headquarters=HK" + tail},
		{"register", base + "|Entity.RegistrationAuthority.RegistrationAuthorityID=RA000585|Entity.RegistrationAuthority.RegistrationAuthorityEntityID=0123 45",
			"identifier  " + leiSlug(1) + "  reg:ra000585/012345" + tail},
		{"no register", base + "|Entity.RegistrationAuthority.RegistrationAuthorityID=RA999999|Entity.RegistrationAuthority.RegistrationAuthorityEntityID=1", "dropped 1: register number without a register\n"},
		{"updated", base + "|Registration.LastUpdateDate=2025-02-03T23:00:00-06:00", "valid always, known 2025-02-03..  [LEI"},
		{"a fund", strings.Replace(base, "GENERAL", "FUND", 1), "tags=fund"},
		{"a government", strings.Replace(base, "GENERAL", "RESIDENT_GOVERNMENT_ENTITY", 1), "tags=government  state-owned"},
		{"before categories", strings.Replace(base, "GENERAL", "", 1), head + tail},
		{"a new category", strings.Replace(base, "GENERAL", "HERMIT", 1), "problem, line 2, LEI " + leifile.LEI(1) + `: unknown entity category "HERMIT"`},
		{"a person", strings.Replace(base, "GENERAL", "SOLE_PROPRIETOR", 1), "1 records, 0 facts\ndropped 1: natural person (sole proprietor)\n"},
		{"lapsed", strings.Replace(base, "ISSUED", "LAPSED", 1), head + "  note=the LEI was not renewed" + tail},
		{"retired", strings.NewReplacer("ISSUED", "RETIRED", "=ACTIVE", "=INACTIVE").Replace(base) + "|Entity.EntityExpirationDate=2020-05-06T00:00:00Z|Entity.EntityExpirationReason=CORPORATE_ACTION|Entity.SuccessorEntity.1.SuccessorLEI=" + leifile.LEI(2),
			head + "  note=no longer active since 2020-05-06 (corporate-action); succeeded by LEI " + leifile.LEI(2) + tail},
		{"a duplicate", strings.Replace(base, "ISSUED", "DUPLICATE", 1), "0 facts\ndropped 1: duplicate LEI\n"},
		{"annulled", strings.Replace(base, "ISSUED", "ANNULLED", 1), "0 facts\ndropped 1: annulled LEI\n"},
		{"wrong check digits", strings.Replace(base, "LEI=9", "LEI=8", 1), "0 facts\nproblem, line 2, : the LEI"},
		{"no name", strings.Replace(base, "=Example", "=", 1), "0 facts\nproblem, line 2, LEI " + leifile.LEI(1) + ": a legal name of 0 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := registrytest.Load(t, table{kindLEI}, "x", sheet(kindLEI, tc.row))
			if got := res.Text(); res.Err != nil || !strings.Contains(got, tc.want) {
				t.Errorf("got\n%swant %q", got, tc.want)
			}
		})
	}
}

// relation is a row of level 2.
func relation(start int, kind string, end int, more ...string) string {
	row := fmt.Sprintf("Relationship.StartNode.NodeID=%s|Relationship.EndNode.NodeID=%s|Relationship.RelationshipType=%s|Relationship.RelationshipStatus=ACTIVE|Registration.RegistrationStatus=PUBLISHED",
		leifile.LEI(start), leifile.LEI(end), kind)
	return strings.Join(append([]string{row}, more...), "|")
}

// during is the period of a relation.
func during(from, to string) string {
	return "Relationship.Period.1.startDate=" + from + "|Relationship.Period.1.endDate=" + to + "|Relationship.Period.1.periodType=RELATIONSHIP_PERIOD"
}

const (
	direct   = "IS_DIRECTLY_CONSOLIDATED_BY"
	ultimate = "IS_ULTIMATELY_CONSOLIDATED_BY"
)

// edgeText writes an edge as the result does, without what follows its span.
func edgeText(owner, asset int, share, interest, note, valid string) string {
	if note != "" {
		note = "  note=" + note
	}
	return fmt.Sprintf("edge  %s → %s  %s  %s%s  valid %s", leiSlug(owner), leiSlug(asset), share, interest, note, valid)
}

func TestLevelTwo(t *testing.T) {
	const half, other = "50.0001%–100%", "other-influence-or-control"
	told := "dropped 1: ultimate parent that direct parents lead to\n"
	for _, tc := range []struct {
		name string
		rows []string
		want []string
		n    int // edges
	}{
		{"a chain says it all", []string{relation(1, ultimate, 3), relation(1, direct, 2), relation(2, direct, 3)},
			[]string{edgeText(2, 1, half, entity.Consolidation, "", "always"), edgeText(3, 2, half, entity.Consolidation, "", "always"), told}, 2},
		{"the ultimate parent is the direct one", []string{relation(1, direct, 2), relation(1, ultimate, 2)},
			[]string{edgeText(2, 1, half, entity.Consolidation, "", "always"), told}, 1},
		{"no direct parent", []string{relation(1, ultimate, 3)}, []string{edgeText(3, 1, half, entity.Consolidation, "", "always")}, 1},
		{"the chain breaks off", []string{relation(1, direct, 2), relation(1, ultimate, 3)},
			[]string{edgeText(2, 1, half, entity.Consolidation, "", "always"), edgeText(3, 1, half, other, "", "always")}, 2},
		{"the chain goes round", []string{relation(1, direct, 2), relation(2, direct, 1), relation(1, ultimate, 3)},
			[]string{edgeText(3, 1, half, other, "", "always")}, 3},
		{"the chain is younger", []string{relation(1, direct, 2, during("2020-01-01", "")), relation(1, ultimate, 2, during("2010-01-01", ""))},
			[]string{edgeText(2, 1, half, entity.Consolidation, "", "2020-01-01.."), edgeText(2, 1, half, other, "", "2010-01-01..")}, 2},
		{"the chain is over", []string{relation(1, direct, 2, during("2010-01-01", "2020-01-01")), relation(1, ultimate, 2, during("2020-01-01", ""))},
			[]string{edgeText(2, 1, half, entity.Consolidation, "", "2010-01-01..2020-01-01"), edgeText(2, 1, half, entity.Consolidation, "", "2020-01-01..")}, 2},
		{"two direct parents", []string{relation(1, direct, 2), relation(1, direct, 3), relation(1, direct, 4)},
			[]string{edgeText(2, 1, half, entity.Consolidation, "", "always"), edgeText(3, 1, half, other, "", "always"), "problem, line 4, LEI " + leifile.LEI(1) + ": a third parent"}, 2},
		{"a branch", []string{relation(1, "IS_INTERNATIONAL_BRANCH_OF", 2)}, []string{edgeText(2, 1, "100%", entity.Consolidation, "", "always")}, 1},
		{"a managed fund", []string{relation(1, "IS_FUND-MANAGED_BY", 2)}, []string{edgeText(2, 1, "0%–100%", "control-by-contract", "", "always")}, 1},
		{"a sub-fund", []string{relation(1, "IS_SUBFUND_OF", 2)}, []string{edgeText(2, 1, "0%–100%", "control-via-company-rules-or-articles", "", "always")}, 1},
		{"a feeder owns of its master", []string{relation(1, "IS_FEEDER_TO", 2)}, []string{edgeText(1, 2, "0.0001%–100%", "rights-to-profit-or-income", "", "always")}, 1},
		{"a quantifier is no share", []string{relation(1, direct, 2, "Relationship.Quantifiers.1.MeasurementMethod=ACCOUNTING_CONSOLIDATION|Relationship.Quantifiers.1.QuantifierAmount=100.00|Relationship.Quantifiers.1.QuantifierUnits=PERCENTAGE")},
			[]string{edgeText(2, 1, half, entity.Consolidation, "accounting-consolidation 100.00 percentage", "always")}, 1},
		{"accounting periods do not count", []string{relation(1, direct, 2, "Relationship.Period.1.startDate=2024-01-01|Relationship.Period.1.endDate=2024-12-31|Relationship.Period.1.periodType=ACCOUNTING_PERIOD")},
			[]string{edgeText(2, 1, half, entity.Consolidation, "", "always")}, 1},
		{"ended", []string{strings.Replace(relation(1, direct, 2, during("2010-01-01", "2012-01-01")), "ACTIVE", "INACTIVE", 1)},
			[]string{edgeText(2, 1, half, entity.Consolidation, "", "2010-01-01..2012-01-01")}, 1},
		{"ended, but when", []string{strings.Replace(relation(1, direct, 2, during("2010-01-01", "")), "ACTIVE", "INACTIVE", 1)}, []string{"dropped 1: ended relation without a date\n"}, 0},
		{"ended before", []string{relation(1, direct, 2, during("2012-01-01", "2010-01-01"))}, []string{"dropped 1: relation that ends before it begins\n"}, 0},
		{"no status", []string{strings.Replace(relation(1, direct, 2), "ACTIVE", "NULL", 1)}, []string{"dropped 1: relation without a status\n"}, 0},
		{"annulled", []string{strings.Replace(relation(1, direct, 2), "PUBLISHED", "ANNULLED", 1)}, []string{"dropped 1: annulled relation\n"}, 0},
		{"lapsed", []string{strings.Replace(relation(1, direct, 2), "PUBLISHED", "LAPSED", 1)}, []string{edgeText(2, 1, half, entity.Consolidation, "the record was not renewed", "always")}, 1},
		{"to itself", []string{relation(1, direct, 1)}, []string{"dropped 1: relation of an entity to itself\n"}, 0},
		{"unknown", []string{relation(1, "IS_FRIEND_OF", 2)}, []string{`unknown relation "IS_FRIEND_OF": it was left out`}, 0},
		{"no LEI", []string{relation(1, direct, 2, "Relationship.EndNode.NodeIDType=PNI")}, []string{"dropped 1: relation with an end that has no LEI\n"}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := registrytest.Load(t, table{kindRelation}, "x", sheet(kindRelation, tc.rows...))
			got := res.Text()
			if res.Err != nil || len(res.Records.Edges) != tc.n {
				t.Errorf("%d edges, want %d; error %v", len(res.Records.Edges), tc.n, res.Err)
			}
			for _, want := range tc.want {
				if !strings.Contains(got, want) {
					t.Errorf("got\n%swant %q", got, want)
				}
			}
		})
	}
}

func TestExceptions(t *testing.T) {
	row := "LEI=" + leifile.LEI(1) + "|Exception.Category=DIRECT_ACCOUNTING_CONSOLIDATION_PARENT|Exception.Reason.1="
	over := strings.Replace(row, "DIRECT", "ULTIMATE", 1)
	for _, tc := range []struct{ name, row, want string }{
		{"a reason", row + "NO_KNOWN_PERSON", "gap  " + leiSlug(1) + "  no-known-person  note=direct parent  valid always  [LEI " + leifile.LEI(1) + " direct parent]\n1 records, 1 facts\n"},
		{"of the ultimate parent", over + "NON_PUBLIC", "non-public  note=ultimate parent"},
		{"two reasons", row + "NON_PUBLIC|Exception.Reason.2=LEGAL_OBSTACLES|Exception.Reason.3=NON_PUBLIC", "1 records, 2 facts\n"},
		{"persons", row + "NATURAL_PERSONS", "edge  (a person) → " + leiSlug(1) + "  50.0001%–100%  unknown-interest"},
		{"persons above", over + "NATURAL_PERSONS", "natural-persons  note=ultimate parent"},
		{"free text", row + "NO_LEI|Exception.Reference.1=owned by Nemo Nobody", "dropped 1: free text of an exception\n"},
		{"unknown category", "LEI=" + leifile.LEI(1) + "|Exception.Category=X|Exception.Reason.1=NO_LEI", `unknown exception category "X"`},
		{"no reason", row, "an exception without a reason was left out"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := registrytest.Load(t, table{kindException}, "x", sheet(kindException, tc.row))
			if got := res.Text(); res.Err != nil || !strings.Contains(got, tc.want) || strings.Contains(got, "Nemo") {
				t.Errorf("got\n%swant %q", got, tc.want)
			}
		})
	}
	deleted := `{"exceptions":[{"LEI":{"$":"` + leifile.LEI(1) + `"},"ExceptionCategory":{"$":"DIRECT_ACCOUNTING_CONSOLIDATION_PARENT"},"ExceptionReason":[{"$":"NO_LEI"}],"Extension":{"gleif:Deletion":%s}}]}`
	for mark, want := range map[string]string{"null": "1 facts", `{"gleif:DeletedAt":{"$":"2026-01-01"}}`: "dropped 1: deleted exception"} {
		res := registrytest.Load(t, document{kindException}, "x", fmt.Appendf(nil, deleted, mark))
		if got := res.Text(); !strings.Contains(got, want) {
			t.Errorf("deletion %s: got\n%swant %q", mark, got, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	whole := string(sheet(kindRelation, relation(1, direct, 2)))
	header, _, _ := strings.Cut(whole, "\n")
	for _, tc := range []struct{ name, in, want string }{
		{"a column is missing", strings.Replace(whole, "Relationship.EndNode.NodeID,", "Relationship.EndNode.Node,", 1), `gleif-rr-csv: line 1: the header has no column "Relationship.EndNode.NodeID" among its 8: take`},
		{"a column stands twice", strings.Replace(whole, "EndNode", "StartNode", 1), `line 1: the column "Relationship.StartNode.NodeID" stands twice`},
		{"a row is short", header + "\n\"a\",\"b\"\n", "line 2: the row has 2 fields, the header 8: the file is cut off or damaged"},
		{"no break at the end", strings.TrimSuffix(whole, "\n"), "line 2: the last row ends without a line break: the file is cut off"},
		{"cut in a field", whole[:len(whole)-10], "line 2: the file ends within a field"},
		{"a header alone", header + "\n", "the file holds no record: fetch"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := registrytest.Load(t, table{kindRelation}, "x", []byte(tc.in))
			if res.Err == nil || !strings.Contains(res.Err.Error(), tc.want) {
				t.Errorf("got error %v, want one with %q", res.Err, tc.want)
			}
			if res.Facts() > 0 {
				t.Errorf("%d facts were given", res.Facts())
			}
		})
	}
	res := registrytest.Load(t, document{kindLEI}, "x", []byte(`{"LEI":{"$":"x"}}`))
	if res.Err == nil || !strings.Contains(res.Err.Error(), "the file is not one object with an array of records") {
		t.Errorf("lines: got error %v", res.Err)
	}
	xml := []byte(`<?xml version="1.0"?><rr:RelationshipData xmlns:rr="http://www.gleif.org/data/schema/rr/2016">`)
	if !(markup{}).Match("x.xml", xml) || (markup{}).Match("x.xml", []byte("<html>")) {
		t.Error("Match of the XML form")
	}
	if res := registrytest.Load(t, markup{}, "x", xml); res.Err == nil || !strings.Contains(res.Err.Error(), "fetch the CSV or the JSON form") {
		t.Errorf("XML: got error %v", res.Err)
	}
}

// FuzzLoad runs the loader that the first byte chooses.
func FuzzLoad(f *testing.F) {
	c := leifile.Config{Seed: 1, Companies: 3, Relations: 4}
	for form, content := range map[leifile.Form]map[kind][]byte{leifile.CSV: copies(f, leifile.CSV, c), leifile.JSON: copies(f, leifile.JSON, c)} {
		for k, b := range content {
			f.Add(uint8(form)*3+uint8(k), b)
		}
	}
	f.Add(uint8(1), sheet(kindRelation, relation(1, ultimate, 3), relation(1, direct, 2), relation(2, direct, 3)))
	f.Fuzz(func(t *testing.T, which uint8, content []byte) {
		k := kind(which % 3)
		if which/3%2 == 0 {
			registrytest.Honest(t, "fuzz", registrytest.Load(t, table{k}, "fuzz", content))
			return
		}
		registrytest.Honest(t, "fuzz", registrytest.Load(t, document{k}, "fuzz", content))
	})
}
