package enforcetest

import (
	"testing"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// Names of the fixture's companies and entries, which the suite looks for in
// the files. The AS numbers are of the range for documentation (RFC 5398).
const (
	// Listed holds AS64496, AS64497, a block and a domain.
	Listed = "listed-carrier"
	// Owned is wholly owned by Listed and holds AS64498.
	Owned = "owned-carrier"
	// Doubtful is owned by Listed to an unknown part; it holds AS64499.
	Doubtful = "doubtful-carrier"
	// Waived is listed and excepted; it holds AS64500.
	Waived = "waived-carrier"
	// Trusted is on the allow-list and holds AS64510.
	Trusted = "trusted-carrier"
	// EntryAny forbids the carriers at all levels.
	EntryAny = "carriers"
	// EntryPast forbids them too, but is no longer in force.
	EntryPast = "past-carriers"
	// Waiver is the exception for Waived.
	Waiver = "waiver-1"
)

// Date returns a date and stops the test if it is none.
func Date(t testing.TB, text string) entity.Date {
	t.Helper()
	d, err := entity.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// ID returns an identifier and stops the test if it is none.
func ID(t testing.TB, text string) evidence.ID {
	t.Helper()
	id, err := evidence.ParseID(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Records returns the registry of the fixture. Every name of a company ends in
// suffix, so that a test may make them hostile.
func Records(t testing.TB, suffix string) entity.Records {
	r := entity.Records{
		Sources: []entity.Source{{ID: "s"}},
		Edges: []entity.Edge{
			{Owner: Listed, Asset: Owned, Share: entity.Range{Lo: entity.Whole, Hi: entity.Whole}, Interest: "shareholding", Source: "s"},
			{Owner: Listed, Asset: Doubtful, Share: entity.Range{Lo: entity.Whole / 4, Hi: entity.Whole}, Interest: "shareholding", Source: "s"},
		},
	}
	for _, c := range []struct {
		slug, name string
		ids        []string
	}{
		{Listed, "Listed Carrier", []string{"asn:64496", "asn:64497", "prefix:192.0.2.0/24", "prefix:2001:db8::/32",
			"ip:198.51.100.7", "domain:listed.example", "android:example.listed.app", "dex:example.listed", "native:liblisted.so"}},
		{Owned, "Owned Carrier", []string{"asn:64498", "domain:owned.example"}},
		{Doubtful, "Doubtful Carrier", []string{"asn:64499", "domain:doubtful.example"}},
		{Waived, "Waived Carrier", []string{"asn:64500", "domain:waived.example"}},
		{Trusted, "Trusted Carrier", []string{"asn:64510", "domain:trusted.example"}},
	} {
		r.Companies = append(r.Companies, entity.Company{Slug: c.slug, Name: c.name + suffix, Source: "s"})
		for _, id := range c.ids {
			r.Identifiers = append(r.Identifiers, entity.Identifier{ID: ID(t, id), Company: c.slug, Source: "s"})
		}
	}
	return r
}

// Policy returns the policy of the fixture, which has an entry for each of the
// domains, in force since 2020. Its texts end in suffix.
func Policy(t testing.TB, suffix string) *policy.Policy {
	act := &policy.Authority{ID: "act", Title: "Example Act" + suffix, URL: "https://example.org/act"}
	since := entity.Interval{From: Date(t, "2020-08-05")}
	p := &policy.Policy{ID: "example", Version: "1", Title: "Example policy" + suffix, Digest: "0123456789abcdef"}
	add := func(id, domain string, in entity.Interval, relations ...string) {
		e := &policy.Entry{
			ID: id, Title: "Entry " + id + suffix, Authority: act, Citation: "section 2", Domain: domain,
			Select: policy.Selection{Companies: []string{Listed, Waived}},
			Control: entity.ControlRule{
				Method: entity.MethodCascade, Threshold: entity.Whole / 2,
			},
			InForce: []entity.Interval{in}, Effect: policy.Prohibit,
		}
		for _, r := range relations {
			e.Relations = append(e.Relations, policy.Relation{Name: r})
		}
		p.Entries = append(p.Entries, e)
	}
	add(EntryAny, "carrier", since, "adjacency", "transit", "origin")
	add(EntryPast, "carrier", entity.Interval{To: Date(t, "2021-01-01")}, "adjacency")
	add("stores", "store", since, "embeds", "contacts")
	add("phones", "apps", since, "preinstalls")
	add("clouds", "cloud", since, "stores", "reaches")
	add("cables", "cable", since, "lands")
	p.Exceptions = []*policy.Exception{{
		ID: Waiver, ApprovedBy: "Example Office" + suffix, Reason: "contract runs out" + suffix,
		Term: entity.Interval{From: Date(t, "2024-01-01"), To: Date(t, "2027-06-30")}, Companies: []string{Waived},
	}}
	return p
}

// Plan returns the plan of the fixture on 2026-01-01, with all texts that come
// from outside ending in suffix.
func Plan(t testing.TB, suffix string) *enforce.Plan {
	t.Helper()
	return enforce.NewPlan(Policy(t, suffix), Registry(t, Records(t, suffix)), Date(t, "2026-01-01"))
}

// Registry returns a registry of the records and stops the test if they do not
// make one.
func Registry(t testing.TB, records entity.Records) *entity.Registry {
	t.Helper()
	reg, err := entity.New(records, nil)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}
