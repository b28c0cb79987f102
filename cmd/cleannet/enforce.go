package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/enforce"
	enforceall "github.com/cleannet/cleannet/internal/enforce/all"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
	"github.com/cleannet/cleannet/internal/policy"
)

// enforcing is the flags that say which plan is written or verified.
type enforcing struct {
	know                       knowledge
	policy, run, level, waiver string
	rib                        []string
}

func (e *enforcing) flags(cmd *cobra.Command) {
	e.know.flags(cmd)
	f := cmd.Flags()
	f.StringVarP(&e.policy, "policy", "p", defaultPolicy, "policy: a file, or the name of a shipped one")
	f.StringVar(&e.run, "run", "", "saved run (--format json) of the same policy whose findings give the ids")
	f.StringVar(&e.level, "level", "any", "places on a path to cut at: any, or some of direct, transit, origin")
	f.StringVar(&e.waiver, "waivers", "", "YAML file of waivers for single sessions, each with owner and expiry")
	f.StringArrayVar(&e.rib, "rib", nil, "routing table (MRT) to count the cost of the cut on; repeatable")
}

// inputs names the files that the flags name.
func (e *enforcing) inputs() []string {
	return append(append(e.know.files(), e.policy, e.run, e.waiver), e.rib...)
}

// plan works out what is to be cut.
func (e *enforcing) plan() (*enforce.Plan, *policy.Policy, error) {
	level, err := enforce.ParseLevel(e.level)
	if err != nil {
		return nil, nil, usagef("--level %q: %w", e.level, err)
	}
	on, err := e.know.date()
	if err != nil {
		return nil, nil, err
	}
	reg, err := e.know.registry()
	if err != nil {
		return nil, nil, err
	}
	p, err := e.know.compile(e.policy, reg)
	if err != nil {
		return nil, nil, err
	}
	found, err := violations(e.run, p)
	if err != nil {
		return nil, nil, err
	}
	waivers, err := readWaivers(e.waiver)
	if err != nil {
		return nil, nil, err
	}
	plan, err := enforce.NewPlan(p, reg, on, found...).AtLevel(level).WithWaivers(waivers)
	if err != nil {
		return nil, nil, usagef("%q: %w", e.waiver, err)
	}
	return plan, p, nil
}

func newEnforce(s streams) *cobra.Command {
	var e enforcing
	var g guarding
	var output, against string
	cmd := &cobra.Command{
		Use:   "enforce TARGET [-o FILE]",
		Short: "write the files that cut off what a policy bars",
		Long: `enforce turns policy and registry, at a date, into configuration for a device:
each line with the id of its finding or entry. With --run it takes the ids of a
saved run's findings, so that a line leads back to its proof.

With --rib it first says, on standard error, what the cut would cost on that
routing table, and refuses if it is more than --max-loss or any protected prefix
unless --accept-loss is given. With --against it writes not the whole file but
the commands that turn a running configuration into it.

Targets:
` + targetList(),
		Example: `  cleannet enforce bird -o filters.conf
  cleannet enforce frr --rib rib.gz --level direct -o filters.conf
  cleannet enforce junos --against running.set -o change.set
  cleannet enforce bird --policy us-fcc-covered-list --as-of 2022-09-20
  cleannet enforce bird --run run.json -o filters.conf
  cleannet enforce verify filters.conf --rib rib.gz`,
		Args: exactArgs(1, "one target"),
		RunE: func(cmd *cobra.Command, args []string) error {
			target, err := targetByName(args[0])
			if err != nil {
				return err
			}
			inputs := append(e.inputs(), against)
			if err := spareInputs(output, inputs...); err != nil {
				return err
			}
			plan, p, err := e.plan()
			if err != nil {
				return err
			}
			if err := g.check(cmd.Context(), s, &e, plan, p); err != nil {
				return err
			}
			files, err := target.Files(plan)
			if err != nil {
				return err
			}
			if files, err = patched(s, target, files, against); err != nil {
				return err
			}
			return writeFiles(cmd, s, output, files, inputs)
		},
	}
	e.flags(cmd)
	g.flags(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "", "file to write, or folder where a target writes several; it appears whole or not at all")
	cmd.Flags().StringVar(&against, "against", "", "running configuration of the device: write only what changes it")
	cmd.AddCommand(newEnforceVerify(s))
	return cmd
}

func targetList() string {
	var b strings.Builder
	for _, t := range enforceall.Targets() {
		fmt.Fprintf(&b, "  %-10s %s\n", t.Name(), t.Doc())
	}
	return b.String()
}

func targetByName(name string) (enforce.Target, error) {
	var names []string
	for _, t := range enforceall.Targets() {
		if t.Name() == name {
			return t, nil
		}
		names = append(names, t.Name())
	}
	return nil, usagef("unknown target %q%s: want one of %s", name,
		yamldoc.Suggest(name, slices.Values(names)), strings.Join(names, ", "))
}

// violations returns the violations of a saved run, which must be of the
// policy that is enforced.
func violations(file string, p *policy.Policy) ([]enforce.Found, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, inputError(file, err)
	}
	defer f.Close() //nolint:errcheck // opened for reading
	var v violationReader
	if err := finding.Read(bounded(f, file, maxSavedRun), &v); err != nil {
		return nil, usagef("%q: %w: save a run with: cleannet check INPUT --format json -o run.json", file, err)
	}
	if len(v.assumed) > 0 {
		return nil, usagef("%q rests on an assumption, %q, and what is enforced must not: save a run without --assume", file, v.assumed[0])
	}
	if v.policy != p.ID {
		return nil, usagef("%q is a run of policy %s, not of %s: check with the policy that you enforce", file, v.policy, p.ID)
	}
	return v.found, nil
}

// violationReader is a finding.Handler that keeps the violations.
type violationReader struct {
	policy  string
	assumed []string
	found   []enforce.Found
}

func (v *violationReader) Run(r *finding.Run) error {
	v.policy, v.assumed = r.Policy.ID, r.Assume
	return nil
}

func (v *violationReader) Finding(f *finding.Finding) error {
	if f.Verdict == policy.Violation && f.Effect != policy.Review { // a review asks for a look, not for a cut
		v.found = append(v.found, enforce.Found{
			ID: f.ID, Entry: f.Entry, Party: f.Party, Company: f.Company.Value(), Subject: f.Subject,
		})
	}
	return nil
}

func (v *violationReader) Problem(*finding.Problem) error   { return nil }
func (v *violationReader) Coverage(*finding.Coverage) error { return nil }
func (v *violationReader) Close() error                     { return nil }

// writeFiles writes one file to the output, several into the folder that it
// names.
func writeFiles(cmd *cobra.Command, s streams, output string, files []enforce.File, inputs []string) error {
	if len(files) == 1 {
		return writeOutput(cmd.Context(), s, output, func(w io.Writer) error {
			_, err := w.Write(files[0].Data)
			return err
		})
	}
	if output == "" {
		return usagef("the target writes %d files: give a folder with -o", len(files))
	}
	for _, f := range files {
		if err := spareInputs(filepath.Join(output, f.Name), inputs...); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(output, 0o755); err != nil {
		return err
	}
	var errs []error
	for _, f := range files {
		errs = append(errs, writeOutput(cmd.Context(), s, filepath.Join(output, f.Name), func(w io.Writer) error {
			_, err := w.Write(f.Data)
			return err
		}))
	}
	return errors.Join(errs...)
}
