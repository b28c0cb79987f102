package numbers

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// registries has an excerpt in the manner of each Regional Internet Registry:
// how it writes its version line, comments, summaries, and what is not given
// out. The numbers are those of documentation.
func registries() map[string]string {
	return map[string]string{
		"arin": "2|arin|1781582400000|5|19840101|20260616|-0500\n" +
			"arin|*|asn|*|2|summary\narin|*|ipv4|*|2|summary\narin|*|ipv6|*|1|summary\n" +
			"arin|US|asn|64496|1|20010920|assigned|e5e3b9c13678dfc483fb1f819d70883c\n" +
			"arin||asn|64497|1||reserved|\n" +
			"arin|US|ipv4|192.0.2.0|256|19920101|assigned|e5e3b9c13678dfc483fb1f819d70883c\n" +
			"arin||ipv4|198.51.100.0|256||available|\n" +
			"arin|US|ipv6|2001:db8::|32|20050101|allocated|e5e3b9c13678dfc483fb1f819d70883c\n",
		"ripencc": "2|ripencc|1781647199|3|19830705|20260616|+0200\n" +
			"ripencc|*|ipv4|*|1|summary\nripencc|*|asn|*|2|summary\n" +
			"ripencc|NL|asn|64498|2|19930901|allocated|7ab36e08-0e52-4a47-8f2e-2d1b8f1c5b1c\n" +
			"ripencc|EU|asn|64500|1|19930901|allocated|7ab36e08-0e52-4a47-8f2e-2d1b8f1c5b1c\n" +
			"ripencc|ZZ|ipv4|203.0.113.0|256||reserved|\n",
		"apnic": "#\n#\tSTATEMENT OF THE STATISTICS FILE FORMAT\n#\n2.3|apnic|20260617|2|19830613|20260616|+1000\n" +
			"apnic|*|asn|*|1|summary\n" +
			"apnic|JP|asn|64501|1|20020801|allocated|A91A7381\napnic|AU|ipv4|192.0.2.128|64|20110811|assigned|A91872ED|e-stats\n",
		"lacnic": "2.3|lacnic|20260616|2|19870101|20260616|-0300\nlacnic|*|asn|*|2|summary\n" +
			"lacnic|BR|asn|64502|1|20000101|allocated|68476\nlacnic|UY|asn|64503|1|19910101|assigned|1\n",
		"afrinic": "2|afrinic|20260616|2|00000000|20260616|00000\nafrinic|*|asn|*|2|summary\n" +
			"afrinic|ZA|asn|64504|1|19910301|allocated|F36B9F4B\nafrinic|ZZ|asn|64505|1||available|\n",
	}
}

// TestRegistries reads the extended files of all five registries: nothing in
// them is a problem, and what is not given out is counted.
func TestRegistries(t *testing.T) {
	var files []Input
	for _, name := range []string{"afrinic", "apnic", "arin", "lacnic", "ripencc"} {
		files = append(files, text(Delegated, name, registries()[name]))
		if form, ok := FormOf([]byte(registries()[name])); !ok || form != Delegated {
			t.Errorf("FormOf(%s) = %q, %t", name, form, ok)
		}
	}
	data, report := build(t, files...)
	if len(report.Problems) > 0 {
		t.Errorf("problems: %v", report.Problems)
	}
	var got []string
	for _, d := range report.Manifest.Documents {
		got = append(got, fmt.Sprintf("%s: %d used, %d of no use", d.File, d.Records, d.Skipped))
	}
	want := []string{
		"afrinic: 1 used, 1 of no use", "apnic: 2 used, 0 of no use", "arin: 3 used, 2 of no use",
		"lacnic: 2 used, 0 of no use", "ripencc: 1 used, 2 of no use",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	var holders []string
	for h := range openTable(t, data).Holders() {
		holders = append(holders, fmt.Sprint(h.ASN, " ", h.Country))
	}
	want = []string{"64496 US", "64498 NL", "64499 NL", "64501 JP", "64502 BR", "64503 UY", "64504 ZA"}
	if diff := cmp.Diff(want, holders); diff != "" {
		t.Errorf("holders (-want +got):\n%s", diff)
	}
	if slices.Contains(holders, "64497 US") {
		t.Error("a reserved AS number has a holder")
	}
}

func TestFormOf(t *testing.T) {
	for _, tc := range []struct {
		head string
		want bool
	}{
		{"2|ripencc|1781647199|3|19830705|20260616|+0200\n", true},
		{"# comment\n\n2.3|apnic|20260617|2|19830613|20260616|+1000\n", true},
		{"arin|US|asn|64496|1|20010920|assigned|x\n", true},
		{"arin|US|asn|64496|1|20010920|assig", false}, // cut within the line: nothing to judge by
		{"# format:org_id|changed|org_name|country|source\nA|1|N|US|ARIN\n", false},
		{"a|b|c|d|e|f|g\n", false},
		{"", false},
		{"#\n", false},
	} {
		if form, ok := FormOf([]byte(tc.head)); ok != tc.want || ok && form != Delegated {
			t.Errorf("FormOf(%q) = %q, %t, want %t", tc.head, form, ok, tc.want)
		}
	}
}
