package asorg_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/registry/asorg"
	"github.com/cleannet/cleannet/internal/registry/registrytest"
)

const bars = `# name: AS Org
# a comment
# format:org_id|changed|org_name|country|source
EXA-ARIN|20200101|Example Networks, Inc.|US|ARIN
ORG-EO1-RIPE|20210101|Exämple Öy|FI|RIPE
@aut-64499-APNIC|20210101|Nowhere Telecom||APNIC
# format:aut|changed|aut_name|org_id|opaque_id|source
64496|20200101|EXA-1|EXA-ARIN|e5e3_ARIN|ARIN
64497|20200101|EXA-2|EXA-ARIN|e5e3_ARIN|ARIN
4200000000|20210101|EXFI|ORG-EO1-RIPE||RIPE
64499|20210101||@aut-64499-APNIC||APNIC
64500|20210101|LONE|||APNIC
`

const lines = `{"changed":"20200101","country":"US","name":"Example Networks, Inc.","organizationId":"EXA-ARIN","source":"ARIN","type":"Organization"}
{"asn":"64496","changed":"20200101","name":"EXA-1","opaqueId":"e5e3_ARIN","organizationId":"EXA-ARIN","source":"ARIN","type":"ASN"}
{"asn":"64500","changed":"20210101","name":"LONE","opaqueId":"","organizationId":"","source":"APNIC","type":"ASN"}
`

func TestConformance(t *testing.T) {
	registrytest.Run(t, asorg.Loader{},
		registrytest.Sample{Name: "as-org2info.txt", Content: []byte(bars)},
		registrytest.Sample{Name: "as-org2info.jsonl", Content: []byte(lines)})
}

func TestFacts(t *testing.T) {
	got := registrytest.Load(t, asorg.Loader{}, "as-org2info.txt", []byte(bars))
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	company := func(slug, name, country, note, record string) entity.Company {
		return entity.Company{Slug: slug, Name: name, Country: country, Note: note, Source: "sample", Record: record}
	}
	held := func(asn uint32, slug, note string) entity.Identifier {
		return entity.Identifier{ID: evidence.ASN(asn), Company: slug, Note: note, Source: "sample", Record: fmt.Sprint("aut ", asn)}
	}
	odd := registry.Slug("as2org", "@aut-64499-apnic") // no slug by itself
	want := entity.Records{
		Sources: []entity.Source{registrytest.About()},
		Companies: []entity.Company{
			company("as2org-exa-arin", "Example Networks, Inc.", "US", "Registered at ARIN.", "org EXA-ARIN"),
			company("as2org-org-eo1-ripe", "Exämple Öy", "FI", "Registered at RIPE.", "org ORG-EO1-RIPE"),
			company(odd, "Nowhere Telecom", "", "Registered at APNIC.", "org @aut-64499-APNIC"),
		},
		Identifiers: []entity.Identifier{
			held(64496, "as2org-exa-arin", "EXA-1, ARIN"),
			held(64497, "as2org-exa-arin", "EXA-2, ARIN"),
			held(4200000000, "as2org-org-eo1-ripe", "EXFI, RIPE"),
			held(64499, odd, "APNIC"),
		},
	}
	if diff := cmp.Diff(want, got.Records, cmp.AllowUnexported(evidence.ID{}, entity.Date{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantReport := registry.Report{Records: 8, Facts: 7,
		Dropped: []registry.Dropped{{Reason: "AS number without an organisation", Count: 1}}}
	if diff := cmp.Diff(wantReport, got.Report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if _, err := entity.New(got.Records, nil); err != nil {
		t.Errorf("the registry refuses the facts: %v", err)
	}
}

// TestOrder has the AS numbers before their organisations: the same facts.
func TestOrder(t *testing.T) {
	head, rest, _ := strings.Cut(bars, "# format:org_id")
	orgs, auts, _ := strings.Cut(rest, "# format:aut")
	turned := head + "# format:aut" + auts + "# format:org_id" + orgs
	want := registrytest.Load(t, asorg.Loader{}, "x", []byte(bars))
	got := registrytest.Load(t, asorg.Loader{}, "x", []byte(turned))
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	if diff := cmp.Diff(want.Records, got.Records, cmp.AllowUnexported(evidence.ID{}, entity.Date{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestProblems(t *testing.T) {
	const orgs = "# format:org_id|changed|name|country|source\n"
	const auts = "# format:aut|changed|name|org_id|source\n"
	for _, tc := range []struct{ name, text, want string }{
		{"fields", orgs + "A|1|Name\nB|1|Name|US|ARIN\n", `2 "" has 3 fields instead of 5: the record was left out`},
		{"repeated organisation", orgs + "A|1|Name|US|ARIN\nA|1|Other|US|ARIN\n", `3 "org A" stands twice: only the first record was used`},
		{"no name", orgs + "A|1||US|ARIN\n", `2 "org A" has no key or no name that can be used: the record was left out`},
		{"unknown organisation", auts + "64496|1|N|A|ARIN\n",
			`2 "aut 64496" belongs to an organisation that the file does not describe: it was left out`},
		{"repeated AS number", auts + "64496|1|N|A|ARIN\n64496|1|N|B|ARIN\n" + orgs + "A|1|Name|US|ARIN\n",
			`3 "aut 64496" stands twice: only the first record was used`},
		{"no AS number", auts + "x|1|N|A|ARIN\n", `2 "aut x" is no AS number: the record was left out`},
		{"type", `{"organizationId":"A","type":"Person"}` + "\n" + `{"organizationId":"A","name":"N","type":"Organization"}` + "\n",
			`1 "" is neither of the type Organization nor ASN: the record was left out`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := registrytest.Load(t, asorg.Loader{}, "x", []byte(tc.text))
			if res.Err != nil {
				t.Fatal(res.Err)
			}
			var got []string
			for _, p := range res.Report.Problems {
				got = append(got, fmt.Sprintf("%d %q %s", p.Line, p.Record, p.Message))
			}
			if diff := cmp.Diff([]string{tc.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"no format line", "64496|1|N|A|ARIN\n", `line 1: no line "# format:" comes before`},
		{"wrong fields", "# format:aut|changed|name\n", `the format line names the fields "aut|changed|name", want org_id and name, or aut and org_id`},
		{"cut", "# format:org_id|changed|name|country|source\nA|1|Name|US|ARIN\nB|1|Na", "cut off"},
		{"cut JSON", lines + `{"asn":"1",`, "line 4: the file ends within a row"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := registrytest.Load(t, asorg.Loader{}, "x", []byte(tc.text))
			if got.Err == nil || !strings.Contains(got.Err.Error(), tc.want) {
				t.Errorf("got error %v, want one with %q", got.Err, tc.want)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(bars))
	f.Add([]byte(lines))
	f.Add([]byte("# format:org_id|name\n\x01\x02|Example\n"))               // a key without a letter
	f.Add([]byte("# format:org_id|" + strings.Repeat("\x98", 9000) + "\n")) // an error that quoted all of it
	f.Fuzz(func(t *testing.T, content []byte) { registrytest.Any(t, asorg.Loader{}, content) })
}

func BenchmarkLoad(b *testing.B) {
	var text strings.Builder
	text.WriteString("# format:org_id|changed|org_name|country|source\n")
	for i := range 10_000 {
		fmt.Fprintf(&text, "ORG-%d-RIPE|20200101|Example Networks Number %d, Inc.|US|RIPE\n", i, i)
	}
	text.WriteString("# format:aut|changed|aut_name|org_id|opaque_id|source\n")
	for i := range 20_000 {
		fmt.Fprintf(&text, "%d|20200101|EXA-%d|ORG-%d-RIPE|e5e3b9c13678dfc483fb1f819d70883c_RIPE|RIPE\n", 4200000000+i, i, i/2)
	}
	content := []byte(text.String())
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if res := registrytest.Load(b, asorg.Loader{}, "x", content); res.Err != nil || res.Report.Facts != 30_000 {
			b.Fatal(res.Err, res.Report)
		}
	}
}
