package numbers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
)

// text describes an input whose file holds the text.
func text(form Form, name, content string) Input {
	return Input{
		Document: Document{
			Source: entity.Source{ID: name, Title: "test file " + name, Licence: "CC0-1.0"},
			File:   name,
			Form:   form,
		},
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil },
	}
}

func build(tb testing.TB, files ...Input) ([]byte, *Report) {
	tb.Helper()
	var buf bytes.Buffer
	rep, err := Build(context.Background(), Inputs{Title: "test", Caveats: []string{"only a test"}, Files: files}, &buf)
	if err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes(), rep
}

func buildTable(tb testing.TB, files ...Input) *Table {
	tb.Helper()
	data, _ := build(tb, files...)
	table := openTable(tb, data)
	if err := table.Verify(); err != nil {
		tb.Fatal(err)
	}
	return table
}

// smallFiles is one file of every form; together they decide every rule of
// precedence.
func smallFiles() []Input {
	return []Input{
		text(Origins, "origins.csv", `
192.0.2.0,192.0.2.255,64496,"Example, Inc."
192.0.2.128,192.0.2.191,64497,Inner Example
198.51.100.0,198.51.100.255,64498,
203.0.113.0,203.0.113.255,0,Not routed
2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,64499,Six Example
2001:db8:1::,2001:db8:1:ffff:ffff:ffff:ffff:ffff,64496,"Example, Inc."
`),
		text(Countries, "countries.csv", `192.0.2.0,192.0.2.63,NL
192.0.2.64,192.0.2.255,DE
2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,SE
`),
		text(Delegated, "delegated.txt", `2|ripencc|20260617|4|19830705|20260616|+0200
ripencc|*|asn|*|2|summary
ripencc|FR|asn|64497|1|20100101|allocated|a
ripencc|FR|asn|64510|2|20100101|assigned|b
ripencc|FR|ipv4|198.51.100.0|256|20100101|allocated|a
ripencc||ipv4|203.0.113.0|256||available|
`),
		text(NamesRIPE, "asn.txt", "64498 LATE-NAME, IT\n64496 OTHER-NAME, US\n64511 RIPE-NAME, GB\n"),
		text(NamesCSV, "names.csv", "asn,name,cc\n64500,Only Named,\n"),
	}
}

func TestBuild(t *testing.T) {
	table := buildTable(t, smallFiles()...)

	wantHolders := []entity.ASHolder{
		{ASN: 64496, Name: "Example, Inc.", Country: "US", CountryBasis: BasisRegistered},
		{ASN: 64497, Name: "Inner Example", Country: "FR", CountryBasis: BasisRegistered},
		{ASN: 64498, Name: "LATE-NAME", Country: "IT", CountryBasis: BasisRegistered},
		{ASN: 64499, Name: "Six Example", Country: "SE", CountryBasis: BasisSpace},
		{ASN: 64500, Name: "Only Named"},
		{ASN: 64510, Country: "FR", CountryBasis: BasisRegistered},
		{ASN: 64511, Name: "RIPE-NAME", Country: "FR", CountryBasis: BasisRegistered},
	}
	if diff := cmp.Diff(wantHolders, slices.Collect(table.Holders())); diff != "" {
		t.Errorf("holders (-want +got):\n%s", diff)
	}

	wantRoutes := []string{
		"192.0.2.0-192.0.2.127 64496",
		"192.0.2.128-192.0.2.191 64497",
		"192.0.2.192-192.0.2.255 64496",
		"198.51.100.0-198.51.100.255 64498",
		"2001:db8::-2001:db8:0:ffff:ffff:ffff:ffff:ffff 64499",
		"2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff 64496",
		"2001:db8:2::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff 64499",
	}
	var routes []string
	for r := range table.Routes() {
		routes = append(routes, r.First.String()+"-"+r.Last.String()+" "+strconv.FormatUint(uint64(r.ASN), 10))
	}
	if diff := cmp.Diff(wantRoutes, routes); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}

	m := table.Manifest()
	wantCounts := Counts{ASNs: 7, Named: 6, Registered: 5, Space: 1, IPv4Ranges: 4, IPv6Ranges: 3, SpaceIPv4Ranges: 3, SpaceIPv6Ranges: 1, Overlaps: 2}
	if diff := cmp.Diff(wantCounts, m.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	type tally struct{ Records, Skipped, Malformed, Conflicts int }
	wantTallies := []tally{{5, 1, 0, 0}, {3, 0, 0, 0}, {3, 1, 0, 0}, {3, 0, 0, 2}, {1, 0, 0, 0}}
	var tallies []tally
	for _, d := range m.Documents {
		tallies = append(tallies, tally{d.Records, d.Skipped, d.Malformed, d.Conflicts})
	}
	if diff := cmp.Diff(wantTallies, tallies); diff != "" {
		t.Errorf("tallies (-want +got):\n%s", diff)
	}
	// The digest is of the file's bytes, as sha256sum gives it.
	wantDigest := fmt.Sprintf("%x", sha256.Sum256([]byte("asn,name,cc\n64500,Only Named,\n")))
	if got := table.Sources(); len(got) != 5 || got[4].ID != "names.csv" || got[4].SHA256 != wantDigest {
		t.Errorf("sources = %+v", got)
	}
}

func TestSpaceCountry(t *testing.T) {
	tests := []struct {
		name               string
		origins, countries string
		want               string
	}{
		{"the largest part, not the most ranges",
			"192.0.2.0,192.0.2.255,1,x",
			"192.0.2.0,192.0.2.0,AA\n192.0.2.1,192.0.2.1,AA\n192.0.2.2,192.0.2.2,AA\n192.0.2.128,192.0.2.255,BB", "BB"},
		{"of equal parts the first in the alphabet",
			"192.0.2.0,192.0.2.255,1,x",
			"192.0.2.0,192.0.2.127,DE\n192.0.2.128,192.0.2.255,AT", "AT"},
		{"single addresses count",
			"192.0.2.0,192.0.2.2,1,x",
			"192.0.2.0,192.0.2.0,AA\n192.0.2.1,192.0.2.1,BB\n192.0.2.2,192.0.2.2,BB", "BB"},
		{"IPv4 goes before any amount of IPv6",
			"192.0.2.0,192.0.2.0,1,x\n2001:db8::,2001:db9::,1,x",
			"192.0.2.0,192.0.2.255,DE\n2001:db8::,2001:db9::,SE", "DE"},
		{"IPv6 where no country of the IPv4 space is known",
			"192.0.2.0,192.0.2.0,1,x\n2001:db8::,2001:db9::,1,x",
			"2001:db8::,2001:db9::,SE", "SE"},
		{"a country range that spans several origins",
			"192.0.2.0,192.0.2.9,2,x\n192.0.2.10,192.0.2.19,1,x\n192.0.2.20,192.0.2.29,3,x",
			"192.0.2.5,192.0.2.25,NO", "NO"},
		{"the whole IPv6 space",
			"::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,1,x",
			"::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,JP", "JP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			table := buildTable(t, text(Origins, "o", tt.origins), text(Countries, "c", tt.countries))
			got, ok := table.Holder(1)
			want := entity.ASHolder{ASN: 1, Name: "x", Country: tt.want, CountryBasis: BasisSpace}
			if !ok || got != want {
				t.Errorf("Holder(1) = %+v, %v, want %+v", got, ok, want)
			}
		})
	}
}

func TestBuildReportsProblems(t *testing.T) {
	long := strings.Repeat("x", maxLineBytes+10)
	_, rep := build(t,
		text(Origins, "o.csv", "\ufeffstart,end,asn,name\r\n# comment\r\n\r\nbad line\r\n192.0.2.0,192.0.2.255,1,\"Example\r\n192.0.2.0,192.0.2.255,1,Example\r\n"+long+"\n198.51.100.0,198.51.100.255,2,last without end"),
		text(Delegated, "d.txt", "2|arin|1|3|19830705|20260616|+0200\narin|US|asn|1|1|20100101|allocated|a\n"),
	)
	want := []string{
		"o.csv:4: 1 fields, want start,end,asn,name",
		"o.csv:5: quote is not closed",
		"o.csv:7: line is longer than 65536 bytes",
		"d.txt:2: the version line announces 3 records and the file has 1: fetch it again",
	}
	var got []string
	for _, p := range rep.Problems {
		got = append(got, p.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if rep.Malformed() != 4 || rep.Manifest.Documents[0].Malformed != 3 || rep.Manifest.Documents[0].Records != 2 {
		t.Errorf("counts = %d, %+v", rep.Malformed(), rep.Manifest.Documents[0])
	}

	_, rep = build(t, text(NamesCSV, "n.csv", "1,x\n"+strings.Repeat("bad\n", MaxProblems+7)))
	if len(rep.Problems) != MaxProblems || rep.Malformed() != MaxProblems+7 {
		t.Errorf("%d problems of %d lines are kept, want %d of %d", len(rep.Problems), rep.Malformed(), MaxProblems, MaxProblems+7)
	}
}

func TestBuildErrors(t *testing.T) {
	broken := text(Origins, "broken.csv", "")
	broken.Open = func() (io.ReadCloser, error) { return io.NopCloser(&failingReader{}), nil }
	missing := text(Origins, "missing.csv", "")
	missing.Open = func() (io.ReadCloser, error) { return nil, errors.New("no such file") }
	unopened := text(Origins, "unopened.csv", "")
	unopened.Open = nil
	nameless := text(Origins, "", "")
	nameless.Source.ID = "x"
	sourceless := text(Origins, "sourceless.csv", "")
	sourceless.Source = entity.Source{}
	names := text(NamesCSV, "n.csv", "1,x\n")
	tests := []struct {
		name  string
		files []Input
		want  string
	}{
		{"nothing", nil, "build number table: no input files: give at least one file of origins or names"},
		{"too many", slices.Repeat([]Input{names}, maxFiles+1), "build number table: 65 input files, at most 64: join files of one form"},
		{"wrong form", []Input{text("mrt", "x", "")}, `build number table: input "x": unknown form "mrt": use one of ["origins-csv" "countries-csv" "delegated-extended" "names-csv" "names-ripe"]`},
		{"same source twice", []Input{names, names}, `build number table: input "n.csv": source id "n.csv" is used twice: each file is a source of its own`},
		{"no opener", []Input{unopened}, `build number table: input "unopened.csv" cannot be opened: set Open`},
		{"no file name", []Input{nameless}, "build number table: input 1 has no file name"},
		{"no source", []Input{sourceless}, `build number table: input "sourceless.csv" names no source: give it an id and a title`},
		{"cannot be opened", []Input{missing}, `build number table: open "missing.csv": no such file`},
		{"breaks off", []Input{broken}, `build number table: read "broken.csv", line 2: connection lost`},
		{"empty", []Input{text(Origins, "e.csv", "# nothing\n")}, `build number table: "e.csv" holds no record of the form "origins-csv": check the file and the form`},
		{"given as another form", []Input{names, text(Origins, "d.txt", "arin|US|asn|1|1|20100101|allocated|a\n")},
			`build number table: "d.txt" holds no record of the form "origins-csv" (first problem: d.txt:1: 1 fields, want start,end,asn,name): check the form`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var buf bytes.Buffer
			_, err := Build(t.Context(), Inputs{Files: tt.files}, &buf)
			if diff := cmp.Diff(tt.want, errText(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if buf.Len() != 0 {
				t.Errorf("wrote %d bytes besides the error", buf.Len())
			}
		})
	}

	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stopped by the user")
	cancel(stop)
	if _, err := Build(ctx, Inputs{Files: []Input{names}}, io.Discard); !errors.Is(err, stop) {
		t.Errorf("error of a cancelled build = %v, want %v", err, stop)
	}
}

type failingReader struct{ done bool }

func (r *failingReader) Read(p []byte) (int, error) {
	if r.done {
		return 0, errors.New("connection lost")
	}
	r.done = true
	return copy(p, "192.0.2.0,192.0.2.255,1,Example\n"), nil
}

func TestBuildIsDeterministic(t *testing.T) {
	first, _ := build(t, smallFiles()...)
	for range 5 {
		again, _ := build(t, smallFiles()...)
		if !bytes.Equal(first, again) {
			t.Fatal("the same inputs give different bytes")
		}
	}
}
