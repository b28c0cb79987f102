package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/domain/all"
	"github.com/cleannet/cleannet/internal/engine"
	"github.com/cleannet/cleannet/internal/engine/local"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/source"
)

// gathering is the flags of commands that read evidence.
type gathering struct {
	workers int
	limits  source.Limits
	quiet   bool
}

func (g *gathering) flags(cmd *cobra.Command) {
	d := source.DefaultLimits()
	f := cmd.Flags()
	f.IntVar(&g.workers, "workers", runtime.GOMAXPROCS(0), "goroutines that read; the result does not depend on it")
	f.Int64Var(&g.limits.MaxFile, "max-file", d.MaxFile, "largest input as stored, in bytes")
	f.Int64Var(&g.limits.MaxExpanded, "max-expanded", d.MaxExpanded, "largest input after decompression, in bytes")
	f.Float64Var(&g.limits.MaxRatio, "max-ratio", d.MaxRatio, "how many times an input may grow by decompression")
	f.IntVar(&g.limits.MaxMembers, "max-members", d.MaxMembers, "members of the archives in one input")
	f.IntVar(&g.limits.MaxDepth, "max-depth", d.MaxDepth, "compressions and archives within each other")
	f.IntVar(&g.limits.MaxWalk, "max-walk", d.MaxWalk, "directory entries looked at")
	f.Int64Var(&g.limits.MaxSpool, "max-spool", d.MaxSpool, "bytes of one input held aside in temporary files")
	f.BoolVar(&g.quiet, "no-progress", false, "no progress line on a terminal")
}

// mostWorkers bounds the memory that a slip of the finger can ask for: each
// worker has buffers of its own.
const mostWorkers = 1024

// collect reads the arguments into a set.
func (g *gathering) collect(ctx context.Context, s streams, args []string, lexicon lexicon) (*evidence.Set, error) {
	if g.workers < 1 || g.workers > mostWorkers {
		return nil, usagef("--workers: want at least 1 and at most %d, got %d", mostWorkers, g.workers)
	}
	var progress source.Progress
	stop := showProgress(s.err, &progress, g.quiet)
	defer stop()
	return local.Engine{}.Collect(ctx, engine.Request{
		Args:    args,
		Domains: all.Domains(),
		Lexicon: lexicon,
		Options: source.Options{Limits: g.limits, Stdin: s.in, Progress: &progress},
		Workers: g.workers,
	})
}

func newCollect(s streams) *cobra.Command {
	var k knowledge
	var g gathering
	var output, format string
	cmd := &cobra.Command{
		Use:   "collect INPUT... -o FILE.cnz",
		Short: "read evidence into a file that can be judged many times",
		Long: `collect reads files, folders or standard input ("-") and writes what they show as
an evidence set: observations with counts and places, and what could not be
read. It knows no policy. Evidence files among the inputs are merged; an input
that several of them have read counts once.`,
		Example: `  cleannet collect rib.gz -o evidence.cnz
  cleannet collect rib.gz --format json | head
  cleannet collect monday.cnz tuesday.cnz -o both.cnz`,
		Args: someArgs("an input to read"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format == "cnz" && output == "" {
				return usagef("an evidence file is not for the terminal: give -o FILE.cnz, or --format json")
			}
			lexicon, err := k.lexicon()
			if err != nil {
				return err
			}
			set, err := g.collect(cmd.Context(), s, args, lexicon)
			if err != nil {
				return err
			}
			if err := noneOpened(set, args); err != nil {
				return err
			}
			write := set.Write
			if format == "json" {
				write = func(w io.Writer) error { return writeObservations(w, set) }
			}
			if err := writeOutput(cmd.Context(), s, output, write); err != nil {
				return err
			}
			warnProblems(s.err, set)
			return nil
		},
	}
	k.flags(cmd)
	g.flags(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "", "file to write; it appears whole or not at all")
	cmd.Flags().Var(newChoice(&format, "cnz", "json"), "format", "cnz, or json for one observation a line")
	return cmd
}

// writeObservations writes each observation as a message of the contract.
func writeObservations(w io.Writer, set *evidence.Set) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(buffered)
	enc.SetEscapeHTML(false)
	for o := range set.Observations() {
		if err := enc.Encode(map[string]*evidence.Observation{"observation": o}); err != nil {
			return err
		}
	}
	return buffered.Flush()
}
