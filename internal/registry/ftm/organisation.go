package ftm

import (
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/registry"
)

// organised reports whether a LegalEntity shows itself to be no person, by a
// property that persons do not have.
func organised(n *node) bool {
	if n.has("idNumber", "birthDate", "birthPlace", "nationality", "gender", "passportNumber", "firstName", "lastName") {
		return false
	}
	for _, topic := range n.Properties["topics"] {
		if strings.HasPrefix(topic.text, "role.") { // of politically exposed persons and their like
			return false
		}
	}
	return n.has("leiCode", "legalForm", "incorporationDate", "dissolutionDate", "uscCode", "dunsCode", "uniqueEntityId", "swiftBic", "cikCode") ||
		digits(n.first("ogrnCode"), 13) || digits(n.first("innCode"), 10)
}

// soleTrader reports whether the legal form is that of a natural person.
func soleTrader(n *node) bool {
	for _, form := range n.Properties["legalForm"] {
		text := strings.ToLower(form.text)
		for _, word := range []string{"sole ", "individual", "self-employed", "entrepreneur", "einzelunternehm", "предпринимател", "freelance"} {
			if strings.Contains(text, word) {
				return true
			}
		}
	}
	return digits(n.first("ogrnCode"), 15) || digits(n.first("innCode"), 12)
}

func digits(text string, n int) bool {
	return len(text) == n && strings.Trim(text, "0123456789") == ""
}

// organisation gives a company with its identifiers, unless it may be a person.
func (g *graph) organisation(n *node, mayBePerson bool) {
	if mayBePerson {
		reason := "entity that may be a natural person"
		if soleTrader(n) {
			reason = "natural person (sole trader)"
		}
		g.person(n.ID, reason)
		return
	}
	if g.classes[n.ID] != 0 {
		g.w.Report.Drop("entity that stands twice")
		return
	}
	names := g.names(n)
	if len(names) == 0 {
		g.classes[n.ID] = other
		g.problem(n.ID, "a company without a name was left out")
		return
	}
	g.classes[n.ID] = company
	c := entity.Company{
		Slug: g.slug(n.ID), Name: names[0], Aliases: names[1:],
		Country: registry.Country(n.first("jurisdiction")), Record: "id " + registry.Short(n.ID), Known: n.known(),
	}
	for _, topic := range n.Properties["topics"] {
		tag := registry.Code(topic.text)
		if tag != "" && !slices.Contains(c.Tags, tag) {
			c.Tags = append(c.Tags, tag)
		}
		c.StateOwned = c.StateOwned || topic.text == "gov.soe"
	}
	if n.Schema == "PublicBody" {
		c.StateOwned = true
	}
	g.w.Company(c)
	g.identifiers(n, c)
}

// names returns the names of a company, each once: first the one that the
// publisher chose to show.
func (g *graph) names(n *node) []string {
	var out []string
	add := func(name string) {
		name, ok := registry.Clean(name)
		if !ok {
			g.w.Report.Drop("name of absurd length")
		} else if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, v := range n.Properties["name"] {
		if v.text == n.Caption {
			add(v.text)
		}
	}
	for _, p := range []string{"name", "alias", "previousName", "abbreviation"} {
		for _, v := range n.Properties[p] {
			add(v.text)
		}
	}
	for range n.Properties["weakAlias"] {
		g.w.Report.Drop("weak alias")
	}
	return out
}

// register is a property that holds a number in a register. One that depends
// on the jurisdiction has "#" in its place.
type register struct {
	property, slug string
}

func registers() []register {
	return []register{
		{"registrationNumber", "#-registration"}, {"taxNumber", "#-tax"}, {"vatCode", "#-vat"},
		{"ogrnCode", "ru-ogrn"}, {"innCode", "ru-inn"}, {"okpoCode", "ru-okpo"}, {"uscCode", "cn-uscc"},
		{"voenCode", "az-voen"}, {"cikCode", "us-sec-cik"}, {"irsCode", "us-irs"}, {"npiCode", "us-npi"},
		{"uniqueEntityId", "us-sam-uei"}, {"dunsCode", "duns"}, {"swiftBic", "swift-bic"}, {"imoNumber", "imo"},
		{"wikidataId", "wikidata"}, {"bvdId", "bvd"},
	}
}

// identifiers gives the LEI and the numbers in registers.
func (g *graph) identifiers(n *node, c entity.Company) {
	var given []evidence.ID
	give := func(scheme evidence.Scheme, text string) {
		id, err := evidence.NewID(scheme, text)
		switch {
		case err != nil:
			g.w.Report.Drop("identifier that is none of its scheme")
		case !slices.Contains(given, id):
			given = append(given, id)
			g.w.Identifier(entity.Identifier{ID: id, Company: c.Slug, Known: c.Known, Record: c.Record})
		}
	}
	for _, v := range n.Properties["leiCode"] {
		give(evidence.SchemeLEI, v.text)
	}
	for _, r := range registers() {
		for _, v := range n.Properties[r.property] {
			slug := r.slug
			if strings.HasPrefix(slug, "#") {
				if c.Country == "" {
					g.w.Report.Drop("register number without a jurisdiction")
					continue
				}
				slug = strings.ToLower(c.Country) + slug[1:]
			}
			give(evidence.SchemeReg, slug+"/"+v.text)
		}
	}
}

// identification keeps a paper with a number until it is known whose it is.
func (g *graph) identification(n *node) {
	kind, country := registry.Code(n.first("type")), registry.Country(n.first("country"))
	if kind == "" || country == "" {
		g.w.Report.Drop("identification without a type or a country")
		return
	}
	id, err := evidence.NewID(evidence.SchemeReg, strings.ToLower(country)+"-"+kind+"/"+n.first("number"))
	if err != nil {
		g.w.Report.Drop("identifier that is none of its scheme")
		return
	}
	valid, ok := span(n, "startDate", "endDate")
	if !ok {
		g.w.Report.Drop("identification that ends before it begins")
		return
	}
	for _, holder := range n.Properties["holder"] {
		g.held++
		g.numbers = append(g.numbers, number{
			fact: entity.Identifier{ID: id, Valid: valid, Known: n.known(), Record: "id " + registry.Short(n.ID)}, id: holder.text,
		})
	}
}
