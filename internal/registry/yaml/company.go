package yaml

import (
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// tags are the words that [entity.Company.Tags] may hold in a YAML file.
func tags() []string {
	return []string{
		"carrier", "cloud", "cdn", "app-publisher", "device-maker",
		"equipment-vendor", "cable-supplier", "holding",
	}
}

// countries are the officially assigned codes of ISO 3166-1 alpha-2.
const countries = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ " +
	"BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ " +
	"EC EE EG EH ER ES ET FI FJ FK FM FO FR " +
	"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU " +
	"ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ " +
	"LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
	"NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
	"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ " +
	"TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "

// identifierSchemes are those whose identifiers a company can hold.
func identifierSchemes() []evidence.Scheme {
	return []evidence.Scheme{
		evidence.SchemeASN, evidence.SchemePrefix, evidence.SchemeIP, evidence.SchemeDomain,
		evidence.SchemeAndroid, evidence.SchemeIOS, evidence.SchemeDex, evidence.SchemeNative,
		evidence.SchemeCert, evidence.SchemeLEI,
	}
}

func (f *file) readCompany(n yamldoc.Node, seen map[string]yamldoc.Node) {
	m := n.Map("id", "name", "aliases", "country", "headquarters", "tags", "state_owned", "owners_complete",
		"source", "note", "known", "identifiers", "lists", "gaps")
	if !n.IsMap() {
		return
	}
	c := entity.Company{
		Slug:           f.slug(m, "id"),
		Name:           need(m, "name"),
		Aliases:        m.Get("aliases").Texts(),
		Country:        country(m.Get("country")),
		Headquarters:   country(m.Get("headquarters")),
		StateOwned:     m.Get("state_owned").Bool(),
		OwnersComplete: m.Get("owners_complete").Bool(),
		Note:           m.Get("note").Text(),
		Source:         f.source(m),
		Known:          known(m),
	}
	for _, tag := range m.Get("tags").List() {
		word := tag.OneOf(tags()...)
		if word != "" && slices.Contains(c.Tags, word) {
			tag.Note("tag %q stands twice", word)
			continue
		}
		c.Tags = append(c.Tags, word)
	}
	if old, ok := seen[c.Slug]; ok && c.Slug != "" {
		m.Get("id").Note("company %q stands twice: first at %s", c.Slug, old.Place())
	}
	seen[c.Slug] = m.Get("id")
	f.records.Companies = append(f.records.Companies, c)
	for _, item := range m.Get("identifiers").List() {
		f.readIdentifier(item, c.Slug)
	}
	for _, item := range m.Get("lists").List() {
		f.readListing(item, c.Slug)
	}
	for _, item := range m.Get("gaps").List() {
		f.readGap(item, c.Slug)
	}
}

// readListing reads a published list on which the company stands.
func (f *file) readListing(n yamldoc.Node, company string) {
	m := n.Map("list", "program", "from", "until", "known", "note", "source")
	if !n.IsMap() {
		return
	}
	f.records.Listings = append(f.records.Listings, entity.Listing{
		Company: company, List: f.slug(m, "list"), Program: m.Get("program").Text(),
		Valid: interval(m), Known: known(m), Note: m.Get("note").Text(), Source: f.source(m),
	})
}

// readGap reads a reason that a source gave instead of owners.
func (f *file) readGap(n yamldoc.Node, company string) {
	m := n.Map("reason", "from", "until", "known", "note", "source")
	if !n.IsMap() {
		return
	}
	f.records.Gaps = append(f.records.Gaps, entity.Gap{
		Company: company, Reason: f.slug(m, "reason"),
		Valid: interval(m), Known: known(m), Note: m.Get("note").Text(), Source: f.source(m),
	})
}

// country reads an assigned code. YAML takes an unquoted NO for a boolean in
// older versions, so the quoted form is accepted as well; both are text here.
func country(n yamldoc.Node) string {
	text := n.Text()
	if n.IsZero() || !n.IsScalar() {
		return ""
	}
	if len(text) != 2 || !strings.Contains(countries, " "+text+" ") {
		n.Note("country %q: want a code of ISO 3166-1 alpha-2 in capitals, like US or HK", text)
	}
	return text
}

func (f *file) readIdentifier(n yamldoc.Node, company string) {
	m := n.Map("id", "note", "source", "from", "until", "known")
	if !n.IsMap() {
		return
	}
	d := entity.Identifier{
		Company: company,
		Valid:   interval(m),
		Known:   known(m),
		Note:    m.Get("note").Text(),
		Source:  f.source(m),
	}
	if text := need(m, "id"); text != "" {
		id, err := evidence.ParseID(text)
		switch {
		case err != nil:
			m.Get("id").Note("%v", err)
		case !slices.Contains(identifierSchemes(), id.Scheme()):
			m.Get("id").Note("identifier %q: a company cannot hold one of the scheme %q; want one of %v",
				text, id.Scheme(), identifierSchemes())
		}
		d.ID = id
	}
	f.records.Identifiers = append(f.records.Identifiers, d)
}

func (f *file) readEdge(n yamldoc.Node) {
	m := n.Map("owner", "opaque", "asset", "share", "interest", "source", "from", "until", "known", "note")
	if !n.IsMap() {
		return
	}
	e := entity.Edge{
		Owner:    f.owner(m),
		Asset:    f.slug(m, "asset"),
		Interest: m.Need("interest").OneOf(entity.Interests()...),
		Valid:    interval(m),
		Known:    known(m),
		Note:     m.Get("note").Text(),
		Source:   f.source(m),
	}
	if text := need(m, "share"); text != "" {
		share, err := entity.ParseRange(text)
		if err != nil {
			m.Get("share").Note("%v", err)
		}
		e.Share = share
	}
	f.records.Edges, f.edges = append(f.records.Edges, e), append(f.edges, n)
}

// owner reads who holds a share: a company, or with opaque holders whom nobody
// names here, such as natural persons, and who only take room.
func (f *file) owner(m yamldoc.Map) string {
	if !m.Get("opaque").Bool() {
		return f.slug(m, "owner")
	}
	if owner := m.Get("owner"); !owner.IsZero() {
		owner.Note("an owner that is named is not opaque: leave one of the two out")
	}
	return ""
}

// known reads the day on which the source said so, if it is kept.
func known(m yamldoc.Map) entity.Interval { return entity.Interval{From: date(m.Get("known"))} }
