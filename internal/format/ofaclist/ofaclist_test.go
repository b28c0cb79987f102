package ofaclist_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/ofaclist"
	"github.com/cleannet/cleannet/internal/testkit"
)

func TestFind(t *testing.T) {
	documents := ofaclist.NewDocuments()
	for _, tc := range []struct {
		kind, country, number string
		want                  string
		why                   ofaclist.Reason
	}{
		{"Tax ID No.", "RU", " 7702070139 ", "reg ru-tax-id/7702070139", ofaclist.Taken},
		{"tax id no.:", "RU", "7702070139", "reg ru-tax-id/7702070139", ofaclist.Taken},
		{"Tax ID No.", "", "7702070139", " ", ofaclist.NoCountry},
		{"Registration Number", "PA", "none", " ", ofaclist.Malformed},
		{"Registration Number", "PA", "7", " ", ofaclist.Malformed},
		{"SWIFT/BIC", "", "HAVIGB2L", "reg bic/HAVIGB2L", ofaclist.Taken},
		{"SWIFT/BIC", "", "VTBRRUMM", "reg bic/VTBRRUMM", ofaclist.Taken},
		{"Unified Social Credit Code (USCC)", "", "91310000132207927C", "reg cn-uscc/91310000132207927C", ofaclist.Taken},
		{"UK Company Number", "", "01111618", "reg gb-company-number/01111618", ofaclist.Taken},
		{"Legal Entity Number", "", "253400V1H6ART1UQ0N98", "lei 253400V1H6ART1UQ0N98", ofaclist.Taken},
		{"Website", "", "http://www.VTB.ru/", "domain vtb.ru", ofaclist.Taken},
		{"Website", "", "www.facebook.com/someone", " ", ofaclist.Malformed},
		{"Website", "", "www.facebook.com", " ", ofaclist.Malformed},
		{"Passport", "DE", "X0123456", " ", ofaclist.OtherKind},
		{"SSN", "US", "078-05-1120", " ", ofaclist.OtherKind},
		{"Cedula No.", "CO", "1234", " ", ofaclist.OtherKind},
	} {
		t.Run(tc.kind+" "+tc.number, func(t *testing.T) {
			scheme, value, why := documents.Find(tc.kind, tc.country, tc.number)
			if got := scheme + " " + value; got != tc.want || why != tc.why {
				t.Errorf("got %q, %q, want %q, %q", got, why, tc.want, tc.why)
			}
		})
	}
}

func TestHost(t *testing.T) {
	for _, tc := range []struct{ site, want string }{
		{"www.bank-maskan.ir", "bank-maskan.ir"}, {"HTTPS://example.org", "example.org"}, {"example.org.", "example.org"},
		{"example.org/page", ""}, {"example.org?x=1", ""}, {"user@example.org", ""}, {"192.0.2.1", ""}, {"[2001:db8::1]", ""},
		{"localhost", ""}, {"", ""}, {"t.me", ""}, {"acme.example.org", "acme.example.org"}, {"http://[", ""},
	} {
		got, ok := ofaclist.Host(tc.site)
		if got != tc.want || ok != (tc.want != "") {
			t.Errorf("Host(%q) = %q, %t, want %q", tc.site, got, ok, tc.want)
		}
	}
}

func TestCut(t *testing.T) {
	documents := ofaclist.NewDocuments()
	for _, tc := range []struct{ remark, kind, rest string }{
		{"Tax ID No. 7702070139 (Russia)", "Tax ID No.", "7702070139 (Russia)"},
		{"Business Registration Document # 123 (Panama)", "Business Registration Document #", "123 (Panama)"},
		{"Website www.vtb.ru", "Website", "www.vtb.ru"},
		{"Passport X0123456 (Germany)", "", ""},
		{"All offices worldwide", "", ""},
		{"İİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİ", "", ""}, // lower case is longer
	} {
		kind, rest, ok := documents.Cut(tc.remark)
		if kind != tc.kind || rest != tc.rest || ok != (tc.kind != "") {
			t.Errorf("Cut(%q) = %q, %q, %t, want %q, %q", tc.remark, kind, rest, ok, tc.kind, tc.rest)
		}
	}
}

// TestKinds finds every kind of the vocabulary by its own words.
func TestKinds(t *testing.T) {
	documents := ofaclist.NewDocuments()
	kinds := documents.Kinds()
	if len(kinds) < 40 {
		t.Errorf("%d kinds, want at least 40", len(kinds))
	}
	for _, kind := range kinds {
		if _, _, why := documents.Find(kind, "DE", "AB123456"); why != ofaclist.Taken {
			t.Errorf("%q: %q", kind, why)
		}
	}
}

func TestCode(t *testing.T) {
	countries := ofaclist.NewCountries()
	for _, tc := range []struct{ name, want string }{
		{"Iran", "IR"}, {"korea, north", "KP"}, {"Korea, South", "KR"}, {"The Gambia", "GM"}, {"Virgin Islands, British", "VG"},
		{"Congo, Democratic Republic of the", "CD"}, {"Burma", "MM"}, {"West Bank", "PS"}, {"CN", "CN"}, {" cn ", "CN"},
		{"undetermined", ""}, {"Region: Crimea", ""}, {"Netherlands Antilles", ""}, {"XX", ""}, {"", ""}, {"Afghanista", ""},
	} {
		if got := countries.Code(tc.name); got != tc.want {
			t.Errorf("Code(%q) = %q, want %q", tc.name, got, tc.want)
		}
	}
}

// TestShared knows every country that the shared list names, but for regions
// and what is no country any more.
func TestShared(t *testing.T) {
	content, err := os.ReadFile(testkit.Data(t, "registry/ofac_sdn_orgs.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	countries := ofaclist.NewCountries()
	var unknown []string
	for line := range bytes.Lines(content) {
		var o struct{ Countries []string }
		if err := json.Unmarshal(line, &o); err != nil {
			t.Fatal(err)
		}
		for _, c := range o.Countries {
			if countries.Code(c) == "" && !slices.Contains(unknown, c) {
				unknown = append(unknown, c)
			}
		}
	}
	slices.Sort(unknown)
	want := []string{"Kosovo", "Netherlands Antilles", "Region: Crimea", "Region: Kafia Kingi", "Region: Northern Mali", "undetermined"}
	if diff := cmp.Diff(want, unknown); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
