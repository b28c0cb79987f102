package policy

import (
	"fmt"
	"slices"
	"strings"
)

// who says in words whom an entry is about.
func (w *pageWriter) who(e *Entry) string {
	sel := &e.Select
	var parts []string
	add := func(what string, words []string) {
		if len(words) > 0 {
			parts = append(parts, strings.TrimSpace(what+" "+strings.Join(words, ", ")))
		}
	}
	add("", sortedNames(sel.Companies, w.name))
	where := "companies registered in"
	if sel.StateOwned {
		where = "state-owned companies of"
	}
	add(where, sel.Countries)
	if sel.StateOwned && len(sel.Countries) == 0 {
		parts = append(parts, "state-owned companies")
	}
	add("companies with their principal place of business in", sel.Headquarters)
	add("companies on the list", sel.Lists)
	add("companies that are a", sel.Tags)
	var ids []string
	for _, id := range sel.IDs {
		ids = append(ids, "`"+id.String()+"`")
	}
	add("", ids)
	text := strings.Join(parts, "; or ")
	if class := sel.Class; !class.IsZero() {
		products := "products"
		if len(class.Products) > 0 {
			products += " of the class " + strings.Join(class.Products, " or ")
		}
		if len(class.ProducedIn) > 0 {
			products += " produced in " + strings.Join(class.ProducedIn, " or ")
		}
		if len(class.ProducedOutside) > 0 {
			products += " produced outside " + strings.Join(class.ProducedOutside, " and ")
		}
		text = products + within(" of ", text, "")
	}
	switch {
	case sel.AllBut:
		text = "everyone but " + text
	case text == "":
		return "nobody yet"
	}
	if sel.ByCompany() {
		text += "; with " + ControlText(e.Control, e.OnUnknown)
	}
	return text
}

func (w *pageWriter) relations(e *Entry) string {
	var parts []string
	for _, r := range e.Relations {
		parts = append(parts, r.Name+within(" (as ", strings.Join(narrowed(r), ", "), ")"))
	}
	return strings.Join(parts, ", ")
}

// narrowed returns the roles of a relation that leaves out others in which a
// company could be.
func narrowed(r Relation) []string {
	if r.Kind == nil {
		return r.Roles
	}
	for _, role := range r.Kind.Roles {
		if role.Party && !slices.Contains(r.Roles, role.Name) {
			return r.Roles
		}
	}
	return nil
}

// asked names the relations of which corroboration is asked, where others have none.
func asked(r Requirement, relations []Relation) string {
	var names []string
	for _, rel := range relations {
		if rel.Kind != nil && r.Concerns(rel.Kind) {
			names = append(names, "`"+rel.Name+"`")
		}
	}
	if len(names) == len(relations) {
		return ""
	}
	return " (of " + strings.Join(names, ", ") + ")"
}

func (w *pageWriter) protects(p Protection) string {
	if p.IsZero() {
		return "everyone"
	}
	var parts []string
	if len(p.Countries) > 0 {
		parts = append(parts, "those of "+strings.Join(p.Countries, ", "))
	}
	if len(p.Companies) > 0 {
		parts = append(parts, strings.Join(sortedNames(p.Companies, w.name), ", ")+" and what they hold by half or more")
	}
	for _, id := range p.IDs {
		parts = append(parts, "`"+id.String()+"`")
	}
	return strings.Join(parts, "; ")
}

func (w *pageWriter) waivers(exceptions []*Exception) {
	if len(exceptions) == 0 {
		return
	}
	w.line("")
	w.line("## Exceptions")
	w.line("")
	for _, x := range exceptions {
		w.line("- **%s**, %s", x.ID, x.Text(w.name))
	}
}

// Text says in words what the exception covers, who asked for it and who
// approved it, from when, until when and why. Name returns what to call a
// company.
func (x *Exception) Text(name func(slug string) string) string {
	scope := append(slices.Clone(x.Entries), sortedNames(x.Companies, name)...)
	for _, id := range x.IDs {
		scope = append(scope, "`"+id.String()+"`")
	}
	if len(scope) == 0 {
		scope = []string{"every entry"}
	}
	text := fmt.Sprintf("for %s: asked for by %s, approved by %s under %s, %s to %s. %s",
		strings.Join(scope, ", "), x.Who, x.ApprovedBy, x.Authority, x.Term.From, x.Term.To, oneLine(x.Reason))
	if len(x.Conditions) > 0 {
		text += " On condition: " + strings.Join(x.Conditions, "; ") + "."
	}
	if x.When != nil {
		text += " Only where `" + x.When.String() + "`."
	}
	return text
}

func (w *pageWriter) tests(tests []Test) {
	if len(tests) == 0 {
		return
	}
	w.line("")
	w.line("## Examples that the document proves")
	w.line("")
	for _, t := range tests {
		text := fmt.Sprintf("- %s, on %s", t.Name, t.AsOf)
		if !t.AsKnownAt.IsZero() {
			text += " as known on " + t.AsKnownAt.String()
		}
		var parts []string
		for _, x := range t.Expect {
			parts = append(parts, w.expectation(x))
		}
		w.line("%s: %s", text, strings.Join(parts, "; "))
	}
}

func (w *pageWriter) expectation(x Expectation) string {
	var parts []string
	if x.Entry != "" {
		parts = append(parts, "`"+x.Entry+"`")
	}
	if x.State != nil {
		parts = append(parts, "is "+x.State.String())
	}
	if x.Due != nil {
		parts = append(parts, fmt.Sprintf("has %d phases due", *x.Due))
	}
	if x.Judges {
		of := ""
		switch {
		case x.Company != "":
			of = " of " + w.name(x.Company)
		case !x.Subject.IsZero():
			of = " of " + x.Subject.String()
		}
		var given []string
		for _, a := range x.Supposed {
			value := strings.Join(a.Words(), ", ")
			if value == "" {
				value = fmt.Sprint(a.Number())
			}
			given = append(given, a.Key+" "+value)
		}
		says := "says nothing"
		if !x.None {
			says = "says **" + x.Verdict.String() + "**"
		}
		parts = append(parts, says+of+within(" (", strings.Join(given, "; "), ")"))
	}
	return strings.Join(parts, " ")
}
