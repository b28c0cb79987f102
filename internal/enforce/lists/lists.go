// Package lists writes a plan as plain lists, for systems that cleannet does
// not write for and for scripts.
//
// [Target] writes three files: AS numbers and prefixes as text, one to a line
// with the id behind it, and both as one JSON document that also says what is
// not cut. The lists are data: what a system makes of a level is its own.
package lists

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Target writes plain lists. Its zero value is ready for use.
type Target struct{}

// The names of the files.
const (
	NumbersFile  = "cleannet-asns.txt"
	PrefixesFile = "cleannet-prefixes.txt"
	JSONFile     = "cleannet-lists.json"
)

// Name implements [enforce.Target].
func (Target) Name() string { return "lists" }

// Doc implements [enforce.Target].
func (Target) Doc() string {
	return "Plain lists of AS numbers and prefixes, as text and JSON, for any other system; three files."
}

// Domains implements [enforce.Target].
func (Target) Domains() []string { return []string{"carrier"} }

// Document is the JSON file.
type Document struct {
	Format   int      `json:"format"` // 1
	Policy   string   `json:"policy"`
	Digest   string   `json:"policy_digest"`
	Registry string   `json:"registry_digest"`
	AsOf     string   `json:"as_of"`
	Renew    string   `json:"renew_on,omitempty"`
	Lists    []List   `json:"lists"`
	Waivers  []Waiver `json:"session_waivers,omitempty"`
	Notes    []string `json:"notes"` // what the files do not cut, and why
}

// List is a set of numbers or blocks.
type List struct {
	Name    string  `json:"name"`
	Action  string  `json:"action"` // "deny", or "permit_only" for an allow-list
	Level   string  `json:"level,omitempty"`
	Entries []Entry `json:"entries"`
}

// Entry is a number or a block, with all that ask for it.
type Entry struct {
	ASN    uint32   `json:"asn,omitempty"`
	Prefix string   `json:"prefix,omitempty"` // with everything inside it
	IDs    []string `json:"ids"`              // of findings or entries
	Why    []string `json:"why"`              // a line for each id
}

// Waiver lets something pass on one session.
type Waiver struct {
	ID    string   `json:"id"`
	Peer  string   `json:"peer"`
	Pass  []string `json:"pass"`
	Owner string   `json:"owner"`
	Until string   `json:"until"`
}

const proof = "NOT REPLAYED: plain lists have no device to be replayed on; an interpreter of ours carries them out"

// Files implements [enforce.Target].
func (t Target) Files(p *enforce.Plan) ([]enforce.File, error) {
	r, err := enforce.NewRoutes(p, t.Domains()...)
	if err != nil {
		return nil, fmt.Errorf("lists: %w", err)
	}
	var numbers, prefixes enforce.Lines
	usage := []string{
		"Each line has a number or block first, then the level at which it is denied, then",
		"the ids and reasons. A number at level \"any\" is denied anywhere on a path; a block",
		"stands for every route inside it. \"permit-only\" marks an allow-list: a neighbour",
		"that is not on it is denied.",
	}
	preamble := r.Preamble(p, "Plain lists", proof, usage, t.Domains()...)
	numbers.Comments("#", preamble...)
	prefixes.Comments("#", preamble...)
	doc := Document{
		Format: 1, Policy: enforce.Comment(p.Policy.ID, 160), Digest: enforce.Comment(p.Policy.Digest, 160),
		Registry: enforce.Comment(p.Registry, 160), AsOf: p.AsOf.String(), Lists: []List{}, Notes: preamble,
	}
	if !p.Until.IsZero() {
		doc.Renew = p.Until.String()
	}
	for _, s := range r.All() {
		list := List{Name: s.Name, Action: "deny", Level: s.Level.String(), Entries: []Entry{}}
		word := s.Level.String()
		if s.Permits {
			list.Action, word = "permit_only", "permit-only "+s.Name
		}
		into, last := &numbers, ""
		if len(s.Waived) > 0 {
			last = ", not on " + strings.Join(s.Waived, ", ")
		}
		for _, m := range s.Members {
			e := Entry{ASN: m.AS}
			text := fmt.Sprint(m.AS)
			if m.Block.IsValid() {
				into, word, list.Level = &prefixes, "all", ""
				e.Prefix, text = m.Block.String(), m.Block.String()
			}
			into.Add("%s # %s%s: %s", text, word, last, m.Items[0].Note())
			for _, it := range m.Items[1:] {
				into.Add("# also %s", it.Note())
			}
			for _, it := range m.Items {
				e.IDs, e.Why = append(e.IDs, enforce.CommentID(it.ID)), append(e.Why, it.Note())
			}
			list.Entries = append(list.Entries, e)
		}
		doc.Lists = append(doc.Lists, list)
	}
	for _, w := range p.Waivers {
		x := Waiver{ID: enforce.CommentID(w.ID), Peer: w.Peer.String(), Owner: enforce.Comment(w.Owner, 160), Until: w.Until.String()}
		for _, id := range w.Pass {
			x.Pass = append(x.Pass, id.String())
		}
		doc.Waivers = append(doc.Waivers, x)
	}
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("lists: %w", err)
	}
	return []enforce.File{
		{Name: NumbersFile, Data: numbers.Bytes()}, {Name: PrefixesFile, Data: prefixes.Bytes()},
		{Name: JSONFile, Data: append(data, '\n')},
	}, nil
}
