package registry_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/registry"
)

func TestClaims(t *testing.T) {
	var claims registry.Claims
	for _, claim := range []string{"a asn:1", "a asn:2", "b asn:2", "a asn:1", "b asn:3"} {
		company, text, _ := strings.Cut(claim, " ")
		id, err := evidence.ParseID(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := claims.Add(entity.Identifier{ID: id, Company: company}); err != nil {
			t.Fatal(err)
		}
	}
	var records entity.Records
	w := registry.NewWriter(entity.Source{ID: "s"}, &records)
	claims.Give(w)
	var got []string
	for _, d := range records.Identifiers {
		got = append(got, d.Company+" "+d.ID.String())
	}
	if diff := cmp.Diff([]string{"a asn:1", "b asn:3"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]registry.Dropped{{Reason: "identifier that several companies name", Count: 2}}, w.Report.Dropped); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

func TestAliases(t *testing.T) {
	got := registry.Aliases("Acme", " Acme ", "ACME", "", "Acme\nLtd", "Acme Ltd", strings.Repeat("x", 10_000))
	if diff := cmp.Diff([]string{"ACME", "Acme Ltd"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
