package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/domain/all"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/judge"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/registry/numbers"
)

// defaultPolicy is judged by where none is named.
const defaultPolicy = "clean-network"

// verdicts is the flags of commands that judge.
type verdicts struct {
	knowledge
	policy string
	strict bool
	out    reporting
}

func (v *verdicts) flags(cmd *cobra.Command) {
	v.knowledge.flags(cmd)
	v.assumeFlag(cmd)
	cmd.Flags().StringVarP(&v.policy, "policy", "p", "", "policy: a file, or the name of a shipped one (default "+defaultPolicy+")")
	cmd.Flags().BoolVar(&v.strict, "strict", false, "exit 4 if anything is unknown or could not be read")
	v.out.flags(cmd)
}

func newCheck(s streams) *cobra.Command {
	var v verdicts
	var g gathering
	cmd := &cobra.Command{
		Use:   "check INPUT...",
		Short: "read evidence and judge it by a policy",
		Long: `check reads files, folders or standard input ("-"), judges what they show by a
policy at a date, and reports every finding with its proof. A folder with a
` + caseFile + ` needs no flags: that file names policy, registry, date and evidence.

The same inputs, policy, registry and date give the same bytes, but for the time
of the run, which the environment variable SOURCE_DATE_EPOCH can fix.

` + exitHelp,
		Example: `  cleannet check examples/harbor
  cleannet check rib.gz --policy clean-network --as-of 2020-08-05
  cleannet check rib.gz --policy my.yaml --format html -o report.html`,
		Args: someArgs("an input to read"),
		RunE: func(cmd *cobra.Command, args []string) error {
			inputs, err := applyCase(args, &v.policy, &v.knowledge)
			if err != nil {
				return err
			}
			if err := v.spare(append(inputs, caseIn(args)...)); err != nil {
				return err
			}
			reg, p, on, err := v.load()
			if err != nil {
				return err
			}
			set, err := g.collect(cmd.Context(), s, inputs, lexiconOf(reg))
			if err != nil {
				return err
			}
			if err := noneOpened(set, inputs); err != nil {
				return err
			}
			warnUnread(s.err, set)
			return v.judge(cmd.Context(), s, set, reg, p, on)
		},
	}
	v.flags(cmd)
	g.flags(cmd)
	return cmd
}

func newJudge(s streams) *cobra.Command {
	var v verdicts
	cmd := &cobra.Command{
		Use:   "judge EVIDENCE.cnz...",
		Short: "judge evidence that was collected before",
		Long: `judge reads evidence files that cleannet collect wrote, and judges them without
reading their inputs again: by another policy, at another date, with a newer
registry.

` + exitHelp,
		Example: `  cleannet judge evidence.cnz --policy my.yaml
  cleannet judge evidence.cnz --as-of 2024-05-01 --format json -o run.json`,
		Args: someArgs("an evidence file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := v.spare(args); err != nil {
				return err
			}
			reg, p, on, err := v.load()
			if err != nil {
				return err
			}
			set := new(evidence.Set)
			for _, name := range args {
				one, err := readSetFile(name)
				if err != nil {
					return usage(err)
				}
				set.Merge(one)
			}
			return v.judge(cmd.Context(), s, set, reg, p, on)
		},
	}
	v.flags(cmd)
	return cmd
}

func readSetFile(name string) (*evidence.Set, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, inputError(name, err)
	}
	defer f.Close() //nolint:errcheck // opened for reading
	set, err := evidence.ReadSet(f)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", name, err)
	}
	return set, nil
}

// spare refuses an output that is one of the inputs, or a file that the flags
// name.
func (v *verdicts) spare(inputs []string) error {
	return spareInputs(v.out.file, slices.Concat(inputs, v.files(), []string{v.policy})...)
}

// load returns registry, policy and date.
func (v *verdicts) load() (*entity.Registry, *policy.Policy, entity.Date, error) {
	on, err := v.date()
	if err != nil {
		return nil, nil, on, err
	}
	if err := v.out.check(); err != nil {
		return nil, nil, on, err
	}
	if _, err := startTime(); err != nil {
		return nil, nil, on, err // before hours of reading, not after
	}
	reg, err := v.registry()
	if err != nil {
		return nil, nil, on, err
	}
	if v.policy == "" {
		v.policy = defaultPolicy
	}
	p, err := v.compile(v.policy, reg)
	return reg, p, on, err
}

// judge runs the policy, reports, keeps the run for explain, and returns the
// exit code as an error.
func (v *verdicts) judge(ctx context.Context, s streams, set *evidence.Set,
	reg *entity.Registry, p *policy.Policy, on entity.Date) error {
	started, err := startTime()
	if err != nil {
		return err
	}
	c := judge.Case{
		Set: set, Registry: reg, Policy: p, AsOf: on, Needs: needs(),
		Run: v.record(reg, set, started),
	}
	var tally tallyHandler
	keep := newLastRun(s.err)
	err = writeOutput(ctx, s, v.out.file, func(w io.Writer) error {
		h := tee{v.out.handler(w, s), keep, &tally}
		return errors.Join(judge.Judge(ctx, c, h), h.Close())
	})
	if err != nil {
		keep.discard()
		return err
	}
	keep.commit()
	return tally.exit(v.strict)
}

// record returns what the run message says of how the verdicts came about,
// enough for replay to derive them again.
func (v *verdicts) record(reg *entity.Registry, set *evidence.Set, started time.Time) finding.Run {
	known, err := v.known()
	if err != nil {
		known = entity.Date{} // registry has refused it before
	}
	return finding.Run{
		Tool: "cleannet", Version: buildVersion(), Started: &started,
		Policy:    finding.PolicyInfo{File: v.policy},
		AsKnownAt: known, Assume: v.assume, Knowledge: v.used, Evidence: set.Digest(),
		DataNotes: slices.Concat(dataNotes(reg), v.notes),
	}
}

// startTime returns the time that stands in the report as that of the run. The
// environment can fix it (reproducible-builds.org/specs/source-date-epoch), so
// that the same run gives the same bytes. The date to judge at is not taken
// from there: build systems set the variable to years before any policy.
func startTime() (time.Time, error) {
	const variable = "SOURCE_DATE_EPOCH"
	text, ok := os.LookupEnv(variable)
	if !ok {
		return time.Now().UTC().Truncate(time.Second), nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	const last = 253402300799 // 9999-12-31, the last day that RFC 3339 can write
	if err != nil || seconds < 0 || seconds > last {
		return time.Time{}, usagef("%s is %q: want seconds since 1970, or unset it", variable, text)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

func needs() map[string]string {
	out := make(map[string]string)
	for _, d := range all.Domains() {
		out[d.Name] = d.Needs
	}
	return out
}

// dataNotes returns the attributions that the licences of the data ask for.
func dataNotes(reg *entity.Registry) []string {
	table, ok := reg.Numbers().(*numbers.Table)
	if !ok {
		return nil
	}
	m := table.Manifest()
	return m.Attributions()
}

// noneOpened turns a run in which no input at all could be opened into an
// error: there is nothing to report on, and a report without a violation would
// look like a good one.
func noneOpened(set *evidence.Set, args []string) error {
	if len(set.Shards()) > 0 {
		return nil
	}
	unopened, skipped := set.NotOpened()
	if len(unopened)+len(skipped) == 0 {
		return usagef("nothing to read in %q: name a file, or a folder that holds some", args)
	}
	var b strings.Builder
	for _, p := range unopened {
		fmt.Fprintf(&b, "\n%s: %s: %s", p.Name, p.Message, p.Next)
	}
	for _, k := range skipped {
		fmt.Fprintf(&b, "\n%s: left out: %s: copy it to a file", k.Name, k.Reason)
	}
	return usagef("nothing to read in %s:%s", countOf(len(args), "argument"), b.String())
}

// warnUnread says on standard error that no reader has taken anything: a picture
// that is called a routing table must not look like a good day.
func warnUnread(w io.Writer, set *evidence.Set) {
	for _, shard := range set.Shards() {
		if len(shard.Input.Readers) > 0 {
			return
		}
	}
	warnProblems(w, set)
	fmt.Fprintln(w, "cleannet: nothing was examined: the verdicts rest on no evidence")
}

// warnProblems says on standard error what a collection could not read.
func warnProblems(w io.Writer, set *evidence.Set) {
	unopened, _ := set.NotOpened()
	for _, p := range unopened {
		fmt.Fprintf(w, "cleannet: not read: %s: %s: %s\n", p.Name, p.Message, p.Next)
	}
	for _, shard := range set.Shards() {
		if in := shard.Input; in.Status != evidence.StatusRead {
			fmt.Fprintf(w, "cleannet: %s: %s\n", in.Names[0], describeStatus(in))
		}
	}
}

func describeStatus(in evidence.Input) string {
	if in.Reason == "" {
		return string(in.Status)
	}
	return string(in.Status) + ": " + in.Reason
}
