package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry/numbers"
)

func newDB(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "db",
		Short: "build, sign, verify and inspect company data",
		Long: `db works on what verdicts rest on: registries of companies, and tables that say
who holds an AS number and who originates an address. One of each ships inside
the binary; build makes others from files. A signed folder carries them to those
who judge, who verify it offline from one root file (see --data of check).`,
		Example: `  cleannet db info
  cleannet db build companies.yaml -o registry.cnr
  cleannet db verify data --root 1.root.json`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDBBuild(s), newDBInfo(s), newDBKey(s), newDBInit(s), newDBAdd(s), newDBRemove(s),
		newDBRenew(s), newDBSign(s), newDBRotate(s), newDBVerify(s))
	return cmd
}

func formNames() []string {
	var out []string
	for _, f := range numbers.Forms() {
		out = append(out, string(f))
	}
	return out
}

// dbInput reads FORM=FILE.
func dbInput(arg string) (numbers.Input, error) {
	form, file, ok := strings.Cut(arg, "=")
	if !ok || !slices.Contains(numbers.Forms(), numbers.Form(form)) {
		return numbers.Input{}, fmt.Errorf("%q: want FORM=FILE with one of the forms %s", arg, strings.Join(formNames(), ", "))
	}
	if _, err := os.Stat(file); err != nil {
		return numbers.Input{}, inputError(file, err)
	}
	base := filepath.Base(file)
	return numbers.Input{
		Document: numbers.Document{
			Source: entity.Source{ID: "user-" + base, Title: base},
			File:   base, Form: numbers.Form(form),
		},
		Open: func() (io.ReadCloser, error) { return os.Open(file) },
	}, nil
}

func countsText(c numbers.Counts) string {
	return fmt.Sprintf("%s (%d named, %d with a registered country, %d with that of their address space), "+
		"%d IPv4 and %d IPv6 ranges with an origin, %d and %d with a country",
		countOf(c.ASNs, "AS number"), c.Named, c.Registered, c.Space, c.IPv4Ranges, c.IPv6Ranges, c.SpaceIPv4Ranges, c.SpaceIPv6Ranges)
}
