// Package picture draws what package exposure measured: as an SVG of its own, and
// as an HTML page around it.
//
// It promises that both are one file without outside references or scripts, that
// every name of the data is escaped and a content security policy holds even if
// one were not, that they are legible in light and dark, that no part is told by
// colour alone, and that nothing is drawn but figures of the report. Equal
// reports give equal bytes. Use [SVG] or [HTML].
package picture

import (
	"fmt"
	"io"
	"strings"

	"github.com/cleannet/cleannet/internal/exposure"
	"github.com/cleannet/cleannet/internal/exposure/sheet"
)

// drawing is the body of an SVG as it grows downwards.
type drawing struct {
	b strings.Builder
	y float64
}

// SVG writes the picture alone.
func SVG(w io.Writer, r *exposure.Report) error {
	_, err := io.WriteString(w, draw(r, true))
	return err
}

// draw returns the picture; alone, with a title and its own ground and style.
func draw(r *exposure.Report, alone bool) string {
	d := &drawing{}
	if alone {
		d.y = 30
		d.text(margin, d.y, "title", heading(r))
		d.y += 22
		d.text(margin, d.y, "soft", under(r))
		d.y += 30
	} else {
		d.y = 16
	}
	if r.Detail != nil {
		d.detail(r.Detail)
	} else {
		d.scorecard(r)
	}
	return d.document(alone, heading(r))
}

// heading says what the picture is of.
func heading(r *exposure.Report) string {
	if r.Subject == nil {
		return "Exposure to untrusted networks, by country"
	}
	return "Exposure of " + sheet.Title(r.Subject)
}

// under says what the figures rest on.
func under(r *exposure.Report) string {
	b := &r.Basis
	return fmt.Sprintf("policy %s as of %s · %d peer ASes accepted, %d peers with a full IPv4 table, %d with a full IPv6 table",
		b.Policy.ID, b.AsOf, r.Views.PeerASes, r.Views.Full4, r.Views.Full6)
}

// Lengths in pixels.
const (
	width  = 860
	margin = 20
	inner  = width - 2*margin
)

// detail draws how space is reached as a bar for each family, the legend with
// the figures, and what would be lost.
func (d *drawing) detail(x *exposure.Detail) {
	four, six := sheet.Parts(&x.IPv4.Reached), sheet.Parts(&x.IPv6.Reached)
	d.bar("IPv4", sheet.Number(x.IPv4.Addresses)+" addresses", four, x.IPv4.Views)
	d.bar("IPv6", sheet.Number(uint64(x.IPv6.Prefixes))+" prefixes", six, x.IPv6.Views)
	d.text(width-margin-110, d.y, "soft end", "IPv4")
	d.text(width-margin, d.y, "soft end", "IPv6")
	for i := range four {
		d.y += 22
		d.swatch(margin, d.y-11, four[i].Name)
		d.text(margin+24, d.y, "", four[i].Words)
		d.text(width-margin-110, d.y, "end", sheet.Percent(four[i].Part, x.IPv4.Views))
		d.text(width-margin, d.y, "end", sheet.Percent(six[i].Part, x.IPv6.Views))
	}
	d.y += 44
	d.text(margin, d.y, "strong", "No path left if every untrusted network were cut at the level")
	for i, lost := range x.IPv4.Lost {
		d.y += 26
		d.lost(lost, x.IPv4.Addresses, x.IPv6.Lost[i], x.IPv6.Prefixes)
	}
	d.y += 24
}

// lost draws a level's loss as a bar on the whole of the space. Without IPv4
// space the bar is of IPv6.
func (d *drawing) lost(four exposure.Lost, addresses uint64, six exposure.Lost, prefixes int) {
	const at, long = margin + 70, 250
	part := 0.0
	switch {
	case addresses > 0:
		part = float64(four.Addresses) / float64(addresses)
	case prefixes > 0:
		part = float64(six.Prefixes) / float64(prefixes)
	}
	d.text(margin, d.y, "", four.Level)
	d.rect(at, d.y-12, long, 14, "track")
	if part > 0 {
		d.rect(at, d.y-12, max(part*long, 1.5), 14, "loss")
	}
	d.text(at+long+12, d.y, "", fmt.Sprintf("%s addresses (%s) in %s prefixes; IPv6 %s prefixes", sheet.Number(four.Addresses),
		sheet.Percent(part, 1), sheet.Number(uint64(four.Prefixes)), sheet.Number(uint64(six.Prefixes))))
}

// bar draws the parts of a family.
func (d *drawing) bar(family, space string, parts []sheet.Part, views int) {
	const high = 30
	d.text(margin, d.y, "strong", family)
	d.text(margin+46, d.y, "soft", fmt.Sprintf("%s, seen by %d peer ASes", space, views))
	d.y += 10
	d.stack(margin, d.y, inner, high, parts, views, true)
	d.y += high + 28
}

// stack draws parts side by side.
func (d *drawing) stack(x, y, long, high float64, parts []sheet.Part, views int, labels bool) {
	d.rect(x, y, long, high, "track")
	if views == 0 {
		if labels {
			d.text(x+10, y+high/2+5, "soft", "no view of it")
		}
		return
	}
	for _, p := range parts {
		w := p.Part * long
		if w <= 0 {
			continue
		}
		d.rect(x, y, max(w-0.75, 0.75), high, p.Name)
		if text := sheet.Percent(p.Part, views); labels && w > 9*float64(len(text)) {
			d.text(x+8, y+high/2+5, "on-"+p.Name, text)
		}
		x += w
	}
}

// rowsDrawn is how many countries the picture alone shows.
const rowsDrawn = 60

// scorecard draws a row for each country, the most exposed first.
func (d *drawing) scorecard(r *exposure.Report) {
	rows := ranked(r.Countries)
	d.legend()
	d.y += 16
	d.text(margin+46, d.y, "soft", "IPv4")
	d.text(width-margin-190, d.y, "soft end", "untrusted")
	d.text(width-margin-110, d.y, "soft end", "unknown")
	d.text(width-margin, d.y, "soft end", "lost (addresses)")
	d.y += 6
	for _, row := range rows[:min(len(rows), rowsDrawn)] {
		d.y += 20
		d.text(margin, d.y, "strong", code(row))
		d.stack(margin+46, d.y-12, inner-310, 14, sheet.Parts(&row.IPv4.Reached), row.IPv4.Views, false)
		d.text(width-margin-190, d.y, "end", sheet.Percent(row.IPv4.Reached.Untrusted(), row.IPv4.Views))
		d.text(width-margin-110, d.y, "end", sheet.Percent(row.IPv4.Reached.Unknown(), row.IPv4.Views))
		d.text(width-margin, d.y, "end", sheet.Number(row.IPv4.Lost[exposure.Any].Addresses))
	}
	if more := len(rows) - rowsDrawn; more > 0 {
		d.y += 24
		d.text(margin, d.y, "soft", fmt.Sprintf("and %d more countries", more))
	}
	d.y += 20
}

// legend names the parts in two columns.
func (d *drawing) legend() {
	for i, p := range sheet.Parts(&exposure.Reached{}) {
		x := float64(margin + i%2*inner/2)
		d.swatch(x, d.y-11, p.Name)
		d.text(x+24, d.y, "", p.Words)
		if i%2 == 1 {
			d.y += 22
		}
	}
}

// code returns the country's code; what is placed nowhere has a word.
func code(r *exposure.Row) string {
	if r.Country == "" {
		return "none"
	}
	return r.Country
}

func (d *drawing) text(x, y float64, class, text string) {
	fmt.Fprintf(&d.b, `<text x="%s" y="%s" class="%s">%s</text>`+"\n", length(x), length(y), class, escape(text))
}

func (d *drawing) rect(x, y, w, h float64, class string) {
	fmt.Fprintf(&d.b, `<rect x="%s" y="%s" width="%s" height="%s" class="p-%s"/>`+"\n", length(x), length(y), length(w), length(h), class)
}

func (d *drawing) swatch(x, y float64, class string) { d.rect(x, y, 14, 14, class) }

// length writes a length with as many digits as matter.
func length(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", f), "0"), ".")
}
