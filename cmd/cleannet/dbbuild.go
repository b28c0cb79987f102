package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry/numbers"
	"github.com/cleannet/cleannet/internal/trust"
)

// buildFlags are those of db build.
type buildFlags struct {
	output, title, id, licence, link, retrieved string
	noBuiltIn                                   bool
}

func newDBBuild(s streams) *cobra.Command {
	var b buildFlags
	cmd := &cobra.Command{
		Use:   "build FILE... -o FILE",
		Short: "make a registry of companies, or a table of Internet numbers",
		Long: `build makes one file of company data from others.

Files as FORM=FILE, with a form of Internet numbers, make a table for --numbers.
Where files differ, the one named first wins. Lines that cannot be used are
counted and listed, never dropped in silence. Forms:
  ` + strings.Join(formNames(), ", ") + `

All other files make a registry for --registry or db add: YAML, and what a
loader knows by its content, or by name as LOADER=FILE. The registry that ships
with cleannet is part of it, unless --no-built-in. What is left out, such as
natural persons, is counted in a manifest beside the output, FILE` + manifestSuffix + `.`,
		Example: `  cleannet db build delegated-extended=delegated-extended.txt origins-csv=asn.csv -o numbers.bin
  cleannet who AS64496 --numbers numbers.bin
  cleannet db build companies.yaml -o registry.cnr
  cleannet check rib.gz --registry registry.cnr`,
		Args: someArgs("a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if b.output == "" {
				return usagef("want a file to write: -o FILE")
			}
			for _, arg := range args {
				_, file, named := strings.Cut(arg, "=")
				if !named {
					file = arg
				}
				if err := spareInputs(b.output, file); err != nil {
					return err
				}
			}
			day := entity.DateOf(time.Now())
			if b.retrieved != "" {
				var err error
				if day, err = dateFlag("--retrieved", b.retrieved); err != nil {
					return err
				}
			}
			ofNumbers := 0
			for _, arg := range args {
				if form, _, ok := strings.Cut(arg, "="); ok && slices.Contains(numbers.Forms(), numbers.Form(form)) {
					ofNumbers++
				}
			}
			switch ofNumbers {
			case 0:
				return b.registry(cmd.Context(), s, args, day)
			case len(args):
				return b.numbers(cmd.Context(), s, args, day)
			}
			return usagef("files of companies and of Internet numbers make two outputs: build one after the other")
		},
	}
	f := cmd.Flags()
	f.StringVarP(&b.output, "output", "o", "", "file to write")
	f.StringVar(&b.title, "title", "", "what the data are, for those who use them")
	f.StringVar(&b.id, "id", "", "id of the source; files of several sources are built with the ids of their names")
	f.StringVar(&b.link, "url", "", "where the files are from")
	f.StringVar(&b.licence, "licence", "", "licence of the files")
	f.StringVar(&b.retrieved, "retrieved", "", "day on which the files were fetched, YYYY-MM-DD (default today)")
	f.BoolVar(&b.noBuiltIn, "no-built-in", false, "leave out the registry that ships with cleannet")
	return cmd
}

// numbers makes a table of Internet numbers.
func (b *buildFlags) numbers(ctx context.Context, s streams, args []string, day entity.Date) error {
	in := numbers.Inputs{Title: b.title}
	if in.Title == "" {
		in.Title = "table of Internet numbers"
	}
	for _, arg := range args {
		input, err := dbInput(arg)
		if err != nil {
			return usage(err)
		}
		input.Source.URL, input.Source.Licence, input.Source.Retrieved = b.link, b.licence, day
		in.Files = append(in.Files, input)
	}
	var table bytes.Buffer
	report, err := numbers.Build(ctx, in, &table)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return usage(err)
	}
	for _, p := range report.Problems {
		fmt.Fprintln(s.err, "cleannet:", p)
	}
	if err := writeBytes(ctx, s, b.output, table.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "%s: %d bytes, %s, %s not used\n", b.output, table.Len(), countsText(report.Manifest.Counts), countOf(report.Malformed(), "line"))
	return nil
}

// registry makes a registry of companies and a manifest beside it.
func (b *buildFlags) registry(ctx context.Context, s streams, args []string, day entity.Date) error {
	if b.output == standardStream {
		return usagef("a registry has a manifest beside it: name a file with -o")
	}
	build := registryBuild{loaders: loaders(), builtIn: !b.noBuiltIn, warn: s.err}
	for _, arg := range args {
		f := companyFile{file: arg, about: entity.Source{
			ID: sourceID(arg), Title: filepath.Base(arg), URL: b.link, Retrieved: day, Licence: b.licence,
		}}
		if loader, file, ok := strings.Cut(arg, "="); ok {
			if !slices.Contains(build.names(), loader) {
				return usagef("%q: no form or loader %q: want FORM=FILE with one of the forms %s, or LOADER=FILE with one of the loaders %s",
					arg, loader, strings.Join(formNames(), ", "), strings.Join(build.names(), ", "))
			}
			f.loader, f.file, f.about.ID, f.about.Title = loader, file, sourceID(file), filepath.Base(file)
		}
		if b.id != "" {
			f.about.ID = b.id
		}
		if b.title != "" {
			f.about.Title = b.title
		}
		build.files = append(build.files, f)
	}
	if b.id != "" && len(args) > 1 {
		return usagef("--id names one source: build its file alone, or leave the flag out")
	}
	reg, err := build.run(ctx)
	if err != nil {
		return err
	}
	sum, size := sha256.New(), int64(0)
	err = writeOutput(ctx, s, b.output, func(w io.Writer) error {
		size, err = reg.WriteTo(io.MultiWriter(w, sum))
		return err
	})
	if err != nil {
		return err
	}
	digest := hex.EncodeToString(sum.Sum(nil))
	beside, err := json.MarshalIndent(besideJSON{File: filepath.Base(b.output), SHA256: digest, Manifest: build.manifest}, "", "  ")
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	if err := writeBytes(ctx, s, b.output+manifestSuffix, append(beside, '\n')); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "%s: %d bytes\n", b.output, size)
	for _, from := range build.manifest.Sources {
		fmt.Fprintf(s.err, "  %s\n", sourceLine(from))
	}
	return nil
}

func writeBytes(ctx context.Context, s streams, name string, content []byte) error {
	return writeOutput(ctx, s, name, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// standardStream is the argument that stands for standard input or output.
const standardStream = "-"

// manifestSuffix ends the name of a manifest beside a built file.
const manifestSuffix = ".manifest.json"

// besideJSON is that manifest, with the digest of the file that it is about.
type besideJSON struct {
	File     string         `json:"file"`
	SHA256   string         `json:"sha256"`
	Manifest trust.Manifest `json:"manifest"`
}

// manifestOf returns the manifest of a built file: a table of numbers has its
// own inside, a registry has it beside.
func manifestOf(name string) (trust.Manifest, error) {
	raw, err := openAnyBuilt(name)
	if err != nil {
		return trust.Manifest{}, err
	}
	if !entity.IsSnapshot(raw) {
		table, err := numbers.Open(raw)
		if err == nil {
			err = table.Verify()
		}
		if err != nil {
			return trust.Manifest{}, usagef("%q: neither a registry nor a table of numbers (%w): make one with: cleannet db build", name, err)
		}
		return numbersManifest(table.Manifest()), nil
	}
	text, err := readUserFile(name+manifestSuffix, maxDocument)
	if err != nil {
		return trust.Manifest{}, err
	}
	var beside besideJSON
	if err := json.Unmarshal(text, &beside); err != nil {
		return trust.Manifest{}, usagef("%q: %w: build the registry again", name+manifestSuffix, err)
	}
	if got := digestOf(raw); got != beside.SHA256 {
		return trust.Manifest{}, exitCode{exitStale, fmt.Errorf("%q is about a file with the digest %s, %q has %s: build the registry again",
			name+manifestSuffix, beside.SHA256, name, got)}
	}
	return beside.Manifest, nil
}

// numbersManifest says of a table of numbers what a data folder records.
func numbersManifest(m numbers.Manifest) trust.Manifest {
	out := trust.Manifest{Kind: kindNumbers, Sources: []trust.Source{}}
	for _, d := range m.Documents {
		from := trust.Source{
			ID: d.Source.ID, File: d.File, Title: d.Source.Title, URL: d.Source.URL, SHA256: d.Source.SHA256,
			Licence: d.Source.Licence, Attribution: d.Attribution, Loader: string(d.Form),
			Records: uint64(d.Records), Facts: uint64(d.Records), Problems: uint64(d.Malformed),
		}
		if !d.Source.Retrieved.IsZero() {
			from.Retrieved = d.Source.Retrieved.String()
		}
		if d.Skipped > 0 {
			from.Dropped = []trust.Dropped{{Reason: "of no use for the table", Count: uint64(d.Skipped)}}
		}
		out.Sources = append(out.Sources, from)
	}
	return out
}

// sourceLine says in a line what a source gave.
func sourceLine(from trust.Source) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %d records, %d facts by %s", from.File, from.Records, from.Facts, from.Loader)
	for _, d := range from.Dropped {
		fmt.Fprintf(&text, ", left out: %d (%s)", d.Count, d.Reason)
	}
	if from.Problems > 0 {
		fmt.Fprintf(&text, ", %d not understood", from.Problems)
	}
	return text.String()
}
