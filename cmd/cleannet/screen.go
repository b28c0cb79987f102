package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/format/delimited"
)

// screening is the flags of screen.
type screening struct {
	knowledge
	bookFlags
	policy, column, header, format, out string
	strict                              bool
}

func newScreen(s streams) *cobra.Command {
	var g screening
	cmd := &cobra.Command{
		Use:   "screen FILE",
		Short: "look up the companies of a file of names",
		Long: `screen reads a table of vendors and writes it again with the columns company,
control, verdict, score and reason. One column of names is enough. The file may
be UTF-8 or UTF-16, parted by commas, semicolons, tabs or bars; "-" is standard
input. A row that cannot be read is kept, and reported with its line.

Verdicts: listed (the name is accepted as that of a company which the policy
selects, or which a selected one controls), not-listed, match (accepted, without
a policy), review (a name near that of a company), unknown (no name near it) and
unread. A name alone is never a violation, and unknown is never clean.`,
		Example: `  cleannet screen vendors.csv --policy clean-network -o screened.csv
  cleannet screen vendors.csv --column "Legal name" --format json`,
		Args: exactArgs(1, "a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			sc, err := g.open()
			if err != nil {
				return err
			}
			in, file := s.in, "standard input"
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return inputError(args[0], err)
				}
				defer f.Close() //nolint:errcheck // it is only read
				in, file = f, args[0]
			}
			rows, err := delimited.NewReader(in)
			if _, unreadable := errors.AsType[*fs.PathError](err); unreadable {
				return inputError(file, err)
			}
			if err != nil {
				return usagef("%q: %w", file, err)
			}
			t, err := openTable(rows, g.column, g.header)
			if err != nil {
				return usagef("%q: %w", file, err)
			}
			sum := &summary{counts: map[string]int{}, file: file, w: s.err}
			err = writeOutput(cmd.Context(), s, g.out, func(w io.Writer) error {
				out, err := newRowWriter(w, t, g.format)
				if err != nil {
					return err
				}
				if err := screenRows(cmd.Context(), sc, t, out, sum); err != nil {
					return err
				}
				return out.close()
			})
			if err != nil {
				return err
			}
			sum.print()
			if g.strict && sum.counts[verdictListed]+sum.counts[verdictReview]+sum.counts[verdictUnread] > 0 {
				return exitCode{code: exitUnknown}
			}
			return nil
		},
	}
	g.knowledge.flags(cmd)
	g.assumeFlag(cmd)
	g.bookFlags.flags(cmd)
	f := cmd.Flags()
	f.StringVarP(&g.policy, "policy", "p", "", "policy that says which companies are listed: a file, or the name of a shipped one")
	f.StringVar(&g.column, "column", "", "column of the names: its heading, or its number from 1 (default: found by its heading)")
	f.Var(newChoice(&g.header, "auto", "yes", "no"), "header", "whether the first row is a heading")
	f.VarP(newChoice(&g.format, "csv", "json"), "format", "f", "what to write: the same file with columns added, or a line of JSON for each row")
	f.StringVarP(&g.out, "output", "o", "", "file to write to (default standard output)")
	f.BoolVar(&g.strict, "strict", false, "exit code 4 if any row is listed, review or unread")
	return cmd
}

// open reads what rows are compared with.
func (g *screening) open() (*screener, error) {
	on, err := g.date()
	if err != nil {
		return nil, err
	}
	reg, err := g.registry()
	if err != nil {
		return nil, err
	}
	book, err := g.bookFlags.open(reg)
	if err != nil {
		return nil, err
	}
	sc := &screener{book: book, assumed: g.assume}
	if g.policy == "" {
		return sc, nil
	}
	p, err := g.compile(g.policy, reg)
	if err != nil {
		return nil, err
	}
	sc.rules = rulesInForce(p, reg, on)
	sc.judged = true
	return sc, nil
}

// summary counts what came out, and reports rows that were not read.
type summary struct {
	counts map[string]int
	file   string
	w      io.Writer
	unread int
}

// mostProblems is how many rows that were not read are reported one by one.
const mostProblems = 20

func (s *summary) add(r *screened) {
	s.counts[r.verdict]++
	if r.verdict != verdictUnread {
		return
	}
	if s.unread++; s.unread <= mostProblems {
		fmt.Fprintf(s.w, "cleannet: %s:%d: %s\n", s.file, r.row.Line, r.reason)
	}
}

func (s *summary) print() {
	if more := s.unread - mostProblems; more > 0 {
		fmt.Fprintf(s.w, "cleannet: %s: %d more rows were not read: they are marked unread\n", s.file, more)
	}
	total := 0
	var parts []string
	for _, v := range screenVerdicts() {
		if n := s.counts[v]; n > 0 {
			total += n
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	if total == 0 {
		fmt.Fprintf(s.w, "cleannet: %s: no rows\n", s.file)
		return
	}
	fmt.Fprintf(s.w, "cleannet: %s: %s: %s\n", s.file, countOf(total, "row"), strings.Join(parts, ", "))
}
