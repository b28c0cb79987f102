package picture

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/exposure"
	"github.com/cleannet/cleannet/internal/exposure/sheet"
)

// page is what the template shows.
type page struct {
	Title, Lead, Under string
	Style              template.CSS
	StyleSum           string
	Picture            template.HTML
	Tables             []table
	Basis              []string
}

type table struct {
	Title string
	Head  []cell
	Rows  [][]cell
	More  string
}

// cell is a field of a table; a name stands at the left.
type cell struct {
	Text string
	Name bool
}

// HTML writes a page with the picture and the tables behind it.
func HTML(w io.Writer, r *exposure.Report) error {
	style := pageStyle + pictureStyle
	sum := sha256.Sum256([]byte(style))
	p := &page{
		Title: heading(r), Lead: lead(r), Under: under(r),
		Style:    template.CSS(style), //nolint:gosec // ours, embedded when built
		StyleSum: "sha256-" + base64.StdEncoding.EncodeToString(sum[:]),
		Picture:  template.HTML(draw(r, false)), //nolint:gosec // every text in it is escaped
		Basis:    basis(r),
	}
	if r.Detail != nil {
		p.Tables = detailTables(r)
	} else {
		p.Tables = []table{countryTable(r)}
	}
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return err
	}
	return t.Execute(w, p)
}

// lead says the main figures in words.
func lead(r *exposure.Report) string {
	if r.Detail == nil {
		return fmt.Sprintf("The space of %d countries, the most exposed first.", len(r.Countries))
	}
	f := &r.Detail.IPv4
	if f.Views == 0 {
		f = &r.Detail.IPv6
	}
	if f.Views == 0 {
		return "No accepted peer has a full table, so how this space is reached is not known."
	}
	return fmt.Sprintf("%s of the space is reached through untrusted networks; of %s it is not known, and %s is cleared.",
		sheet.Percent(f.Reached.Untrusted(), 1), sheet.Percent(f.Reached.Unknown(), 1), sheet.Percent(f.Reached.Cleared, 1))
}

// ranked returns the countries, the most exposed first.
func ranked(rows []exposure.Row) []*exposure.Row {
	var out []*exposure.Row
	for i := range rows {
		out = append(out, &rows[i])
	}
	slices.SortStableFunc(out, func(a, b *exposure.Row) int {
		return cmp.Or(cmp.Compare(b.IPv4.Reached.Untrusted(), a.IPv4.Reached.Untrusted()),
			cmp.Compare(b.IPv6.Reached.Untrusted(), a.IPv6.Reached.Untrusted()), cmp.Compare(b.IPv4.Addresses, a.IPv4.Addresses))
	})
	return out
}

func names(texts ...string) []cell {
	var out []cell
	for _, t := range texts {
		out = append(out, cell{sheet.Plain(t), true})
	}
	return out
}

func figures(texts ...string) []cell {
	var out []cell
	for _, t := range texts {
		out = append(out, cell{sheet.Plain(t), false})
	}
	return out
}

func detailTables(r *exposure.Report) []table {
	d := r.Detail
	lost := table{
		Title: "No path left if one company alone were cut, at the level any",
		Head:  append(names("company", "networks on paths"), figures("IPv4 prefixes", "addresses", "IPv6 prefixes")...),
	}
	for _, c := range d.Companies {
		four, six := c.IPv4[exposure.Any], c.IPv6[exposure.Any]
		lost.Rows = append(lost.Rows, append(names(cmp.Or(c.Name, c.Company), strings.Join(c.Networks, ", ")),
			figures(fmt.Sprint(four.Prefixes), sheet.Number(four.Addresses), fmt.Sprint(six.Prefixes))...))
	}
	tables := []table{lost}
	if len(d.Customers) > 0 {
		t := table{
			Title: "Who would lose most, at the level transit",
			Head:  append(names("network", "name", "country", "standing"), figures("prefixes", "addresses", "of its IPv4")...),
		}
		for _, c := range d.Customers {
			part := ""
			if c.Of > 0 {
				part = sheet.Percent(float64(c.Addresses)/float64(c.Of), 1)
			}
			t.Rows = append(t.Rows, append(names(fmt.Sprintf("AS%d", c.ASN), c.Name, c.Country, c.Standing),
				figures(fmt.Sprint(c.Prefixes), sheet.Number(c.Addresses), part)...))
		}
		tables = append(tables, t)
	}
	if len(d.Influence) > 0 {
		t := table{Title: "Whose transit carries it", Head: append(names("network", "name", "standing"), figures("CTI")...)}
		for _, i := range d.Influence {
			t.Rows = append(t.Rows, append(names(fmt.Sprintf("AS%d", i.ASN), i.Name, i.Standing), figures(fmt.Sprintf("%.4f", i.CTI))...))
		}
		tables = append(tables, t)
	}
	for _, h := range r.Hegemony {
		t := table{
			Title: fmt.Sprintf("What %s depends on (%s, %d peer ASes)", h.Origin, h.Family, h.PeerASes),
			Head:  append(names("network", "name", "standing"), figures("AS hegemony")...),
		}
		for _, v := range h.On {
			t.Rows = append(t.Rows, append(names(fmt.Sprintf("AS%d", v.ASN), v.Name, v.Standing), figures(fmt.Sprintf("%.4f", v.Hegemony))...))
		}
		tables = append(tables, t)
	}
	if r.Outward != nil {
		tables = append(tables, destinations(fmt.Sprintf("What its own peers (%d peer ASes) would lose anywhere, by country",
			r.Outward.Views.PeerASes), r.Outward.Destinations))
	}
	if len(d.Destinations) > 0 {
		tables = append(tables, destinations("What would have no path left without its holder, by country", d.Destinations))
	}
	return tables
}

func destinations(title string, list []exposure.Destination) table {
	t := table{Title: title, Head: append(names("country"), figures("IPv4 prefixes", "addresses", "IPv6 prefixes")...)}
	for _, x := range list {
		t.Rows = append(t.Rows, append(names(cmp.Or(x.Country, "none")), figures(fmt.Sprint(x.IPv4[exposure.Any].Prefixes),
			sheet.Number(x.IPv4[exposure.Any].Addresses), fmt.Sprint(x.IPv6[exposure.Any].Prefixes))...))
	}
	if len(list) == 0 {
		t.More = "Nothing."
	}
	return t
}

func countryTable(r *exposure.Report) table {
	t := table{
		Title: "Every country",
		Head: append(names("country"), figures("IPv4 addresses", "origin", "direct", "transit", "undecided", "unresolved", "cleared",
			"lost", "IPv6 prefixes", "untrusted", "lost")...),
	}
	for _, row := range ranked(r.Countries) {
		var parts []string
		for _, p := range sheet.Parts(&row.IPv4.Reached) {
			parts = append(parts, sheet.Percent(p.Part, row.IPv4.Views))
		}
		cells := append(names(code(row)), figures(sheet.Number(row.IPv4.Addresses))...)
		cells = append(cells, figures(parts...)...)
		cells = append(cells, figures(sheet.Number(row.IPv4.Lost[exposure.Any].Addresses), fmt.Sprint(row.IPv6.Prefixes),
			sheet.Percent(row.IPv6.Reached.Untrusted(), row.IPv6.Views), fmt.Sprint(row.IPv6.Lost[exposure.Any].Prefixes))...)
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// basis lists what the figures rest on.
func basis(r *exposure.Report) []string {
	b := &r.Basis
	out := []string{
		fmt.Sprintf("policy %s, version %s, %s", b.Policy.Title, b.Policy.Version, b.Policy.Digest),
		"as of " + b.AsOf.String(), "registry " + b.Registry, "table of numbers " + b.Numbers,
	}
	if b.Relationships != "" {
		out = append(out, "relationships: "+b.Relationships)
	}
	for _, in := range b.Inputs {
		out = append(out, fmt.Sprintf("input %s, %d bytes, %s", in.Name, in.Size, in.Digest))
	}
	for _, e := range b.Entries {
		out = append(out, fmt.Sprintf("entry %s: %s (%s)", e.ID, e.Title, e.Authority))
	}
	if len(r.Views.Untrusted) > 0 {
		out = append(out, "peers left out because the policy bars them: "+strings.Join(r.Views.Untrusted, ", "))
	}
	out = slices.Concat(out, r.Notes, b.Attributions)
	for i := range out {
		out[i] = sheet.Plain(out[i])
	}
	return out
}
