package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/judge"
)

// replaying is the flags of replay.
type replaying struct {
	verdicts verdicts // without date and assumptions, which the run has
	gather   gathering
}

func newReplay(s streams) *cobra.Command {
	var r replaying
	cmd := &cobra.Command{
		Use:   "replay RUN.json [INPUT...]",
		Short: "derive every verdict of a saved run again, and say what differs",
		Long: `replay judges once more what a saved run has judged: at its date, under its
assumptions, by its policy, with its company data and its inputs. What it needs
is taken from where the run found it, unless named: inputs or evidence files as
arguments, the policy with --policy, company data with --registry, --numbers or
--data. It says first which of these are not the same as then, by their digests,
and then compares finding by finding: verdict, reason, count and proof.

A signed data folder must have been fresh at the time of the run, not now.

Exit codes: 0 if all findings are equal; 3 if any differs, is gone or is new;
4 with --strict if all are equal but came from other data.`,
		Example: `  cleannet replay run.json
  cleannet replay run.json evidence.cnz --policy newer.yaml`,
		Args: someArgs("a saved run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			before, err := readRun(args[0])
			if err != nil {
				return err
			}
			now, err := r.again(cmd.Context(), s, before, args[1:])
			if err != nil {
				return err
			}
			return r.report(s, before, now)
		},
	}
	r.verdicts.fileFlags(cmd)
	cmd.Flags().StringVarP(&r.verdicts.policy, "policy", "p", "", "policy: a file, or the name of a shipped one (default that of the run)")
	cmd.Flags().BoolVar(&r.verdicts.strict, "strict", false, "exit 4 if equal findings come from other data")
	r.gather.flags(cmd)
	return cmd
}

// recorded is a run in memory. It is a finding.Handler.
type recorded struct {
	run      *finding.Run
	findings []*finding.Finding
	unopened []string // inputs that could not be opened
}

func (r *recorded) Run(m *finding.Run) error { r.run = m; return nil }

func (r *recorded) Finding(m *finding.Finding) error {
	r.findings = append(r.findings, m)
	return nil
}

func (r *recorded) Problem(m *finding.Problem) error {
	if m.SHA256 == "" {
		r.unopened = append(r.unopened, m.Input)
	}
	return nil
}

func (r *recorded) Coverage(*finding.Coverage) error { return nil }
func (r *recorded) Close() error                     { return nil }

func readRun(name string) (*recorded, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, inputError(name, err)
	}
	defer f.Close() //nolint:errcheck // opened for reading
	r := new(recorded)
	if err := finding.Read(f, r); err != nil {
		return nil, savedRunError([]string{name}, err)
	}
	return r, nil
}

// again judges what the run has judged.
func (r *replaying) again(ctx context.Context, s streams, before *recorded, inputs []string) (*recorded, error) {
	v := &r.verdicts
	if err := v.adopt(before.run); err != nil {
		return nil, err
	}
	if len(inputs) == 0 {
		var err error
		if inputs, err = before.inputs(); err != nil {
			return nil, err
		}
	}
	reg, p, on, err := v.load()
	if err != nil {
		return nil, err
	}
	set, err := r.gather.collect(ctx, s, inputs, lexiconOf(reg))
	if err != nil {
		return nil, err
	}
	if err := noneOpened(set, inputs); err != nil {
		return nil, err
	}
	now := new(recorded)
	started, err := startTime()
	if err != nil {
		return nil, err
	}
	return now, judge.Judge(ctx, judge.Case{
		Set: set, Registry: reg, Policy: p, AsOf: on, Needs: needs(), Run: v.record(reg, set, started),
	}, now)
}

// adopt takes from a run what the flags leave open.
func (v *verdicts) adopt(run *finding.Run) error {
	v.out.format = formatNames()[0] // replay has a report of its own
	v.asOf, v.assume = run.AsOf.String(), run.Assume
	if !run.AsKnownAt.IsZero() {
		v.asKnownAt = run.AsKnownAt.String()
	}
	if v.policy == "" {
		v.policy = run.Policy.File
	}
	if v.policy == "" { // of a run that did not record it
		v.policy = run.Policy.ID
	}
	if run.Started != nil {
		v.data.at = *run.Started
	}
	named := len(v.registries) > 0 || v.numbersDB != "" || v.data.dir != ""
	for _, k := range run.Knowledge {
		switch {
		case named: // then the flags say it all
		case k.Kind == finding.KnowledgeRegistry:
			v.registries = append(v.registries, k.Name)
		case k.Kind == finding.KnowledgeNumbers:
			v.numbersDB = k.Name
		case k.Kind == finding.KnowledgeData:
			v.data.dir = k.Name
		default:
			return usagef("the run used company data of the kind %q, which this version does not know: update cleannet", k.Kind)
		}
	}
	return nil
}

// inputs returns the files that the run has read, where it found them.
func (r *recorded) inputs() ([]string, error) {
	var out []string
	var errs []error
	for _, in := range r.run.Inputs {
		name := in.Name
		if !fileExists(name) { // met under several names
			name, _, _ = strings.Cut(name, ", ")
		}
		if name == standardStream || !fileExists(name) {
			errs = append(errs, fmt.Errorf("the run's input %q is not there", in.Name))
			continue
		}
		out = append(out, name)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, usagef("%w\nname the inputs, or an evidence file that was collected from them: cleannet replay RUN.json INPUT", err)
	}
	return append(out, r.unopened...), nil
}

// report says what differs between the run and its replay, and chooses the
// exit code.
func (r *replaying) report(s streams, before, now *recorded) error {
	data := finding.CompareData(before.run, now.run)
	for _, d := range data {
		fmt.Fprintf(s.out, "not the same as then: %s\n", d)
	}
	differ := finding.Differences(before.findings, now.findings)
	for _, d := range differ {
		fmt.Fprintln(s.out, d)
	}
	total := countOf(len(before.findings), "finding")
	switch {
	case len(differ) > 0:
		fmt.Fprintf(s.out, "differs: %d of %s\n", len(differ), total)
		return exitCode{code: exitViolation}
	case len(data) > 0:
		fmt.Fprintf(s.out, "equal findings (%s), but from other data\n", total)
		if r.verdicts.strict {
			return exitCode{code: exitUnknown}
		}
	default:
		fmt.Fprintf(s.out, "equal: %s, from the same policy, company data and inputs\n", total)
	}
	return nil
}
