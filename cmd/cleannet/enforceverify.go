package main

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/enforce"
	enforceall "github.com/cleannet/cleannet/internal/enforce/all"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

func newEnforceVerify(s streams) *cobra.Command {
	var e enforcing
	var targetName string
	cmd := &cobra.Command{
		Use:   "verify FILE --rib RIB",
		Short: "prove by replay that a filter does what the plan says",
		Long: `verify reads a file that cleannet enforce wrote, carries it out on every route of
a routing table with an interpreter of that part of the device's language, and
compares with what policy, registry and date ask: no route accepted that they
bar, none dropped that they do not. It refuses a file with any line that it does
not understand. Give the flags that the file was written with.

It exits 3 if a route is treated otherwise than the plan says.

` + exitHelp,
		Example: `  cleannet enforce verify filters.conf --rib rib.gz
  cleannet enforce verify filters.conf --rib rib.gz --target frr --policy my.yaml`,
		Args: exactArgs(1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(e.rib) == 0 {
				return usagef("no routing table: give one with --rib")
			}
			data, err := readUserFile(args[0], maxDocument)
			if err != nil {
				return err
			}
			target, program, err := interpret(targetName, enforce.File{Name: filepath.Base(args[0]), Data: data})
			if err != nil {
				return usagef("%q: %w", args[0], err)
			}
			plan, _, err := e.plan()
			if err != nil {
				return err
			}
			routes, err := enforce.NewRoutes(plan, target.Domains()...)
			if err != nil {
				return err
			}
			v := newVerdictCount(routes, program)
			unread, err := eachRoute(cmd.Context(), s, e.rib, func(_ *mrt.Peer, r *enforce.Route) { v.add(r) })
			if err != nil {
				return err
			}
			if _, err := io.WriteString(s.out, v.text(target.Name())+unreadNote(unread)); err != nil {
				return err
			}
			if len(v.wrong) > 0 || v.wrongly > 0 {
				return exitCode{code: exitViolation}
			}
			return nil
		},
	}
	e.flags(cmd)
	cmd.Flags().StringVar(&targetName, "target", "", "target that the file is for (default: the one whose language it is in)")
	return cmd
}

// interpret reads a file as one of the targets writes it.
func interpret(name string, file enforce.File) (enforce.Target, *enforce.Program, error) {
	if name != "" {
		target, err := targetByName(name)
		if err != nil {
			return nil, nil, err
		}
		reader, ok := target.(enforce.Interpreter)
		if !ok {
			return nil, nil, fmt.Errorf("target %s has no interpreter", name)
		}
		program, err := reader.Interpret([]enforce.File{file})
		return target, program, err
	}
	var errs []error
	for _, target := range enforceall.Targets() {
		if reader, ok := target.(enforce.Interpreter); ok {
			program, err := reader.Interpret([]enforce.File{file})
			if err == nil {
				return target, program, nil
			}
			errs = append(errs, fmt.Errorf("not %s: %w", target.Name(), err))
		}
	}
	return nil, nil, fmt.Errorf("no target writes such a file: say which with --target\n%w", errors.Join(errs...))
}

// verdictCount compares a filter with the plan, on the sessions with waivers
// and on one without.
type verdictCount struct {
	program *enforce.Program
	peers   []netip.Addr
	want    [][]enforce.Test

	routes, dropped, wrongly int
	wrong                    []string // examples
}

func newVerdictCount(routes *enforce.Routes, program *enforce.Program) *verdictCount {
	// The zero address is that of a session that nobody waived anything for.
	v := &verdictCount{program: program, peers: []netip.Addr{{}}, want: [][]enforce.Test{routes.Tests("")}}
	for _, s := range routes.Sessions {
		v.peers = append(v.peers, s.Peer)
		v.want = append(v.want, routes.Tests(s.Name))
	}
	return v
}

func (v *verdictCount) add(r *enforce.Route) {
	v.routes++
	for i, peer := range v.peers {
		want, got := enforce.AnyOf(v.want[i])(r), v.program.Drops(peer, r)
		if i == 0 && got {
			v.dropped++
		}
		if want == got {
			continue
		}
		v.wrongly++
		if len(v.wrong) < 10 {
			word := "accepted, the plan bars it"
			if got {
				word = "dropped, the plan lets it pass"
			}
			where := ""
			if i > 0 {
				where = " on the session with " + peer.String()
			}
			v.wrong = append(v.wrong, fmt.Sprintf("%s path %s%s: %s", r.Prefix, r.Path, where, word))
		}
	}
}

func (v *verdictCount) text(target string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d routes, %d dropped, %d accepted, %d otherwise than the plan says", target, v.routes, v.dropped, v.routes-v.dropped, v.wrongly)
	if n := len(v.peers) - 1; n > 0 {
		fmt.Fprintf(&b, " (also on %s with waivers)", countOf(n, "session"))
	}
	b.WriteString("\n")
	if v.dropped == 0 {
		b.WriteString("the table holds no route that the filter drops: this shows only that none is lost\n")
	}
	for _, w := range v.wrong {
		fmt.Fprintln(&b, " ", w)
	}
	return b.String()
}
