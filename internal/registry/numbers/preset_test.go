package numbers

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
)

func TestIPLocationDB(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	asn := fstest.MapFS{
		"package.json": file(`{"name":"asn","version":"2.3.4"}`),
		"asn-ipv4.csv": file("192.0.2.0,192.0.2.255,64496,\"Example, Inc.\"\n"),
		"asn-ipv6.csv": file("2001:db8::,2001:db8::ffff,64497,Six Example\n"),
	}
	countries := fstest.MapFS{
		"package.json":         file(`{"version":"2.3.5"}`),
		"asn-country-ipv4.csv": file("192.0.2.0,192.0.2.255,NL\n"),
		"asn-country-ipv6.csv": file("2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,SE\n"),
	}
	day, err := entity.ParseDate("2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	in, err := IPLocationDB(asn, countries, day)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if _, err := Build(t.Context(), in, &buf); err != nil {
		t.Fatal(err)
	}
	table := openTable(t, buf.Bytes())
	got, _ := table.Holder(64497)
	want := entity.ASHolder{ASN: 64497, Name: "Six Example", Country: "SE", CountryBasis: BasisSpace}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("holder (-want +got):\n%s", diff)
	}
	var sources []string
	for _, d := range table.Manifest().Documents {
		sources = append(sources, strings.Join([]string{d.Source.ID, d.Version, d.Source.Licence, d.Source.Retrieved.String()}, " "))
	}
	wantSources := []string{
		"ip-location-db-asn-ipv4 2.3.4 CC-BY-4.0 2026-11-23",
		"ip-location-db-asn-ipv6 2.3.4 CC-BY-4.0 2026-11-23",
		"ip-location-db-asn-country-ipv4 2.3.5 CC0-1.0 AND CC-BY-4.0 2026-11-23",
		"ip-location-db-asn-country-ipv6 2.3.5 CC0-1.0 AND CC-BY-4.0 2026-11-23",
	}
	if diff := cmp.Diff(wantSources, sources); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}

	delete(asn, "package.json")
	_, err = IPLocationDB(asn, countries, day)
	if err == nil || !strings.Contains(err.Error(), "name the folder that holds its package.json") {
		t.Errorf("error without package.json = %v, want the next step", err)
	}
}
