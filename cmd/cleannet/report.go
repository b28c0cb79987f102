package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/finding"
)

func newReport(s streams) *cobra.Command {
	var out reporting
	cmd := &cobra.Command{
		Use:   "report [RUN.json]",
		Short: "show a saved run again, in any format",
		Long: `report renders a run that was saved with --format json, without judging anew.
Without a file it takes the last run.`,
		Example: `  cleannet report run.json --format html -o report.html
  cleannet report --format sarif`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("want one saved run, got %d: see --help", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			inputs := args
			if last, err := lastRunFile(); err == nil && len(args) == 0 {
				inputs = []string{last}
			}
			if err := spareInputs(out.file, inputs...); err != nil {
				return err
			}
			run, err := openRun(args)
			if err != nil {
				return usage(err)
			}
			defer run.Close() //nolint:errcheck // opened for reading
			return writeOutput(cmd.Context(), s, out.file, func(w io.Writer) error {
				h := out.handler(w, s)
				if err := finding.Read(run, h); err != nil {
					return savedRunError(args, err)
				}
				return h.Close()
			})
		},
	}
	out.flags(cmd)
	return cmd
}
