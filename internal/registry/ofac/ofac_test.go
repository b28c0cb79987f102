package ofac_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/ofaclist"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/registry/ofac"
	"github.com/cleannet/cleannet/internal/registry/registrytest"
)

// few is a small list.
func few() ([]org, []link) {
	orgs := []org{
		{ID: "ofac:9647", Name: "EXAMPLE OIL & GAS COMPANY", Programs: []string{"IRAN", "IFSR"}, AKA: []string{"EOGC", "شرکت نفت"},
			Countries: []string{"Iran"}, IDs: map[string][]string{"reg_id": {"10861"}, "website": {"www.oil.example", "http://sites.example/oil"}, "bic": {"EXAMIRTH"}}},
		{ID: "ofac:9648", Name: "EXAMPLE TANKERS LTD", Programs: []string{"IRAN"}, FKA: []string{"OLD TANKERS LTD"},
			Countries: []string{"Cyprus", "Malta"}, IDs: map[string][]string{"tax_id": {"CY 10 2030"}, "established": {"1990"}}},
		{ID: "ofac:9649", Name: "NOWHERE TRADING", Programs: []string{"SDGT"}, IDs: map[string][]string{"reg_id": {"55"}}},
	}
	return orgs, []link{
		{1, 0, "15003", false}, {0, 2, "92019", false}, {1, 2, "15002", false}, {2, 0, "92122", false},
		{1, 0, "15003", false}, {1, 0, "15001", false}, {2, 1, "15003", true},
	}
}

func TestConformance(t *testing.T) {
	orgs, links := few()
	people := []string{"MUSTERMANN", "X0123456"}
	t.Run("advanced", func(t *testing.T) {
		registrytest.Run(t, ofac.Advanced{},
			registrytest.Sample{Name: "SDN_ADVANCED.XML", Content: advancedXML(orgs, links, "1550"), Ends: true, People: people})
	})
	t.Run("classic", func(t *testing.T) {
		registrytest.Run(t, ofac.Classic{},
			registrytest.Sample{Name: "SDN.XML", Content: classicXML(orgs), Ends: true, People: people[:1]})
	})
	t.Run("csv", func(t *testing.T) {
		registrytest.Run(t, ofac.CSV{}, registrytest.Sample{Name: "SDN.CSV", Content: tables(orgs)["sdn.csv"], People: people})
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

func compare() cmp.Option { return cmp.AllowUnexported(evidence.ID{}, entity.Date{}) }

func TestAdvancedFacts(t *testing.T) {
	orgs, links := few()
	got := registrytest.Load(t, ofac.Advanced{}, "SDN_ADVANCED.XML", advancedXML(orgs, links, "1550"))
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	edge := func(owner, asset, interest, words string, n int) entity.Edge {
		return entity.Edge{Owner: owner, Asset: asset, Share: entity.Range{Lo: 0, Hi: entity.Whole}, Interest: interest,
			Note: "OFAC states no share: " + words + ".", Source: "sample", Record: fmt.Sprint("relation ", n)}
	}
	held := func(text, company, note string) entity.Identifier {
		return entity.Identifier{ID: id(t, text), Company: "ofac-" + company, Note: note, Source: "sample", Record: "uid " + company}
	}
	listing := func(company, program, since string, entry int) entity.Listing {
		return entity.Listing{Company: "ofac-" + company, List: "ofac-sdn", Program: program, Valid: entity.Interval{From: day(t, since)},
			Note: "Measures: Block.", Source: "sample", Record: fmt.Sprint("entry ", entry)}
	}
	want := entity.Records{
		Sources: []entity.Source{registrytest.About()},
		Companies: []entity.Company{
			{Slug: "ofac-9647", Name: "EXAMPLE OIL & GAS COMPANY", Aliases: []string{"EOGC", "شرکت نفت"}, Country: "IR", Source: "sample", Record: "uid 9647"},
			{Slug: "ofac-9648", Name: "EXAMPLE TANKERS LTD", Aliases: []string{"OLD TANKERS LTD"}, Note: "Addresses in CY, MT.", Source: "sample", Record: "uid 9648"},
			{Slug: "ofac-9649", Name: "NOWHERE TRADING", Source: "sample", Record: "uid 9649"},
		},
		Identifiers: []entity.Identifier{
			held("reg:ir-registration-number/10861", "9647", "Registration Number"),
			held("reg:bic/EXAMIRTH", "9647", "SWIFT/BIC"),
			held("domain:oil.example", "9647", "Website"),
			held("reg:cy-tax-id/CY102030", "9648", "Tax ID No."),
		},
		Edges: []entity.Edge{
			edge("ofac-9647", "ofac-9648", "other-influence-or-control", "Owned or Controlled By", 3),
			edge("ofac-9647", "ofac-9649", "other-influence-or-control", "Owns, controls, or operates", 4),
			edge("ofac-9649", "ofac-9648", "unknown-interest", "Acting for or on behalf of", 5),
			edge("ofac-9647", "ofac-9649", "unknown-interest", "Property in the interest of", 6),
		},
		Listings: []entity.Listing{
			listing("9647", "IRAN", "1991-02-09", 1), listing("9647", "IFSR", "1991-02-09", 1),
			listing("9648", "IRAN", "1992-03-09", 2), listing("9649", "SDGT", "1993-04-09", 3),
		},
	}
	if diff := cmp.Diff(want, got.Records, compare()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantReport := registry.Report{Records: 6 + 9 + 4, Facts: 15, Dropped: []registry.Dropped{
		{Reason: "aircraft", Count: 1}, {Reason: "document with a number that cannot be one", Count: 1},
		{Reason: "document without a country of issue", Count: 1}, {Reason: "former relation", Count: 1},
		{Reason: "natural person", Count: 1}, {Reason: "relation stated twice", Count: 1}, {Reason: "relation to a natural person", Count: 1},
		{Reason: "relation to a vessel or aircraft", Count: 1}, {Reason: "relation without ownership or control", Count: 1},
		{Reason: "vessel", Count: 1}, {Reason: "weak alias", Count: 3},
	}}
	if diff := cmp.Diff(wantReport, got.Report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if _, err := entity.New(got.Records, nil); err != nil {
		t.Errorf("the registry refuses the facts: %v", err)
	}
}

// facts are what a round trip must keep, by uid.
type facts struct {
	Name, Country, Note string
	Aliases, Programs   []string
	IDs                 []string
	Lists               []string
}

// wanted works out the facts of an organisation from the shared data alone.
func wanted(o org, list string) facts {
	f := facts{Name: registry.Line(o.Name), Programs: slices.Clone(o.Programs), Lists: []string{list}}
	for _, a := range append(slices.Clone(o.AKA), o.FKA...) {
		if a = registry.Line(a); a != f.Name && !slices.Contains(f.Aliases, a) {
			f.Aliases = append(f.Aliases, a)
		}
	}
	countries := ofaclist.NewCountries()
	var codes []string
	for _, c := range o.Countries {
		if code := countries.Code(c); code != "" {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	if codes = slices.Compact(codes); len(codes) == 1 {
		f.Country = codes[0]
	} else if len(codes) > 1 {
		f.Note = "Addresses in " + strings.Join(codes, ", ") + "."
	}
	add := func(scheme evidence.Scheme, value string) {
		if id, err := evidence.NewID(scheme, value); err == nil && !slices.Contains(f.IDs, id.String()) {
			f.IDs = append(f.IDs, id.String())
		}
	}
	issuer := strings.ToLower(countries.Code(o.issuer()))
	for _, n := range o.IDs["reg_id"] {
		if issuer != "" && len(n) > 1 && strings.ContainsAny(n, "0123456789") {
			add("reg", issuer+"-registration-number/"+n)
		}
	}
	for _, n := range o.IDs["tax_id"] {
		if issuer != "" && len(n) > 1 && strings.ContainsAny(n, "0123456789") {
			add("reg", issuer+"-tax-id/"+n)
		}
	}
	for _, n := range o.IDs["bic"] {
		add("reg", "bic/"+n)
	}
	for _, n := range o.IDs["uscc"] {
		add("reg", "cn-uscc/"+n)
	}
	for _, site := range o.IDs["website"] {
		if host, ok := ofaclist.Host(site); ok {
			add("domain", host)
		}
	}
	slices.Sort(f.IDs)
	slices.Sort(f.Programs)
	f.Programs = slices.Compact(f.Programs)
	return f
}

// loaded gathers the facts that a loader gave.
func loaded(r *entity.Records) map[string]facts {
	out := map[string]facts{}
	for _, c := range r.Companies {
		out[c.Slug] = facts{Name: c.Name, Country: c.Country, Note: c.Note, Aliases: c.Aliases}
	}
	for _, d := range r.Identifiers {
		f := out[d.Company]
		f.IDs = append(f.IDs, d.ID.String())
		out[d.Company] = f
	}
	for _, l := range r.Listings {
		f := out[l.Company]
		f.Programs = append(f.Programs, l.Program)
		if !slices.Contains(f.Lists, l.List) {
			f.Lists = append(f.Lists, l.List)
		}
		out[l.Company] = f
	}
	for slug, f := range out {
		slices.Sort(f.IDs)
		slices.Sort(f.Programs)
		out[slug] = f
	}
	return out
}

// TestRoundTrip writes all organisations of the shared lists in the three real
// forms, reads them back, and wants names, aliases, programmes, countries,
// numbers and links to be the same.
func TestRoundTrip(t *testing.T) {
	for _, tc := range []struct {
		file, list, listID string
		count              int
	}{
		{"ofac_sdn_orgs.jsonl", "ofac-sdn", "1550", 3673},
		{"ofac_nonsdn_orgs.jsonl", "ofac-nonsdn", "91512", 363},
	} {
		orgs := shared(t, tc.file)
		if len(orgs) != tc.count {
			t.Errorf("%s has %d organisations, want %d", tc.file, len(orgs), tc.count)
		}
		var links []link
		types := slices.Sorted(maps.Keys(relationTypes()))
		wantEdges := map[string]bool{}
		for i := 0; i+7 < len(orgs); i += 3 {
			l := link{i, i + 1 + i%7, types[i/3%len(types)], false}
			links = append(links, l)
			from, to := "ofac-"+orgs[l.from].uid(), "ofac-"+orgs[l.to].uid()
			switch l.kind {
			case "15003", "15002", "92122":
				wantEdges[to+" owns "+from] = true
			case "92019":
				wantEdges[from+" owns "+to] = true
			}
		}
		want := map[string]facts{}
		holders := map[string]int{}
		for _, o := range orgs {
			f := wanted(o, tc.list)
			want["ofac-"+o.uid()] = f
			for _, id := range f.IDs {
				holders[id]++
			}
		}
		for slug, f := range want {
			f.IDs = slices.DeleteFunc(slices.Clone(f.IDs), func(id string) bool { return holders[id] > 1 })
			if len(f.IDs) == 0 {
				f.IDs = nil
			}
			want[slug] = f
		}
		for _, form := range []struct {
			name    string
			loader  registry.Loader
			content []byte
		}{
			{"advanced", ofac.Advanced{}, advancedXML(orgs, links, tc.listID)},
			{"classic", ofac.Classic{}, classicXML(orgs)},
			{"csv", ofac.CSV{}, zipped(t, tables(orgs), tc.list == "ofac-nonsdn")},
		} {
			t.Run(tc.file+" "+form.name, func(t *testing.T) {
				if !form.loader.Match("x", form.content[:4096]) {
					t.Error("Match refuses the file")
				}
				res := registrytest.Load(t, form.loader, "x", form.content)
				if res.Err != nil {
					t.Fatal(res.Err)
				}
				got := loaded(&res.Records)
				if form.name == "classic" { // it does not say which list it holds
					for slug, f := range got {
						f.Lists = []string{tc.list}
						got[slug] = f
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%.4000s", diff)
				}
				if _, err := entity.New(res.Records, nil); err != nil {
					t.Errorf("the registry refuses the facts: %.2000v", err)
				}
				if form.name != "advanced" {
					return
				}
				gotEdges := map[string]bool{}
				for _, e := range res.Records.Edges {
					gotEdges[e.Owner+" owns "+e.Asset] = true
				}
				if diff := cmp.Diff(wantEdges, gotEdges); diff != "" {
					t.Errorf("links (-want +got):\n%.4000s", diff)
				}
			})
		}
	}
}

func TestLists(t *testing.T) {
	orgs, _ := few()
	for _, tc := range []struct{ id, want string }{
		{"1550", "ofac-sdn IRAN, ofac-sdn IFSR"},
		{"91512", "ofac-nonsdn IRAN, ofac-nonsdn IFSR"},
		{"91507", "ofac-nonsdn IRAN, ofac-nonsdn IFSR, ofac-nonsdn SSI"},
		{"92500", "ofac-nonsdn IRAN, ofac-nonsdn IFSR, ofac-nonsdn NS-MBS"},
		{"92600", "ofac-nonsdn IRAN, ofac-nonsdn IFSR, ofac-nonsdn NS-CMIC"},
	} {
		t.Run(tc.id, func(t *testing.T) {
			res := registrytest.Load(t, ofac.Advanced{}, "x", advancedXML(orgs[:1], nil, tc.id))
			var got []string
			for _, l := range res.Records.Listings {
				got = append(got, l.List+" "+l.Program)
			}
			if res.Err != nil || strings.Join(got, ", ") != tc.want {
				t.Errorf("got %s, %v, want %s", strings.Join(got, ", "), res.Err, tc.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	orgs, links := few()
	advanced, files := string(advancedXML(orgs, links, "1550")), tables(orgs)
	sections := func(from, to string) []byte { return []byte(strings.Replace(advanced, from, to, 1)) }
	for _, tc := range []struct {
		name    string
		loader  registry.Loader
		content []byte
		want    string
	}{
		{"cut XML", ofac.Advanced{}, []byte(advanced[:len(advanced)-20]), "cut off, fetch it again"},
		{"declaration", ofac.Advanced{}, sections("<Sanctions", "<!DOCTYPE x [<!ENTITY a \"b\">]><Sanctions"), "a document type declaration"},
		{"entity", ofac.Advanced{}, sections("EOGC", "&a;"), "the file is no XML or is damaged"},
		{"wrong end", ofac.Advanced{}, sections("</Locations>", "</Location>"), `the end of "Location" where "Locations" should end`},
		{"order", ofac.Advanced{}, sections("<ProfileRelationships>", "<Locations><Location ID=\"1\"/></Locations><ProfileRelationships>"),
			"come after the parties that refer to them"},
		{"encoding", ofac.Advanced{}, sections(`encoding="utf-8"`, `encoding="windows-1252"`), `in the encoding "windows-1252": convert it to UTF-8`},
		{"other XML", ofac.Advanced{}, []byte("<html></html>"), `the element "html" where "Sanctions" should be`},
		{"no entries", ofac.Classic{}, []byte("<sdnList></sdnList>"), `no record of the form "OFAC sdnList XML"`},
		{"aliases alone", ofac.CSV{}, files["alt.csv"], "the file of aliases alone does not tell organisations from people: put it into a zip with sdn.csv"},
		{"addresses alone", ofac.CSV{}, files["add.csv"], "the file of addresses alone does not tell"},
		{"other CSV", ofac.CSV{}, []byte("a,b,c\n1,2,3\n"), "the first row is none of SDN.CSV or CONS_PRIM.CSV, which have 12 columns"},
		{"cut CSV", ofac.CSV{}, files["sdn.csv"][:len(files["sdn.csv"])-20], "cut off, fetch it again"},
		{"archive without main", ofac.CSV{}, zipped(t, map[string][]byte{"alt.csv": files["alt.csv"]}, false), "the archive lacks sdn.csv or cons_prim.csv"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := registrytest.Load(t, tc.loader, "x", tc.content)
			if got.Err == nil || !strings.Contains(got.Err.Error(), tc.want) {
				t.Errorf("got error %v, want one with %q", got.Err, tc.want)
			}
			if len(got.Records.Companies) > 0 && tc.loader == (ofac.CSV{}) {
				t.Errorf("%d companies were given before the error", len(got.Records.Companies))
			}
		})
	}
}

func TestCSVProblems(t *testing.T) {
	orgs, _ := few()
	main := string(tables(orgs)["sdn.csv"])
	alone := "the file stands alone: there are no aliases and no countries; put it into a zip with its alt, add and comments files"
	unnamed := "neither the file's name nor its source says which list it is: it was taken for the SDN list; name it sdn or consolidated"
	for _, tc := range []struct {
		name, content string
		want          []string
	}{
		{"whole", main, []string{alone, unnamed}},
		{"no end mark", strings.TrimRight(main, "\x1a\r\n") + "\n",
			[]string{alone, "no end mark (0x1A) after the last row: nothing tells whether the file is whole", unnamed}},
		{"columns", "1,TOO SHORT,-0- \n" + main, []string{alone, "3 columns instead of 12: the row was left out", unnamed}},
		{"no uid", strings.Replace(main, "9648,", "x9648,", 1), []string{alone, "no number in the first column: the row was left out", unnamed}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			content := tc.content
			if tc.name == "columns" { // the form is recognised by the first row
				first, rest, _ := strings.Cut(main, "\n")
				content = first + "\n1,TOO SHORT,-0- \n" + rest
			}
			res := registrytest.Load(t, ofac.CSV{}, "x", []byte(content))
			if res.Err != nil {
				t.Fatal(res.Err)
			}
			var got []string
			for _, p := range res.Report.Problems {
				got = append(got, p.Message)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzAdvanced(f *testing.F) {
	orgs, links := few()
	f.Add(advancedXML(orgs, links, "91507"))
	f.Fuzz(func(t *testing.T, content []byte) { registrytest.Any(t, ofac.Advanced{}, content) })
}

func FuzzClassic(f *testing.F) {
	orgs, _ := few()
	f.Add(classicXML(orgs))
	f.Fuzz(func(t *testing.T, content []byte) { registrytest.Any(t, ofac.Classic{}, content) })
}

func FuzzCSV(f *testing.F) {
	orgs, _ := few()
	f.Add(tables(orgs)["sdn.csv"])
	f.Add(tables(orgs)["alt.csv"])
	f.Fuzz(func(t *testing.T, content []byte) { registrytest.Any(t, ofac.CSV{}, content) })
}

func BenchmarkLoad(b *testing.B) {
	orgs := shared(b, "ofac_sdn_orgs.jsonl")
	for _, form := range []struct {
		name    string
		loader  registry.Loader
		content []byte
	}{
		{"advanced", ofac.Advanced{}, advancedXML(orgs, nil, "1550")},
		{"classic", ofac.Classic{}, classicXML(orgs)},
		{"csv", ofac.CSV{}, zipped(b, tables(orgs), false)},
	} {
		b.Run(form.name, func(b *testing.B) {
			size := len(form.content)
			if form.name == "csv" { // as it stands in the archive's files
				size = 0
				for _, file := range tables(orgs) {
					size += len(file)
				}
			}
			b.SetBytes(int64(size))
			for b.Loop() {
				if res := registrytest.Load(b, form.loader, "x", form.content); res.Err != nil || len(res.Records.Companies) != len(orgs) {
					b.Fatal(res.Err, len(res.Records.Companies))
				}
			}
		})
	}
}
