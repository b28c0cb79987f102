package evidence_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/evidence"
)

func TestParseID(t *testing.T) {
	const digest = "a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc"
	tests := []struct{ text, want string }{
		{"asn:64496", "asn:64496"},
		{"asn:AS64496", "asn:64496"},
		{"asn:as64496", "asn:64496"},
		{"asn: 64496 ", "asn:64496"},
		{"asn:0064496", "asn:64496"},
		{"asn:0", "asn:0"},
		{"asn:1.10", "asn:65546"}, // RFC 5396
		{"asn:65535.65535", "asn:4294967295"},
		{"asn:4294967295", "asn:4294967295"},
		{"prefix:192.0.2.77/24", "prefix:192.0.2.0/24"},
		{"prefix:192.0.2.1", "prefix:192.0.2.1/32"},
		{"prefix:2001:DB8::1/32", "prefix:2001:db8::/32"},
		{"prefix:::ffff:192.0.2.0/120", "prefix:192.0.2.0/24"},
		{"prefix:::ffff:192.0.2.1", "prefix:192.0.2.1/32"},
		{"prefix:::/0", "prefix:::/0"},
		{"prefix:fe80::1%eth0", "prefix:fe80::1/128"},
		{"ip:192.0.2.1", "ip:192.0.2.1"},
		{"ip:::FFFF:192.0.2.1", "ip:192.0.2.1"},
		{"ip:2001:DB8:0:0::1", "ip:2001:db8::1"},
		{"ip:fe80::1%eth0", "ip:fe80::1"},
		{"domain:Example.ORG.", "domain:example.org"},
		{"domain:*.example.org", "domain:example.org"},
		{"domain:_dmarc.example.org", "domain:_dmarc.example.org"},
		{"domain:bücher.example", "domain:xn--bcher-kva.example"},
		{"domain:XN--BCHER-KVA.example", "domain:xn--bcher-kva.example"},
		{"domain:例え。example", "domain:xn--r8jz45g.example"},
		{"android:com.Example.App_1", "android:com.Example.App_1"},
		{"ios:com.example.app-x", "ios:com.example.app-x"},
		{"dex:Lcom/example/Foo;", "dex:com.example.Foo"},
		{"dex:com/example/", "dex:com.example"},
		{"dex:com.example.Ünit", "dex:com.example.Ünit"},
		{"native:LibExample", "native:libexample.so"},
		{"native:libexample.so", "native:libexample.so"},
		{"native:libexample.so.1", "native:libexample.so.1"},
		{"cert:" + strings.ToUpper(digest), "cert:" + digest},
		{"cert:" + strings.Join(slices.Collect(pairs(digest)), ":"), "cert:" + digest},
		{"company:China Telecom", "company:china-telecom"},
		{"company:a_b", "company:a-b"},
		{"cable:ＦＡＳＴＥＲ", "cable:faster"}, // NFKC
		{"region:CN-Hangzhou", "region:cn-hangzhou"},
		{"country:de", "country:DE"},
		{"lei:529900t8bm49aursdo55", "lei:529900T8BM49AURSDO55"},
		{"reg: RA000548 / hrb 12 345", "reg:ra000548/HRB12345"},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			id, err := evidence.ParseID(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := id.String(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			again, err := evidence.ParseID(id.String())
			if err != nil || again != id {
				t.Errorf("canonical form parses to %q, %v", again, err)
			}
		})
	}
}

func pairs(s string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i := 0; i+1 < len(s) && yield(s[i:i+2]); i += 2 {
		}
	}
}

func TestParseIDErrors(t *testing.T) {
	for _, text := range []string{
		"", "64496", "nope:1", "ASN:1", "asn:", "asn:AS", "asn:-1", "asn:+1", "asn:1_0", "asn:4294967296",
		"asn:1.65536", "asn:65536.1", "asn:1.2.3", "asn:.1",
		"prefix:", "prefix:192.0.2.0/33", "prefix:192.0.2/24", "prefix:192.0.2.0/024", "prefix:fe80::%eth0/64",
		"ip:", "ip:192.0.2.256", "ip:192.0.2.01", "ip:192.0.2.1/32",
		"domain:", "domain:.", "domain:a..b", "domain:a b.example", "domain:http://example.org", "domain:a@b.example",
		"domain:" + strings.Repeat("a", 64) + ".example", "domain:" + strings.Repeat("a.", 127) + "a",
		"domain:\u200d.example", "domain:xn--a.example",
		"android:", "android:a..b", "android:.a", "android:a.", "android:a b", "ios:ü",
		"dex:", "dex:...", "dex:a..b", "dex:a b", "dex:[Lcom;", "dex:a\nb", "dex:\xff",
		"native:", "native:a/b", `native:a\b`, "native:a b", "native:\xff", "native:a\x00b",
		"cert:00", "cert:" + strings.Repeat("g", 64),
		"company:", "company:ü", "company:a/b", "country:D", "country:DEU", "country:1A",
		"reg:ra000548", "reg:/1", "reg:ra000548/", "reg:a b/\n", "lei:529900T8BM49AURSDO54", "lei:529900T8BM49AURSDO5", "lei:529900T8BM49AURSDO5-",
		"native:lib" + strings.Repeat("x", evidence.MaxValue-4), // too long once it ends in .so
		"android:" + strings.Repeat("x", evidence.MaxValue+1),
	} {
		if id, err := evidence.ParseID(text); err == nil {
			t.Errorf("ParseID(%.60q) = %q, want an error", text, id)
		}
	}
}

func TestSchemes(t *testing.T) {
	infos := evidence.Schemes()
	if !slices.IsSortedFunc(infos, func(a, b evidence.SchemeInfo) int { return strings.Compare(string(a.Scheme), string(b.Scheme)) }) {
		t.Error("Schemes() is not sorted")
	}
	for _, info := range infos {
		id, err := evidence.ParseID(info.Example)
		if err != nil || id.String() != info.Example || id.Scheme() != info.Scheme || info.Doc == "" {
			t.Errorf("scheme %s: example %q parses to %q, %v", info.Scheme, info.Example, id, err)
		}
	}
}

func TestConstructors(t *testing.T) {
	tests := []struct {
		name string
		got  evidence.ID
		want string
	}{
		{"as", evidence.ASN(64496), "asn:64496"},
		{"prefix", evidence.Prefix(netip.MustParsePrefix("192.0.2.9/24")), "prefix:192.0.2.0/24"},
		{"mapped prefix", evidence.Prefix(netip.MustParsePrefix("::ffff:192.0.2.0/120")), "prefix:192.0.2.0/24"},
		{"wide mapped prefix", evidence.Prefix(netip.MustParsePrefix("::ffff:0:0/96")), "prefix:0.0.0.0/0"},
		{"no prefix", evidence.Prefix(netip.Prefix{}), ""},
		{"address", evidence.Addr(netip.MustParseAddr("::ffff:192.0.2.9")), "ip:192.0.2.9"},
		{"zone", evidence.Addr(netip.MustParseAddr("fe80::1%eth0")), "ip:fe80::1"},
		{"no address", evidence.Addr(netip.Addr{}), ""},
		{"company", evidence.Company("acme"), "company:acme"},
	}
	for _, test := range tests {
		if got := test.got.String(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestGuess(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", nil},
		{"AS64496", []string{"asn:64496", "company:as64496", "cable:as64496"}},
		{"64496", []string{"asn:64496", "company:64496", "cable:64496"}},
		{"SASA64496", []string{"company:sasa64496", "cable:sasa64496"}},
		{"AS1.10", []string{"asn:65546"}},
		{"192.0.2.1", []string{"ip:192.0.2.1"}},
		{"2001:db8::1", []string{"ip:2001:db8::1"}},
		{"192.0.2.0/24", []string{"prefix:192.0.2.0/24"}},
		{"com/example/sdk", []string{"dex:com.example.sdk"}},
		{"com.example.app", []string{"android:com.example.app", "ios:com.example.app", "dex:com.example.app", "domain:com.example.app"}},
		{"libexample.so", []string{"native:libexample.so"}},
		{"libexample", []string{"native:libexample.so", "company:libexample", "cable:libexample"}},
		{"lib.example.org", []string{"android:lib.example.org", "ios:lib.example.org", "dex:lib.example.org", "domain:lib.example.org"}},
		{"529900T8BM49AURSDO55", []string{"lei:529900T8BM49AURSDO55", "company:529900t8bm49aursdo55", "cable:529900t8bm49aursdo55"}},
		{"domain:Example.org", []string{"domain:example.org"}},
		{"China Telecom", []string{"company:china-telecom", "cable:china-telecom"}},
	}
	for _, test := range tests {
		var got []string
		for _, id := range evidence.Guess(test.text) {
			got = append(got, id.String())
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("Guess(%q) (-want +got):\n%s", test.text, diff)
		}
	}
}

func TestCompare(t *testing.T) {
	ordered := []string{
		"android:a", "asn:9", "asn:10", "asn:4294967295", "domain:a.example",
		"ip:9.0.0.1", "ip:10.0.0.1", "ip:2001:db8::1",
		"prefix:9.0.0.0/8", "prefix:10.0.0.0/8", "prefix:10.0.0.0/16", "prefix:10.1.0.0/16", "prefix:2001:db8::/32",
	}
	for i, x := range ordered {
		for j, y := range ordered {
			a, errA := evidence.ParseID(x)
			b, errB := evidence.ParseID(y)
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			if got, want := a.Compare(b), compareInts(i, j); got != want {
				t.Errorf("%s against %s: got %d, want %d", a, b, got, want)
			}
		}
	}
}

func compareInts(a, b int) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func FuzzParseID(f *testing.F) {
	for _, info := range evidence.Schemes() {
		f.Add(info.Example)
	}
	f.Add("domain:*.Bücher.example.")
	f.Add("dex:Lcom/x;")
	f.Add("native:\u2126")
	f.Fuzz(func(t *testing.T, text string) {
		evidence.Guess(text)
		id, err := evidence.ParseID(text)
		if err != nil {
			return
		}
		again, err := evidence.ParseID(id.String())
		if err != nil || again != id {
			t.Fatalf("%q parses to %q, and that to %q, %v", text, id, again, err)
		}
		if strings.ContainsAny(id.String(), "\n\r\x00") {
			t.Fatalf("%q holds a control character", id)
		}
	})
}
