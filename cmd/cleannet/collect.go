package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"math"
	"runtime"
	"slices"

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
	l := &g.limits
	f.Var(newNumber(&g.workers, min(runtime.GOMAXPROCS(0), mostWorkers), mostWorkers), "workers", "goroutines that read; the result does not depend on it")
	f.Var(newNumber(&l.MaxFile, d.MaxFile, mostBytes), "max-file", "largest input as stored, in bytes")
	f.Var(newNumber(&l.MaxExpanded, d.MaxExpanded, mostBytes), "max-expanded", "largest input after decompression, in bytes")
	f.Var(newNumber(&l.MaxRatio, d.MaxRatio, mostCount), "max-ratio", "how many times an input may grow by decompression")
	f.Var(newNumber(&l.MaxMembers, d.MaxMembers, mostCount), "max-members", "members of the archives in one input")
	f.Var(newNumber(&l.MaxDepth, d.MaxDepth, mostDepth), "max-depth", "compressions and archives within each other")
	f.Var(newNumber(&l.MaxWalk, d.MaxWalk, mostCount), "max-walk", "directory entries looked at")
	f.Var(newNumber(&l.MaxSpool, d.MaxSpool, mostBytes), "max-spool", "bytes of one input held aside in temporary files")
	f.BoolVar(&g.quiet, "no-progress", false, "no progress line on a terminal")
}

// What a slip of the finger can ask for is bounded: each worker has buffers of
// its own, and so has each layer of compression. The other numbers are beyond
// any file system, but leave room to add to them.
const (
	mostWorkers = 1024
	mostDepth   = 64
	mostCount   = math.MaxInt32
	mostBytes   = 1 << 60
)

// collect reads the arguments into a set.
func (g *gathering) collect(ctx context.Context, s streams, args []string, lexicon lexicon) (*evidence.Set, error) {
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
			if err := spareInputs(output, slices.Concat(args, k.files())...); err != nil {
				return err
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
