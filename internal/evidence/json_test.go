package evidence

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestObservationJSON writes, reads and writes again: the bytes stay.
func TestObservationJSON(t *testing.T) {
	many := make([]string, MaxExact+100)
	for i := range many {
		many[i] = fmt.Sprintf("host%d.example.org", i)
	}
	when := time.Date(2020, 8, 5, 12, 0, 0, 500, time.UTC)
	for _, tc := range []struct {
		name string
		obs  Observation
		want string // empty: only the round trip
	}{
		{"zero", Observation{}, `{"domain":"","kind":"","subjects":[],"count":0,"attrs":{},"refs":[]}`},
		{
			"every part",
			Observation{
				Domain: "carrier", Kind: "adjacency", Thing: ASN(64500),
				Subjects: []Subject{{"left", ASN(64496)}, {"right", ASN(64497)}},
				Count:    3,
				Attrs:    []Attr{Distinct("collectors", "a", "b"), Sum("paths", 7), Words("tags", "<b>&", "a\"")},
				First:    when, Last: when.Add(time.Hour),
				Refs: []Ref{{Input: "ab", Path: "x/y", Offset: 1, Length: 2, Note: "</script>"}, {}},
			},
			`{"domain":"carrier","kind":"adjacency","thing":"asn:64500","subjects":[{"role":"left","id":"asn:64496"},` +
				`{"role":"right","id":"asn:64497"}],"count":3,"attrs":{"collectors":2,"paths":7,"tags":["<b>&","a\""]},` +
				`"first":"2020-08-05T12:00:00.0000005Z","last":"2020-08-05T13:00:00.0000005Z",` +
				`"refs":[{"input":"sha256:ab","path":"x/y","offset":1,"length":2,"note":"</script>"},` +
				`{"input":"sha256:","path":"","offset":0,"length":0}]}`,
		},
		{"estimate", Observation{Attrs: []Attr{Distinct("hosts", many...)}}, ""},
		{"cut words", Observation{Attrs: []Attr{Words("hosts", many[:MaxSet+1]...), Words("none")}}, ""},
		{"odd keys", Observation{Attrs: []Attr{Sum("a\x00\U000e0001", -1), Sum("b<", 1)}}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			first, err := marshal(&tc.obs)
			if err != nil {
				t.Fatal(err)
			}
			if tc.want != "" {
				if diff := cmp.Diff(tc.want, string(first)); diff != "" {
					t.Errorf("JSON (-want +got):\n%s", diff)
				}
			}
			var back Observation
			if err := json.Unmarshal(first, &back); err != nil {
				t.Fatal(err)
			}
			second, err := marshal(&back)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(first), string(second)); diff != "" {
				t.Errorf("JSON after reading it back (-first +second):\n%s", diff)
			}
			for _, a := range tc.obs.Attrs {
				b, ok := back.Attr(a.Key)
				if !ok || b.Number() != a.Number() || b.More() != a.More() || b.Error() != a.Error() {
					t.Errorf("attribute %q: got %d, more %t, error %v; want %d, %t, %v", a.Key,
						b.Number(), b.More(), b.Error(), a.Number(), a.More(), a.Error())
				}
			}
		})
	}
}

func TestObservationJSONErrors(t *testing.T) {
	for name, text := range map[string]string{
		"fraction":       `{"attrs":{"n":1.5}}`,
		"null":           `{"attrs":{"n":null}}`,
		"object":         `{"attrs":{"n":{}}}`,
		"bad identifier": `{"subjects":[{"role":"r","id":"asn:x"}]}`,
		"bad time":       `{"first":"yesterday"}`,
	} {
		t.Run(name, func(t *testing.T) {
			var o Observation
			if err := json.Unmarshal([]byte(text), &o); err == nil {
				t.Errorf("got no error, and %+v", o)
			}
		})
	}
}
