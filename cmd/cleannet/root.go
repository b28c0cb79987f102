package main

import (
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// version is set by the linker in releases: -ldflags "-X main.version=v1.2.3".
var version = "dev" //nolint:gochecknoglobals // the linker can only set a package variable

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "cleannet",
		Short: "find, prove and cut off untrusted companies in networks, apps, clouds and cables",
		Long: `cleannet reads evidence (routing tables, app packages, inventories …) and a
policy document, and says where companies that the policy bars touch what it
protects: each finding with its proof, and never "clean" where it cannot tell.

` + exitHelp,
		Example: `  cleannet check rib.gz --policy clean-network --as-of 2020-08-05
  cleannet explain 7f3a91c2
  cleannet who AS4134`,
		Args:              noCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceUsage:      true,
		SilenceErrors:     true,
		Version:           buildVersion(),
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.SetVersionTemplate("cleannet {{.Version}}\n")
	root.SetHelpCommand(newHelp(root))
	root.AddCommand(
		newCheck(s), newCollect(s), newJudge(s), newReplay(s), newExplain(s), newReport(s),
		newWho(s), newScreen(s), newDecide(s), newPolicy(s), newEnforce(s), newRoutes(s), newWatch(s), newExposure(s), newDB(s),
	)
	return root
}

func buildVersion() string {
	if version != "dev" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return version
}

// exactArgs is cobra's check with an error that counts as wrong usage.
func exactArgs(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usagef("want %s, got %d arguments: see --help", what, len(args))
		}
		return nil
	}
}

// someArgs asks for at least one argument.
func someArgs(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usagef("want %s: see --help", what)
		}
		return nil
	}
}

// noCommand is the check of a command that has only subcommands: what stands
// in their place is a mistake.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usagef("unknown command %q%s: see %s --help", args[0],
		yamldoc.Suggest(args[0], slices.Values(names)), cmd.CommandPath())
}

// newHelp is cobra's help command with an error for what is no command.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "help about any command",
		Example: `  cleannet help check
  cleannet help policy lint`,
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err == nil {
				err = noCommand(cmd, rest)
			}
			if err != nil {
				return usage(err)
			}
			return cmd.Help()
		},
	}
}
