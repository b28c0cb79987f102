package yaml_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/data"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
	"github.com/cleannet/cleannet/internal/registry/yaml"
)

const good = `
sources:
  book: {title: A book, url: https://example.org/book, retrieved: 2020-08-05, licence: CC0-1.0}
companies:
  - id: acme
    name: Acme Ltd
    aliases: [Acme, Ácme]
    country: "NO"
    headquarters: SE
    known: 2020-08-05
    tags: [carrier, cloud]
    state_owned: true
    owners_complete: true
    source: book
    note: An example.
    identifiers:
      - {id: "asn:AS64496", note: main network, source: book, from: 2019-01-01, until: 2020-01-01, known: 2018-12-01}
    lists:
      - {list: bad-list, program: P1, from: 2019-01-01, note: a listing, source: book}
    gaps:
      - {reason: non-public, source: book}
ownership:
  - {owner: holding, asset: acme, share: "(50,100]", interest: shareholding, source: book, known: 2019-02-03}
  - {opaque: true, asset: acme, share: 20, interest: shareholding, note: natural persons, source: book}
`

func day(t *testing.T, text string) entity.Date {
	t.Helper()
	d, err := entity.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLoadFile(t *testing.T) {
	got, err := yaml.LoadFile("good.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	want := entity.Records{
		Sources: []entity.Source{{
			ID: "book", Title: "A book", URL: "https://example.org/book", Retrieved: day(t, "2020-08-05"), Licence: "CC0-1.0",
		}},
		Companies: []entity.Company{{
			Slug: "acme", Name: "Acme Ltd", Aliases: []string{"Acme", "Ácme"}, Country: "NO", Headquarters: "SE", Tags: []string{"carrier", "cloud"},
			StateOwned: true, OwnersComplete: true, Source: "book", Note: "An example.", Known: entity.Interval{From: day(t, "2020-08-05")},
		}},
		Listings: []entity.Listing{{Company: "acme", List: "bad-list", Program: "P1", Note: "a listing", Source: "book",
			Valid: entity.Interval{From: day(t, "2019-01-01")}}},
		Gaps: []entity.Gap{{Company: "acme", Reason: "non-public", Source: "book"}},
		Identifiers: []entity.Identifier{{
			ID: evidence.ASN(64496), Company: "acme", Note: "main network", Source: "book",
			Valid: entity.Interval{From: day(t, "2019-01-01"), To: day(t, "2020-01-01")},
			Known: entity.Interval{From: day(t, "2018-12-01")},
		}},
		Edges: []entity.Edge{{
			Owner: "holding", Asset: "acme", Share: entity.Range{Lo: 500_001, Hi: entity.Whole}, Interest: "shareholding", Source: "book",
			Known: entity.Interval{From: day(t, "2019-02-03")},
		}, {
			Asset: "acme", Share: entity.Range{Lo: 200_000, Hi: 200_000}, Interest: "shareholding", Note: "natural persons", Source: "book",
		}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(evidence.ID{}, entity.Date{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMistakes has one mistake a line; all must be reported, each at its place.
func TestMistakes(t *testing.T) {
	const text = `sources:
  Book: {title: "", url: example.org, retrieved: 2020-8-5, sha256: ab}
  empty:
companies:
  - id: Acme
    nam: Acme Ltd
    country: UK
    tags: [carrier, carrier, bank]
    state_owned: "yes"
    identifiers:
      - {id: "asn:x", source: book}
      - {id: "region:x", source: book}
      - {id: "asn:1", from: 2020-01-02, until: 2020-01-01, source: book}
      - just text
  - {id: twice, name: Twice, source: book}
  - {id: twice, name: Twice, source: book}
ownership:
  - {owner: a, asset: b, share: "150", interest: love, source: book}
  - {owner: a, asset: b}
`
	_, err := yaml.LoadFile("f.yaml", []byte(text))
	want := `f.yaml:2:3: slug "Book": want lower-case letters, digits and single dashes, like china-telecom
f.yaml:2:9: key "licence" is missing
f.yaml:2:17: title is empty
f.yaml:2:26: url "example.org": want an address that begins with https:// or http://
f.yaml:2:50: date "2020-8-5": want YYYY-MM-DD, for example 2020-08-05
f.yaml:2:68: sha256 "ab": want 64 hexadecimal digits
f.yaml:3:3: source "empty" has no description: give title, retrieved and licence
f.yaml:5:5: key "name" is missing
f.yaml:5:5: key "source" is missing
f.yaml:5:9: slug "Acme": want lower-case letters, digits and single dashes, like china-telecom
f.yaml:6:5: unknown key "nam"; did you mean "name"?
f.yaml:7:14: country "UK": want a code of ISO 3166-1 alpha-2 in capitals, like US or HK
f.yaml:8:21: tag "carrier" stands twice
f.yaml:8:30: unknown word "bank": want one of carrier, cloud, cdn, app-publisher, device-maker, equipment-vendor, cable-supplier, holding
f.yaml:9:18: want true or false, found "yes"
f.yaml:11:14: asn identifier "x": is no AS number from 0 to 4294967295, for example asn:4134
f.yaml:12:14: identifier "region:x": a company cannot hold one of the scheme "region"; want one of [asn prefix ip domain android ios dex native cert lei]
f.yaml:13:48: until 2020-01-01 is not after from 2020-01-02: until is the first day no longer covered
f.yaml:14:9: want a mapping (key: value), found "just text"
f.yaml:16:10: company "twice" stands twice: first at f.yaml:15
f.yaml:18:33: share "150": bounds must lie between 0 and 100 and be in order
f.yaml:18:50: unknown word "love": want one of ` + strings.Join(entity.Interests(), ", ") + `
f.yaml:19:5: key "interest" is missing
f.yaml:19:5: key "source" is missing
f.yaml:19:5: key "share" is missing`
	if err == nil {
		t.Fatal("no mistake was found")
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := len(yamldoc.Problems(err)); got != 25 {
		t.Errorf("got %d problems, want 25", got)
	}
}

func TestLoadFolder(t *testing.T) {
	const source = "sources:\n  s: {title: A, retrieved: 2020-08-05, licence: CC0-1.0}\n"
	const fact = "companies:\n  - {id: acme, name: Acme, source: s}\n"
	tests := []struct {
		name  string
		files map[string]string
		want  string // empty: no error
	}{
		{"across files", map[string]string{"b.yaml": source, "a.yaml": fact}, ""},
		{"other files", map[string]string{"a.yaml": source + fact, "notes.txt": "x: ["}, ""},
		{"source twice", map[string]string{"a.yaml": source + fact, "b.yaml": source},
			`r/b.yaml:2:3: source "s" is defined already at r/a.yaml:2: define it once`},
		{"source unused", map[string]string{"a.yaml": source}, `r/a.yaml:2:3: source "s" is used by no fact: remove it`},
		{"all files are named", map[string]string{"b.yaml": "x: 1", "a.yaml": "y: 1"},
			"r/a.yaml:1:1: unknown key \"y\": want one of sources, companies, ownership\n" +
				"r/b.yaml:1:1: unknown key \"x\": want one of sources, companies, ownership"},
		{"more than the whole, over two files", map[string]string{
			"a.yaml": source + fact + "ownership:\n  - {owner: x, asset: acme, share: 60, interest: shareholding, source: s}\n",
			"b.yaml": "ownership:\n" +
				"  - {owner: y, asset: acme, share: \"[30.5,40]\", interest: shareholding, source: s, from: 2020-01-01}\n" +
				"  - {opaque: true, asset: acme, share: 10, interest: shareholding, source: s, until: 2021-01-01}\n" +
				"  - {owner: z, asset: acme, share: 90, interest: voting-rights, source: s}\n"},
			`r/b.yaml:3:5: owners (shareholding) of "acme" hold at least 100.5% from 2020-01-01, more than the whole: correct a share, ` +
				`or end one with until; added up are x 60% (r/a.yaml:6), y 30.5%–40% (r/b.yaml:2), persons 10% (r/b.yaml:3)`},
		{"one after the other", map[string]string{
			"a.yaml": source + fact + "ownership:\n" +
				"  - {owner: x, asset: acme, share: 60, interest: shareholding, source: s, until: 2020-01-01}\n" +
				"  - {owner: y, asset: acme, share: 60, interest: shareholding, source: s, from: 2020-01-01}\n"}, ""},
		{"nothing", nil, `registry folder "r" holds no file *.yaml: name another folder`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for name, text := range test.files {
				fsys["r/"+name] = &fstest.MapFile{Data: []byte(text)}
			}
			_, err := yaml.Load(fsys, "r")
			got := ""
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCurated loads what ships, to the end.
func TestCurated(t *testing.T) {
	records, err := yaml.Load(data.Registry(), "registry")
	if err != nil {
		t.Fatal(err)
	}
	r, err := entity.New(records, nil)
	if err != nil {
		t.Fatal(err)
	}
	h, ok := r.Resolve(evidence.ASN(4134), day(t, "2020-08-05"))
	if !ok || h.Company.Country != "CN" {
		t.Errorf("AS4134 resolves to %v, %t", h.Company, ok)
	}
}

func FuzzLoadFile(f *testing.F) {
	f.Add([]byte(good))
	f.Fuzz(func(t *testing.T, text []byte) {
		records, err := yaml.LoadFile("f.yaml", text)
		if err != nil {
			if len(yamldoc.Problems(err)) == 0 {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		// What the loader accepts may refer to other files, so New may refuse
		// it; it must not panic.
		_, _ = entity.New(records, nil)
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := yaml.Load(data.Registry(), "registry"); err != nil {
			b.Fatal(err)
		}
	}
}
