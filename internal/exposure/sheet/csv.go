package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/exposure"
)

// CSV writes the scorecard, a country a row. What the figures rest on stands in
// every row, so that rows of several days can lie in one sheet.
func CSV(w io.Writer, r *exposure.Report) error {
	out := csv.NewWriter(w)
	header := []string{"country"}
	for _, family := range []string{"ipv4", "ipv6"} {
		header = append(header, family+"_prefixes", family+"_addresses", family+"_views")
		for _, p := range Parts(&exposure.Reached{}) {
			header = append(header, family+"_"+p.Name)
		}
		for _, l := range exposure.Levels() {
			for _, what := range []string{"prefixes", "addresses", "covered", "origins"} {
				header = append(header, fmt.Sprintf("%s_lost_%s_%s", family, l, what))
			}
		}
	}
	header = append(header, "most_influence", "most_influence_of", "as_of", "policy", "policy_version", "policy_digest",
		"registry", "numbers", "relationships", "inputs")
	rows := [][]string{header}
	for i := range r.Countries {
		row := &r.Countries[i]
		cells := append(append([]string{row.Country}, figures(&row.IPv4)...), figures(&row.IPv6)...)
		most, of := "", ""
		if len(row.Influence) > 0 {
			most, of = decimal(row.Influence[0].CTI), fmt.Sprintf("AS%d", row.Influence[0].ASN)
		}
		rows = append(rows, append(append(cells, most, of), basis(&r.Basis)...))
	}
	return out.WriteAll(rows)
}

func figures(f *exposure.Figures) []string {
	cells := []string{strconv.Itoa(f.Prefixes), strconv.FormatUint(f.Addresses, 10), strconv.Itoa(f.Views)}
	for _, p := range Parts(&f.Reached) {
		cells = append(cells, decimal(p.Part))
	}
	for _, l := range f.Lost {
		cells = append(cells, strconv.Itoa(l.Prefixes), strconv.FormatUint(l.Addresses, 10),
			strconv.FormatUint(l.Covered, 10), strconv.Itoa(l.Origins))
	}
	return cells
}

func basis(b *exposure.Basis) []string {
	var inputs []string
	for _, in := range b.Inputs {
		inputs = append(inputs, in.Digest)
	}
	return []string{b.AsOf.String(), b.Policy.ID, b.Policy.Version, b.Policy.Digest, b.Registry, b.Numbers, b.Relationships, strings.Join(inputs, " ")}
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }
