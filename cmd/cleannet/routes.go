package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/format/bgpdump"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/source"
)

func newRoutes(s streams) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "routes FILE...",
		Short: "print the routes of MRT files, one a line, as bgpdump -m does",
		Long: `routes prints what routing tables and logs of BGP messages in MRT format say, one
line for each route and each change of a session's state. The lines are those of
bgpdump -m, byte for byte, for what bgpdump can read; tables of January 2000 and
damaged files are read as well. Stretches that hold no record, and records that
cannot be read whole, are named on standard error.`,
		Example: `  cleannet routes rib.gz | grep ' 4134 '
  cleannet routes updates.gz -o updates.txt`,
		Args: someArgs("a file to read"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := spareInputs(output, args...); err != nil {
				return err
			}
			return writeOutput(cmd.Context(), s, output, func(w io.Writer) error {
				buffered := bufio.NewWriterSize(w, 64<<10)
				p := routePrinter{w: bgpdump.NewWriter(buffered), errors: s.err}
				for in, err := range source.Walk(cmd.Context(), args, source.Options{Stdin: s.in}) {
					if err == nil {
						err = p.input(cmd.Context(), in)
					}
					if err != nil {
						return errors.Join(usage(err), buffered.Flush())
					}
				}
				return buffered.Flush()
			})
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "file to write; it appears whole or not at all")
	return cmd
}

// routePrinter prints the routes of MRT files.
type routePrinter struct {
	w      *bgpdump.Writer
	errors io.Writer
}

// input prints the routes of one input.
func (p *routePrinter) input(ctx context.Context, in source.Input) (err error) {
	f, err := in.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	scanner := mrt.NewScanner(f, mrt.Limits{})
	for {
		record, err := scanner.Next()
		var gap mrt.Gap
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &gap):
			fmt.Fprintf(p.errors, "cleannet: %s: %v\n", in.Name, gap)
			continue
		case err != nil:
			return fmt.Errorf("read routes from %q: %w: give a routing table or a log of messages in MRT format", in.Name, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.record(in.Name, record); err != nil {
			return err
		}
	}
}

// record prints the routes of one record. Only what cannot be written is an
// error; what cannot be read is said.
func (p *routePrinter) record(name string, record mrt.Record) error {
	err := p.w.Record(record)
	if bad, ok := errors.AsType[*bgpdump.ReadError](err); ok {
		fmt.Fprintf(p.errors, "cleannet: %s: %v\n", name, bad)
		return nil
	}
	return err
}
