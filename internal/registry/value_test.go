package registry

import (
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/evidence"
)

func TestDay(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "2015-01-01": "2015-01-01", "2015-01-01T00:00:00+02:00": "2015-01-01", "2015-01-01 10:00": "2015-01-01",
		"2015": "", "2015-01": "", "2015-13-01": "", "01/02/2015": "", "9999-12-31": "9999-12-31",
	} {
		if got := Day(in).String(); got != want {
			t.Errorf("Day(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCountry(t *testing.T) {
	for in, want := range map[string]string{"": "", "US": "US", "us": "US", "US-DE": "US", "gb-eng": "GB", "USA": "", "U1": "", "ÄÖ": "", "-": ""} {
		if got := Country(in); got != want {
			t.Errorf("Country(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "NO_LEI": "no-lei", "votingRights": "voting-rights", "role.pep": "role-pep", "NATURAL_PERSONS": "natural-persons",
		"a\nb": "", "é": "", "_": "", strings.Repeat("a", 65): "",
	} {
		if got := Code(in); got != want {
			t.Errorf("Code(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSlug(t *testing.T) {
	seen := map[string]string{}
	for _, key := range []string{"", "a", "A", "a-b", "a b", "a_b", "NK-x", "nk-x", "中国", strings.Repeat("a", 80), strings.Repeat("a", 81), "a.b"} {
		slug := Slug("src", key)
		if id, err := evidence.NewID(evidence.SchemeCompany, slug); err != nil || id.Value() != slug {
			t.Errorf("Slug(%q) = %q: %v", key, slug, err)
		}
		if old, ok := seen[slug]; ok {
			t.Errorf("Slug gives %q for both %q and %q", slug, old, key)
		}
		seen[slug] = key
	}
	if got := Slug("src", "nk-x"); got != "src-nk-x" {
		t.Errorf("Slug = %q", got)
	}
}
