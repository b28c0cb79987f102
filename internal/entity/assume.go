package entity

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
)

// Assumption is a fact that a user supposes: what would follow if it held.
// Make one with [ParseAssumption].
type Assumption struct {
	Text    string // as written, in one line
	Verb    Verb
	Subject string // slug of a company
	Object  string // slug of a company or of a list; a country's code
	// Share and Interest are of VerbOwns. Interest is "shareholding" unless
	// said otherwise; for VerbSells, empty stands for all.
	Share    Range
	Interest string
}

// Verb is what an assumption says.
type Verb string

// The verbs.
const (
	VerbOwns  Verb = "owns"  // holds a share, in place of what is recorded
	VerbSells Verb = "sells" // holds nothing any more
	VerbOn    Verb = "is on" // stands on a list
	VerbIn    Verb = "is in" // has its domicile in a country
)

// AssumptionSource is the id of the source that assumed facts cite.
const AssumptionSource = "assumption"

// assumptionForm is subject, verb, object, and what follows a colon, and an
// interest in parentheses. A company may stand as its slug or, as it does in
// reports, as an identifier.
var assumptionForm = regexp.MustCompile(`^(?:company:)?([a-z0-9-]+) +(owns|sells|is on|is in) +(?:company:)?([A-Za-z0-9-]+)(?: *: *([^ ].*?))?(?: +\(([a-z-]+)\))?$`)

// ParseAssumption reads one of
//
//	acme owns beta: 80%
//	acme owns beta: [20,50] (voting-rights)
//	acme sells beta
//	beta is on ofac-sdn
//	acme is in CN
//
// where companies are slugs, also written company:acme, lists are slugs, shares are as [ParseRange] reads them
// and interests as [Interests] lists them. Whether the companies exist is seen
// by [Registry.Assume].
func ParseAssumption(text string) (Assumption, error) {
	const most = 1000
	line := strings.Join(strings.Fields(text), " ")
	if len(line) > most {
		return Assumption{}, fmt.Errorf("assumption of %d bytes: want at most %d", len(line), most)
	}
	bad := func(why string) (Assumption, error) {
		return Assumption{}, fmt.Errorf(`assumption %q: %s; want for example "acme owns beta: 80%%", "acme sells beta", "beta is on ofac-sdn" or "acme is in CN"`, line, why)
	}
	parts := assumptionForm.FindStringSubmatch(line)
	if parts == nil {
		return bad("cannot be read")
	}
	a := Assumption{Text: line, Subject: parts[1], Verb: Verb(parts[2]), Object: parts[3], Interest: parts[5]}
	if _, ok := interestCode(a.Interest); a.Interest != "" && !ok {
		return bad(fmt.Sprintf("unknown interest %q%s", a.Interest, closest(a.Interest, slices.Values(Interests()))))
	}
	if (a.Verb == VerbOwns) != (parts[4] != "") {
		return bad(`a share stands after "owns" and a colon, and nowhere else`)
	}
	switch a.Verb {
	case VerbOwns:
		share, err := ParseRange(parts[4])
		if err != nil {
			return Assumption{}, fmt.Errorf("assumption %q: %w", line, err)
		}
		a.Share = share
		if a.Interest == "" {
			a.Interest = interestName(codeShareholding)
		}
	case VerbOn, VerbIn:
		if a.Interest != "" {
			return bad("an interest belongs to a holding")
		}
	}
	if a.Verb == VerbIn {
		if id, err := evidence.NewID(evidence.SchemeCountry, a.Object); err != nil || id.Value() != a.Object {
			return bad(fmt.Sprintf("country %q is no code of two capitals", a.Object))
		}
	}
	if (a.Verb == VerbOwns || a.Verb == VerbSells) && a.Subject == a.Object {
		return bad("owner and asset are the same")
	}
	return a, nil
}

// Assume returns the registry as it would be if the assumptions held, at all
// dates, without copying it. Assumed facts cite the source [AssumptionSource],
// so that every chain shows them, and the digest changes. An assumed holding
// takes the place of what is recorded of the same owner, asset and interest.
// Where the others' least shares then leave no room for it, they count as
// anything from nothing to their greatest: who sold is not said. The error
// joins what cannot be, with suggestions for unknown companies.
func (r *Registry) Assume(assumptions ...Assumption) (*Registry, error) {
	if len(assumptions) == 0 {
		return r, nil
	}
	s := supposing{r: r, cut: map[int32]bool{}, countries: map[string]string{}}
	if r.over != nil {
		s.layers = slices.Clone(r.over.layers)
		maps.Copy(s.cut, r.over.cut)
		maps.Copy(s.countries, r.over.countries)
	}
	s.records.Sources = []Source{{ID: AssumptionSource, Title: "an assumption of the user, not a fact"}}
	var errs []error
	for _, a := range assumptions {
		errs = append(errs, s.suppose(a))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	s.makeRoom()
	return r.overlaid(append(s.layers, s.records), s.cut, s.countries)
}

// supposing gathers what assumptions change.
type supposing struct {
	r         *Registry
	layers    []Records // of the overlay so far
	records   Records   // assumed
	cut       map[int32]bool
	countries map[string]string // assumed, by slug
}

func (s *supposing) company(a Assumption, slug string) (string, error) {
	n, ok := s.r.number(slug)
	if !ok {
		return "", fmt.Errorf("assumption %q: unknown company %q%s: look its slug up with cleannet who NAME, or add the company with --registry", a.Text, slug, s.r.suggest(slug))
	}
	return s.r.slug(n), nil
}

func (s *supposing) suppose(a Assumption) error {
	subject, err := s.company(a, a.Subject)
	if err != nil {
		return err
	}
	switch a.Verb {
	case VerbOn:
		s.records.Listings = append(s.records.Listings, Listing{Company: subject, List: a.Object, Source: AssumptionSource, Note: a.Text})
		return nil
	case VerbIn:
		s.countries[subject] = a.Object
		return nil
	}
	asset, err := s.company(a, a.Object)
	if err != nil {
		return err
	}
	replaced := s.holdings(asset, func(e Edge) bool {
		return e.Owner == subject && e.Asset == asset && (a.Interest == "" || e.Interest == a.Interest)
	}, true)
	if a.Verb == VerbSells {
		if len(replaced) == 0 {
			return fmt.Errorf("assumption %q: the registry knows of no holding of %q in %q: leave it out", a.Text, subject, asset)
		}
		return nil
	}
	s.records.Edges = append(s.records.Edges, Edge{
		Owner: subject, Asset: asset, Share: a.Share, Interest: a.Interest, Source: AssumptionSource, Note: a.Text,
	})
	return nil
}

// holdings returns the recorded holdings in an asset that a test picks, and
// with take removes them from what is recorded.
func (s *supposing) holdings(asset string, pick func(Edge) bool, take bool) []Edge {
	var out []Edge
	company, _ := s.r.number(asset)
	if int(company) < s.r.im.companies() {
		for from, to := s.r.im.span(secInAt, secIn, int(company)); from < to; from++ {
			if e := s.r.im.edge(from); !s.cut[int32(from)] && pick(e) {
				out = append(out, e)
				if take {
					s.cut[int32(from)] = true
				}
			}
		}
	}
	from := func(edges []Edge) []Edge {
		var kept []Edge
		for _, e := range edges {
			named := s.named(e)
			picked := pick(named)
			if picked {
				out = append(out, named)
			}
			if !picked || !take {
				kept = append(kept, e)
			}
		}
		return kept
	}
	for i := range s.layers {
		s.layers[i].Edges = from(s.layers[i].Edges)
	}
	s.records.Edges = from(s.records.Edges)
	return out
}

// named returns an edge with the slugs by which the registry calls its ends.
func (s *supposing) named(e Edge) Edge {
	for _, end := range []*string{&e.Owner, &e.Asset} {
		if n, ok := s.r.number(*end); ok && *end != "" {
			*end = s.r.slug(n)
		}
	}
	return e
}

// makeRoom widens the recorded holdings beside an assumed one downwards, where
// together they would be more than the whole.
func (s *supposing) makeRoom() {
	for _, assumed := range slices.Clone(s.records.Edges) {
		if assumed.Source != AssumptionSource {
			continue
		}
		all := s.holdings(assumed.Asset, func(e Edge) bool {
			return e.Asset == assumed.Asset && e.Interest == assumed.Interest
		}, false)
		var changes []change
		for _, e := range all {
			changes = append(changes, change{e.Valid.From, e.Share, 1})
			if !e.Valid.To.IsZero() {
				changes = append(changes, change{e.Valid.To, e.Share, -1})
			}
		}
		if checkSums(changes, false) == nil {
			continue
		}
		others := s.holdings(assumed.Asset, func(e Edge) bool {
			return e.Asset == assumed.Asset && e.Interest == assumed.Interest && e.Source != AssumptionSource
		}, true)
		for _, e := range others {
			e.Share.Lo = 0
			e.Note = strings.TrimPrefix(e.Note+"; least share set aside by an assumption", "; ")
			twin := slices.IndexFunc(s.records.Edges, func(f Edge) bool {
				return f.Owner == e.Owner && e.Owner != "" && f.Asset == e.Asset && f.Interest == e.Interest &&
					f.Valid.Overlaps(e.Valid) && f.Known.Overlaps(e.Known)
			})
			if twin >= 0 { // another source on the same holding
				s.records.Edges[twin].Share.Hi = max(s.records.Edges[twin].Share.Hi, e.Share.Hi)
				continue
			}
			s.records.Edges = append(s.records.Edges, e)
		}
	}
}
