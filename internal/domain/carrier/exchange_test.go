package carrier

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/ixlist"
)

func sampleText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/samples/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestExchange(t *testing.T) {
	got, shard := read(t, Exchange{}, sampleText(t, "netixlan.json"))
	want := []string{"meeting 4134 64500 x1: Example-IX: port of AS4134 at 192.0.2.2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("observations (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("exchange: exchanges 2, exchange: ports 3", counts(shard)); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

// TestExchangeSelects leaves out the pairs of which nobody is known.
func TestExchangeSelects(t *testing.T) {
	ports := []ixlist.Port{{ASN: 3}, {ASN: 1}, {ASN: 2}, {ASN: 2}, {ASN: 4}}
	shard := evidence.NewShard(evidence.Input{Status: evidence.StatusRead})
	lexicon := evidence.NewLexicon(slices.Values([]evidence.ID{evidence.ASN(2)}))
	if err := meet(t.Context(), "", map[string][]ixlist.Port{"EX": ports}, lexicon, shard); err != nil {
		t.Fatal(err)
	}
	set := new(evidence.Set)
	set.Add(shard)
	var got []string
	for o := range set.Observations() {
		got = append(got, o.Subject(roleMember).Value()+" "+o.Subject(roleFellow).Value())
	}
	if diff := cmp.Diff([]string{"1 2", "2 3", "2 4"}, got); diff != "" {
		t.Errorf("pairs (-want +got):\n%s", diff)
	}
}

func TestASPA(t *testing.T) {
	got, shard := read(t, ASPA{}, sampleText(t, "aspa.json"))
	want := []string{
		"aspa 64500 4134 x1: ASPA of AS64500: AS4134 is its provider, under trust anchor ripe",
		"aspa 64500 64496 x1: ASPA of AS64500: AS64496 is its provider, under trust anchor ripe",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("observations (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("aspa: provider authorisations 1, aspa: route origin authorisations passed over 1", counts(shard)); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}
