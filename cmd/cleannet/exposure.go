package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/exposure"
	"github.com/cleannet/cleannet/internal/exposure/hegemony"
	"github.com/cleannet/cleannet/internal/exposure/picture"
	"github.com/cleannet/cleannet/internal/exposure/rib"
	"github.com/cleannet/cleannet/internal/exposure/sheet"
	"github.com/cleannet/cleannet/internal/registry/numbers"
)

// exposing is the flags of cleannet exposure.
type exposing struct {
	knowledge
	gathering
	policy        string
	ribs          []string
	from          []string
	relationships string
	all, sparse   bool
	format        string
	output        string
}

func newExposure(s streams) *cobra.Command {
	var e exposing
	cmd := &cobra.Command{
		Use:   "exposure COUNTRY|AS|COMPANY --rib FILE",
		Short: "measure how much is reached through untrusted networks, and what a cut would lose",
		Long: `exposure reads routing tables and says of the address space of a country, a
network or a company how much of it is reached through networks that the policy
bars, at which place of the path, and which prefixes would have no path left if
these were cut. With --all it does so for every country in one run.

A path with a network that no company is known to hold is neither untrusted nor
cleared: it stands in a column of its own. The figures measure; they are no
verdict, and the exit code does not depend on them.`,
		Example: `  cleannet exposure US --rib rib.gz --policy clean-network
  cleannet exposure AS7018 --rib rib.gz --format html -o exposure.html
  cleannet exposure --all --rib rib.gz --format json -o today.json
  cleannet exposure diff yesterday.json today.json`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) > 1, len(args) == 1 && e.all, len(args) == 0 && !e.all:
				return usagef("want one country, network or company, or --all: see --help")
			case len(e.ribs) == 0:
				return usagef("want a routing table: give --rib FILE")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return e.run(cmd.Context(), s, args) },
	}
	e.knowledge.flags(cmd)
	e.gathering.flags(cmd)
	f := cmd.Flags()
	f.StringVarP(&e.policy, "policy", "p", defaultPolicy, "policy: a file, or the name of a shipped one")
	f.StringArrayVar(&e.ribs, "rib", nil, "routing table in MRT format, plain or compressed; repeatable for several collectors")
	f.StringSliceVar(&e.from, "from", nil, "count only the views of peers in these countries or with these AS numbers, as in US,AS3356")
	f.StringVar(&e.relationships, "relationships", "", "who buys transit from whom, in the as-rel form (a|b|-1), instead of inferring it from the paths")
	f.BoolVar(&e.all, "all", false, "every country in one run")
	f.BoolVar(&e.sparse, "sparse", false, "hegemony over the peers that see the network only")
	f.VarP(newChoice(&e.format, "text", "json", "csv", "html", "svg"), "format", "f", "text, json, csv (with --all), html or svg")
	f.StringVarP(&e.output, "output", "o", "", "file to write instead of standard output; it appears whole or not at all")
	cmd.AddCommand(newExposureDiff(s), newHegemony(s))
	return cmd
}

func (e *exposing) run(ctx context.Context, s streams, args []string) error {
	if e.format == "csv" && !e.all {
		return usagef("csv is a form of the scorecard: give --all, or choose json")
	}
	inputs := slices.Concat(e.ribs, e.files(), []string{e.policy, e.relationships})
	if err := spareInputs(e.output, inputs...); err != nil {
		return err
	}
	from, err := viewpoints(e.from)
	if err != nil {
		return err
	}
	on, err := e.date()
	if err != nil {
		return err
	}
	reg, err := e.registry()
	if err != nil {
		return err
	}
	p, err := e.compile(e.policy, reg)
	if err != nil {
		return err
	}
	roll, err := exposure.NewRoll(p, reg, on)
	if err != nil {
		return usage(err)
	}
	subject, scope, err := e.subject(reg, roll, on, args)
	if err != nil {
		return err
	}
	places, err := placesOf(reg)
	if err != nil {
		return err
	}
	r := &exposure.Report{Schema: exposure.Schema, Subject: subject}
	r.Basis = exposure.Basis{
		Tool: "cleannet " + buildVersion(), AsOf: on, Registry: reg.Digest(), Entries: roll.Entries, From: from,
		Policy:       exposure.PolicyBasis{ID: p.ID, Title: p.Title, Version: p.Version, Digest: p.Digest},
		Attributions: slices.Concat(dataNotes(reg), e.notes),
	}
	if table, ok := reg.Numbers().(*numbers.Table); ok {
		r.Basis.Numbers = table.Digest()
	}
	table, err := e.tables(ctx, s, &r.Basis)
	if err != nil {
		return err
	}
	m := exposure.New(exposure.Case{Table: table, Roll: roll, Places: places, From: from, Workers: e.workers})
	r.Views = m.Views
	r.Notes = append(notesOf(r), roll.Notes...)
	if m.Views.Accepted == 0 {
		return usagef("no peer of the table counts: %s: choose other peers with --from", refusal(&m.Views))
	}
	if err := e.fill(r, m, table, roll, scope); err != nil {
		return err
	}
	if !e.all {
		own := exposure.New(exposure.Case{Table: table, Roll: roll, Places: places, From: scope.Words(), Workers: e.workers})
		if own.Views.Accepted > 0 {
			r.Outward = own.Outward()
		} else {
			r.Notes = append(r.Notes, "no peer of "+subject.ID+" counts: what it would lose elsewhere is not known")
		}
	}
	return writeOutput(ctx, s, e.output, func(w io.Writer) error { return e.write(w, r) })
}

// refusal says why no peer counts.
func refusal(v *exposure.Views) string {
	if len(v.Untrusted) > 0 {
		return "the policy bars " + strings.Join(v.Untrusted, ", ")
	}
	if v.Peers == 0 {
		return "it has none"
	}
	return "none is among those asked for"
}

// write writes the report in the form that the flags ask for.
func (e *exposing) write(w io.Writer, r *exposure.Report) error {
	switch e.format {
	case "json":
		return r.WriteJSON(w)
	case "csv":
		return sheet.CSV(w, r)
	case "html":
		return picture.HTML(w, r)
	case "svg":
		return picture.SVG(w, r)
	}
	return sheet.Text(w, r)
}

// fill measures what the report is about.
func (e *exposing) fill(r *exposure.Report, m *exposure.Measure, table *rib.Table, roll *exposure.Roll, scope exposure.Scope) error {
	if e.all {
		return e.scorecard(r, m, table)
	}
	d, ok := m.Detail(scope)
	if !ok {
		return usagef("no accepted peer of the table has a path to address space of %s: try another table, or other peers with --from", r.Subject.ID)
	}
	r.Detail = &d
	if scope.Country != "" {
		book, err := e.book(table, &r.Basis)
		if err != nil {
			return err
		}
		const most = 50
		found := m.Influences(book, []string{scope.Country}, e.workers)[scope.Country]
		d.Influence = found[:min(most, len(found))]
		return nil
	}
	for family, name := range []string{"ipv4", "ipv6"} {
		w := hegemony.Weigh(table, hegemony.Options{Family: family, Sparse: e.sparse, Workers: e.workers})
		for _, asn := range scope.ASNs {
			if h, ok := w.Origin(asn); ok {
				r.Hegemony = append(r.Hegemony, dependence(h, name, roll))
			}
		}
	}
	return nil
}

// scorecard measures every country.
func (e *exposing) scorecard(r *exposure.Report, m *exposure.Measure, table *rib.Table) error {
	book, err := e.book(table, &r.Basis)
	if err != nil {
		return err
	}
	r.Countries = m.Rows()
	var codes []string
	for _, row := range r.Countries {
		codes = append(codes, row.Country)
	}
	found := m.Influences(book, codes, e.workers)
	for i := range r.Countries {
		r.Countries[i].Influence = slices.DeleteFunc(found[r.Countries[i].Country], func(x exposure.Influence) bool {
			return x.Standing != exposure.Untrusted.String()
		})
	}
	return nil
}

// dependence names the networks of a scope.
func dependence(h hegemony.Scope, family string, roll *exposure.Roll) exposure.Dependence {
	const most = 50
	d := exposure.Dependence{Origin: fmt.Sprintf("AS%d", h.Origin), Family: family, PeerASes: h.PeerASes}
	for _, x := range h.Scores {
		if x.ASN == h.Origin || len(d.On) == most {
			continue
		}
		n := roll.Network(x.ASN)
		d.On = append(d.On, exposure.Heavy{ASN: x.ASN, Name: n.Name, Standing: n.Standing.String(), Hegemony: x.Hegemony})
	}
	return d
}

// subject reads what was asked about, and returns its space.
func (e *exposing) subject(reg *entity.Registry, roll *exposure.Roll, on entity.Date, args []string) (*exposure.Subject, exposure.Scope, error) {
	if len(args) == 0 {
		return nil, exposure.Scope{}, nil
	}
	text := args[0]
	if len(text) == 2 && strings.ToUpper(text) == text {
		return &exposure.Subject{Kind: "country", ID: text}, exposure.Scope{Country: text}, nil
	}
	if asn, ok := networkOf(text); ok {
		n := roll.Network(asn)
		return &exposure.Subject{
			Kind: "network", ID: fmt.Sprintf("AS%d", asn), Name: n.Name, Country: n.Country, Standing: n.Standing.String(),
			Networks: []string{fmt.Sprintf("AS%d", asn)},
		}, exposure.Scope{ASNs: []uint32{asn}}, nil
	}
	slug, err := companySlug(reg, text)
	if err != nil {
		return nil, exposure.Scope{}, usagef("%w; a country is two capital letters, a network AS and its number", err)
	}
	c, _ := reg.Company(slug)
	s := &exposure.Subject{Kind: "company", ID: slug, Name: c.Name, Country: c.Country}
	var scope exposure.Scope
	for _, held := range reg.Identifiers(slug, on) {
		if asn, ok := held.ID.AS(); ok {
			scope.ASNs = append(scope.ASNs, asn)
			s.Networks = append(s.Networks, fmt.Sprintf("AS%d", asn))
			s.Standing = cmp.Or(s.Standing, roll.Network(asn).Standing.String())
		}
	}
	if len(scope.ASNs) == 0 {
		return nil, scope, usagef("the registry has no AS number of %q on %s: ask about a network of it, as in AS64496", slug, on)
	}
	return s, scope, nil
}
