// Package ofaclist knows the words of the sanctions lists of the United States
// Treasury's Office of Foreign Assets Control that several forms share: the
// kinds of documents by which an organisation is known, and country names as
// the lists spell them.
//
// It promises nothing about people: the documents that it takes are those of
// organisations alone. Use [NewDocuments] and [NewCountries].
package ofaclist

import (
	"net/url"
	"strings"
)

// documents has a line for each kind of document that is taken, as the lists
// write it; the register under which its number is unique; and the country of
// the register, "*" where the list names it with each number, and "-" where the
// register knows no countries. Source: the IDRegDocType and FeatureType values
// of SDN_ADVANCED.XML.
const documents = `
BIK (RU)|bik|RU
Business Number|business-number|*
Business Registration Document #|business-registration-document|*
Business Registration Number|business-registration-number|*
C.I.F.|cif|*
C.R. No.|cr-number|*
C.U.I.T.|cuit|*
Central Registration System Number|central-registration-system-number|*
Certificate of Incorporation Number|certificate-of-incorporation-number|*
Chamber of Commerce Number|chamber-of-commerce-number|*
Chinese Commercial Code|commercial-code|CN
Commercial Registry Number|commercial-registry-number|*
Company Number|company-number|*
D-U-N-S Number|duns|-
Dubai Chamber of Commerce Membership No.|dubai-chamber-of-commerce|AE
Economic Register Number (CBLS)|economic-register-number|*
Enterprise Number|enterprise-number|*
Fiscal Code|fiscal-code|*
Folio Mercantil No.|folio-mercantil|*
Istanbul Chamber of Comm. No.|istanbul-chamber-of-commerce|TR
Italian Fiscal Code|fiscal-code|IT
Matricula Mercantil No|matricula-mercantil|*
MSB Registration Number|msb-registration-number|*
N.I.F.|nif|*
NIT #|nit|*
Organization Code|organization-code|*
Paraguayan tax identification number|tax-id|PY
Public Registration Number|public-registration-number|*
R.F.C.|rfc|MX
Registered Charity No.|registered-charity-number|*
Registration ID|registration-id|*
Registration Number|registration-number|*
RIF #|rif|*
Romanian C.R.|cr-number|RO
Romanian Tax Registration|tax-id|RO
RSIN|rsin|NL
RTN|rtn|*
RUC #|ruc|*
SWIFT/BIC|bic|-
Tax ID No.|tax-id|*
Trade License No.|trade-license|*
UK Company Number|company-number|GB
Unified Social Credit Code (USCC)|uscc|CN
United Social Credit Code Certificate (USCCC)|uscc|CN
US FEIN|fein|US
V.A.T. Number|vat|*
`

// Reason says why a document is not taken; empty means that it is.
type Reason string

// The reasons.
const (
	Taken     Reason = ""
	OtherKind Reason = "document of another kind"
	NoCountry Reason = "document without a country of issue"
	Malformed Reason = "document with a number that cannot be one"
)

// Documents is the vocabulary, ready for look-ups. It is immutable.
type Documents struct {
	kinds map[string]register
}

type register struct{ name, country string }

// NewDocuments reads the vocabulary.
func NewDocuments() *Documents {
	d := &Documents{kinds: make(map[string]register, 64)}
	for line := range strings.Lines(strings.TrimSpace(documents)) {
		kind, rest, _ := strings.Cut(strings.TrimSpace(line), "|")
		name, country, _ := strings.Cut(rest, "|")
		d.kinds[fold(kind)] = register{name, country}
	}
	return d
}

// Kinds returns the kinds of documents whose numbers are taken, for tests and
// documentation, in no order.
func (d *Documents) Kinds() []string {
	kinds := make([]string, 0, len(d.kinds))
	for kind := range d.kinds {
		kinds = append(kinds, kind)
	}
	return kinds
}

// Has reports whether numbers of the kind are taken at all. Those of other kinds
// need not even be held: they are passports and the like.
func (d *Documents) Has(kind string) bool {
	kind = fold(kind)
	_, ok := d.kinds[kind]
	return ok || kind == "website" || lei(kind)
}

// lei reports whether a folded kind is one of the lists' words for an LEI.
func lei(kind string) bool {
	return kind == "legal entity number" || kind == "le number" || kind == "lei"
}

// fold makes the spellings of a kind equal: lists differ in case and in the
// colon at the end.
func fold(kind string) string {
	return strings.TrimRight(strings.ToLower(strings.TrimSpace(kind)), ": ")
}

// Cut splits a remark such as "Tax ID No. 7702070139 (Russia)" into a kind that
// is taken and the rest. Of several kinds that it begins with, the longest
// counts.
func (d *Documents) Cut(remark string) (kind, rest string, ok bool) {
	for end := 1; end < len(remark) && end < 60; end++ {
		if remark[end] == ' ' && d.Has(remark[:end]) {
			kind, rest, ok = remark[:end], strings.TrimSpace(remark[end:]), true
		}
	}
	return kind, rest, ok
}

// Find returns the identifier that a document is: the name of its scheme in
// cleannet ("reg", "lei", "domain") and its value there. Country is the code of
// the country that issued it, empty if the list does not say. A number under an
// unknown register identifies nobody, so it is not taken.
func (d *Documents) Find(kind, country, number string) (scheme, value string, why Reason) {
	number = strings.TrimSpace(number)
	switch kind = fold(kind); {
	case kind == "website":
		host, ok := Host(number)
		if !ok {
			return "", "", Malformed
		}
		return "domain", host, Taken
	case lei(kind):
		return "lei", number, Taken
	}
	in, ok := d.kinds[kind]
	switch {
	case !ok:
		return "", "", OtherKind
	case len(number) < 2 || len(number) > 64 || !strings.ContainsAny(number, "0123456789") && in.name != "bic":
		return "", "", Malformed
	case in.country == "*" && len(country) != 2:
		return "", "", NoCountry
	case in.country == "*":
		return "reg", strings.ToLower(country) + "-" + in.name + "/" + number, Taken
	case in.country == "-":
		return "reg", in.name + "/" + number, Taken
	}
	return "reg", strings.ToLower(in.country) + "-" + in.name + "/" + number, Taken
}

// platforms are sites of many that lists give as a party's website, whose pages
// they leave out. They are not the party's.
const platforms = " alibaba.com blogspot.com bit.ly facebook.com fb.com github.com google.com instagram.com linkedin.com made-in-china.com " +
	"m.facebook.com medium.com ok.ru pinterest.com t.me telegram.me telegram.org tiktok.com tumblr.com twitter.com vimeo.com vk.com " +
	"weibo.com wikipedia.org wix.com wordpress.com x.com youtube.com "

// Host returns the domain of a website that is a whole site: "www.vtb.ru" and
// "http://www.vtb.ru/" give "vtb.ru". A page below a site says nothing about who
// holds the domain, and gives none.
func Host(site string) (string, bool) {
	site = strings.TrimSpace(site)
	if !strings.Contains(site, "://") {
		site = "http://" + site
	}
	u, err := url.Parse(site)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return "", false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	host = strings.TrimPrefix(host, "www.")
	if strings.Contains(platforms, " "+host+" ") || !strings.Contains(host, ".") || strings.Trim(host, "0123456789.") == "" || strings.Contains(host, ":") {
		return "", false
	}
	return host, true
}
