package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/exposure"
	"github.com/cleannet/cleannet/internal/exposure/hegemony"
	"github.com/cleannet/cleannet/internal/exposure/sheet"
)

func newExposureDiff(s streams) *cobra.Command {
	var format, output string
	cmd := &cobra.Command{
		Use:   "diff BEFORE.json AFTER.json",
		Short: "compare two scorecards",
		Long: `diff compares two files that cleannet exposure --all --format json wrote: the
countries whose figures differ, the largest change first, and what else differs
between the two runs that may explain it.`,
		Example: `  cleannet exposure diff january.json july.json`,
		Args:    exactArgs(2, "two scorecards"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := spareInputs(output, args...); err != nil {
				return err
			}
			var reports [2]*exposure.Report
			for i, name := range args {
				r, err := readReport(name)
				if err != nil {
					return err
				}
				if len(r.Countries) == 0 {
					return usagef("%q is no scorecard: make one with cleannet exposure --all --format json", name)
				}
				reports[i] = r
			}
			changes, caveats := exposure.Diff(reports[0], reports[1])
			return writeOutput(cmd.Context(), s, output, func(w io.Writer) error {
				if format == "text" {
					return sheet.Diff(w, changes, caveats)
				}
				enc := json.NewEncoder(w)
				enc.SetIndent("", "  ")
				return enc.Encode(map[string]any{"caveats": caveats, "changes": changes})
			})
		},
	}
	cmd.Flags().VarP(newChoice(&format, "text", "json"), "format", "f", "text or json")
	cmd.Flags().StringVarP(&output, "output", "o", "", "file to write instead of standard output")
	return cmd
}

func newHegemony(s streams) *cobra.Command {
	var e exposing
	var family string
	var origins bool
	cmd := &cobra.Command{
		Use:   "hegemony [AS...] --rib FILE",
		Short: "weigh networks by AS hegemony, without any policy",
		Long: `hegemony writes the AS hegemony of every network as CSV: over all destinations,
over what the named networks announce, or with --origins over what each network
announces. The columns are the origin (0 for all), the number of peer ASes, the
network and its hegemony.`,
		Example: `  cleannet exposure hegemony --rib rib.gz
  cleannet exposure hegemony AS7018 --rib rib.gz --family ipv6 --sparse`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(e.ribs) == 0 {
				return usagef("want a routing table: give --rib FILE")
			}
			if err := spareInputs(e.output, e.ribs...); err != nil {
				return err
			}
			var asns []uint32
			for _, text := range args {
				asn, ok := networkOf(text)
				if !ok {
					return usagef("%q is no AS number: write it as AS7018", text)
				}
				asns = append(asns, asn)
			}
			var basis exposure.Basis
			table, err := e.tables(cmd.Context(), s, &basis)
			if err != nil {
				return err
			}
			o := hegemony.Options{Sparse: e.sparse, Workers: e.workers}
			if family == "ipv6" {
				o.Family = 1
			}
			w := hegemony.Weigh(table, o)
			scopes := w.Origins()
			if !origins {
				if scopes, err = scopesOf(w, asns); err != nil {
					return err
				}
			}
			return writeOutput(cmd.Context(), s, e.output, func(out io.Writer) error { return writeScopes(out, scopes) })
		},
	}
	e.gathering.flags(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&e.ribs, "rib", nil, "routing table in MRT format, plain or compressed; repeatable for several collectors")
	f.BoolVar(&e.sparse, "sparse", false, "over the peers that see the network only")
	f.BoolVar(&origins, "origins", false, "for every network that announces prefixes")
	f.Var(newChoice(&family, "ipv4", "ipv6"), "family", "ipv4 or ipv6")
	f.StringVarP(&e.output, "output", "o", "", "file to write instead of standard output")
	return cmd
}

// scopesOf returns the scores for all destinations, or for some networks.
func scopesOf(w *hegemony.Weights, asns []uint32) (iter.Seq[hegemony.Scope], error) {
	var list []hegemony.Scope
	for _, asn := range asns {
		scope, ok := w.Origin(asn)
		if !ok {
			return nil, usagef("no peer has a path to what AS%d announces: try another table or family", asn)
		}
		list = append(list, scope)
	}
	if len(asns) == 0 {
		list = append(list, w.Global())
	}
	return func(yield func(hegemony.Scope) bool) {
		for _, s := range list {
			if !yield(s) {
				return
			}
		}
	}, nil
}

func writeScopes(w io.Writer, scopes iter.Seq[hegemony.Scope]) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"origin", "peer_ases", "network", "hegemony"}); err != nil {
		return err
	}
	for scope := range scopes {
		for _, x := range scope.Scores {
			row := []string{
				strconv.FormatUint(uint64(scope.Origin), 10), strconv.Itoa(scope.PeerASes),
				fmt.Sprint(x.ASN), strconv.FormatFloat(x.Hegemony, 'g', 12, 64),
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}
