package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
	"github.com/cleannet/cleannet/internal/name"
	"github.com/cleannet/cleannet/internal/name/decision"
)

func newDecide(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "decide",
		Short: "record whether a name is that of a company",
		Long: `decide keeps what you found out about a name and a company, with who says so,
when and why. A rejected pair is never proposed again; a confirmed one is taken
as settled. screen and who read the record.`,
		Example: `  cleannet decide reject "Hua Wei Trading Ltd" huawei --by "Procurement, Example Corp" --why "a shop for tea"
  cleannet decide list`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		newDecision(s, "reject", decision.Rejected, "record that a name is not that of a company"),
		newDecision(s, "confirm", decision.Confirmed, "record that a name is that of a company"),
		newDecision(s, "withdraw", decision.Withdrawn, "take a decision back"),
		newDecideList(s),
	)
	return cmd
}

func newDecision(s streams, verb string, outcome decision.Outcome, short string) *cobra.Command {
	var k knowledge
	var book bookFlags
	d := decision.Decision{Outcome: outcome}
	cmd := &cobra.Command{
		Use:     verb + " NAME COMPANY",
		Short:   short,
		Example: fmt.Sprintf("  cleannet decide %s \"Hua Wei Trading Ltd\" huawei --by \"Procurement, Example Corp\" --why \"register entry checked\"", verb),
		Args:    exactArgs(2, "a name and a company"),
		RunE: func(cmd *cobra.Command, args []string) error {
			reg, err := k.registry()
			if err != nil {
				return err
			}
			d.Name = args[0]
			if d.Company, err = companySlug(reg, args[1]); err != nil {
				return usage(err)
			}
			if d.When == "" {
				d.When = entity.DateOf(time.Now()).String()
			}
			if err := record(cmd.Context(), s, &book, d); err != nil {
				return err
			}
			fmt.Fprintln(s.out, sentence(&d))
			return nil
		},
	}
	k.flags(cmd)
	book.flags(cmd)
	cmd.Flags().StringVar(&d.By, "by", "", "who decides: an office or organisation, in your own words")
	cmd.Flags().StringVar(&d.Why, "why", "", "the reason")
	cmd.Flags().StringVar(&d.When, "when", "", "date of the decision, YYYY-MM-DD (default today)")
	return cmd
}

// companySlug returns the slug of a company that the registry knows.
func companySlug(reg *entity.Registry, text string) (string, error) {
	slug := text
	if rest, ok := strings.CutPrefix(text, "company:"); ok {
		slug = rest
	}
	if c, ok := reg.Company(slug); ok {
		return c.Slug, nil
	}
	slugs := func(yield func(string) bool) {
		for c := range reg.Companies() {
			if !yield(c.Slug) {
				return
			}
		}
	}
	return "", fmt.Errorf("no company %q in the registry%s: find its slug with cleannet who NAME", text, yamldoc.Suggest(slug, slugs))
}

// record adds a decision to the record.
func record(ctx context.Context, s streams, book *bookFlags, d decision.Decision) error {
	if d.By == "" || d.Why == "" {
		return usagef("a decision says who made it and why: give --by and --why, each in a few words")
	}
	if err := d.Check(); err != nil {
		return usagef("%w (see --help)", err)
	}
	file, err := book.file()
	if err != nil {
		return err
	}
	m := name.New()
	r, err := book.record(m, true)
	if err != nil {
		return err
	}
	if m.Prepare(d.Name).Empty() {
		return usagef("the name %q has no letter or digit: name what is on the invoice", d.Name)
	}
	if err := r.Add(d); err != nil {
		return usage(err)
	}
	text, err := r.Encode()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return outputError(file, err)
	}
	return writeOutput(ctx, s, file, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

func newDecideList(s streams) *cobra.Command {
	var book bookFlags
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "list the decisions in force",
		Example: "  cleannet decide list",
		Args:    exactArgs(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			r, err := book.record(name.New(), false)
			if err != nil {
				return err
			}
			for d := range r.InForce() {
				fmt.Fprintln(s.out, sentence(&d))
			}
			return nil
		},
	}
	book.flags(cmd)
	return cmd
}
