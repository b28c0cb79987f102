package enforce

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// Plan is what a policy asks to be cut at a date. It is a value that nobody
// changes once [NewPlan] made it, its slices included, and so safe for
// concurrent use. All its lists are sorted, so that equal inputs give equal
// files.
type Plan struct {
	Policy    Policy
	Registry  string      // digest
	AsOf      entity.Date // the date that the plan is for
	Until     entity.Date // the first later date on which the plan may differ; zero if none is known
	Entries   []Entry     // the entries that the items rest on
	Items     []Item
	Undecided []Undecided
	Excepted  []Excepted
	LeftOut   []LeftOut
	Waivers   []Waiver // for single sessions, see WithWaivers
	Notes     []string // what else a person must know, a sentence each
}

// Policy names the policy of a plan.
type Policy struct {
	ID, Title, Version, Digest string
}

// Entry is an entry of the policy that the plan applies.
type Entry struct {
	ID        string
	Title     string
	Domain    string
	Authority string // title of the act, with the citation
	URL       string // of the act, may be empty
	Effect    policy.Effect
	Level     Level
	Protects  string // whose side is protected, "everyone" if the entry names nobody
	AllBut    bool   // an allow-list: its items are what is permitted
}

// Item is one identifier that must be cut or, with Allow, that alone is
// permitted.
type Item struct {
	ID          string // of the finding that shows it, else "entry/company/identifier"
	Entry       string
	Domain      string
	Authority   string // title of the act, with the citation
	URL         string // of the act, may be empty
	Company     string // slug, empty if not known
	CompanyName string
	Identifier  evidence.ID
	Level       Level // zero outside the carrier domain
	Effect      policy.Effect
	Reason      string      // one line
	Until       entity.Date // first date on which it no longer holds; zero if none is known
	// Allow turns the item round: of all networks, those with an Allow item
	// of the same entry are permitted and every other one is to be denied.
	Allow bool
}

// Undecided is a company of which the known shares do not say whether the
// listed companies control it. A deny-list leaves it alone; an allow-list does
// not permit it. Both say so.
type Undecided struct {
	Entry       string
	Company     string // slug
	CompanyName string
	Edges       []entity.Edge // the ownership that decides, once it is known exactly
	Allow       bool          // of an allow-list
}

// Why names the edges that decide, in one line.
func (u Undecided) Why() string {
	if len(u.Edges) == 0 {
		return "the owners are not all known"
	}
	parts := make([]string, len(u.Edges))
	for i, e := range u.Edges {
		parts[i] = edgeText(e)
	}
	return strings.Join(parts, "; ")
}

// Excepted is an item that a waiver in force keeps out of the plan.
type Excepted struct {
	Item       Item
	Exception  string // id
	ApprovedBy string
	Reason     string
	Expires    entity.Date // from then on the item is cut
}

// LeftOut is an entry that the plan does not apply, and why.
type LeftOut struct {
	Entry, Title, Domain, Reason string
}

// Found is a violation that a run found. Its id becomes the id of the item, so
// that a line on a device leads back to the proof. The caller fills it from
// findings whose verdict is a violation, and from no others.
type Found struct {
	ID      string
	Entry   string
	Party   evidence.ID // the company's identifier, as it was seen
	Company string      // slug, may be empty
	Subject evidence.ID // the protected side, may be zero
}

// In yields the items of the given domains.
func (p *Plan) In(domains ...string) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		for _, it := range p.Items {
			if slices.Contains(domains, it.Domain) && !yield(it) {
				return
			}
		}
	}
}

// Applied yields the entries of the given domains that the plan applies. An
// allow-list stands here even if it permits nobody and so has no item.
func (p *Plan) Applied(domains ...string) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, e := range p.Entries {
			if slices.Contains(domains, e.Domain) && !yield(e) {
				return
			}
		}
	}
}

// edgeText is an ownership edge in a line: "owner holds 40%-60% of asset". It
// uses ASCII because devices' comments do.
func edgeText(e entity.Edge) string {
	share := strings.ReplaceAll(e.Share.String(), "–", "-")
	text := fmt.Sprintf("%s holds %s of %s", e.Owner, share, e.Asset)
	if e.Interest != "" {
		text += " (" + e.Interest + ")"
	}
	return text
}
