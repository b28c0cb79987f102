package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/report/all"
)

func newExplain(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain ID [RUN.json]",
		Short: "print the whole chain of one finding",
		Long: `explain prints the proof of one finding: the bytes, the observation, whose
identifier it is, who owns that company, and the rule with its authority. The
id may be shortened as far as it stays unique. Without a file it looks in the
last run.`,
		Example: `  cleannet explain 7f3a91c2
  cleannet explain 7f3a91c2 run.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usagef("want the id of a finding, and perhaps a saved run: see --help")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if args[0] == "" {
				return usagef("want the id of a finding: ids stand in the report")
			}
			if !isFindingID(args[0]) {
				if fileExists(args[0]) {
					return usagef("%q is a file, and the id of a finding stands first: cleannet explain ID %s", args[0], args[0])
				}
				return usagef("%q is no id of a finding, which has hexadecimal digits alone: ids stand in the report", args[0])
			}
			run, err := openRun(args[1:])
			if err != nil {
				return usage(err)
			}
			defer run.Close() //nolint:errcheck // opened for reading
			search := searcher{id: strings.ToLower(args[0])}
			if err := finding.Read(run, &search); err != nil {
				return savedRunError(args[1:], err)
			}
			f, err := search.only()
			if err != nil {
				return usage(err)
			}
			return all.Explain(s.out, search.run, f, isTerminal(s.out) && os.Getenv("NO_COLOR") == "")
		},
	}
	return cmd
}

// isFindingID tells whether a text may be the id of a finding, or its beginning.
func isFindingID(text string) bool {
	return strings.Trim(strings.ToLower(text), "0123456789abcdef") == ""
}

// openRun opens the saved run that is named, else the last one.
func openRun(args []string) (io.ReadCloser, error) {
	if len(args) > 0 {
		f, err := os.Open(args[0])
		if err != nil {
			return nil, inputError(args[0], err)
		}
		return savedRun{f, bounded(f, args[0], maxSavedRun)}, nil
	}
	name, err := lastRunFile()
	if err != nil {
		return nil, fmt.Errorf("no last run: %w: name a saved run", err)
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("there is no last run: run cleannet check first, or name a saved run")
	}
	if err != nil {
		return nil, inputError(name, err)
	}
	return savedRun{f, bounded(f, name, maxSavedRun)}, nil
}

// savedRun is the file of a saved run, read as far as is allowed.
type savedRun struct {
	io.Closer
	io.Reader
}

// searcher is a finding.Handler that keeps the findings whose id begins so.
type searcher struct {
	id    string
	run   *finding.Run
	found []*finding.Finding
}

func (s *searcher) Run(r *finding.Run) error { s.run = r; return nil }

func (s *searcher) Finding(f *finding.Finding) error {
	if strings.HasPrefix(f.ID, s.id) {
		s.found = append(s.found, f)
	}
	return nil
}

func (s *searcher) Problem(*finding.Problem) error   { return nil }
func (s *searcher) Coverage(*finding.Coverage) error { return nil }
func (s *searcher) Close() error                     { return nil }

func (s *searcher) only() (*finding.Finding, error) {
	switch len(s.found) {
	case 0:
		return nil, fmt.Errorf("no finding %q in the run of policy %s: ids stand in the report", s.id, s.run.Policy.ID)
	case 1:
		return s.found[0], nil
	}
	ids := make([]string, 0, 8)
	for _, f := range s.found[:min(len(s.found), 8)] {
		ids = append(ids, f.ID)
	}
	return nil, fmt.Errorf("%q is the beginning of %d ids: give more of one of %s", s.id, len(s.found), strings.Join(ids, ", "))
}

// savedRunError says that a saved run cannot be read.
func savedRunError(args []string, err error) error {
	name := "the last run"
	if len(args) > 0 {
		name = strconv.Quote(args[0])
	}
	return usagef("%s: %w: save a run with: cleannet check INPUT --format json -o run.json", name, err)
}
