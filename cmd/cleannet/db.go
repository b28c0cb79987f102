package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/data"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry/numbers"
)

func newDB(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "db",
		Short: "build and inspect tables of Internet numbers",
		Long: `db works on the table that says who holds an AS number and who originates an
address. One ships inside the binary; build makes another from your own files.`,
		Example: `  cleannet db info
  cleannet db build delegated-extended=delegated-extended.txt origins-csv=asn.csv -o numbers.bin`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDBBuild(s), newDBInfo(s))
	return cmd
}

func newDBBuild(s streams) *cobra.Command {
	var output, title, licence, link, retrieved string
	cmd := &cobra.Command{
		Use:   "build FORM=FILE... -o FILE",
		Short: "make a table of Internet numbers from text files",
		Long: `build reads files in the common published forms and writes a table for --numbers.
Where files differ, the one named first wins. Lines that cannot be used are
counted and listed, never dropped in silence.

Forms: ` + strings.Join(formNames(), ", "),
		Example: `  cleannet db build delegated-extended=delegated-extended.txt origins-csv=asn.csv -o numbers.bin
  cleannet who AS64496 --numbers numbers.bin`,
		Args: someArgs("an input as FORM=FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if output == "" {
				return usagef("want a file to write: -o FILE")
			}
			if retrieved == "" {
				retrieved = entity.DateOf(time.Now()).String()
			}
			day, err := entity.ParseDate(retrieved)
			if err != nil {
				return usage(fmt.Errorf("--retrieved: %w", err))
			}
			in := numbers.Inputs{Title: title}
			for _, arg := range args {
				input, err := dbInput(arg)
				if err != nil {
					return usage(err)
				}
				_, file, _ := strings.Cut(arg, "=")
				if err := spareInputs(output, file); err != nil {
					return err
				}
				input.Source.URL, input.Source.Licence, input.Source.Retrieved = link, licence, day
				in.Files = append(in.Files, input)
			}
			var table bytes.Buffer
			report, err := numbers.Build(cmd.Context(), in, &table)
			if err != nil {
				if cmd.Context().Err() != nil {
					return cmd.Context().Err()
				}
				return usage(err)
			}
			for _, p := range report.Problems {
				fmt.Fprintln(s.err, "cleannet:", p)
			}
			err = writeOutput(cmd.Context(), s, output, func(w io.Writer) error {
				_, err := w.Write(table.Bytes())
				return err
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(s.err, "%s: %d bytes, %s, %s not used\n", output, table.Len(), countsText(report.Manifest.Counts), countOf(report.Malformed(), "line"))
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVarP(&output, "output", "o", "", "file to write")
	f.StringVar(&title, "title", "table of Internet numbers", "what the table is, for those who use it")
	f.StringVar(&link, "url", "", "where the files are from")
	f.StringVar(&licence, "licence", "", "licence of the files")
	f.StringVar(&retrieved, "retrieved", "", "day on which the files were fetched, YYYY-MM-DD (default today)")
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

func newDBInfo(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "info [FILE]",
		Short: "say what a table of Internet numbers was made from",
		Example: `  cleannet db info
  cleannet db info numbers.bin`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("want one table, got %d: see --help", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			name, raw := "the built-in table", data.Numbers()
			if len(args) == 1 {
				var err error
				name = args[0]
				if raw, err = readUserFile(name, maxNumbers); err != nil {
					return err
				}
			}
			table, err := numbers.Open(raw)
			if err == nil {
				err = table.Verify()
			}
			if err != nil {
				return exitCode{exitStale, fmt.Errorf("%q: %w", name, err)}
			}
			m := table.Manifest()
			fmt.Fprintf(s.out, "%s\ndigest %s\n%s\n", m.Title, table.Digest(), countsText(m.Counts))
			for _, c := range m.Caveats {
				fmt.Fprintf(s.out, "caveat: %s\n", c)
			}
			for _, d := range m.Documents {
				fmt.Fprintf(s.out, "%s: %s %s, %s, retrieved %s, %s, %d records, %d not used, sha256 %s\n",
					d.File, d.Source.Title, d.Version, d.Source.URL, d.Source.Retrieved, d.Source.Licence,
					d.Records, d.Skipped+d.Malformed, d.Source.SHA256)
			}
			for _, a := range m.Attributions() {
				fmt.Fprintln(s.out, a)
			}
			return nil
		},
	}
}

func countsText(c numbers.Counts) string {
	return fmt.Sprintf("%s (%d named, %d with a registered country, %d with that of their address space), "+
		"%d IPv4 and %d IPv6 ranges with an origin, %d and %d with a country",
		countOf(c.ASNs, "AS number"), c.Named, c.Registered, c.Space, c.IPv4Ranges, c.IPv6Ranges, c.SpaceIPv4Ranges, c.SpaceIPv6Ranges)
}
