package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/judge"
)

func newPolicy(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "list, show, check, test and compare policies",
		Long:  "policy works on policy documents: those that ship with cleannet and your own.",
		Example: `  cleannet policy list
  cleannet policy show clean-network
  cleannet policy lint my.yaml
  cleannet policy test my.yaml
  cleannet policy diff clean-network my.yaml`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPolicyList(s), newPolicyShow(s), newPolicyLint(s), newPolicyTest(s), newPolicyDiff(s))
	return cmd
}

func newPolicyList(s streams) *cobra.Command {
	var k knowledge
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "list the policies that ship with cleannet",
		Example: "  cleannet policy list",
		Args:    exactArgs(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			reg, err := k.registry()
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "POLICY\tPUBLISHED\tENTRIES\tTITLE")
			for _, id := range shippedPolicies() {
				p, err := compilePolicy(id, reg)
				if err != nil {
					return err
				}
				fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", p.ID, p.Published, len(p.Entries), p.Title)
			}
			return w.Flush()
		},
	}
	k.flags(cmd)
	return cmd
}

func newPolicyLint(s streams) *cobra.Command {
	var k knowledge
	cmd := &cobra.Command{
		Use:   "lint POLICY...",
		Short: "check policy documents; every mistake is reported at once",
		Example: `  cleannet policy lint my.yaml
  cleannet policy lint my.yaml --registry my-companies.yaml`,
		Args: someArgs("a policy"),
		RunE: func(_ *cobra.Command, args []string) error {
			reg, err := k.registry()
			if err != nil {
				return err
			}
			var errs []error
			for _, name := range args {
				p, err := compilePolicy(name, reg)
				if err != nil {
					errs = append(errs, err)
					continue
				}
				fmt.Fprintf(s.out, "%s: %s, %s, no mistakes\n", name, entriesText(len(p.Entries)), countOf(len(p.Tests), "test"))
			}
			return errors.Join(errs...)
		},
	}
	k.flags(cmd)
	return cmd
}

func newPolicyTest(s streams) *cobra.Command {
	var k knowledge
	cmd := &cobra.Command{
		Use:   "test POLICY...",
		Short: "run the examples that stand in policy documents",
		Long: `test judges the observations under tests: in a policy document and compares the
verdicts with those that it expects. It exits 1 if one differs.`,
		Example: `  cleannet policy test clean-network
  cleannet policy test my.yaml`,
		Args: someArgs("a policy"),
		RunE: func(cmd *cobra.Command, args []string) error {
			reg, err := k.registry()
			if err != nil {
				return err
			}
			failed := 0
			for _, name := range args {
				p, err := compilePolicy(name, reg)
				if err != nil {
					return err
				}
				results, err := judge.RunTests(cmd.Context(), p, reg)
				if err != nil {
					return err
				}
				for _, r := range results {
					verdict := "pass"
					if len(r.Failures) > 0 {
						verdict = "FAIL"
						failed++
					}
					fmt.Fprintf(s.out, "%s  %s: %s\n", verdict, name, r.Test.Name)
					for _, f := range r.Failures {
						fmt.Fprintf(s.out, "      %s\n", f)
					}
				}
				if len(results) == 0 {
					fmt.Fprintf(s.out, "%s has no tests\n", name)
				}
			}
			if failed > 0 {
				return exitCode{exitInternal, fmt.Errorf("%s failed: mend the policy, or what its tests expect", countOf(failed, "policy test"))}
			}
			return nil
		},
	}
	k.flags(cmd)
	return cmd
}

func entriesText(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}
