package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/judge"
	"github.com/cleannet/cleannet/internal/policy"
)

// policyDiff is what differs between two policies and, with evidence, between
// their verdicts.
type policyDiff struct {
	Before   finding.PolicyInfo      `json:"before"`
	After    finding.PolicyInfo      `json:"after"`
	Assume   []string                `json:"assume,omitempty"`
	Changes  []policy.Change         `json:"changes"`
	AsOf     entity.Date             `json:"as_of,omitzero"`
	Verdicts []finding.VerdictChange `json:"verdicts,omitempty"`
	judged   bool
}

func newPolicyDiff(s streams) *cobra.Command {
	var k knowledge
	var format string
	cmd := &cobra.Command{
		Use:   "diff BEFORE AFTER [EVIDENCE.cnz...]",
		Short: "say what changed between two policies, and which verdicts with it",
		Long: `diff compares two policy documents by what they say, not by how they are
written: entries that came and went, and what changed field by field. With
evidence that cleannet collect wrote it judges both and lists the verdicts that
differ, by finding id.

It exits 0 whatever differs, unless evidence is given and AFTER finds a violation
where BEFORE did not: then 3.

` + exitHelp,
		Example: `  cleannet policy diff clean-network my.yaml
  cleannet policy diff old.yaml new.yaml evidence.cnz --as-of 2026-01-01
  cleannet policy diff old.yaml new.yaml evidence.cnz --format json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usagef("want two policies, got %d arguments: see --help", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return usagef("--format %q: want text or json", format)
			}
			d, err := compare(cmd.Context(), &k, args[0], args[1], args[2:])
			if err != nil {
				return err
			}
			if format == "json" {
				enc := json.NewEncoder(s.out)
				enc.SetIndent("", "  ")
				err = enc.Encode(d)
			} else {
				err = d.text(s.out)
			}
			if err == nil && d.worse() {
				return exitCode{exitViolation, nil}
			}
			return err
		},
	}
	k.flags(cmd)
	k.assumeFlag(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

func compare(ctx context.Context, k *knowledge, before, after string, inputs []string) (*policyDiff, error) {
	on, err := k.date()
	if err != nil {
		return nil, err
	}
	reg, err := k.registry()
	if err != nil {
		return nil, err
	}
	a, err := k.compile(before, reg)
	if err != nil {
		return nil, err
	}
	b, err := k.compile(after, reg)
	if err != nil {
		return nil, err
	}
	d := &policyDiff{Before: infoOf(a), After: infoOf(b), Assume: k.assume, Changes: policy.Diff(a, b)}
	if d.Changes == nil {
		d.Changes = []policy.Change{}
	}
	if len(inputs) == 0 {
		return d, nil
	}
	set := new(evidence.Set)
	for _, name := range inputs {
		one, err := readSetFile(name)
		if err != nil {
			return nil, usage(err)
		}
		set.Merge(one)
	}
	d.AsOf, d.judged = on, true
	var found [2]keptFindings
	for i, p := range []*policy.Policy{a, b} {
		c := judge.Case{Set: set, Registry: reg, Policy: p, AsOf: on, Needs: needs()}
		if err := judge.Judge(ctx, c, &found[i]); err != nil {
			return nil, err
		}
	}
	d.Verdicts = finding.Compare(found[0].list, found[1].list)
	return d, nil
}

func infoOf(p *policy.Policy) finding.PolicyInfo {
	return finding.PolicyInfo{ID: p.ID, Title: p.Title, Issuer: p.Issuer, Version: p.Version, Digest: p.Digest}
}

// keptFindings is a finding.Handler that keeps the findings.
type keptFindings struct{ list []*finding.Finding }

func (k *keptFindings) Run(*finding.Run) error { return nil }
func (k *keptFindings) Finding(f *finding.Finding) error {
	k.list = append(k.list, f)
	return nil
}
func (k *keptFindings) Problem(*finding.Problem) error   { return nil }
func (k *keptFindings) Coverage(*finding.Coverage) error { return nil }
func (k *keptFindings) Close() error                     { return nil }

// worse reports whether the later policy finds a violation where the earlier
// one did not.
func (d *policyDiff) worse() bool {
	violation := policy.Violation.String()
	for _, v := range d.Verdicts {
		if v.After == violation && v.Before != violation {
			return true
		}
	}
	return false
}

func (d *policyDiff) text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "before  %s, version %s, digest %s\n", d.Before.ID, d.Before.Version, d.Before.Digest)
	fmt.Fprintf(&b, "after   %s, version %s, digest %s\n", d.After.ID, d.After.Version, d.After.Digest)
	for _, a := range d.Assume {
		fmt.Fprintf(&b, "assuming that %s\n", a)
	}
	if len(d.Changes) == 0 {
		b.WriteString("\nthe policies say the same\n")
	}
	for _, c := range d.Changes {
		fmt.Fprintf(&b, "\n%s  %s\n", c.Kind, strings.TrimSpace(c.Section+" "+c.ID))
		for _, f := range c.Fields {
			fmt.Fprintf(&b, "  %s\n", f.Field)
			for _, line := range append(signed("-", f.Before, f.Removed), signed("+", f.After, f.Added)...) {
				fmt.Fprintf(&b, "    %s\n", line)
			}
		}
		if len(c.Affects) > 0 {
			fmt.Fprintf(&b, "  used by %s\n", strings.Join(c.Affects, ", "))
		}
	}
	if d.judged {
		fmt.Fprintf(&b, "\nverdicts on %s: ", d.AsOf)
		if len(d.Verdicts) == 0 {
			b.WriteString("none differs\n")
		} else {
			fmt.Fprintf(&b, "%s\n", differ(len(d.Verdicts)))
		}
	}
	for _, v := range d.Verdicts {
		fmt.Fprintf(&b, "  %s  %s, %s: %s -> %s (%s)\n    %s\n",
			v.ID[:finding.ShortID], v.Entry, v.Relation, orNone(v.Before), orNone(v.After), v.Effect, v.Reason)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func differ(n int) string {
	if n == 1 {
		return "1 differs"
	}
	return fmt.Sprintf("%d differ", n)
}

func orNone(verdict string) string {
	if verdict == "" {
		return "no finding"
	}
	return verdict
}

// signed writes what stood before, or stands now, each with its sign.
func signed(sign, value string, words []string) []string {
	var out []string
	if value != "" {
		out = append(out, sign+" "+value)
	}
	for _, w := range words {
		out = append(out, sign+" "+w)
	}
	return out
}
