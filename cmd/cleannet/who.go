package main

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/registry/numbers"
)

func newWho(s streams) *cobra.Command {
	var k knowledge
	var book bookFlags
	var why bool
	cmd := &cobra.Command{
		Use:   "who NAME|IDENTIFIER",
		Short: "say which company holds an identifier or goes by a name",
		Long: `who looks an identifier or a name up in the registry: the company, who owns it,
what it holds, and the shipped policies that select it, each with its source. Of an AS
number or an address it says also what the table of Internet numbers knows. An
identifier may be written as scheme:value or as people write it.

Where nothing has that identifier or name, who proposes companies with a name
near it, each with its score and the reasons. Names propose; they do not decide.
It exits 2 if nothing at all is known.`,
		Example: `  cleannet who AS4134
  cleannet who 8.8.8.8
  cleannet who tiktok
  cleannet who com.tencent.mm
  cleannet who --why "Hua wei technologies co ltd"`,
		Args: someArgs("a name or an identifier"),
		RunE: func(cmd *cobra.Command, args []string) error {
			query := strings.Join(args, " ")
			if strings.TrimSpace(query) == "" {
				return usagef("want a name or an identifier, got none: see --help")
			}
			on, err := k.date()
			if err != nil {
				return err
			}
			reg, err := k.registry()
			if err != nil {
				return err
			}
			w := &whoPrinter{w: s.out, reg: reg, on: on, shown: map[string]bool{}}
			for _, a := range k.assume {
				w.printf("assuming that %s\n", a)
			}
			w.identifiers(query)
			var matches []*entity.Company
			if _, err := evidence.ParseID(query); err != nil || !w.found { // no name has a scheme
				matches = reg.Search(query)
			}
			if why || !w.found && !exact(matches, query) {
				b, err := book.open(reg)
				if err != nil {
					return err
				}
				if err := w.near(cmd.Context(), b, query, why); err != nil {
					return err
				}
			}
			w.names(matches)
			if !w.found {
				if err := misfit(query); err != nil {
					return usage(err)
				}
				return exitCode{exitUsage, fmt.Errorf("nothing is known of %q on %s: not that it is clean; "+
					"try another spelling, or add a registry file of your own (--registry)", query, on)}
			}
			if len(w.unread) > 0 {
				w.printf("\nnot looked at, since they name companies that this registry does not have: the policies %s\n", strings.Join(w.unread, ", "))
			}
			w.attribution()
			return w.err
		},
	}
	k.flags(cmd)
	k.assumeFlag(cmd)
	book.flags(cmd)
	cmd.Flags().BoolVar(&why, "why", false, "show companies with names near this one, and how each score comes about")
	return cmd
}

// misfit says what is wrong with a query that was meant as an identifier, as an
// AS number out of range is; nil if it may be a name.
func misfit(query string) error {
	query = strings.TrimSpace(query)
	scheme, _, ok := strings.Cut(query, ":")
	if ok && slices.ContainsFunc(evidence.Schemes(), func(s evidence.SchemeInfo) bool { return strings.EqualFold(string(s.Scheme), scheme) }) {
		_, err := evidence.ParseID(query)
		return err
	}
	if digits := strings.TrimPrefix(strings.ToLower(query), "as"); strings.Trim(digits, "0123456789.") == "" && strings.Count(digits, ".") < 2 {
		_, err := evidence.NewID(evidence.SchemeASN, query)
		return err
	}
	return nil
}

// whoPrinter writes what is known; it remembers the first error of its writer.
type whoPrinter struct {
	w        io.Writer
	reg      *entity.Registry
	on       entity.Date
	shown    map[string]bool // companies
	policies []*policy.Policy
	unread   []string // shipped policies that name companies which the registry lacks
	found    bool
	numbers  bool // the table of numbers was cited
	err      error
}

func (p *whoPrinter) printf(format string, args ...any) {
	if _, err := fmt.Fprintf(p.w, format, args...); p.err == nil {
		p.err = err
	}
}

// identifiers prints what the query means as an identifier.
func (p *whoPrinter) identifiers(query string) {
	for _, id := range evidence.Guess(query) {
		p.numberHolder(id)
		h, ok := p.reg.Resolve(id, p.on)
		if !ok {
			continue
		}
		p.found = true
		for _, l := range h.Links {
			p.printf("%s  %s  %s%s\n", l.From, l.Relation, l.To, p.cite(l.Source, l.Note))
		}
		p.company(h.Company)
	}
}

// numberHolder prints what the table of Internet numbers says.
func (p *whoPrinter) numberHolder(id evidence.ID) {
	n := p.reg.Numbers()
	asn, ok := id.AS()
	if addr, isIP := id.IP(); isIP {
		var route entity.Route
		if route, ok = n.Origin(addr); ok {
			asn = route.ASN
			p.found, p.numbers = true, true
			p.printf("%s  in %s–%s, originated by AS%d\n", id, route.First, route.Last, route.ASN)
		}
		p.space(id, addr, ok)
	}
	if !ok {
		return
	}
	if holder, ok := n.Holder(asn); ok {
		p.found, p.numbers = true, true
		basis := "registered in"
		if holder.CountryBasis != "registered" {
			basis = "most of its address space is in"
		}
		p.printf("AS%d  %s, %s %s\n", asn, holder.Name, basis, holder.Country)
	}
}

// space prints in which country the block of an address is registered: for
// one that nobody originates, all that there is to say.
func (p *whoPrinter) space(id evidence.ID, addr netip.Addr, originated bool) {
	table, ok := p.reg.Numbers().(*numbers.Table)
	if !ok {
		return
	}
	s, ok := table.Space(addr)
	if !ok {
		return
	}
	p.found, p.numbers = true, true
	var sources []string
	for _, source := range table.SpaceSources() {
		sources = append(sources, source.ID)
	}
	p.printf("%s  in %s–%s, address space registered in %s%s\n", id, s.First, s.Last, s.Country, p.cite(strings.Join(sources, ", "), ""))
	if _, held := p.reg.Resolve(id, p.on); !originated && !held {
		p.printf("%s  no AS number is known to originate it and no company to hold it, which does not make it clean\n", id)
	}
}

// mostNames is how many companies a name search prints in full.
const mostNames = 5

// exact tells whether one of the companies that a search found goes by just
// this name.
func exact(matches []*entity.Company, query string) bool {
	query = strings.Join(strings.Fields(query), " ")
	return slices.ContainsFunc(matches, func(c *entity.Company) bool {
		return c.Slug == query || strings.EqualFold(c.Name, query) ||
			slices.ContainsFunc(c.Aliases, func(a string) bool { return strings.EqualFold(a, query) })
	})
}

// names prints the companies that a search found.
func (p *whoPrinter) names(matches []*entity.Company) {
	for i, c := range matches {
		p.found = true
		if i < mostNames {
			p.company(c)
			continue
		}
		if !p.shown[c.Slug] {
			p.printf("also: %s (%s)\n", c.Name, c.ID())
		}
	}
}

func (p *whoPrinter) company(c *entity.Company) {
	if p.shown[c.Slug] {
		return
	}
	p.shown[c.Slug] = true
	p.printf("\n%s  %s%s\n", c.ID(), c.Name, p.cite(c.Source, ""))
	if len(c.Aliases) > 0 {
		p.printf("  also called  %s\n", strings.Join(c.Aliases, "; "))
	}
	domicile := cmp.Or(c.Country, "not stated")
	if c.StateOwned {
		domicile += ", state-owned"
	}
	if len(c.Tags) > 0 {
		domicile += "  [" + strings.Join(c.Tags, ", ") + "]"
	}
	p.printf("  domicile     %s\n", domicile)
	if c.Headquarters != "" {
		p.printf("  headquarters %s\n", c.Headquarters)
	}
	if c.Note != "" {
		p.printf("  note         %s\n", c.Note)
	}
	p.owners(c.Slug, 1, map[string]bool{c.Slug: true})
	for _, e := range p.reg.Assets(c.Slug, p.on) {
		p.printf("  owns         %s of %s%s\n", e.Share, p.name(e.Asset), p.cite(e.Source, e.Note))
	}
	p.holds(c.Slug)
	p.listings(c.Slug)
	p.lists(c)
}

// owners prints the owners and theirs, upwards.
func (p *whoPrinter) owners(slug string, depth int, seen map[string]bool) {
	for _, e := range p.reg.Owners(slug, p.on) {
		p.printf("  owned by     %s%s: %s, %s%s\n", strings.Repeat("  ", depth-1),
			p.name(e.Owner), e.Share, e.Interest, p.cite(e.Source, e.Note))
		if !seen[e.Owner] {
			seen[e.Owner] = true
			p.owners(e.Owner, depth+1, seen)
		}
	}
}

func (p *whoPrinter) name(slug string) string {
	if c, ok := p.reg.Company(slug); ok {
		return c.Name
	}
	return slug
}

// holds prints the identifiers by scheme.
func (p *whoPrinter) holds(slug string) {
	byScheme := map[evidence.Scheme][]string{}
	var schemes []evidence.Scheme
	for _, d := range p.reg.Identifiers(slug, p.on) {
		s := d.ID.Scheme()
		if byScheme[s] == nil {
			schemes = append(schemes, s)
		}
		byScheme[s] = append(byScheme[s], d.ID.Value())
	}
	for _, s := range schemes {
		p.printf("  %-12s %s\n", s, strings.Join(byScheme[s], " "))
	}
}

func (p *whoPrinter) cite(source, note string) string {
	out := ""
	if note != "" {
		out = " (" + note + ")"
	}
	if source == "" {
		return out
	}
	return out + "  [" + source + "]"
}

// attribution prints what the licence of the table of numbers asks for.
func (p *whoPrinter) attribution() {
	if !p.numbers {
		return
	}
	p.printf("\n%s\n", strings.Join(slices.Compact(dataNotes(p.reg)), "; "))
}
