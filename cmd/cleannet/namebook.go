package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/name"
	"github.com/cleannet/cleannet/internal/name/decision"
)

// bookFlags are the flags of commands that look companies up by name.
type bookFlags struct {
	decisions string
}

func (f *bookFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.decisions, "decisions", "",
		"record of decisions about names (default $XDG_DATA_HOME/cleannet/decisions.yaml)")
}

// file returns where the record of decisions lies.
func (f *bookFlags) file() (string, error) {
	if f.decisions != "" {
		return f.decisions, nil
	}
	return xdgFile("XDG_DATA_HOME", filepath.Join(".local", "share"), "decisions.yaml")
}

// record reads the decisions. Where there is no file there are none, unless the
// user named one and it is not about to be begun.
func (f *bookFlags) record(m *name.Matcher, begin bool) (*decision.Record, error) {
	fold := func(s string) string { return m.Prepare(s).Key() }
	file, err := f.file()
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) && (f.decisions == "" || begin) {
		return decision.New(fold), nil
	}
	if err != nil {
		return nil, inputError(file, err)
	}
	r, err := decision.Parse(file, raw, fold)
	return r, usage(err)
}

// open opens the names of a registry for search, and the record of decisions.
func (f *bookFlags) open(reg *entity.Registry) (*nameBook, error) {
	b := &nameBook{matcher: name.New(), reg: reg}
	record, err := f.record(b.matcher, false)
	if err != nil {
		return nil, err
	}
	b.record = record
	return b, nil
}

// nameBook finds companies by names near theirs. It is safe for concurrent use.
type nameBook struct {
	matcher *name.Matcher
	reg     *entity.Registry
	record  *decision.Record

	once      sync.Once // of what follows, see find
	names     []*name.Name
	companies []*entity.Company // of names
	index     *name.Index
}

// candidate is a company that a name may be that of.
type candidate struct {
	company  *entity.Company
	as       *name.Name         // which of its names is nearest
	score    name.Score         // 0 if only a decision names the company
	decision *decision.Decision // that confirms it, if any
}

// accepted tells whether the name is taken as that of the company.
func (c candidate) accepted() bool { return c.decision != nil || c.score.Band() == name.Accept }

// lookup returns the candidates for a name of what find found, confirmed ones
// first, then by score and slug; and the decisions that reject companies that
// would be among them.
func (b *nameBook) lookup(n *name.Name, near []nearName) (found []candidate, rejected []decision.Decision) {
	decided := map[string]*decision.Decision{}
	for _, d := range b.record.About(n.Key()) {
		decided[d.Company] = &d
	}
	seen := map[string]bool{}
	for _, m := range near {
		c := m.company
		if seen[c.Slug] {
			continue
		}
		seen[c.Slug] = true
		d := decided[c.Slug]
		if d != nil && d.Outcome == decision.Rejected {
			rejected = append(rejected, *d)
			continue
		}
		found = append(found, candidate{c, m.as, m.score, d})
	}
	for slug, d := range decided {
		if c, ok := b.reg.Company(slug); ok && !seen[slug] && d.Outcome == decision.Confirmed {
			found = append(found, candidate{company: c, decision: d})
		}
	}
	slices.SortFunc(found, func(x, y candidate) int {
		if (x.decision != nil) != (y.decision != nil) {
			if x.decision != nil {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(y.score, x.score), strings.Compare(x.company.Slug, y.company.Slug))
	})
	return found, rejected
}

// said writes who decided, when and why.
func said(d *decision.Decision) string {
	return fmt.Sprintf("%s by %s on %s: %s", d.Outcome, d.By, d.When, d.Why)
}

// sentence writes a decision.
func sentence(d *decision.Decision) string {
	is := "is"
	if d.Outcome == decision.Rejected {
		is = "is not"
	}
	return fmt.Sprintf("%q %s company:%s: %s", d.Name, is, d.Company, said(d))
}

// reasons writes what a score lost, in one line.
func reasons(e name.Explanation) string {
	var out []string
	for _, t := range e.Terms[1:] {
		if t.Points != 0 {
			out = append(out, fmt.Sprintf("%+.1f %s", t.Points, t.Reason))
		} else {
			out = append(out, t.Reason)
		}
	}
	if len(out) == 0 {
		return "written alike"
	}
	return strings.Join(out, "; ")
}

// near prints companies with names near the query.
func (p *whoPrinter) near(ctx context.Context, b *nameBook, query string, why bool) error {
	n := b.matcher.Prepare(query)
	names, err := b.find(ctx, []*name.Name{n})
	if err != nil {
		return err
	}
	found, rejected := b.lookup(n, names[0])
	if len(found) > 0 {
		if p.found {
			p.printf("\n")
		}
		p.found = true
		p.printf("names near %q, which propose and do not decide:\n", query)
	}
	for _, c := range found[:min(len(found), mostNames)] {
		band := c.score.Band().String()
		if c.decision != nil {
			band = "confirmed"
		}
		p.printf("\n%5.1f  %s  %s  %s\n", float64(c.score), band, c.company.ID(), c.company.Name)
		if c.decision != nil {
			p.printf("       %s\n", said(c.decision))
		}
		if c.as == nil {
			continue
		}
		e := name.Explain(n, c.as)
		if !why {
			p.printf("       as %q: %s\n", c.as.Text, reasons(e))
			continue
		}
		p.printf("       as %q\n", c.as.Text)
		for _, t := range e.Terms {
			p.printf("       %+6.1f  %s\n", t.Points, t.Reason)
		}
	}
	if more := len(found) - mostNames; more > 0 {
		p.printf("\nand %d more\n", more)
	}
	for _, d := range rejected {
		p.found, p.shown[d.Company] = true, true
		p.printf("\nnot proposed: company:%s, %s\n", d.Company, said(&d))
	}
	if len(found) > 0 {
		p.printf("\nLook at one with cleannet who company:SLUG; keep what you find out with cleannet decide.\n")
	}
	return nil
}
