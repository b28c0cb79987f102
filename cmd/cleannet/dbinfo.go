package main

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/data"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry/numbers"
	"github.com/cleannet/cleannet/internal/trust"
)

func newDBVerify(s streams) *cobra.Command {
	var d dataFolder
	cmd := &cobra.Command{
		Use:   "verify FOLDER --root FILE | FILE",
		Short: "verify a signed data folder, or a built file, offline",
		Long: `verify follows the signatures of a folder from a root file that you trust, and
reads every file to its end. It remembers the versions that it saw, so that an
older copy of the folder is refused from then on, as every command does that
takes --data. What is not as it was signed, or has expired, exits with 5.

Of a single file that db build made it checks that it is whole: a registry
against the digest in its manifest, and row by row. That finds damage, and not
who made the file: for that there are signatures.`,
		Example: `  cleannet db verify data --root 1.root.json
  cleannet db verify data --root 1.root.json --max-age 90
  cleannet db verify registry.cnr`,
		Args: exactArgs(1, "a folder or a built file"),
		RunE: func(_ *cobra.Command, args []string) error {
			if fileExists(args[0]) {
				if d.root != "" || d.maxAge != 0 {
					return usagef("%q is a file, and --root and --max-age are about signed folders: leave them out", args[0])
				}
				return verifyFile(s, args[0])
			}
			d.dir = args[0]
			snapshot, err := d.snapshot(entity.Date{})
			if err != nil {
				return err
			}
			if err := snapshot.Verify(); err != nil {
				return exitCode{exitStale, err}
			}
			printSnapshot(s, snapshot)
			fmt.Fprintln(s.out, "verified: signatures, expiry, and every byte")
			return nil
		},
	}
	d.trustFlags(cmd)
	return cmd
}

func newDBInfo(s streams) *cobra.Command {
	var d dataFolder
	cmd := &cobra.Command{
		Use:   "info [FILE|FOLDER]",
		Short: "say what company data were made from",
		Long: `info shows, for a table of numbers, a built registry or a signed folder, each
source with its digest, licence, day of retrieval and age, what was left out of
it, and the attributions that licences ask for. Without an argument it is about
the table of numbers that ships with cleannet.`,
		Example: `  cleannet db info
  cleannet db info numbers.bin
  cleannet db info data --root 1.root.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("want one file or folder, got %d: see --help", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return infoNumbers(s, "the built-in table", data.Numbers())
			}
			name := args[0]
			if info, err := os.Stat(name); err == nil && info.IsDir() {
				d.dir = name
				return infoFolder(s, &d)
			}
			raw, err := openAnyBuilt(name)
			if err != nil {
				return err
			}
			if !entity.IsSnapshot(raw) {
				return infoNumbers(s, name, raw)
			}
			m, err := manifestOf(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(s.out, "registry of companies, built by %s\ndigest %s\n", m.BuiltBy, digestOf(raw))
			printSources(s, m, time.Now())
			return nil
		},
	}
	d.trustFlags(cmd)
	return cmd
}

// verifyFile checks that a built file is whole.
func verifyFile(s streams, name string) error {
	m, err := manifestOf(name)
	if err != nil {
		return err
	}
	raw, err := openAnyBuilt(name)
	if err != nil {
		return err
	}
	checked := "every byte, by the digest inside"
	if entity.IsSnapshot(raw) {
		checked = "every byte, by the digest in its manifest, and every row"
		reg, err := entity.Open(raw, nil)
		if err == nil {
			err = reg.Verify()
		}
		if err != nil {
			return exitCode{exitStale, fmt.Errorf("%q: %w", name, err)}
		}
	}
	fmt.Fprintf(s.out, "%s: %s, %d bytes, sha256 %s\nverified: %s; who made it, no file says: see db add\n",
		name, m.Kind, len(raw), digestOf(raw), checked)
	return nil
}

func infoFolder(s streams, d *dataFolder) error {
	snapshot, err := d.snapshot(entity.Date{})
	if err != nil {
		return err
	}
	printSnapshot(s, snapshot)
	for _, f := range snapshot.Files {
		fmt.Fprintf(s.out, "\n%s", f.Name)
		if f.Manifest.BuiltBy != "" {
			fmt.Fprintf(s.out, ", built by %s", f.Manifest.BuiltBy)
		}
		fmt.Fprintln(s.out)
		printSources(s, f.Manifest, time.Now())
	}
	return nil
}

// printSources says what a file was made from.
func printSources(s streams, m trust.Manifest, now time.Time) {
	for _, from := range m.Sources {
		fmt.Fprintf(s.out, "%s\n", sourceLine(from))
		for _, item := range []struct{ name, text string }{
			{"title", from.Title}, {"from", from.URL}, {"licence", from.Licence}, {"retrieved", retrievedText(from, now)},
			{"sha256", from.SHA256},
		} {
			if item.text != "" && item.text != from.File {
				fmt.Fprintf(s.out, "  %-9s  %s\n", item.name, item.text)
			}
		}
	}
	notes := attributions(m)
	slices.Sort(notes)
	for _, a := range slices.Compact(notes) {
		fmt.Fprintln(s.out, a)
	}
}

func retrievedText(from trust.Source, now time.Time) string {
	day, err := time.Parse(time.DateOnly, from.Retrieved)
	if err != nil {
		return "nobody wrote down when"
	}
	return fmt.Sprintf("%s, %s ago", from.Retrieved, countOf(daysBetween(day, now), "day"))
}

func infoNumbers(s streams, name string, raw []byte) error {
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
}
