package numbers

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSplitCSV(t *testing.T) {
	tests := []struct {
		in      string
		want    []string
		wantErr string
	}{
		{in: "", want: []string{""}},
		{in: "a,b", want: []string{"a", "b"}},
		{in: "a,", want: []string{"a", ""}},
		{in: `1,"Example, Inc."`, want: []string{"1", "Example, Inc."}},
		{in: `"a ""b"" c",d`, want: []string{`a "b" c`, "d"}},
		{in: `"",""`, want: []string{"", ""}},
		{in: `""""`, want: []string{`"`}},
		{in: `a,"b`, wantErr: "quote is not closed"},
		{in: `"a""`, wantErr: "quote is not closed"},
		{in: `"a"b,c`, wantErr: "text after a quoted field"},
		{in: `a"b`, wantErr: "quote inside a field that is not quoted"},
	}
	for _, tt := range tests {
		got, err := splitCSV(tt.in)
		if diff := cmp.Diff(tt.wantErr, errText(err)); diff != "" {
			t.Errorf("splitCSV(%q) error (-want +got):\n%s", tt.in, diff)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("splitCSV(%q) (-want +got):\n%s", tt.in, diff)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestCleanName(t *testing.T) {
	tests := []struct{ in, want string }{
		{"Example, Inc.", "Example, Inc."},
		{"  padded \t out ", "padded out"},
		{"soft\u00adhyphen", "soft hyphen"},
		{"no\u00a0break", "no break"},
		{"\x1b[31mred\x1b[0m", "[31mred [0m"},
		{"right\u202eleft", "right left"},
		{"latin-1 \xe9", "latin-1 \ufffd"},
		{"Телеком 电信", "Телеком 电信"},
		{"\x00\x01", ""},
		{strings.Repeat("n", maxNameBytes), strings.Repeat("n", maxNameBytes)},
	}
	for _, tt := range tests {
		got, err := cleanName(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("cleanName(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
	for _, long := range []string{strings.Repeat("n", maxNameBytes+1), strings.Repeat("\xff", maxNameBytes)} {
		if got, err := cleanName(long); err == nil {
			t.Errorf("cleanName of %d bytes = %d bytes, want an error", len(long), len(got))
		}
	}
}

func TestParseLines(t *testing.T) {
	v4 := func(first, last uint64) record {
		return record{family: ipv4, first: wide{0, first}, last: wide{0, last}}
	}
	block := func(first, last uint64, cc, name string) record {
		c, err := parseCC(cc)
		if err != nil {
			t.Fatal(err)
		}
		return record{kind: asnBlock, first: wide{0, first}, last: wide{0, last}, country: c, name: name}
	}
	with := func(r record, kind recordKind, asn uint32, name, cc string) record {
		c, err := parseCC(cc)
		if err != nil {
			t.Fatal(err)
		}
		r.kind, r.asn, r.name, r.country = kind, asn, name, c
		return r
	}
	v6doc := record{family: ipv6, first: wide{0x20010db8_00000000, 0}, last: wide{0x20010db8_ffffffff, 1<<64 - 1}}
	tests := []struct {
		form    Form
		line    string
		want    record
		wantErr string
	}{
		{form: Origins, line: `192.0.2.0,192.0.2.255,64496,"Example, Inc."`,
			want: with(v4(0xc0000200, 0xc00002ff), originRange, 64496, "Example, Inc.", "")},
		{form: Origins, line: `192.0.2.0,192.0.2.255,AS64496`, want: with(v4(0xc0000200, 0xc00002ff), originRange, 64496, "", "")},
		{form: Origins, line: `::ffff:192.0.2.0,::ffff:192.0.2.255,1,x`, want: with(v4(0xc0000200, 0xc00002ff), originRange, 1, "x", "")},
		{form: Origins, line: `2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,64496,Example`, want: with(v6doc, originRange, 64496, "Example", "")},
		{form: Origins, line: `192.0.2.0,192.0.2.255,0,Not routed`, want: with(v4(0xc0000200, 0xc00002ff), useless, 0, "Not routed", "")},
		{form: Origins, line: `start,end,asn,name`, want: record{kind: header}},
		{form: Origins, line: `192.0.2.0,192.0.2.255`, wantErr: "2 fields, want start,end,asn,name"},
		{form: Origins, line: `192.0.2.9,192.0.2.0,1,x`, wantErr: "end 192.0.2.0 is before start 192.0.2.9"},
		{form: Origins, line: `192.0.2.0,2001:db8::,1,x`, wantErr: "192.0.2.0 and 2001:db8:: are not of one family"},
		{form: Origins, line: `fe80::%1,fe80::2%1,1,x`, wantErr: "address has a zone"},
		{form: Origins, line: `3221225984,3221226239,1,x`, wantErr: `start "3221225984" is not an address`},
		{form: Origins, line: `192.0.2.0,192.0.2.256,1,x`, wantErr: `end "192.0.2.256" is not an address`},
		{form: Origins, line: `192.0.2.0,192.0.2.255,4294967296,x`, wantErr: `"4294967296" is not an AS number`},
		{form: Origins, line: `192.0.2.0,192.0.2.255,1.10,x`, wantErr: `"1.10" is not an AS number`},

		{form: Countries, line: `192.0.2.0,192.0.2.255,NL`, want: with(v4(0xc0000200, 0xc00002ff), countryRange, 0, "", "NL")},
		{form: Countries, line: `192.0.2.0,192.0.2.255,EU`, want: with(v4(0xc0000200, 0xc00002ff), useless, 0, "", "")},
		{form: Countries, line: `192.0.2.0,192.0.2.255,nl`, wantErr: `"nl" is not a country code of two capital letters`},
		{form: Countries, line: `192.0.2.0,192.0.2.255,NL,more`, wantErr: "4 fields, want start,end,country"},

		{form: Delegated, line: `2|ripencc|20260617|12|19830705|20260616|+0200`, want: record{kind: header}},
		{form: Delegated, line: `ripencc|*|ipv4|*|12|summary`, want: record{kind: header}},
		{form: Delegated, line: `ripencc|NL|asn|64496|2|20100101|allocated|a-b-c`, want: block(64496, 64497, "NL", "")},
		{form: Delegated, line: `apnic|CN|asn|64500|1|20100101|assigned`, want: block(64500, 64500, "CN", "")},
		{form: Delegated, line: `arin|US|ipv4|192.0.2.0|768|20100101|allocated|x`, want: with(v4(0xc0000200, 0xc00004ff), countryRange, 0, "", "US")},
		{form: Delegated, line: `arin|US|ipv6|2001:db8::|32|20100101|allocated|x`, want: with(v6doc, countryRange, 0, "", "US")},
		{form: Delegated, line: `arin||ipv4|192.0.2.0|256||available|`, want: record{kind: useless}},
		{form: Delegated, line: `iana|ZZ|asn|4200000000|94967295||reserved|x`, want: record{kind: useless}},
		{form: Delegated, line: `ripencc|EU|asn|64496|1|20100101|allocated|x`, want: record{kind: useless}},
		{form: Delegated, line: `arin|US|ipv4|255.255.255.0|257|20100101|allocated`, wantErr: `"257" is not a count of addresses from 255.255.255.0 on`},
		{form: Delegated, line: `arin|US|ipv4|192.0.2.0|0|20100101|allocated`, wantErr: `"0" is not a count of addresses from 192.0.2.0 on`},
		{form: Delegated, line: `arin|US|ipv4|2001:db8::|256|20100101|allocated`, wantErr: `start "2001:db8::" is not an IPv4 address`},
		{form: Delegated, line: `arin|US|ipv6|2001:db8::|129|20100101|allocated`, wantErr: `"129" is not an IPv6 prefix length`},
		{form: Delegated, line: `arin|US|ipv6|2001:db8::1|32|20100101|allocated`, wantErr: "start is not the first address of a block of that prefix length"},
		{form: Delegated, line: `arin|US|ipv6|192.0.2.0|24|20100101|allocated`, wantErr: `start "192.0.2.0" is not an IPv6 address`},
		{form: Delegated, line: `arin|US|asn|4294967295|2|20100101|allocated`, wantErr: `"2" is not a count of AS numbers from 4294967295 on`},
		{form: Delegated, line: `arin|US|asn|1|70000|20100101|allocated`, wantErr: "a block of 70000 AS numbers, at most 65536 are believed"},
		{form: Delegated, line: `arin|US|asn|1|1|20100101|stolen`, wantErr: `unknown status "stolen"`},
		{form: Delegated, line: `arin|US|ipv8|1|1|20100101|allocated`, wantErr: `unknown type "ipv8"`},
		{form: Delegated, line: `arin|US|asn`, wantErr: "3 fields, want registry|cc|type|start|value|date|status"},

		{form: NamesCSV, line: `64496,"Example, Inc."`, want: block(64496, 64496, "", "Example, Inc.")},
		{form: NamesCSV, line: `asn,handle,description`, want: record{kind: header}},
		{form: NamesCSV, line: `number,text`, want: record{kind: header}, wantErr: "the header line names no column asn, or none of name, description and handle"},
		{form: NamesCSV, line: `1,2,3`, wantErr: "3 fields, want asn,name: a file of other columns needs a header line"},
		{form: NamesCSV, line: `0,nobody`, want: record{kind: useless, name: "nobody"}},
		{form: NamesCSV, line: `64496,`, want: record{kind: useless, first: wide{0, 64496}, last: wide{0, 64496}}},

		{form: NamesRIPE, line: `64496 EXAMPLE-AS Example, Inc., US`, want: block(64496, 64496, "US", "EXAMPLE-AS Example, Inc.")},
		{form: NamesRIPE, line: `0 -Reserved AS-, ZZ`, want: record{kind: useless, name: "-Reserved AS-"}},
		{form: NamesRIPE, line: `64496 EXAMPLE-AS`, wantErr: `no country after the name, want "ASN NAME, CC"`},
		{form: NamesRIPE, line: `64496`, wantErr: `no space after the AS number, want "ASN NAME, CC"`},
		{form: NamesRIPE, line: `64496 EXAMPLE-AS, Inc.`, wantErr: `"Inc." is not a country code of two capital letters`},
	}
	for _, tt := range tests {
		t.Run(string(tt.form)+"/"+tt.line, func(t *testing.T) {
			p, err := newParser(tt.form)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.parse(tt.line, 1)
			if diff := cmp.Diff(tt.wantErr, errText(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if got.kind == useless { // whatever it carries is of no use
				got.first, got.last, got.family, got.name = tt.want.first, tt.want.last, tt.want.family, tt.want.name
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(record{}, wide{})); diff != "" {
				t.Errorf("record (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNamesHeader(t *testing.T) {
	tests := []struct {
		header, line string
		wantName     string
		wantCountry  string
	}{
		{"asn,handle,description", `64496,EXAMPLE-AS,"Example, Inc."`, "Example, Inc.", ""},
		{"name,asn", "Example,64496", "Example", ""},
		{"ASN,Handle,CC", "64496,EXAMPLE-AS,DE", "EXAMPLE-AS", "DE"},
		{"asn,handle,description,country-code", "64496,EXAMPLE-AS,Example,FR", "Example", "FR"},
	}
	for _, tt := range tests {
		p := &namesParser{}
		if _, err := p.parse(tt.header, 1); err != nil {
			t.Fatal(err)
		}
		got, err := p.parse(tt.line, 2)
		if err != nil || got.name != tt.wantName || got.country.String() != tt.wantCountry {
			t.Errorf("%q under %q = %q, %q, %v, want %q, %q", tt.line, tt.header, got.name, got.country, err, tt.wantName, tt.wantCountry)
		}
	}
}

func TestCountryCodes(t *testing.T) {
	for a := byte('A'); a <= 'Z'; a++ {
		for b := byte('A'); b <= 'Z'; b++ {
			s := string([]byte{a, b})
			c, err := parseCC(s)
			if err != nil {
				t.Fatal(err)
			}
			if c != 0 && c.String() != s || c > maxCountry {
				t.Errorf("%s comes back as %q (%d)", s, c, c)
			}
		}
	}
}

// FuzzParse looks for panics and for records that break what facts.add and the
// format rely on.
func FuzzParse(f *testing.F) {
	for _, line := range []string{
		`192.0.2.0,192.0.2.255,64496,"Example, Inc."`, "2001:db8::,2001:db8::1,NL",
		"2|ripencc|20260617|12|19830705|20260616|+0200", "ripencc|NL|asn|64496|2|20100101|allocated|a-b-c",
		"arin|US|ipv6|2001:db8::|32|20100101|allocated|x", "arin|US|ipv4|192.0.2.0|768|20100101|allocated",
		"asn,handle,description", "64496 EXAMPLE-AS, US", `"`, `"""`, ",,,", "||||||",
	} {
		for i := range Forms() {
			f.Add(i, line)
		}
	}
	f.Fuzz(func(t *testing.T, form int, text string) {
		if form < 0 || form >= len(Forms()) || strings.Contains(text, "\n") {
			t.Skip()
		}
		p, err := newParser(Forms()[form])
		if err != nil {
			t.Fatal(err)
		}
		for line := 1; line <= 2; line++ { // the first may be a header
			rec, err := p.parse(text, line)
			if err != nil {
				continue
			}
			checkRecord(t, rec)
		}
		_ = p.end()
	})
}

func checkRecord(t *testing.T, rec record) {
	t.Helper()
	switch rec.kind {
	case useless, header:
		return
	case asnBlock:
		if rec.last.hi != 0 || rec.last.lo > 1<<32-1 {
			t.Errorf("AS number %x is above 32 bits", rec.last)
		}
	default:
		if rec.family != ipv4 && rec.family != ipv6 || rec.family.max().less(rec.last) {
			t.Errorf("range of %d bits up to %x", rec.family, rec.last)
		}
	}
	if rec.last.less(rec.first) || rec.kind == originRange && rec.asn == 0 || rec.kind == countryRange && rec.country == 0 {
		t.Errorf("record %+v", rec)
	}
	if len(rec.name) > maxNameBytes || !utf8.ValidString(rec.name) || strings.ContainsFunc(rec.name, unicode.IsControl) {
		t.Errorf("name %q", rec.name)
	}
}
