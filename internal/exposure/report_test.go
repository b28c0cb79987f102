package exposure_test

import (
	"bytes"
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/exposure"
	"github.com/cleannet/cleannet/internal/testkit"
)

var update = flag.Bool("update", false, "write the golden files again")

// reports makes a report of a country and a scorecard. The packages that show
// reports test with the files that these become.
func reports(t testing.TB) (detail, scorecard *exposure.Report) {
	t.Helper()
	table, places := toy(t)
	r := roll(t)
	m := exposure.New(exposure.Case{Table: table, Roll: r, Places: places, Workers: 2})
	made := func() *exposure.Report {
		return &exposure.Report{Schema: exposure.Schema, Views: m.Views, Notes: r.Notes, Basis: exposure.Basis{
			Tool: "cleannet dev", AsOf: date(t, "2025-01-01"), Registry: "aa", Numbers: "bb", Entries: r.Entries, Read: table.Counts,
			Policy: exposure.PolicyBasis{ID: "example", Title: "Example", Version: "1", Digest: "00"},
			Inputs: []exposure.Input{{Name: "rib.mrt", Digest: "cc", Size: 1}},
		}}
	}
	detail, scorecard = made(), made()
	d, ok := m.Detail(exposure.Scope{Country: "US"})
	if !ok {
		t.Fatal("no figures for US")
	}
	d.Influence = []exposure.Influence{{ASN: 60, Name: companyName("good"), Standing: "cleared", CTI: 0.5}}
	detail.Subject, detail.Detail = &exposure.Subject{Kind: "country", ID: "US"}, &d
	detail.Outward = exposure.New(exposure.Case{Table: table, Roll: r, Places: places, From: []string{"US"}}).Outward()
	detail.Hegemony = []exposure.Dependence{{Origin: "AS64", Family: "ipv4", PeerASes: 2, On: []exposure.Heavy{
		{ASN: worseAS, Name: companyName("worse"), Standing: "untrusted", Hegemony: 0.25},
	}}}
	scorecard.Countries = m.Rows()
	return detail, scorecard
}

func TestReport(t *testing.T) {
	detail, scorecard := reports(t)
	for name, r := range map[string]*exposure.Report{"detail": detail, "scorecard": scorecard} {
		var b bytes.Buffer
		if err := r.WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		testkit.Golden(t, "testdata/"+name+".json", b.String(), *update)
		read, err := exposure.ReadReport(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		if err := read.WriteJSON(&again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b.String(), again.String()); diff != "" {
			t.Errorf("%s reads back otherwise\n%s", name, diff)
		}
	}
}

func TestReadReport(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "give the file that cleannet exposure --format json wrote",
		"[]":                    "give the file",
		`{"schema": "other/1"}`: `its schema is "other/1"`,
		`{"schema": "cleannet.exposure/1", "countries": [{"country": "US"}]}`: "US has figures for 0 levels",
	} {
		if _, err := exposure.ReadReport(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: the error is %v, want %q in it", text, err, want)
		}
	}
}

func TestDiff(t *testing.T) {
	_, a := reports(t)
	_, b := reports(t)
	if changes, caveats := exposure.Diff(a, b); len(changes)+len(caveats) > 0 {
		t.Errorf("equal scorecards differ: %v, %v", changes, caveats)
	}
	b.Basis.Registry = "dd"
	b.Countries = b.Countries[1:] // without what is placed nowhere
	b.Countries[0].IPv4.Reached.Direct += 0.25
	b.Countries[1].IPv4.Lost[exposure.Any].Addresses = 7
	changes, caveats := exposure.Diff(a, b)
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprintf("%s %s %.2f %d", c.Country, c.Only, c.After.Untrusted-c.Before.Untrusted, c.After.Lost))
	}
	// That of the space that one scorecard lacks is the largest change.
	want := []string{" first -1.00 0", "CN  0.25 256", "US  0.00 7"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"the registry is another: aa, then dd"}, caveats); diff != "" {
		t.Error(diff)
	}
}
