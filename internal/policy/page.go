package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
)

// Page writes the policy as a page of Markdown for people who decide by it: on
// whose authority, who and what, from when, what is excepted, and what is not
// confirmed. It says nothing of today: the same document gives the same page.
// Name returns what to call a company.
func (p *Policy) Page(name func(slug string) string) string {
	w := &pageWriter{name: name}
	w.line("# %s", p.Title)
	w.line("")
	w.line("Policy `%s`, version %s, by %s%s. Published %s%s. Digest `%s`.", p.ID, p.Version, p.Issuer,
		within(" (", p.Jurisdiction, ")"), p.Published, within(", withdrawn ", p.Withdrawn.String(), " (it counts as never in force)"), p.Digest)
	w.para(p.Summary)
	w.section("Not confirmed", p.Unconfirmed)
	w.line("")
	w.line("## Authorities")
	w.line("")
	for _, a := range p.Authorities {
		text := fmt.Sprintf("- <a id=\"authority-%s\"></a>%s, %s", a.ID, link(a.Title, a.URL), a.Date)
		if !a.Retrieved.IsZero() {
			text += ", read " + a.Retrieved.String()
		}
		w.line("%s.%s", text, within(" ", a.Note, ""))
	}
	if len(p.Controls) > 0 {
		w.line("")
		w.line("## Who belongs to a company")
		w.line("")
		for _, c := range p.Controls {
			w.line("- **%s**: %s.%s", c.ID, ControlText(c.Rule, c.OnUnknown), within(" ", c.Note, ""))
		}
	}
	w.line("")
	w.line("## Rules")
	for _, e := range p.Entries {
		w.entry(e)
	}
	w.waivers(p.Exceptions)
	w.tests(p.Tests)
	return w.b.String()
}

// ControlText says a rule of control in a clause.
func ControlText(r entity.ControlRule, u OnUnknown) string {
	compare := "at least "
	if r.Strict {
		compare = "more than "
	}
	var text string
	switch r.Method {
	case entity.MethodListed:
		return "nobody but those named"
	case entity.MethodCascade:
		text = "whoever they hold by " + compare + r.Threshold.String() + ", passed down without multiplying"
	case entity.MethodMultiply:
		text = "whoever they hold by " + compare + r.Threshold.String() + " in effect, multiplied along each chain"
	case entity.MethodMultiplyControl:
		text = "whoever they hold by " + compare + r.Threshold.String() + " in effect, more than half counting as the whole"
	case entity.MethodControl:
		text = "whoever they hold by " + compare + r.Threshold.String() + " or control by other means"
	case entity.MethodFamily:
		reach := "subsidiaries, parents and affiliates"
		if len(r.Reach) > 0 {
			reach = strings.Join(r.Reach, " and ")
		}
		text = "their corporate family (" + reach + "), holding " + compare + r.Threshold.String()
	}
	if r.Single {
		text += ", each owner alone"
	} else {
		text += ", owners added up"
	}
	if len(r.Interests) > 0 {
		text += "; " + strings.Join(r.Interests, ", ")
	}
	if r.CountUndisclosed {
		text += "; shares that nobody is named for may be theirs"
	}
	switch u {
	case UnknownReview:
		text += "; undecided ownership is for review"
	case UnknownViolates:
		text += "; undecided ownership counts as control"
	case UnknownIgnored:
		text += "; undecided ownership is passed over"
	case UnknownStays:
	}
	return text
}

// pageWriter writes the page.
type pageWriter struct {
	b    strings.Builder
	name func(slug string) string
}

func (w *pageWriter) line(format string, args ...any) {
	fmt.Fprintf(&w.b, format+"\n", args...)
}

func (w *pageWriter) para(text string) {
	if text = oneLine(text); text != "" {
		w.line("")
		w.line("%s", text)
	}
}

func (w *pageWriter) section(title string, sentences []string) {
	if len(sentences) == 0 {
		return
	}
	w.line("")
	w.line("## %s", title)
	w.line("")
	for _, s := range sentences {
		w.line("- %s", oneLine(s))
	}
}

func (w *pageWriter) entry(e *Entry) {
	w.line("")
	w.line("### %s", e.Title)
	w.line("")
	row := func(key, value string) {
		if value != "" {
			w.line("- **%s**: %s", key, value)
		}
	}
	row("Rule", fmt.Sprintf("%#q, domain %s, %s, severity %s", e.ID, e.Domain, e.Effect, e.Severity))
	if e.Authority != nil {
		row("Authority", fmt.Sprintf("[%s](#authority-%s); %s", e.Authority.Title, e.Authority.ID, oneLine(e.Citation)))
	}
	row("In force", e.Dates())
	row("Who", w.who(e))
	row("Relations", w.relations(e))
	row("Protects", w.protects(e.Protects))
	for _, r := range e.Requires {
		row("Needs", fmt.Sprintf("%s%s of %d at least; less is unknown", r.Attr, asked(r, e.Relations), r.AtLeast))
	}
	row("Only to the extent used for", strings.Join(e.Uses, ", "))
	if e.When != nil {
		row("Only where", "`"+e.When.String()+"`")
	}
	for _, a := range e.Also {
		text := "the same thing is also seen as " + a.Relation
		if a.When != nil {
			text += ", where `" + a.When.String() + "`"
		}
		row("Only if", text)
	}
	w.parts(e, row)
	if u := e.Unless; u != nil {
		row("Unless", fmt.Sprintf("%s, by %s", u.Event, u.By))
		for _, d := range u.Determinations {
			row("Determined", fmt.Sprintf("%s on %s by %s%s%s", d.Outcome, d.Date, d.By,
				within(", until ", d.Until.String(), ""), within(" ("+d.URL+", SHA-256 ", d.Document, ")")))
		}
	}
	row("Not read yet", e.Awaits)
	row("What to do", oneLine(e.Remedy))
	for _, open := range e.Unconfirmed {
		row("Not confirmed", oneLine(open))
	}
}

func (w *pageWriter) parts(e *Entry, row func(key, value string)) {
	for _, p := range e.Phases {
		var text strings.Builder
		fmt.Fprintf(&text, "from %s, %s", p.Due, p.Title)
		for _, where := range p.Where {
			text.WriteString("; where " + where.String())
		}
		for _, most := range p.AtMost {
			fmt.Fprintf(&text, "; %s at most %d", most.Attr, most.Most)
		}
		row("Phase", text.String())
	}
	for _, x := range e.Except {
		var text strings.Builder
		text.WriteString(x.Title)
		for _, where := range x.Where {
			text.WriteString("; where " + where.String())
		}
		row("Except", text.String()+within(", until ", x.Term.To.String(), ""))
	}
}

// Dates says in words when the entry is in force, what ended it, and when it is
// suspended, as it is known at the date of the policy's view.
func (e *Entry) Dates() string {
	var parts []string
	for _, iv := range e.InForce {
		text := "from " + iv.From.String()
		if !iv.To.IsZero() {
			text += " to " + iv.To.String() + within(" (", e.history.ending(iv), ")")
		}
		parts = append(parts, text)
	}
	for _, s := range e.Suspended {
		text := "suspended from " + s.From.String()
		if !s.To.IsZero() {
			text += " to " + s.To.String()
		}
		parts = append(parts, text+": "+s.Reason)
	}
	if !e.Withdrawn.IsZero() {
		parts = append(parts, "withdrawn on "+e.Withdrawn.String()+", so never in force")
	}
	return strings.Join(parts, "; ")
}

// within puts a text between two others, and leaves them out where it is empty.
func within(before, text, after string) string {
	if text = oneLine(text); text == "" {
		return ""
	}
	return before + text + after
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func link(text, url string) string {
	if url == "" {
		return text
	}
	return "[" + text + "](" + url + ")"
}

func sortedNames(slugs []string, name func(string) string) []string {
	out := make([]string, len(slugs))
	for i, s := range slugs {
		out[i] = name(s)
	}
	slices.Sort(out)
	return out
}
