package registrytest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
)

// checker collects what is wrong with the form of facts.
type checker struct {
	faults []string
}

func (c *checker) badf(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

// faults says what of the facts is malformed, each fact by itself: whether the
// companies that they name exist is asked elsewhere.
func faults(r *entity.Records) []string {
	var c checker
	seen := map[string]bool{}
	for _, f := range r.Companies {
		name := fmt.Sprintf("company %q", f.Slug)
		c.company(name, f)
		if seen[f.Slug] {
			c.badf("%s stands twice", name)
		}
		seen[f.Slug] = true
	}
	for _, f := range r.Identifiers {
		name := fmt.Sprintf("identifier %s of %q", f.ID, f.Company)
		c.fact(name, f.Source, f.Record, f.Valid, f.Known)
		c.slug(name, f.Company)
		if f.ID.IsZero() || f.ID.Scheme() == evidence.SchemeCompany {
			c.badf("%s: nobody can hold that", name)
		}
	}
	for _, f := range r.Edges {
		name := fmt.Sprintf("edge %s → %s", f.Owner, f.Asset)
		c.fact(name, f.Source, f.Record, f.Valid, f.Known)
		c.slug(name, f.Asset)
		if f.Owner != "" {
			c.slug(name, f.Owner)
		}
		if f.Share.Lo < 0 || f.Share.Lo > f.Share.Hi || f.Share.Hi > entity.Whole {
			c.badf("%s: share %v", name, f.Share)
		}
		if !slices.Contains(entity.Interests(), f.Interest) {
			c.badf("%s: unknown interest %q", name, f.Interest)
		}
	}
	for _, f := range r.Listings {
		name := fmt.Sprintf("listing of %q on %q", f.Company, f.List)
		c.fact(name, f.Source, f.Record, f.Valid, f.Known)
		c.slug(name, f.Company)
		c.slug(name, f.List)
	}
	for _, f := range r.Gaps {
		name := fmt.Sprintf("gap of %q for %q", f.Company, f.Reason)
		c.fact(name, f.Source, f.Record, f.Valid, f.Known)
		c.slug(name, f.Company)
		c.slug(name, f.Reason)
	}
	return c.faults
}

func (c *checker) company(name string, f entity.Company) {
	c.fact(name, f.Source, f.Record, f.Known)
	c.slug(name, f.Slug)
	c.text(name, f.Name)
	if f.Name == "" {
		c.badf("%s has no name", name)
	}
	for i, alias := range f.Aliases {
		c.text(name, alias)
		if alias == "" || alias == f.Name || slices.Contains(f.Aliases[:i], alias) {
			c.badf("%s: alias %q is empty or stands twice", name, alias)
		}
	}
	for _, country := range []string{f.Country, f.Headquarters} {
		if id, err := evidence.NewID(evidence.SchemeCountry, country); country != "" && (err != nil || id.Value() != country) {
			c.badf("%s: country %q", name, country)
		}
	}
}

// fact checks what all facts have: the source, the record, and their spans.
func (c *checker) fact(name, source, record string, spans ...entity.Interval) {
	if source != About().ID {
		c.badf("%s cites the source %q, want %q", name, source, About().ID)
	}
	if record == "" {
		c.badf("%s does not say in which record it stands", name)
	}
	c.text(name, record)
	for _, iv := range spans {
		if !iv.From.IsZero() && !iv.To.IsZero() && !iv.From.Before(iv.To) {
			c.badf("%s: no date lies in %s", name, iv)
		}
	}
}

func (c *checker) slug(name, slug string) {
	if id, err := evidence.NewID(evidence.SchemeCompany, slug); err != nil || id.Value() != slug {
		c.badf("%s: %q is no slug", name, slug)
	}
}

// maxText is the longest name, alias or record key that a loader passes on.
const maxText = 4 << 10

// text checks that a text can be shown on a line.
func (c *checker) text(name, text string) {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) || strings.TrimSpace(text) != text {
		c.badf("%s: text %q has control characters, invalid UTF-8 or space around it", name, text)
	}
	if len(text) > maxText {
		c.badf("%s: a text of %d bytes", name, len(text))
	}
}
