package rpki_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/rpki"
)

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name, text, want string
		counts           rpki.Counts
		err              error
	}{
		{"routinator", `{"metadata":{"generated":0},"roas":[{"asn":"AS64500","prefix":"192.0.2.0/24","maxLength":24,"ta":"ripe"}],
			"aspas":[{"customer":"AS64500","providers":["AS64496","AS64497"],"ta":"ripe"}]}`,
			"64500: [64496 64497] ripe", rpki.Counts{ASPAs: 1, VRPs: 1}, nil},
		{"routinator, extended", `{"aspas":[{"customer":"AS64500","providers":["AS0"],"source":[{"type":"aspa"}]}]}`,
			"64500: [0]", rpki.Counts{ASPAs: 1}, nil},
		{"rpki-client", `{"metadata":{},"roas":[],"aspas":[{"customer_asid":64500,"expires":1700000000,"providers":[4200000000]}]}`,
			"64500: [4200000000] until 2023-11-14", rpki.Counts{ASPAs: 1}, nil},
		{"older rpki-client", `{"provider_authorizations":{"ipv4":[{"customer_asid":64500,"providers":[64496]}],"ipv6":[]}}`,
			"64500: [64496]", rpki.Counts{ASPAs: 1}, nil},
		{"malformed ones", `{"aspas":[{"customer":"AS-SET","providers":["AS1"]},{"customer":"AS1","providers":[]},{"customer":"AS1","providers":[null]}]}`,
			"", rpki.Counts{Malformed: 3}, nil},
		{"nothing of the sort", `{"data":[{}]}`, "", rpki.Counts{}, rpki.ErrEmpty},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			counts, err := rpki.Read(strings.NewReader(tt.text), func(a rpki.ASPA) error {
				line := strings.TrimSpace(fmt.Sprintf("%d: %v %s", a.Customer, a.Providers, a.Anchor))
				if !a.Expires.IsZero() {
					line += a.Expires.Format(" until 2006-01-02")
				}
				got = append(got, line)
				return nil
			})
			if !errors.Is(err, tt.err) {
				t.Fatalf("error: got %v, want %v", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "; ")); diff != "" {
				t.Errorf("authorisations (-want +got):\n%s", diff)
			}
			if counts != tt.counts {
				t.Errorf("counts: got %+v, want %+v", counts, tt.counts)
			}
			if plausible := rpki.Plausible([]byte(tt.text)); plausible != (tt.err == nil) {
				t.Errorf("plausible: %v", plausible)
			}
		})
	}
}

// TestCut wants an error for every file that ends too soon.
func TestCut(t *testing.T) {
	const text = `{"aspas":[{"customer":"AS64500","providers":["AS64496"]}]}`
	for n := range text {
		if _, err := rpki.Read(strings.NewReader(text[:n]), func(rpki.ASPA) error { return nil }); err == nil {
			t.Errorf("%q is read without an error", text[:n])
		}
	}
}
