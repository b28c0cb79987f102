// Package sheet writes what package exposure measured as text for a terminal and
// as CSV for a spreadsheet. Both show figures of the report only, in an order
// that it declares.
package sheet

import (
	"fmt"
	"io"
	"strings"

	"github.com/cleannet/cleannet/internal/exposure"
)

// printer keeps the first error of its writer.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// Text writes the report for people.
func Text(w io.Writer, r *exposure.Report) error {
	p := &printer{w: w}
	if r.Detail != nil {
		p.detail(r)
	} else {
		p.scorecard(r)
	}
	p.basis(r)
	return p.err
}

func (p *printer) detail(r *exposure.Report) {
	p.printf("%s\n\n", Title(r.Subject))
	d := r.Detail
	p.printf("How its space is reached, as peers with full tables see it\n")
	p.printf("  %-38s %14s %14s\n", "", "IPv4 addresses", "IPv6 prefixes")
	p.printf("  %-38s %14s %14s\n", "space announced", Number(d.IPv4.Addresses), Number(uint64(d.IPv6.Prefixes)))
	four, six := Parts(&d.IPv4.Reached), Parts(&d.IPv6.Reached)
	for i := range four {
		p.printf("  %-38s %14s %14s\n", four[i].Words, Percent(four[i].Part, d.IPv4.Views), Percent(six[i].Part, d.IPv6.Views))
	}
	p.printf("  %-38s %14d %14d\n\n", "views (peer ASes)", d.IPv4.Views, d.IPv6.Views)

	p.printf("What would have no path left if every untrusted network were cut\n")
	p.losses(d.IPv4.Lost, d.IPv6.Lost)
	p.printf("\nAnd if one alone were cut, at the level any\n")
	p.printf("  %-34s %13s %15s %13s\n", "company", "IPv4 prefixes", "addresses", "IPv6 prefixes")
	shown := 0
	for _, c := range d.Companies {
		four, six := c.IPv4[exposure.Any], c.IPv6[exposure.Any]
		if four.Prefixes+six.Prefixes == 0 && four.Addresses == 0 {
			continue
		}
		shown++
		p.printf("  %-34s %13d %15s %13d\n", clip(c.Company, 34), four.Prefixes, Number(four.Addresses), six.Prefixes)
	}
	if shown == 0 {
		p.printf("  nothing by any of the %d untrusted companies on the paths\n", len(d.Companies))
	}
	p.customers(d)
	p.outward(r)
	p.dependence(r)
	if len(d.Destinations) > 0 {
		p.printf("\nWhat would have no path left without its holder, by country, at the level any\n")
		p.destinations(d.Destinations)
	}
}

func (p *printer) losses(four, six []exposure.Lost) {
	p.printf("  %-10s %13s %15s %15s %9s %13s\n", "level", "IPv4 prefixes", "addresses", "(covered)", "origins", "IPv6 prefixes")
	for i := range four {
		p.printf("  %-10s %13d %15s %15s %9d %13d\n", four[i].Level, four[i].Prefixes, Number(four[i].Addresses),
			Number(four[i].Covered), four[i].Origins, six[i].Prefixes)
	}
}

func (p *printer) customers(d *exposure.Detail) {
	const most = 10
	if len(d.Customers) == 0 {
		return
	}
	p.printf("\nWho would lose most (level transit)\n")
	for _, c := range d.Customers[:min(most, len(d.Customers))] {
		part := ""
		if c.Of > 0 {
			part = fmt.Sprintf(", %.0f %% of its IPv4", 100*float64(c.Addresses)/float64(c.Of))
		}
		p.printf("  %-9s %s  %s: %d prefixes, %s addresses%s (%s)\n", fmt.Sprintf("AS%d", c.ASN), orDash(c.Country),
			clip(orDash(c.Name), 40), c.Prefixes, Number(c.Addresses), part, c.Standing)
	}
}

func (p *printer) dependence(r *exposure.Report) {
	const most = 10
	if len(r.Detail.Influence) > 0 {
		p.printf("\nWhose transit carries it (CTI)\n")
		for _, i := range r.Detail.Influence[:min(most, len(r.Detail.Influence))] {
			p.printf("  %7.4f  %-9s %s (%s)\n", i.CTI, fmt.Sprintf("AS%d", i.ASN), clip(orDash(i.Name), 48), i.Standing)
		}
	}
	for _, h := range r.Hegemony {
		p.printf("\nWhat %s depends on (AS hegemony, %s, %d peer ASes)\n", h.Origin, h.Family, h.PeerASes)
		for _, v := range h.On[:min(most, len(h.On))] {
			p.printf("  %7.4f  %-9s %s (%s)\n", v.Hegemony, fmt.Sprintf("AS%d", v.ASN), clip(orDash(v.Name), 48), v.Standing)
		}
	}
}

// outward says what the subject's own peers would lose elsewhere.
func (p *printer) outward(r *exposure.Report) {
	if r.Outward == nil {
		return
	}
	p.printf("\nWhat its own peers (%d accepted, %d peer ASes) would lose anywhere, by country, at the level any\n",
		r.Outward.Views.Accepted, r.Outward.Views.PeerASes)
	p.destinations(r.Outward.Destinations)
}

func (p *printer) destinations(list []exposure.Destination) {
	const most = 15
	for _, x := range list[:min(most, len(list))] {
		p.printf("  %-2s %10d prefixes, %s addresses, %d IPv6 prefixes\n", orDash(x.Country),
			x.IPv4[exposure.Any].Prefixes, Number(x.IPv4[exposure.Any].Addresses), x.IPv6[exposure.Any].Prefixes)
	}
	switch n := len(list) - most; {
	case len(list) == 0:
		p.printf("  nothing\n")
	case n > 0:
		p.printf("  and %d more: see --format json\n", n)
	}
}

func (p *printer) scorecard(r *exposure.Report) {
	p.printf("%-7s %13s %7s %7s %7s %9s %10s %7s %15s %7s %9s %7s\n", "country", "IPv4 space", "origin", "direct",
		"transit", "undecided", "unresolved", "cleared", "lost (any)", "IPv6", "untrusted", "lost")
	for i := range r.Countries {
		row := &r.Countries[i]
		v := row.IPv4.Views
		four := &row.IPv4.Reached
		p.printf("%-7s %13s %7s %7s %7s %9s %10s %7s %15s %7d %9s %7d\n", orDash(row.Country), Number(row.IPv4.Addresses),
			Percent(four.Origin, v), Percent(four.Direct, v), Percent(four.Transit, v), Percent(four.Undecided, v),
			Percent(four.Unresolved, v), Percent(four.Cleared, v), Number(row.IPv4.Lost[exposure.Any].Addresses),
			row.IPv6.Prefixes, Percent(row.IPv6.Reached.Untrusted(), row.IPv6.Views), row.IPv6.Lost[exposure.Any].Prefixes)
	}
}

// basis says what the figures rest on, and what they do not say.
func (p *printer) basis(r *exposure.Report) {
	b := &r.Basis
	p.printf("\nPolicy %s %s as of %s; registry %.12s, numbers %.12s\n", b.Policy.ID, b.Policy.Version, b.AsOf, b.Registry, b.Numbers)
	for _, in := range b.Inputs {
		p.printf("Input %s, sha256 %s\n", Plain(in.Name), Plain(in.Digest))
	}
	v := &r.Views
	p.printf("%d of %d peers accepted (%d peer ASes), %d with a full IPv4 table, %d with a full IPv6 table\n",
		v.Accepted, v.Peers, v.PeerASes, v.Full4, v.Full6)
	if len(v.Untrusted) > 0 {
		p.printf("Peers left out because the policy bars them: %s\n", strings.Join(v.Untrusted, ", "))
	}
	for _, n := range r.Notes {
		p.printf("%s\n", Plain(n))
	}
	p.printf("These are the views of the peers of a collector. No figure here says that anything is safe.\n")
}

// Diff writes what differs between two scorecards for people.
func Diff(w io.Writer, changes []exposure.Change, caveats []string) error {
	p := &printer{w: w}
	for _, c := range caveats {
		p.printf("note: %s\n", Plain(c))
	}
	p.printf("%-7s %22s %22s %31s %15s\n", "country", "untrusted (IPv4)", "unknown", "lost addresses", "lost IPv6")
	for i := range changes {
		c := &changes[i]
		only := ""
		if c.Only != "" {
			only = "  only in the " + c.Only
		}
		p.printf("%-7s %10s %11s %10s %11s %15s %15s %7d %7d%s\n", orDash(c.Country),
			Percent(c.Before.Untrusted, 1), Percent(c.After.Untrusted, 1), Percent(c.Before.Unknown, 1), Percent(c.After.Unknown, 1),
			Number(c.Before.Lost), Number(c.After.Lost), c.Before.Lost6, c.After.Lost6, only)
	}
	if len(changes) == 0 {
		p.printf("no figure differs\n")
	}
	return p.err
}
