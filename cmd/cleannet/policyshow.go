package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/policy"
)

func newPolicyShow(s streams) *cobra.Command {
	var k knowledge
	var source bool
	var format string
	cmd := &cobra.Command{
		Use:   "show POLICY",
		Short: "say in words what a policy asks for, under which authority",
		Long: `show says what a policy asks for. As text it also says which companies of the
registry each entry reaches at the date; as md it writes a page for lawyers, which
depends on the document alone.`,
		Example: `  cleannet policy show clean-network
  cleannet policy show us-889 --format md
  cleannet policy show clean-network --source > my.yaml`,
		Args: exactArgs(1, "one policy"),
		RunE: func(_ *cobra.Command, args []string) error {
			if format != "text" && format != "md" {
				return usagef("--format %q: want text or md", format)
			}
			if source {
				_, raw, err := policySource(args[0])
				if err != nil {
					return usage(err)
				}
				_, err = s.out.Write(raw)
				return err
			}
			on, err := k.date()
			if err != nil {
				return err
			}
			reg, err := k.registry()
			if err != nil {
				return err
			}
			p, err := k.compile(args[0], reg)
			if err != nil {
				return err
			}
			if format == "md" {
				_, err = io.WriteString(s.out, p.Page(companyNames(reg)))
				return err
			}
			showPolicy(s, p, reg, on)
			return nil
		},
	}
	k.flags(cmd)
	cmd.Flags().BoolVar(&source, "source", false, "print the document itself, to start one of your own")
	cmd.Flags().StringVar(&format, "format", "text", "text or md")
	return cmd
}

// companyNames returns what to call a company by its slug.
func companyNames(reg *entity.Registry) func(string) string {
	return func(slug string) string {
		if c, ok := reg.Company(slug); ok {
			return c.Name
		}
		return slug
	}
}

func showPolicy(s streams, p *policy.Policy, reg *entity.Registry, on entity.Date) {
	fmt.Fprintf(s.out, "%s, version %s: %s\n", p.ID, p.Version, p.Title)
	fmt.Fprintf(s.out, "%s; published %s; digest %s\n", p.Issuer, p.Published, p.Digest)
	if p.Summary != "" {
		fmt.Fprintf(s.out, "\n%s\n", strings.TrimSpace(p.Summary))
	}
	for _, open := range p.Unconfirmed {
		fmt.Fprintf(s.out, "not confirmed: %s\n", open)
	}
	for _, e := range p.Entries {
		state, why := e.State(on)
		text := "in force on " + on.String()
		if state != policy.InForce {
			text = "does not apply on " + on.String() + ": " + why
		}
		fmt.Fprintf(s.out, "\n%s (%s, %s, %s): %s\n", e.ID, e.Domain, e.Effect, e.Severity, text)
		showEntry(s, e, on)
		control := reg.ControlBy(e.Control, e.Select.Group(reg, on), on)
		in, unknown := control.Members()
		fmt.Fprintf(s.out, "  companies   %s\n", strings.Join(in, ", "))
		if len(unknown) > 0 {
			fmt.Fprintf(s.out, "  undecided   %s\n", strings.Join(unknown, ", "))
		}
	}
	for _, x := range p.Exceptions {
		state := "runs on " + on.String()
		switch {
		case on.Before(x.Term.From):
			state = "does not run yet on " + on.String()
		case !x.InForce(on):
			state = "has expired on " + on.String()
		}
		fmt.Fprintf(s.out, "\nexception %s %s\n  %s\n", x.ID, state, x.Text(companyNames(reg)))
	}
}

func showEntry(s streams, e *policy.Entry, on entity.Date) {
	row := func(key, value string) {
		if value != "" {
			fmt.Fprintf(s.out, "  %-11s %s\n", key, value)
		}
	}
	if e.Title != "" {
		fmt.Fprintf(s.out, "  %s\n", e.Title)
	}
	row("authority", e.Authority.Title+", "+strings.Join(strings.Fields(e.Citation), " "))
	row("", e.Authority.URL)
	row("dates", e.Dates())
	var relations []string
	for _, r := range e.Relations {
		relations = append(relations, r.Name)
	}
	row("relations", strings.Join(relations, ", "))
	row("awaits", e.Awaits)
	if e.Select.AllBut {
		fmt.Fprintln(s.out, "  selects     every company but those below and what they control")
	}
	class := e.Select.Class
	row("class", strings.Join(class.Products, ", "))
	row("produced", strings.Join(class.ProducedIn, ", "))
	row("not made in", strings.Join(class.ProducedOutside, ", "))
	row("uses", strings.Join(e.Uses, ", "))
	if !e.Protects.IsZero() {
		var ids []string
		for _, id := range e.Protects.IDs {
			ids = append(ids, id.String())
		}
		row("protects", strings.Join(append(append(e.Protects.Countries, e.Protects.Companies...), ids...), ", "))
	}
	for _, p := range e.Phases {
		due := "due from " + p.Due.String()
		if !on.Before(p.Due) {
			due = "due since " + p.Due.String()
		}
		row("phase", fmt.Sprintf("%s: %s, %s", p.ID, p.Title, due))
	}
	if e.Unless != nil {
		state, why := e.Unless.Status(on)
		row("unless", state.String()+": "+why)
	}
	for _, open := range e.Unconfirmed {
		row("open", open)
	}
}
