package main

import (
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/report/all"
)

// reporting is the flags that say how findings are shown.
type reporting struct {
	format string
	file   string
}

func (r *reporting) flags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&r.format, "format", "f", "text", "report as "+strings.Join(formatNames(), ", "))
	cmd.Flags().StringVarP(&r.file, "output", "o", "", "file to write instead of standard output; it appears whole or not at all")
}

func formatNames() []string {
	var names []string
	for _, f := range all.Formats() {
		names = append(names, f.Name)
	}
	return names
}

func (r *reporting) check() error {
	if names := formatNames(); !slices.Contains(names, r.format) {
		return usagef("--format: unknown format %q: want one of %s", r.format, strings.Join(names, ", "))
	}
	return nil
}

// handler returns the report that the flags ask for. Colour is for terminals
// whose user has not set NO_COLOR.
func (r *reporting) handler(w io.Writer, s streams) finding.Handler {
	tty := r.file == "" && isTerminal(s.out) && os.Getenv("NO_COLOR") == ""
	formats := all.Formats()
	i := slices.IndexFunc(formats, func(f all.Format) bool { return f.Name == r.format })
	return formats[i].New(w, tty)
}

// isTerminal looks behind the counter of what was written.
func isTerminal(w any) bool {
	if c, ok := w.(*counted); ok {
		w = c.w
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// tee sends a stream to several handlers.
type tee []finding.Handler

func (t tee) Run(m *finding.Run) error {
	return t.each(func(h finding.Handler) error { return h.Run(m) })
}

func (t tee) Finding(m *finding.Finding) error {
	return t.each(func(h finding.Handler) error { return h.Finding(m) })
}

func (t tee) Problem(m *finding.Problem) error {
	return t.each(func(h finding.Handler) error { return h.Problem(m) })
}

func (t tee) Coverage(m *finding.Coverage) error {
	return t.each(func(h finding.Handler) error { return h.Coverage(m) })
}

// Close closes all of them.
func (t tee) Close() error { return t.each(finding.Handler.Close) }

func (t tee) each(f func(finding.Handler) error) error {
	for _, h := range t {
		if err := f(h); err != nil {
			return err
		}
	}
	return nil
}

// tallyHandler counts what decides the exit code.
type tallyHandler struct {
	violations, unknown, unread int
}

func (t *tallyHandler) Run(*finding.Run) error { return nil }

func (t *tallyHandler) Finding(f *finding.Finding) error {
	switch f.Verdict {
	case policy.Violation:
		t.violations++
	case policy.Unknown:
		t.unknown++
	}
	return nil
}

func (t *tallyHandler) Problem(*finding.Problem) error { t.unread++; return nil }

func (t *tallyHandler) Coverage(*finding.Coverage) error { return nil }

func (t *tallyHandler) Close() error { return nil }

func (t *tallyHandler) exit(strict bool) error {
	switch {
	case t.violations > 0:
		return exitCode{code: exitViolation}
	case strict && t.unknown+t.unread > 0:
		return exitCode{code: exitUnknown}
	}
	return nil
}
