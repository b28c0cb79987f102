package policy

import (
	"net/url"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// The readers below note a problem where the value is wrong and return the
// zero value; of an absent node they return the zero value silently.

// needText reads text that must be there and not be empty.
func (c *compiler) needText(m yamldoc.Map, key string) string {
	n := m.Need(key)
	s := n.Text()
	if s == "" && n.IsScalar() {
		n.Note("key %q is empty", key)
	}
	return s
}

// slug reads an id: lower-case letters, digits, dots and dashes.
func (c *compiler) slug(n yamldoc.Node) string {
	s := n.Text()
	if n.IsScalar() && (s == "" || len(s) > 100 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "") {
		n.Note("id %q: want lower-case letters, digits, dots and dashes, at most 100", s)
		return ""
	}
	return s
}

func (c *compiler) date(n yamldoc.Node) entity.Date {
	s := n.Text()
	if !n.IsScalar() {
		return entity.Date{}
	}
	d, err := entity.ParseDate(s)
	if err != nil {
		n.Note("%v", err)
	}
	return d
}

// country reads a code of ISO 3166-1 alpha-2 in capitals, as registries do.
func (c *compiler) country(n yamldoc.Node) string {
	s := n.Text()
	if s == "" {
		return ""
	}
	hint := ""
	id, err := evidence.NewID(evidence.SchemeCountry, s)
	switch {
	case err == nil && id.Value() == "UK":
		hint = `; did you mean "GB"?`
	case err == nil && id.Value() != s:
		hint = `; did you mean "` + id.Value() + `"?`
	case err == nil:
		return s
	}
	n.Note("country %q: want two capital letters of ISO 3166-1%s", s, hint)
	return ""
}

func (c *compiler) countries(n yamldoc.Node) []string {
	var out []string
	for _, item := range n.List() {
		if s := c.country(item); s != "" {
			out = append(out, s)
		}
	}
	return unique(out)
}

// company reads the slug of a company that the registry knows.
func (c *compiler) company(n yamldoc.Node) string {
	s := n.Text()
	if s == "" {
		return ""
	}
	if _, ok := c.env.Registry.Company(s); ok {
		return s
	}
	hint := yamldoc.Suggest(s, c.slugs)
	if hint == "" && len(s) <= 100 {
		if found := c.env.Registry.Search(s); len(found) > 0 {
			hint = `; did you mean "` + found[0].Slug + `"?`
		}
	}
	n.Note("unknown company %q%s", s, hint)
	return ""
}

// slugs yields the slugs of all companies. There may be millions: it is for a
// suggestion, never for a document that is right.
func (c *compiler) slugs(yield func(string) bool) {
	for company := range c.env.Registry.Companies() {
		if !yield(company.Slug) {
			return
		}
	}
}

func (c *compiler) companies(n yamldoc.Node) []string {
	var out []string
	for _, item := range n.List() {
		if s := c.company(item); s != "" {
			out = append(out, s)
		}
	}
	return unique(out)
}

// identifiers reads identifiers with their schemes.
func (c *compiler) identifiers(n yamldoc.Node) []evidence.ID {
	var out []evidence.ID
	for _, item := range n.List() {
		id, err := evidence.ParseID(item.Text())
		switch {
		case !item.IsScalar():
			item.Text() // notes what it is instead
		case err != nil:
			item.Note("%v", err)
		default:
			out = append(out, id)
		}
	}
	slices.SortFunc(out, evidence.ID.Compare)
	return slices.Compact(out)
}

// thing reads an identifier as people write it in an example: with a scheme,
// or without one where the likeliest meaning will do.
func (c *compiler) thing(n yamldoc.Node) evidence.ID {
	s := n.Text()
	if s == "" {
		return evidence.ID{}
	}
	guesses := evidence.Guess(s)
	if len(guesses) == 0 {
		n.Note("identifier %q: write scheme:value, for example asn:64496", s)
		return evidence.ID{}
	}
	return guesses[0]
}

// url reads an absolute web address.
func (c *compiler) url(n yamldoc.Node) string {
	s := n.Text()
	if s == "" {
		return ""
	}
	if u, err := url.Parse(s); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		n.Note("address %q: want https://…", s)
		return ""
	}
	return s
}

// words reads a list of which each must be one of the allowed words.
func (c *compiler) words(n yamldoc.Node, what string, allowed []string) []string {
	var out []string
	for _, item := range n.List() {
		s := item.Text()
		switch {
		case slices.Contains(allowed, s):
			out = append(out, s)
		case item.IsScalar():
			item.Note("unknown %s %q%s", what, s, yamldoc.Suggest(s, slices.Values(allowed)))
		}
	}
	return unique(out)
}

// oneOf reads one of the allowed words, the default if absent.
func oneOf[T ~string](n yamldoc.Node, what string, allowed []T, byDefault T) T {
	if n.IsZero() {
		return byDefault
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	s := n.Text()
	if slices.Contains(names, s) {
		return T(s)
	}
	if n.IsScalar() {
		n.Note("unknown %s %q: want one of %s%s", what, s, strings.Join(names, ", "),
			yamldoc.Suggest(s, slices.Values(names)))
	}
	return byDefault
}

// interval reads {from, to} of a half-open span. A missing end is open; a
// missing beginning is not allowed, because a rule must say since when.
func (c *compiler) interval(m yamldoc.Map, from, to string) entity.Interval {
	iv := entity.Interval{From: c.date(m.Need(from)), To: c.date(m.Get(to))}
	if !iv.From.IsZero() && !iv.To.IsZero() && !iv.From.Before(iv.To) {
		m.Get(to).Note("%s %s is not after %s %s: the first day no longer covered is wanted", to, iv.To, from, iv.From)
	}
	return iv
}

// openInterval reads a span of which either end may be open.
func (c *compiler) openInterval(m yamldoc.Map, from, to string) entity.Interval {
	iv := entity.Interval{From: c.date(m.Get(from)), To: c.date(m.Get(to))}
	if !iv.From.IsZero() && !iv.To.IsZero() && !iv.From.Before(iv.To) {
		m.Get(to).Note("%s %s is not after %s %s: the first day no longer covered is wanted", to, iv.To, from, iv.From)
	}
	return iv
}

// isSHA256 reports whether text is a digest in lower-case hexadecimal digits.
func isSHA256(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

func unique(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}
